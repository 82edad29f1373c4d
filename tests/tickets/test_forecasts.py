"""Weekly counts, forecasts and warnings in the tables: each ticket counts once, each Monday's forecast is one, each warning is scored once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.tickets.fakes import FixedClock
from tickets.actions.forecast_count import AT_ONCE, count_all, count_new, daily, towns
from tickets.actions.forecast_make import complete, due, judge_due, make, subjects
from tickets.domain.season import Foretold, PeakTold, judged
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import forecasts
from tickets.store.connect import Conflict, transaction
from tickets.store.forecast_models import Forecast, SeasonWarning, WeekCount
from tickets.store.models import Ticket

MONDAY = date(2026, 11, 23)
PEAK = PeakTold("2026-12-14", "2027-01-10", 3, 40, 30, 51, 16, 2.5, "历年同期都高", "it rose before", (("2025-12-15", 38, 16),))


def tickets(
    desk: Desk, count: int, *, category: str = "供水", area: str = "花园小区", ago: timedelta = timedelta(days=3), appealed: datetime | None = None
) -> None:
    begun, at = Ticket.select().count(), stored(desk.clock() - ago)
    for number in range(begun, begun + count):
        Ticket.create(
            number=f"N{number}",
            source="电话",
            source_id=f"S{number}",
            status="已登记",
            text="测试",
            category=category,
            area=area,
            registered_at=at,
            appealed_at=appealed,
        )


def counted() -> list[tuple[str, str, str, int]]:
    return forecasts.counts_since(date(1990, 1, 1))


def test_each_ticket_is_counted_once_in_the_week_it_was_appealed(desk: Desk, clock: FixedClock) -> None:
    tickets(desk, 3)
    tickets(desk, 2, category="照明", area="", appealed=datetime(2023, 5, 2, tzinfo=UTC).replace(tzinfo=None))
    tickets(desk, 1, category="")
    tickets(desk, 4, ago=timedelta(minutes=5))
    assert (count_new(desk), count_new(desk)) == (6, 0)
    assert counted() == [("2023-05-01", "照明", "", 2), ("2026-11-16", "供水", "城区", 3)]
    clock.on(hours=3)
    assert count_all(desk) == 4
    assert sum(row[3] for row in counted()) == 9


def test_two_processes_at_once_count_once(desk: Desk) -> None:
    tickets(desk, 3)
    before, _ = forecasts.uncounted(AT_ONCE)
    assert count_new(desk) == 3
    with transaction():
        assert not forecasts.add(before, 3, Counter({("2026-11-16", "供水", "城区"): 3}))
    assert counted() == [("2026-11-16", "供水", "城区", 3)]


def test_counts_are_gathered_under_every_category_above_and_for_the_district(desk: Desk) -> None:
    tickets(desk, 3)
    tickets(desk, 2, area="北庄村")
    count_all(desk)
    found = daily(desk, ("供水",), date(2026, 1, 1))
    week = date(2026, 11, 16)
    assert found == {("供水", "城区"): {week: 3}, ("供水", "青禾镇"): {week: 2}, ("供水", ""): {week: 5}}
    assert towns(desk.rules.names.areas) == ("城区", "青禾镇")


def test_a_mondays_forecast_is_one_and_what_is_missing_is_made_up_for(desk: Desk) -> None:
    one, other = Foretold("供水", "城区", 3, 4.0, "公历", ((4.0, 1.0, 8.0, 1.0),), (PEAK,)), Foretold("供水", "", 3)
    assert make(desk, [one], MONDAY).forecasts == 1
    assert make(desk, [one, other], MONDAY).forecasts == 1
    assert Forecast.select().count() == 2
    assert forecasts.forecasts(MONDAY, "城区") == [one]
    with pytest.raises(Conflict), transaction():
        forecasts.keep(one, MONDAY, desk.clock(), asked=True)
    assert forecasts.newest_monday() == MONDAY
    assert not complete(desk, MONDAY)
    make(desk, [Foretold(name, place) for name in subjects(desk) for place in ("", "城区", "青禾镇")], MONDAY)
    assert complete(desk, MONDAY)


def test_it_is_due_on_monday_morning_and_until_sunday(desk: Desk, clock: FixedClock) -> None:
    assert due(desk) == MONDAY
    clock.on(hours=-3)
    assert due(desk) is None
    clock.on(days=6)
    assert due(desk) == MONDAY


def test_a_warning_is_scored_once_when_its_weeks_are_over(desk: Desk, clock: FixedClock) -> None:
    one = Foretold("供水", "城区", 3, 4.0, peaks=(PEAK,))
    with transaction():
        number = forecasts.warn(
            1, "k", ("W", "预测将到旺季"), one, desk.clock(), (date(2026, 12, 14), date(2027, 1, 10)), PEAK, {"low": PEAK.low, "high": PEAK.high}, []
        )
        for monday, count in (("2026-12-07", 90), ("2026-12-14", 12), ("2027-01-04", 13), ("2027-01-11", 90)):
            WeekCount.insert(monday=monday, category="供水", area="城区", count=count).execute()
        WeekCount.insert(monday="2026-12-14", category="供水", area="青禾镇", count=50).execute()
    clock.on(days=49)
    assert judge_due(desk) == 0
    clock.on(days=1)
    assert (judge_due(desk), judge_due(desk)) == (1, 0)
    found = SeasonWarning.get_by_id(number)
    assert (found.came, found.state) == (25, "低于预期")


@pytest.mark.parametrize(
    ("came", "figures", "word"),
    [
        (18, (40, 30, 51, 16), "没有来"),
        (25, (40, 30, 51, 16), "低于预期"),
        (51, (40, 30, 51, 16), "与预期相当"),
        (52, (40, 30, 51, 16), "高于预期"),
        (25, (None, None, None, 16), "来了"),
        (9, (None, None, None, None), "已计数"),
    ],
)
def test_how_it_went_in_words(came: int, figures: tuple[float | None, ...], word: str) -> None:
    expected, low, high, usual = figures
    assert judged(came, expected, low, high, usual) == word
