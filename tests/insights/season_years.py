"""Weekly counts with seasons planted in them: invented, of known shape, the same for the same seed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from engine.calendar import Calendar
from insights.season_calendar import YearShape
from insights.season_weeks import WEEK, Weekly
from wiring.settings import PROJECT

CALENDAR = YearShape.of(Calendar.load([PROJECT / "rules" / "calendar"]).data)
TODAY = date(2026, 11, 23)
Tops = Sequence[date]


def solar_tops(month: int, day: int) -> Tops:
    """The same day of every year."""
    return [date(year, month, day) for year in range(2015, 2029)]


def lunar_tops(name: str, shift: int = 0) -> Tops:
    """So many days after that festival, in every year."""
    return [day + timedelta(days=shift) for day in CALENDAR.festivals[name]]


def planted(years: float, tops: Sequence[Tops | None], *, base: float = 10, times: float = 2.5, weeks: int = 4, end: date = TODAY, seed: int = 1) -> Weekly:
    """A table with one column per entry of `tops`: `base` appeals a usual week, `times` as many in the `weeks` around each top; None is flat."""
    dice = np.random.default_rng(seed)
    count = round(years * 365.25 / 7)
    first = end - count * WEEK
    middles = [first + week * WEEK + timedelta(days=3) for week in range(count)]
    columns = []
    for one in tops:
        near = np.array([any(abs((middle - top).days) <= 3.5 * weeks for top in one or ()) for middle in middles])
        columns.append(dice.poisson(np.where(near, base * times, base)).astype(float))
    counts = np.array(columns).T.reshape(count, len(tops))
    return Weekly(first, tuple(f"类别{place}" for place in range(len(tops))), counts, np.ones_like(counts, dtype=bool))


def next_top(tops: Tops, after: date = TODAY) -> date:
    """The first top that still lies ahead."""
    return min(top for top in tops if top > after)
