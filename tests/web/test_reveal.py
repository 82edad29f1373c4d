"""A citizen's number: masked on every page for everybody, shown once to who says why, every look kept."""

from __future__ import annotations

import json

import pytest

from tests.web.conftest import Site, token
from tests.web.district_rows import make_ticket
from tickets.domain.roles import PHONE, ROLES
from tickets.store.log_models import Look
from tickets.store.models import History, Ticket

NUMBER = "13800000013"
WHY = "来电核对漏水的具体楼栋"


def ticket_with_number(site: Site, **given: object) -> str:
    return str(make_ticket(site.rows, site.rows.places["管网科"], caller_phone=NUMBER, phone_tail="0013", **given).number)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_number_is_shown_to_who_may_and_says_why_and_to_nobody_else(site: Site, role: str) -> None:
    number = ticket_with_number(site)
    client = site.signed_in(role)
    carried = token(client, "/")
    asked = client.get(f"/t/{number}/phone")
    shown = client.post(f"/t/{number}/phone", data={"csrf_token": carried, "reason": WHY})
    if ROLES[role].may(PHONE):
        assert (asked.status_code, shown.status_code) == (200, 200)
        assert NUMBER not in asked.get_data(as_text=True)
        assert NUMBER in shown.get_data(as_text=True)
        assert shown.headers["Cache-Control"] == "no-store"
    else:
        assert (asked.status_code, shown.status_code) == (403, 403)
        assert NUMBER not in shown.get_data(as_text=True)
    assert Look.select().count() == int(ROLES[role].may(PHONE))


def test_the_look_and_the_history_say_who_and_why_and_never_the_number(site: Site) -> None:
    number = ticket_with_number(site)
    client = site.signed_in("agent")
    before = Ticket.get(Ticket.number == number)
    client.post(f"/t/{number}/phone", data={"csrf_token": token(client, "/"), "reason": f"  {WHY} "})
    look, after = Look.get(), Ticket.get(Ticket.number == number)
    line = History.select().where(History.ticket == after).order_by(History.seq.desc()).first()
    assert (look.what, look.ticket, look.reason, look.role) == ("caller_phone", number, WHY, "agent")
    assert (line.what, line.to_status, json.loads(line.note), line.holder_id) == ("查看号码", "", {"reason": WHY}, after.person_id)
    assert NUMBER not in json.dumps([look.__data__, line.__data__], default=str)
    assert (before.status, before.step_seq) == (after.status, after.step_seq)
    page = client.get(f"/t/{number}").get_data(as_text=True)
    assert NUMBER not in page
    assert "查看号码" in page
    assert WHY in page


@pytest.mark.parametrize("reason", ["", "  ", "看看", "aaaaaaaa", "x" * 201])
def test_a_reason_that_says_nothing_shows_nothing_and_keeps_nothing(site: Site, reason: str) -> None:
    number = ticket_with_number(site)
    client = site.signed_in("agent")
    answer = client.post(f"/t/{number}/phone", data={"csrf_token": token(client, "/"), "reason": reason})
    assert answer.status_code == 422
    assert "请写明查看事由" in answer.get_data(as_text=True)
    assert NUMBER not in answer.get_data(as_text=True)
    assert Look.select().count() == 0


def test_the_call_back_brings_its_reason_and_leads_on_to_its_form(site: Site) -> None:
    number = ticket_with_number(site)
    Ticket.update(status="待回访").where(Ticket.number == number).execute()
    client = site.signed_in("agent")
    assert "办结回访" in client.get(f"/t/{number}/phone?for=verify").get_data(as_text=True)
    shown = client.post(f"/t/{number}/phone", data={"csrf_token": token(client, "/"), "reason": WHY}).get_data(as_text=True)
    assert f'href="/t/{number}/do/verify"' in shown


def test_a_ticket_without_a_number_and_no_ticket_are_answered(site: Site) -> None:
    number = make_ticket(site.rows, site.rows.places["管网科"], caller_phone="", phone_tail="").number
    client = site.signed_in("agent")
    assert "没有留下号码" in client.get(f"/t/{number}/phone").get_data(as_text=True)
    assert client.post(f"/t/{number}/phone", data={"csrf_token": token(client, "/"), "reason": WHY}).status_code == 422
    assert client.get("/t/20261123-9999/phone").status_code == 404
    assert Look.select().count() == 0


def test_who_looks_at_one_number_after_the_other_is_slowed_down(site: Site) -> None:
    number = ticket_with_number(site)
    client = site.signed_in("agent")
    carried = token(client, "/")
    statuses = [client.post(f"/t/{number}/phone", data={"csrf_token": carried, "reason": WHY}).status_code for _ in range(31)]
    assert statuses == [200] * 30 + [429]
    assert Look.select().count() == 30
    other = site.signed_in("auditor")
    assert other.get("/admin/log/looks").status_code == 200


def test_the_reason_itself_hides_a_number_written_into_it(site: Site) -> None:
    number = ticket_with_number(site)
    client = site.signed_in("agent")
    client.post(f"/t/{number}/phone", data={"csrf_token": token(client, "/"), "reason": f"核对是否同一人 {NUMBER}"})
    assert NUMBER not in client.get(f"/t/{number}").get_data(as_text=True)
    assert NUMBER not in History.select().where(History.what == "查看号码").get().note
    assert NUMBER not in Look.get().reason
