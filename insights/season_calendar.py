"""Where a day stands in the year, on the solar calendar and on the lunar one, and which festivals and seasons lie near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from engine.load_calendar import CalendarData
from insights.season_occasions import Occasion, between, festivals_of
from insights.season_weeks import CIRCLE  # weeks of a year: both phases run from 0 to this

# The festivals a lunar year hangs on, where they stand in its circle (weeks), and how far before and after them a week keeps its exact distance.
ANCHORS: tuple[tuple[str, float, float, float], ...] = (("春节", 0.0, 9.0, 6.0), ("端午节", 18.0, 3.0, 3.0), ("中秋节", 33.0, 4.0, 4.0))
NEAR = 28  # days


@dataclass(frozen=True)
class YearShape:
    """The calendar as the forecast needs it: festivals by date, seasons by month and day."""

    festivals: dict[str, tuple[date, ...]] = field(default_factory=dict)
    seasons: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: CalendarData) -> YearShape:
        """From rules/calendar: the yearly files' festival days and those of seasons.yaml together."""
        return cls(festivals_of(data), dict(data.seasons))

    def solar(self, days: Sequence[date]) -> NDArray[np.float64]:
        """Weeks since 1 January, 0 to 52.18, of each day."""
        return np.array([(day.timetuple().tm_yday - 1) / (366 if _leap(day.year) else 365) * CIRCLE for day in days])

    def lunar(self, days: Sequence[date]) -> NDArray[np.float64] | None:
        """Weeks since Spring Festival in a circle of 52.18 weeks, stretched between the festivals; None where a day has no festival on either side."""
        known = sorted((day, place, before, after) for name, place, before, after in ANCHORS for day in self.festivals.get(name, ()))
        if not days or not known:
            return None
        marks: list[tuple[float, float]] = []  # (ordinal day, weeks on a line that never falls)
        turn, last = 0.0, -1.0
        for day, place, before, after in known:
            if place <= last:
                turn += CIRCLE
            last = place
            at = float(day.toordinal())
            for shift in (-before, 0.0, after):
                marks.append((at + 7 * shift, turn + place + shift))
        line = sorted(marks)
        xs, ys = np.array([x for x, _ in line]), np.maximum.accumulate(np.array([y for _, y in line]))
        at_days = np.array([day.toordinal() for day in days], dtype=float)
        if at_days.min() < xs[0] or at_days.max() > xs[-1]:
            return None
        return np.asarray(np.interp(at_days, xs, ys) % CIRCLE)

    def between(self, start: date, end: date) -> tuple[Occasion, ...]:
        """Every festival and season that begins in [start, end), in order of its day."""
        return between(self.festivals, self.seasons, start, end)

    def nearest(self, start: date, end: date, lunar: bool) -> Occasion | None:
        """The festival or season a span of days belongs to: of the asked kind if there is one, else of any; None when none lies within four weeks."""
        around = self.between(start - timedelta(days=NEAR), end + timedelta(days=NEAR))
        kind = [one for one in around if one.lunar == lunar] or ([] if lunar else list(around))
        return min(kind, key=lambda one: (_away(one.day, start, end), one.day), default=None)


def middles(first: date, weeks: int, start: int = 0) -> list[date]:
    """The Thursdays of the weeks from `start` on: a week stands where its middle stands."""
    return [first + timedelta(days=7 * week + 3) for week in range(start, start + weeks)]


def _away(day: date, start: date, end: date) -> int:
    return max((start - day).days, (day - end).days, 0)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
