"""下一季预警 on the live page: the season that is to be warned of next, with a small line of the weeks ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tickets.domain.season import Foretold, PeakTold
from tickets.store import forecasts

WIDTH, HEIGHT, EDGE = 72, 32, 2


@dataclass(frozen=True)
class NextSeason:
    """A category, its peak's first day and highest week (ISO), appeals between `low` and `high` in it, last year's, and in how many days it is warned of.

    `line` and `band` are the points of the expected weeks and of their interval, in a box of 72 by 32.
    """

    category: str
    start: str
    top: str
    low: float
    high: float
    last: float
    days: int
    plan: str
    rule: str
    line: str
    band: str


def next_season(today: date) -> NextSeason | None:
    """The one to be warned of first; None when no season ahead is to be warned of."""
    one = forecasts.next_planned(today)
    peak = one.next_peak if one is not None else None
    if one is None or peak is None or not one.weeks:
        return None
    last = peak.past[-1][1] if peak.past else 0.0
    line, band = _points(one)
    days = (date.fromisoformat(one.plan_day) - today).days
    return NextSeason(one.category, peak.start, _top(one, peak), peak.low, peak.high, last, max(days, 0), one.plan_day, one.plan_rule, line, band)


def _top(one: Foretold, peak: PeakTold) -> str:
    """The Monday of the highest week of those shown: where the map explains itself."""
    number = max(range(len(one.weeks)), key=lambda week: one.weeks[week][3])
    first = date.fromordinal(date.fromisoformat(peak.start).toordinal() - 7 * peak.first)
    return date.fromordinal(first.toordinal() + 7 * number).isoformat()


def _points(one: Foretold) -> tuple[str, str]:
    most = max(1.0, *(week[2] for week in one.weeks))
    step = WIDTH / max(len(one.weeks) - 1, 1)

    def at(number: int, value: float) -> str:
        return f"{number * step:.1f},{HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * value / most:.1f}"

    line = " ".join(at(number, week[0]) for number, week in enumerate(one.weeks))
    upper = [at(number, week[2]) for number, week in enumerate(one.weeks)]
    lower = [at(number, week[1]) for number, week in enumerate(one.weeks)]
    return line, " ".join([*upper, *reversed(lower)])
