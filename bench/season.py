"""How well seasons are foretold on invented weekly counts: planted peaks found, false warnings in flat years, the forecast beside two simple ones,
and how long it takes. python -m bench.season
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from engine.calendar import Calendar
from insights.season import Outlook, outlooks
from insights.season_calendar import YearShape
from insights.season_model import fit
from insights.season_weeks import WEEK, YEAR, Weekly
from wiring.settings import PROJECT

COLUMNS = 60
SLACK = timedelta(days=10)
CASES = ((3, 10, 2.5, 4), (3, 4, 3.0, 4), (3, 20, 1.8, 6), (5, 10, 2.0, 4), (5, 4, 2.5, 4), (5, 1, 4.0, 4))  # years, a usual week, times, weeks


@dataclass(frozen=True)
class Score:
    """Planted peaks and how many were found; peaks told and how many of them were planted nowhere."""

    planted: int
    found: int
    false: int


def run() -> None:
    """Prints a line a case."""
    calendar = YearShape.of(Calendar.load([PROJECT / "rules" / "calendar"]).data)
    dice = np.random.default_rng(6)
    print("季节：埋下的高峰与误报 · planted peaks found and false warnings")
    print(f"{'years':>5}{'a week':>8}{'times':>7}{'weeks':>7}{'solar found':>14}{'lunar found':>14}{'false':>8}{'flat warned':>14}{'s':>7}")
    for years, base, times, weeks in CASES:
        began = time.perf_counter()
        sun, moon, flat = (_case(calendar, dice, kind, years, base, times, weeks) for kind in ("sun", "moon", "flat"))
        spent = time.perf_counter() - began
        shown = f"{sun.found}/{sun.planted}", f"{moon.found}/{moon.planted}", f"{sun.false + moon.false}", f"{flat.false}/{COLUMNS}"
        print(f"{years:>5}{base:>8}{times:>7}{weeks:>7}{shown[0]:>14}{shown[1]:>14}{shown[2]:>8}{shown[3]:>14}{spent:>7.1f}")
    _beside(calendar, dice)


def _case(calendar: YearShape, dice: np.random.Generator, kind: str, years: int, base: float, times: float, weeks: int) -> Score:
    end = date(2026, 11, 23) - int(dice.integers(0, YEAR)) * WEEK
    tops = [_tops(calendar, dice, kind) for _ in range(COLUMNS)]
    found = list(outlooks(_table(dice, end, years * 365.25 / 7, tops, base, times, weeks), calendar))
    half = timedelta(days=3.5 * weeks)
    planted = hit = false = 0
    for outlook, places in zip(found, tops, strict=True):
        ahead = [top for top in places if top - half >= end and top + half <= end + 51 * WEEK]
        planted += len(ahead)
        hit += sum(_meets(outlook, top) for top in ahead)
        false += sum(not any(peak.start - SLACK <= top + half and top - half <= peak.end + SLACK for top in places) for peak in outlook.peaks)
    return Score(planted, hit, false)


def _tops(calendar: YearShape, dice: np.random.Generator, kind: str) -> Sequence[date]:
    if kind == "sun":
        day = int(dice.integers(0, 365))
        return [date(year, 1, 1) + timedelta(days=day) for year in range(2015, 2029)]
    if kind == "moon":
        name, shift = (("春节", int(dice.integers(-30, 15))), ("中秋节", 0))[int(dice.integers(0, 2))]
        return [day + timedelta(days=shift) for day in calendar.festivals[name]]
    return []


def _table(dice: np.random.Generator, end: date, weeks: float, tops: Sequence[Sequence[date]], base: float, times: float, width: int) -> Weekly:
    count = round(weeks)
    first = end - count * WEEK
    middles = [first + week * WEEK + timedelta(days=3) for week in range(count)]
    near = np.array([[any(abs((middle - top).days) <= 3.5 * width for top in one) for one in tops] for middle in middles])
    counts = dice.poisson(np.where(near, base * times, base)).astype(float)
    return Weekly(first, tuple(map(str, range(len(tops)))), counts, np.ones_like(counts, dtype=bool))


def _meets(outlook: Outlook, top: date) -> bool:
    return any(peak.start - SLACK <= top <= peak.end + SLACK for peak in outlook.peaks)


def _beside(calendar: YearShape, dice: np.random.Generator) -> None:
    """A fifth year foretold from four, beside the same week of the year before and the mean of all weeks."""
    tops = [_tops(calendar, dice, kind) for kind in ("sun", "moon", "flat") * 20]
    table = _table(dice, date(2026, 11, 23), 5 * 365.25 / 7, tops, 3, 3, 5)
    past = table.before(table.end - YEAR * WEEK)
    came = table.counts[past.weeks :]
    ours = fit(past, calendar, YEAR).mean()[: len(came)]
    errors = [float(np.abs(came - guess).mean()) for guess in (ours, past.counts[-YEAR:][: len(came)], past.counts.mean(axis=0))]
    print(
        "一周的平均误差（件）· weekly mean absolute error: "
        + "  ".join(f"{name} {one:.3f}" for name, one in zip(("ours", "last year", "mean"), errors, strict=True))
    )


if __name__ == "__main__":
    run()
