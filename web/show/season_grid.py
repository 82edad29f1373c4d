"""前面 20 周的季节, laid out: a row a category, a cell a week, festivals above the columns, and what each row is warned of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from insights.season_occasions import Occasion
from tickets.domain.season import Foretold, PeakTold

WEEK = timedelta(days=7)
AHEAD = 20
SHADES = (1.25, 1.5, 2.0, 3.0, 4.0)  # from these ratios on a cell is darker; the last is "four times and more"
ROWS = 12  # rows shown at first
HIGH = 2  # the shade from which on a cell explains itself when chosen


@dataclass(frozen=True)
class Given:
    """A warning already given for a category: the local day, and the Monday its season begins on, "" for one by the calendar alone."""

    day: str
    peak_start: str
    rule: str
    state: str


@dataclass(frozen=True)
class Cell:
    """One week of one category. `shade` is 0 (usual) to 5, `bell` says that the warning is for this week."""

    monday: date
    expected: float
    low: float
    high: float
    ratio: float
    shade: int
    bell: bool


@dataclass(frozen=True)
class Row:
    """One category: its cells, its next peak, and the warning: `state` is sent, planned or none, `day` when."""

    one: Foretold
    cells: tuple[Cell, ...]
    peak: PeakTold | None
    state: str
    day: str
    rule: str

    @property
    def top(self) -> float:
        """The highest ratio of the weeks shown."""
        return max((cell.ratio for cell in self.cells), default=0.0)


@dataclass(frozen=True)
class Column:
    """One week: its Monday, the month where a new one begins, and the festivals and seasons in it."""

    monday: date
    month: int | None
    occasions: tuple[Occasion, ...]


def columns(monday: date, occasions: Sequence[Occasion]) -> tuple[Column, ...]:
    """The twenty weeks from that Monday on."""
    weeks = [monday + WEEK * number for number in range(AHEAD)]
    return tuple(
        Column(
            week,
            _month(week) if _opens(weeks, number) else None,
            tuple(one for one in occasions if week <= one.day < week + WEEK),
        )
        for number, week in enumerate(weeks)
    )


def _opens(weeks: Sequence[date], number: int) -> bool:
    """Whether the month is named here: at its first week, and at the first column where the next month leaves room for it."""
    if number == 0:
        return _month(weeks[0]) == _month(weeks[1])
    return _month(weeks[number]) != _month(weeks[number - 1])


def rows(foretold: Sequence[Foretold], given: Mapping[str, Given], monday: date) -> tuple[Row, ...]:
    """The categories with something to show: a season ahead or a warning first, then the steepest, then the busiest."""
    found = [_row(one, given.get(one.category), monday) for one in foretold if one.weeks or one.plan_day or one.category in given]
    return tuple(sorted(found, key=lambda row: (row.state == "none", row.peak is None, -row.top, -row.one.usual, row.one.category)))


def shade_of(ratio: float) -> int:
    """0 (usual) to 5 (four times and more)."""
    return sum(ratio >= edge for edge in SHADES)


def _row(one: Foretold, given: Given | None, monday: date) -> Row:
    peak = min((peak for peak in one.peaks if peak.end >= monday.isoformat()), key=lambda peak: peak.start, default=None)
    seen = peak is not None and date.fromisoformat(peak.start) < monday + WEEK * AHEAD
    state, day, rule = ("sent", given.day, given.rule) if given is not None else ("planned", one.plan_day, one.plan_rule) if one.plan_day else ("none", "", "")
    aim = "" if state == "none" else given.peak_start if given is not None and given.peak_start else peak.start if peak is not None and seen else day
    bell = _monday_of(aim) if aim else None
    cells = tuple(
        Cell(week, *figures, shade_of(figures[3]), week == bell)
        for week, figures in ((monday + WEEK * number, figures) for number, figures in enumerate(one.weeks[:AHEAD]))
    )
    if not cells:  # too short a record: empty weeks, though the calendar may warn
        cells = tuple(Cell(week, 0.0, 0.0, 0.0, 0.0, 0, week == bell) for week in (monday + WEEK * number for number in range(AHEAD)))
    return Row(one, cells, peak if seen else None, state, day, rule)


def _month(monday: date) -> int:
    return (monday + timedelta(days=3)).month


def _monday_of(day: str) -> date:
    on = date.fromisoformat(day)
    return on - timedelta(days=on.weekday())
