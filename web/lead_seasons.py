"""前面 20 周的季节: what was foretold on the newest Monday, category by week, and the warnings given for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from engine.load_calendar import CalendarData
from insights.season_occasions import Occasion, between, festivals_of
from tickets.domain.season import Foretold
from tickets.domain.times import local
from tickets.store import forecasts
from tickets.store.forecast_models import SeasonWarning

WEEKS, ROWS = 20, 9
LEAST_YEARS = 3
STEPS = (1.2, 1.8, 2.5, 4.0)  # times the usual from which a week is a shade darker
WARNINGS = 200


@dataclass(frozen=True)
class Cell:
    """One week of a category: appeals expected and their interval, how many times the usual, the shade 1 to 5, and whether a warning is for it."""

    monday: date
    expected: float
    low: float
    high: float
    ratio: float
    shade: int
    warned: bool


@dataclass(frozen=True)
class Row:
    """A category. `sent` is the day of its newest warning that still looks ahead, `planned` the Monday on which the rules would warn next, as things stand."""

    category: str
    cells: tuple[Cell, ...]
    sent: date | None
    planned: date | None


@dataclass(frozen=True)
class Seasons:
    """The map of the weeks from `monday` on. `above` are the festivals over each column; `short` how many categories have less than three years of record."""

    monday: date
    weeks: tuple[date, ...]
    above: tuple[tuple[Occasion, ...], ...]
    rows: tuple[Row, ...]
    short: int
    known: int


def seasons(calendar: CalendarData, area: str) -> Seasons | None:
    """The newest forecasts of the district or of one town; None before any was made."""
    monday = forecasts.newest_monday()
    if monday is None:
        return None
    told = forecasts.forecasts(monday, area)
    warned = [one for one in forecasts.warnings(WARNINGS) if one.watch_until >= monday.isoformat() and area in ("", one.area)]
    weeks = tuple(monday + timedelta(weeks=ahead) for ahead in range(WEEKS))
    named = between(festivals_of(calendar), calendar.seasons, monday, weeks[-1] + timedelta(weeks=1))
    above = tuple(tuple(one for one in named if week <= one.day < week + timedelta(weeks=1)) for week in weeks)
    enough = [one for one in told if one.years >= LEAST_YEARS and one.weeks]
    first = sorted(enough, key=_presses, reverse=True)[:ROWS]
    return Seasons(monday, weeks, above, tuple(_row(one, weeks, warned) for one in first), len(told) - len(enough), len(enough))


def _presses(one: Foretold) -> tuple[bool, float]:
    """Those with a season ahead first, then those that are most appeals over the usual in one week."""
    return bool(one.peaks), max((expected - one.usual for expected, _, _, _ in one.weeks[:WEEKS]), default=0.0)


def _row(one: Foretold, weeks: tuple[date, ...], warned: Iterable[SeasonWarning]) -> Row:
    ours = [warning for warning in warned if warning.category == one.category]
    starts = {date.fromisoformat(warning.peak_start or warning.watch_from) for warning in ours}
    cells = tuple(
        Cell(week, expected, low, high, ratio, 1 + sum(ratio >= step for step in STEPS), any(week <= start < week + timedelta(weeks=1) for start in starts))
        for week, (expected, low, high, ratio) in zip(weeks, one.weeks, strict=False)
    )
    sent = local(max(warning.at for warning in ours)).date() if ours else None
    return Row(one.category, cells, sent, date.fromisoformat(one.plan_day) if one.plan_day else None)
