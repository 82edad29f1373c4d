"""The pages of hot issues: people not only calls, what is supervised, and what the centre decides is obeyed and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import Site, token
from tests.web.district_rows import NOW, make_ticket
from tickets.actions.issue_hand import STEPS
from tickets.domain.times import stored
from tickets.store import issues, supervision
from tickets.store.issue_models import Issue, SupervisionItem
from tickets.store.models import Ticket, Unit
from tickets.store.supervision import Wanted
from wiring.issue_told import told


@pytest.fixture
def issue(site: Site) -> int:
    """Four appeals of three people about one matter, supervised and on the list since two days."""
    holder = Ticket.get(Ticket.unit == Unit.get(Unit.address == "水务局/管网科"))
    made = {"unit": holder.unit, "post": holder.post, "person": holder.person, "area": "临河镇"}
    number = issues.found()
    for phone in ("19900000031", "19900000032", "19900000031", "19900000033"):
        ticket = make_ticket(site.rows, text="柳岸小区水压低，六楼没有水", status="办理中", caller_phone=phone, **made)
        issues.place(ticket.id, number, stored(NOW))
    issues.tell(number, told(number, issues.members(number)))
    opened = supervision.open_item(
        Wanted("issue:1", "重点督办", 1, "S-040", "八人以上", listed=True, of_issue=True), ticket.id, number, NOW - timedelta(days=2)
    )
    supervision.plan(opened.id, "会商", NOW + timedelta(days=3))
    return number


def test_people_are_counted_and_the_list_says_how_long(site: Site, issue: int) -> None:
    page = site.signed_in("supervisor").get("/hot").get_data(as_text=True)
    assert f'href="/hot/{issue}"' in page
    assert "挂账第 3 天" in page
    assert "4 件 · 本人重复 1 件" in page
    assert '<span class="ho-people num">3</span>' in page


def test_an_issue_shows_its_appeals_masked_and_the_centre_decides(site: Site, issue: int) -> None:
    client = site.signed_in("supervisor")
    page = client.get(f"/hot/{issue}").get_data(as_text=True)
    assert "199****0031" in page
    assert "19900000031" not in page
    assert "又来电" in page
    assert all(kind in page for kind in STEPS)
    sent = {"csrf_token": token(client, f"/hot/{issue}")}
    client.post(f"/hot/{issue}/rename", data={**sent, "name": "柳岸水压"})
    first = issues.members(issue)[0].ticket
    client.post(f"/hot/{issue}/split", data={**sent, "ticket": [str(first)]})
    assert Issue.get_by_id(issue).name == "柳岸水压"
    other = issues.issue_of(first)
    assert other != issue
    assert issues.apart() == [(issue, other)]
    client.post(f"/hot/{issue}/join", data={**sent, "other": str(other)})
    assert issues.issue_of(first) == issue
    assert client.get(f"/hot/{other}").headers["Location"] == f"/hot/{issue}"
    item = SupervisionItem.get()
    client.post(f"/hot/{issue}/plan", data={**sent, "item": str(item.id), "what": "专班", "day": f"{NOW:%Y-%m-%d}", "words": "水务局牵头"})
    assert "水务局牵头" in client.get(f"/hot/{issue}").get_data(as_text=True)
    client.post(f"/hot/{issue}/done", data={**sent, "item": str(item.id), "words": "已换泵"})
    assert "已销账" in client.get("/hot").get_data(as_text=True)


def test_a_wrong_call_is_said_in_one_sentence(site: Site, issue: int) -> None:
    client = site.signed_in("supervisor")
    sent = {"csrf_token": token(client, f"/hot/{issue}")}
    page = client.post(f"/hot/{issue}/split", data=sent, follow_redirects=True).get_data(as_text=True)
    assert "至少留下一件" in page
    item = SupervisionItem.get()
    page = client.post(f"/hot/{issue}/plan", data={**sent, "item": str(item.id), "what": "会商", "day": "昨天"}, follow_redirects=True).get_data(as_text=True)
    assert "日期看不懂" in page
    assert client.get("/hot/99999").status_code == 404


def test_a_handler_has_no_such_page(site: Site, issue: int) -> None:
    assert site.signed_in("handler").get(f"/hot/{issue}").status_code == 403


def test_the_rail_of_the_live_page_leads_to_the_issue(site: Site, issue: int) -> None:
    assert f'href="/hot/{issue}"' in site.signed_in("supervisor").get("/").get_data(as_text=True)
