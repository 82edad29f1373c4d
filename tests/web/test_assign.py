"""The manual desk decides on the ticket's page: whoever may, once, and only where somebody can take it."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site, token
from tickets.domain.status import ACCEPTED
from tickets.store.models import Deadline, History, Outbox, Ticket


@pytest.fixture
def waiting(site: Site) -> Ticket:
    """A ticket that no rule could send: it waits at the manual desk."""
    ticket: Ticket = Ticket.select().where(Ticket.manual).get()
    ticket.status, ticket.dispatched_at, ticket.signed_at = ACCEPTED, None, None
    ticket.save()
    return ticket


def post(site: Site, role: str, ticket: Ticket, to: str) -> str:
    """The page after the decision, or the status of a refusal."""
    client = site.signed_in(role)
    answer = client.post(f"/t/{ticket.number}/assign", data={"to": to, "csrf_token": token(client, "/")}, follow_redirects=True)
    return answer.get_data(as_text=True) if answer.status_code == 200 else str(answer.status_code)


def messages(ticket: Ticket) -> int:
    """How many dispatch messages the ticket has."""
    return int(Outbox.select().where((Outbox.ticket == ticket) & (Outbox.kind == "派单")).count())


def test_the_agent_sends_it_and_its_clock_and_message_follow(site: Site, waiting: Ticket) -> None:
    page = site.signed_in("agent").get(f"/t/{waiting.number}").get_data(as_text=True)
    assert 'id="assign"' in page
    assert "水务局/管网科" in page
    before = messages(waiting)
    said = post(site, "agent", waiting, "水务局/管网科")
    assert "已派给水务局/管网科" in said
    assert 'id="assign"' not in said
    ticket = Ticket.get_by_id(waiting.id)
    assert (ticket.status, ticket.unit.address) == ("待签收", "水务局/管网科")
    newest = Deadline.select().where((Deadline.ticket == ticket) & (Deadline.name == "签收")).order_by(Deadline.id.desc()).get()
    assert newest.state == "running"
    assert messages(ticket) == before + 1
    line = History.select().where((History.ticket == ticket) & (History.what == "派单")).order_by(History.seq.desc()).get()
    assert line.actor.startswith("account:")


def test_of_two_who_decide_at_once_the_second_is_told(site: Site, waiting: Ticket) -> None:
    post(site, "agent", waiting, "水务局/管网科")
    said = post(site, "supervisor", waiting, "住建局")
    assert "已经不在待派" in said
    assert Ticket.get_by_id(waiting.id).unit.address == "水务局/管网科"


@pytest.mark.parametrize("to", ["没有这个局", "", "热线中心/人工派单席", "<script>alert(1)</script>"])
def test_where_nobody_can_take_it_it_stays_with_the_reason(site: Site, waiting: Ticket, to: str) -> None:
    said = post(site, "agent", waiting, to)
    assert "note bad" in said
    assert "<script>alert(1)" not in said
    assert Ticket.get_by_id(waiting.id).status == ACCEPTED


@pytest.mark.parametrize("role", ["handler", "policy", "auditor", "admin", "grid_officer"])
def test_others_neither_see_the_button_nor_may_press_it(site: Site, waiting: Ticket, role: str) -> None:
    assert 'id="assign"' not in site.signed_in(role).get(f"/t/{waiting.number}").get_data(as_text=True)
    assert post(site, role, waiting, "水务局/管网科") in ("403", "404")
    assert Ticket.get_by_id(waiting.id).status == ACCEPTED
