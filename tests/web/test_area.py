"""From one ticket to its area: everybody sees his own part of it, the centre and supervisors warn, once, and the page shows what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.web.conftest import Site, token
from tests.web.district_rows import NOW, make_ticket
from tickets.domain.times import stored
from tickets.store.models import Area, History, Outbox, Ticket, Unit
from tickets.store.similar_models import AreaFollow


@pytest.fixture
def burst(site: Site) -> Ticket:
    """Three appeals about one estate's water, of two callers, and one next door; the newest is the case."""
    estate = Area.create(name="花园社区", level="村居", parent=Area.get(Area.name == "临河镇"))
    for name in ("花园小区", "柳岸小区"):
        Area.create(name=name, level="小区", parent=estate)
    unit = Unit.get(Unit.address == "水务局/管网科")
    holder = Ticket.get(Ticket.unit == unit)
    made = {"unit": unit, "post": holder.post, "person": holder.person}
    for place, phone, text in (
        ("花园小区", "19900000021", "花园小区水压低"),
        ("花园小区", "19900000021", "花园小区又漏水，打19900000021找我"),
        ("柳岸小区", "19900000022", "柳岸小区停水"),
    ):
        make_ticket(site.rows, None, text, area=place, caller_phone=phone, ago=86400, signed=60, **made)
    case: Ticket = make_ticket(site.rows, None, "花园小区水管爆裂", area="花园小区", caller_phone="19900000023", signed=10, **made)
    return case


def page(site: Site, role: str, ticket: Ticket, wide: str = "") -> str:
    answer = site.signed_in(role).get(f"/t/{ticket.number}/area{wide}")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def warn(site: Site, role: str, ticket: Ticket, **more: object) -> tuple[int, str]:
    client = site.signed_in(role)
    sent = {"csrf_token": token(client, "/"), "unit": ["水务局/管网科", "供水公司/抢修班"], "days": "30", **more}
    answer = client.post(f"/t/{ticket.number}/area", data=sent, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_estate_is_shown_and_the_whole_village_on_request(site: Site, burst: Ticket) -> None:
    html = page(site, "supervisor", burst)
    assert "花园小区 · 供水" in html
    assert "花园小区又漏水" in html
    assert "柳岸小区停水" not in html
    assert "199****0021" in html
    assert "19900000021" not in html
    assert "1 人不止一次" in html
    assert "柳岸小区停水" in page(site, "supervisor", burst, "?wide=1")
    assert f'href="/t/{burst.number}/area"' in site.signed_in("supervisor").get(f"/t/{burst.number}").get_data(as_text=True)


def test_whoever_sees_no_ticket_sees_no_area_and_others_only_their_own_part(site: Site, burst: Ticket) -> None:
    mine, other = burst, Ticket.get(Ticket.text.contains("水压低"))
    Ticket.update(person=None, unit=Unit.get(Unit.address == "北庄村"), post=None).where(Ticket.id == other.id).execute()
    seen = page(site, "handler", mine)
    assert "花园小区又漏水" in seen
    assert "花园小区水压低" not in seen
    assert 'id="warn"' not in seen
    client = site.signed_in("handler")
    assert client.get(f"/t/{other.number}/area").status_code == 404
    assert client.post(f"/t/{mine.number}/area", data={"csrf_token": token(client, "/")}).status_code == 403


def test_one_click_warns_and_the_page_follows_it_to_its_end(site: Site, burst: Ticket) -> None:
    assert 'id="warn"' in page(site, "agent", burst)
    assert warn(site, "agent", burst, unit=[])[1].count("note bad") == 1
    assert warn(site, "agent", burst, days="x")[1].count("note bad") == 1
    assert AreaFollow.select().count() == 0
    status, html = warn(site, "agent", burst)
    assert status == 200
    assert "观察中" in html
    assert "到现在没有再来" in html
    assert 'id="warn"' not in html
    told = Outbox.select().where(Outbox.kind == "片区提醒").count()
    assert told >= 1
    assert "已经从本工单提醒过" in warn(site, "supervisor", burst)[1]
    assert Outbox.select().where(Outbox.kind == "片区提醒").count() == told
    assert History.select().where((History.ticket == burst) & (History.what == "片区提醒")).count() == 1
    AreaFollow.update(from_at=stored(NOW) - timedelta(days=2)).execute()
    assert "到现在又来 2 件，1 个来电人" in page(site, "agent", burst)
    AreaFollow.update(state="没有再发生", judged_at=stored(NOW)).execute()
    assert "期间一件也没有来" in page(site, "agent", burst)
    assert "没有再发生" in site.signed_in("agent").get(f"/t/{burst.number}").get_data(as_text=True)


def test_a_ticket_without_a_place_says_so(site: Site, burst: Ticket) -> None:
    Ticket.update(area="").where(Ticket.id == burst.id).execute()
    assert "类别或地点还没有确定" in page(site, "agent", burst)
    assert warn(site, "agent", burst)[0] == 200
    assert AreaFollow.select().count() == 0
