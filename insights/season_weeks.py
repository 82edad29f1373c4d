"""Counts per week: appeals laid into weeks that begin on Monday, with the weeks nobody recorded told apart from weeks without an appeal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]  # (weeks, categories)
Mask = NDArray[np.bool_]  # the same shape, or (weeks,)

WEEK = timedelta(days=7)
BORN = 7.0  # appeals that the time before the first one should have brought, before that time is held for "it did not exist yet"
BUSY = 5.0  # appeals in a usual week of the whole file, from which on a week with none at all is held for a gap in the record
YEAR = 52
CIRCLE = 365.25 / 7
FORGIVEN = 4.0  # weeks that may lack to a whole year of record
LONGEST = 60 * YEAR  # weeks: a file that spans more has a wrong date in it


class TooLong(ValueError):
    """The dates lie further apart than any record does: `first` and `last` say between which."""

    permanent = True

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"{first} … {last}")
        self.first, self.last = first, last


@dataclass(frozen=True)
class Weekly:
    """A table of counts. `first` is a Monday; `counts` is (weeks, names); `known` is False where nothing was recorded or the name did not exist yet."""

    first: date
    names: tuple[str, ...]
    counts: Counts
    known: Mask

    @property
    def weeks(self) -> int:
        """How many weeks the table has."""
        return int(self.counts.shape[0])

    @property
    def end(self) -> date:
        """The Monday after the last week: the first day that is not counted any more."""
        return self.first + self.weeks * WEEK

    def years(self) -> NDArray[np.int_]:
        """Whole years of record per name, up to four weeks forgiven; where more than a fifth of the weeks are missing only known weeks count."""
        known = self.known.sum(axis=0)
        span = np.array([self.weeks - int(column.argmax()) if column.any() else 0 for column in self.known.T])
        counted = np.where(known >= 0.8 * span, span, known)
        return np.asarray((counted + FORGIVEN) // CIRCLE, dtype=int) * (counted > 0)

    def before(self, day: date) -> Weekly:
        """The whole weeks that were over when `day` began."""
        kept = max(0, min(self.weeks, (monday(day) - self.first).days // 7))
        return Weekly(self.first, self.names, self.counts[:kept], self.known[:kept])

    def recent(self, years: int) -> Weekly:
        """The last so many years alone."""
        cut = max(0, self.weeks - round(years * CIRCLE))
        return Weekly(self.first + cut * WEEK, self.names, self.counts[cut:], self.known[cut:])

    def only(self, keep: Iterable[int]) -> Weekly:
        """The same with these columns alone."""
        places = list(keep)
        return Weekly(self.first, tuple(self.names[place] for place in places), self.counts[:, places], self.known[:, places])


def monday(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())


def weekly(appeals: Mapping[str, Mapping[date, int]], end: date, *, first: date | None = None, last: date | None = None) -> Weekly:
    """The table from counts per name and day (a Monday will do), up to the week before `end`'s.

    `first` and `last` are the days the record opens and closes on, where that is known: the first is else the first appeal's, the last the
    day before `end`. Weeks outside, and a first or last one that is only half recorded, are not known. Raises TooLong when the days span more than sixty years.
    """
    days = [day for per_day in appeals.values() for day in per_day if day < monday(end)]
    opened = first or min(days, default=monday(end))
    start, stop = monday(opened), monday(end)
    if (stop - start).days // 7 > LONGEST:
        raise TooLong(opened, end)
    names = tuple(sorted(appeals))
    counts = np.zeros((max(0, (stop - start).days // 7), len(names)))
    for place, name in enumerate(names):
        for day, number in appeals[name].items():
            if start <= day < stop:
                counts[(day - start).days // 7, place] += number
    known = _known(counts, opened.weekday() > 1)
    if last is not None:
        whole = (last - start).days // 7 + (last.weekday() >= 4)
        known[max(0, whole) :] = False
    return Weekly(start, names, counts, known)


def _known(counts: Counts, torn: bool) -> Mask:
    """Where a zero is a zero: not in a gap of the whole record, not before a name was first heard of, not in a torn first week."""
    known = np.ones_like(counts, dtype=bool)
    if not counts.size:
        return known
    known &= ~_gaps(counts.sum(axis=1))[:, None]
    for place in range(counts.shape[1]):
        seen = np.flatnonzero(counts[:, place])
        if not seen.size:
            continue
        born = int(seen[0])
        later = counts[born:, place]
        if born * float(later.mean()) > BORN:
            # the season may have kept it away: a year's worth of silence is asked for where the past is shorter than its own year
            known[:born, place] &= born < YEAR and later.size >= YEAR and _rests(later, born)
    if torn:
        known[0] = False
    return known


def _gaps(total: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Weeks without a single appeal in a busy record, unless most other years have none then either."""
    empty = total == 0
    busy = total[~empty]
    if not busy.size or float(np.median(busy)) < BUSY:
        return np.zeros_like(empty)
    gaps = empty.copy()
    for week in np.flatnonzero(empty):
        like = [total[max(place - 1, 0) : place + 2] for place in range(int(week) % YEAR, total.size, YEAR) if place != week]
        if like and float(np.median([around.min() for around in like])) == 0:
            gaps[week] = False
    return np.asarray(gaps)


def _rests(later: NDArray[np.float64], born: int) -> bool:
    """Whether the same weeks of the following year were as quiet, so that the silence before the first appeal is its season."""
    same = later[YEAR - born : YEAR] if born < YEAR else later[:0]
    return bool(same.size) and float(same.mean()) < 0.2 * float(later.mean())
