"""What the pages read, on SQLite and on PostgreSQL: the same answers, and no more queries for more rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.databases import counted
from tests.web.district_rows import NOW, Rows, fill, make_ticket
from tickets.domain.times import stored
from tickets.store import category_view, overview, overview_figures, overview_rail, ticket_list, ticket_view
from tickets.store.connect import transaction
from tickets.store.models import Unit
from tickets.store.scope import Viewer, units_below
from web.show.clock import day_start

ALL = Viewer("all")
SINCE = day_start(NOW)


@pytest.fixture
def rows(database: str) -> Rows:
    with transaction():
        return fill()


READS: dict[str, Callable[[Viewer], object]] = {
    "stream": lambda viewer: overview.stream(viewer, SINCE),
    "figures": lambda viewer: overview_figures.figures(viewer, stored(NOW), SINCE),
    "alerts": lambda viewer: overview_rail.alerts(viewer, stored(NOW)),
    "climbing": lambda viewer: overview_rail.climbing(viewer, stored(NOW)),
    "hot": lambda viewer: overview_rail.hot(viewer, stored(NOW)),
    "list": lambda viewer: ticket_list.page(viewer, ticket_list.Wanted(stored(NOW), SINCE)),
    "late": lambda viewer: ticket_list.page(viewer, ticket_list.Wanted(stored(NOW), SINCE, clock="over")),
    "near": lambda viewer: ticket_list.page(viewer, ticket_list.Wanted(stored(NOW), SINCE, clock="near")),
    "search": lambda viewer: ticket_list.page(viewer, ticket_list.Wanted(stored(NOW), SINCE, q="工资 柳湾镇")),
    "notices": ticket_list.notices,
    "counts": category_view.counts,
    "category": lambda viewer: category_view.view(viewer, ("供水", "供热")),
    "ticket": lambda viewer: ticket_view.find(viewer, "20261123-0007"),
}


@pytest.mark.parametrize("name", READS)
def test_more_rows_cost_no_more_queries(rows: Rows, name: str) -> None:
    with counted() as before:
        READS[name](ALL)
    with transaction():
        for number in range(4):
            make_ticket(rows, rows.places["管网科"], f"第 {number} 件水管爆裂", ago=20 + number, area=f"地方{number}")
    with counted() as after:
        READS[name](ALL)
    assert 0 < len(before) <= 14
    assert len(after) == len(before)


@pytest.mark.parametrize("name", READS)
def test_nobody_without_person_or_unit_reads_anything(rows: Rows, name: str) -> None:
    for viewer in (Viewer("own"), Viewer("unit")):
        assert "20261123-" not in repr(READS[name](viewer))


def test_figures_count_what_they_say(rows: Rows) -> None:
    seen = overview_figures.figures(ALL, stored(NOW), SINCE)
    assert (seen.received, seen.dispatched, seen.received_last_week) == (8, 7, 0)
    assert (seen.sign_on_time, seen.sign_due) == (3, 4)  # three signed in time, one passed its five minutes
    assert (seen.near, seen.overdue) == (1, 1)
    assert seen.longest_over_seconds == 30  # registered 331 s ago, dispatched a second later, five minutes to sign
    assert dict(seen.tabs) == {"all": 8, "unsigned": 5, "urgent": 2, "manual": 1}


def test_the_nearest_clock_comes_first_and_overdue_on_top(rows: Rows) -> None:
    found, count = overview_rail.alerts(ALL, stored(NOW))
    assert count == 5
    assert [alert.number for alert in found] == [f"20261123-000{number}" for number in (4, 5, 6, 7, 8)]


def test_three_of_a_kind_in_one_place_are_hot(rows: Rows) -> None:
    with transaction():
        for ago in (100, 4 * 3600, 20 * 3600):
            make_ticket(rows, rows.places["照明科"], ago=ago, category="市政照明", area="和平路")
    (first, *_) = overview_rail.hot(ALL, stored(NOW))
    assert (first.area, first.category, first.count) == ("和平路", "市政照明", 3)
    assert sum(first.bars) == 3
    assert first.bars[-1] == 1


def test_a_unit_reaches_down_and_never_up(rows: Rows) -> None:
    water, section = Unit.get(Unit.address == "水务局"), Unit.get(Unit.address == "水务局/管网科")
    assert units_below(water.id) == {water.id, section.id}
    assert units_below(section.id) == {section.id}
    assert ticket_view.find(Viewer("unit", None, section.id), "20261123-0007") is not None
    assert ticket_view.find(Viewer("unit", None, section.id), "20261123-0005") is None
