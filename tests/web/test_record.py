"""A unit's page and a person's: their figures against plain questions to the tables, and whose eyes they are for."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site
from tests.web.district_rows import NOW, make_ticket
from tests.web.test_leaders import SINCE, UNTIL, ask, plain
from tickets.domain.times import stored
from tickets.store.models import Person, Ticket, Unit

KEPT = """SELECT COUNT(*), SUM(CASE WHEN d.state = 'met' THEN 1 ELSE 0 END) FROM ticket t JOIN deadline d ON d.ticket_id = t.id AND d.name = '签收'
    JOIN unit u ON u.id = t.unit_id WHERE t.dispatched_at >= ? AND t.dispatched_at < ? AND (d.state <> 'running' OR d.due_at < ?) AND {}"""


@pytest.fixture
def water(site: Site) -> Site:
    """More of this month and of the last for 水务局/管网科."""
    place = site.rows.places["管网科"]
    for number in range(6):
        make_ticket(site.rows, place, "水压低", ago=3600 + number * 60, signed=60 if number % 3 else 600)
        make_ticket(site.rows, place, "上月水压低", ago=30 * 86_400 + number, signed=120)
    return site


def page(site: Site, who: str, path: str) -> str:
    answer = site.signed_in(who).get(path)
    assert answer.status_code == 200, path
    return plain(answer.get_data(as_text=True))


def kept(where: str, value: object) -> str:
    ((total, good),) = ask(KEPT.format(where), SINCE, UNTIL, str(stored(NOW)), value)
    return f"{good} / {total} 件"


def test_a_units_page_counts_its_sections_as_plain_questions_do(water: Site) -> None:
    unit = Unit.get(Unit.address == "水务局")
    shown = page(water, "unit_leader", f"/units/{unit.id}/overview")
    assert kept("COALESCE(u.parent_id, u.id) = ?", unit.id) in shown.partition("按时办结率")[0]
    for status, count in ask("SELECT t.status, COUNT(*) FROM ticket t JOIN unit u ON u.id = t.unit_id WHERE u.parent_id = ? GROUP BY t.status", unit.id):
        assert f"{count} {status}" in shown.partition("现在等着办的")[2]
    sql = "SELECT COUNT(*) FROM ticket t JOIN unit u ON u.id = t.unit_id WHERE u.parent_id = ? AND t.dispatched_at >= ? AND t.dispatched_at < ?"
    for month, since, until in (("11", SINCE, UNTIL), ("10", "2026-09-30 16:00:00", SINCE)):
        assert f"2026 年 {month} 月 {ask(sql, unit.id, since, until)[0][0]} " in shown.partition("近 12 个月派来的件数")[2]
    assert kept("u.name = ?", "管网科") in shown.partition("各科室")[2]


def test_a_persons_page_has_his_own_figures_and_lists_what_is_in_his_hands(water: Site) -> None:
    person = water.rows.places["管网科"].person
    shown = page(water, "handler", f"/people/{person.id}/overview")
    assert kept("t.person_id = ?", person.id) in shown.partition("按时办结率")[0]
    ((count,),) = ask("SELECT COUNT(*) FROM ticket WHERE person_id = ? AND status NOT IN ('已结案', '并单', '不予受理', '已移交')", person.id)
    listed = shown.partition("手里还没办结的")[2]
    assert sum(listed.count(number) for (number,) in ask("SELECT number FROM ticket WHERE person_id = ?", person.id)) == count


def test_each_is_led_to_his_own_page_and_opens_no_others(water: Site) -> None:
    own = water.rows.places["管网科"].person.id
    other = Person.get(Person.name == "顾行简").id
    unit, foreign = (Unit.get(Unit.address == name).id for name in ("水务局", "人社局"))
    for who, home in (("handler", f"/people/{own}/overview"), ("unit_leader", f"/units/{unit}/overview"), ("leader", "/leaders")):
        assert water.signed_in(who).get("/record").headers["Location"] == home
    opens = {
        "handler": {f"/people/{own}/overview"},
        "unit_leader": {f"/people/{own}/overview", f"/units/{unit}/overview"},
        "leader": {f"/people/{own}/overview", f"/people/{other}/overview", f"/units/{unit}/overview", f"/units/{foreign}/overview"},
    }
    for who, allowed in opens.items():
        client = water.signed_in(who)
        for path in opens["leader"]:
            assert client.get(path).status_code == (200 if path in allowed else 404), (who, path)


def test_a_month_without_anything_says_so(water: Site) -> None:
    shown = page(water, "leader", f"/units/{Unit.get(Unit.address == '水务局').id}/overview?month=2026-05")
    assert shown.count("本月还没有可算的") == 5
    assert "这个月还没有可算的" in shown
    Ticket.update(status="已结案").execute()
    assert "没有等着办的" in page(water, "handler", f"/people/{water.rows.places['管网科'].person.id}/overview")
