"""The ticket's page and its print: lanes and table say the same, nothing but masked numbers, and a fixed number of queries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.databases import counted
from tests.web.conftest import Site
from tests.web.district_rows import NOW, make_ticket
from tickets.domain import status as st
from tickets.domain.times import stored
from tickets.store.course_models import Merged, ReviewStep
from tickets.store.models import History, Outbox, Ticket


def test_the_table_says_what_the_picture_shows(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], ago=600, signed=200)
    html = site.signed_in("agent").get(f"/t/{ticket.number}").get_data(as_text=True)
    bars = re.findall(r'<rect class="bar (\w+)"', html)
    rows = re.findall(r'<th scope="row">([^<]+)</th>', html)
    assert bars == ["desk", "wait", "work"]
    assert rows == ["登记派单", "待签收", "办理"]
    assert "3:20" in html  # 200 seconds until signed
    assert 'aria-current="step"' in html


def test_on_paper_all_is_open_and_no_number_is_whole(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], "请打13912345678找我", ago=600, signed=200)
    html = site.signed_in("agent").get(f"/t/{ticket.number}/print").get_data(as_text=True)
    assert ticket.number in html
    assert "199****0013" in html
    assert "19900000013" not in html
    assert "13912345678" not in html
    assert "<details" not in html
    assert "2026年11月23日 周一 14:32:07" in html  # when it was printed


@pytest.mark.parametrize("path", ["", "/print"])
def test_somebody_elses_ticket_is_not_there(site: Site, path: str) -> None:
    ticket = make_ticket(site.rows, site.rows.places["照明科"])
    assert site.signed_in("handler").get(f"/t/{ticket.number}{path}").status_code == 404


@pytest.mark.parametrize("status", sorted(st.STATUSES))
def test_every_status_has_its_page_in_both_languages(site: Site, status: str) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], ago=600, signed=200)
    History.create(ticket=ticket, seq=4, at=stored(NOW), actor="system", what="转", from_status="办理中", to_status=status, holder=ticket.person_id)
    Ticket.update(status=status).where(Ticket.id == ticket.id).execute()
    client = site.signed_in("agent")
    for page in ("", "/print", "?lang=en"):
        answer = client.get(f"/t/{ticket.number}{page}")
        assert answer.status_code == 200
        assert len(re.findall(r'<span class="step-name">', answer.text)) == (0 if page == "/print" else 6)


def test_a_long_course_takes_no_more_queries_than_a_short_one(site: Site) -> None:
    place = site.rows.places["管网科"]
    short, long = (make_ticket(site.rows, place, ago=6_000, signed=200) for _ in range(2))
    for ticket, times in ((short, 1), (long, 20)):
        for number in range(times):
            at = stored(NOW) - timedelta(minutes=times - number)
            other = make_ticket(site.rows, place)
            Merged.create(ticket=other.id, into=ticket.id, at=at, actor="system")
            ReviewStep.create(
                ticket=ticket.id, step_seq=number, position=0, rule="R", asked="分管领导", unit=place.unit, person=place.person, state="passed", at=at
            )
            Outbox.create(ticket=ticket, once=f"{ticket.id}-{number}", channel="短信", kind="告知", person=place.person, not_before=at, queued_at=at)
            History.create(ticket=ticket, seq=10 + number, at=at, actor=f"person:{place.person.id}", what="审核", holder=place.person)
    client = site.signed_in("agent")
    client.get(f"/t/{short.number}")  # what is read once is read now
    spent = []
    for ticket in (short, long):
        with counted() as sent:
            assert client.get(f"/t/{ticket.number}").status_code == 200
        spent.append(len(sent))
    assert spent[0] == spent[1]
    assert spent[0] <= 60


def test_a_reader_of_english_is_told_why_in_english(site: Site) -> None:
    ticket = make_ticket(site.rows, site.rows.places["管网科"], ago=600, signed=200, reason="按派单目录归口科室派至水务局", kind="求助")
    agent = site.signed_in("agent")
    agent.set_cookie("suda_lang", "en")
    paper = agent.get(f"/t/{ticket.number}/print").get_data(as_text=True)
    assert "sent to 水务局" in paper
    assert "按派单目录归口科室" not in paper
    assert "Help wanted" in agent.get(f"/t/{ticket.number}").get_data(as_text=True)
