"""The manual desk's queue: what waits for a person, the first due on top, sent on its way with one press."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Site, token
from tests.web.desk_site import open_desk
from tests.web.test_pages import text_of
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.store.course_models import Correction
from tickets.store.models import Ticket


@pytest.fixture
def agent(site: Site) -> FlaskClient:
    open_desk(site)
    return site.signed_in("agent")


def waiting(site: Site, text: str, number: str) -> Ticket:
    found = Ticket.get_by_id(open_ticket(site.app.extensions["suda"].desk, Appeal("12345", number, text, phone="19900000077")).ticket_id)
    assert found.manual
    return found  # type: ignore[no-any-return]


def numbers(client: FlaskClient) -> list[str]:
    return re.findall(r'name="number" value="([\d-]+)"', client.get("/desk").get_data(as_text=True))


def test_what_waits_stands_there_with_its_reason_the_first_due_on_top(site: Site, agent: FlaskClient) -> None:
    assert numbers(agent) == []
    slow, fast = waiting(site, "村里有怪味", "q1"), waiting(site, "家里停水，孩子发烧", "q2")
    assert numbers(agent) == [fast.number, slow.number]  # ten minutes before an hour
    html = agent.get("/desk").get_data(as_text=True)
    assert "类别把握不足" in text_of(html)
    assert "19900000077" not in html


def test_one_press_sends_it_and_puts_its_category_right(site: Site, agent: FlaskClient) -> None:
    ticket = waiting(site, "村里有怪味", "q3")
    csrf = token(agent, "/desk")
    agent.post("/desk/assign", data={"csrf_token": csrf, "number": ticket.number, "to": "没有这个单位", "category": "照明"})
    assert Correction.select().count() == 0  # both or neither
    answer = agent.post("/desk/assign", data={"csrf_token": csrf, "number": ticket.number, "to": "水务局/管网科", "category": "照明"})
    assert answer.status_code == 302
    now = Ticket.get_by_id(ticket.id)
    assert (now.status, now.unit.address, now.category, now.manual) == ("待签收", "水务局/管网科", "照明", False)
    assert Correction.get().chosen == "照明"
    agent.post("/desk/assign", data={"csrf_token": csrf, "number": ticket.number, "to": "水务局/管网科"})
    assert "不在待派" in text_of(agent.get("/desk").get_data(as_text=True))


def test_only_who_assigns_may_open_it(site: Site) -> None:
    open_desk(site)
    client = site.signed_in("handler")
    assert client.get("/desk").status_code == 403
    assert client.post("/desk/assign", data={"csrf_token": token(client, "/tickets")}).status_code == 403
