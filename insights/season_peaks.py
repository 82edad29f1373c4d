"""Peaks ahead: weeks the forecast lifts above the usual, said only where the same weeks of past years rose too, the highest of them set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from insights.season_model import BOTH, FLAT, LUNAR, SMALL, SOLAR, Fitted, past_years
from insights.season_weeks import CIRCLE, WEEK, YEAR

LEAST_YEARS = 3
LEAST_TIMES = 2  # three years may hold a moving festival only twice; both must then have been high
BACK = 8  # weeks before the forecast that are looked at too, so that a peak under way is seen whole
LIFT = 1.2  # a week belongs to a peak from this ratio on, or from halfway up to its top
TOP = 1.3  # the least ratio of a peak's highest week
CHANCE = 0.05 / 52  # the years without the highest may be as high by chance this often
SHARE = 0.6  # of the years must have been higher than usual
HIGHER = 1.15
LOW, HIGH = 0.05, 0.95  # the interval holds nine times of ten


@dataclass(frozen=True)
class Past:
    """The same weeks in one past year: how many appeals came, and how many were usual for as many weeks."""

    start: date
    count: float
    usual: float

    @property
    def ratio(self) -> float:
        """Count over usual."""
        return self.count / max(self.usual, SMALL)


@dataclass(frozen=True)
class Peak:
    """A season ahead: weeks `start` to `end` (a Monday and the Sunday it ends on), appeals expected in them all, with the interval, and the usual."""

    start: date
    end: date
    top: date  # the Monday of the highest week
    expected: float
    low: float
    high: float
    usual: float
    ratio: float  # of the highest week over the usual
    calendar: str  # SOLAR, LUNAR or BOTH
    past: tuple[Past, ...]  # oldest first
    first: int  # weeks from the forecast's beginning; below 0 when it is under way


def usual(fitted: Fitted) -> NDArray[np.float64]:
    """The shape's value in a usual week of the year, per name: its median, and never below a fifth of the mean."""
    n = fitted.table.weeks
    year = fitted.shape[max(0, n - 52) :] if fitted.ahead < 52 else fitted.shape[n : n + 52]
    return np.asarray(np.maximum(np.median(year, axis=0), 0.2)) if year.size else np.ones(len(fitted.table.names))


def interval(mean: float, unrest: float, drift: float) -> tuple[float, float]:
    """The appeals between which nine of ten outcomes lie, from the mean, the unrest (variance over mean) and the drift of a year's level."""
    variance = mean * max(unrest, 1.0) + (mean * drift) ** 2
    if mean <= SMALL:
        return 0.0, 0.0
    if variance <= mean * 1.0001:
        return float(poisson.ppf(LOW, mean)), float(poisson.ppf(HIGH, mean))
    share = mean / variance
    size = mean * share / (1 - share)
    return float(nbinom.ppf(LOW, size, share)), float(nbinom.ppf(HIGH, size, share))


def peaks(fitted: Fitted, place: int) -> tuple[Peak, ...]:
    """The peaks of one name that are under way or begin within a year, in order; none with less than three years, and none that rests on one year alone."""
    if fitted.choices[place].kind == FLAT or fitted.table.years()[place] < LEAST_YEARS:
        return ()
    n, plain = fitted.table.weeks, float(usual(fitted)[place])
    ratio = fitted.shape[n - BACK :, place] / plain
    runs = [(start - BACK, stop - BACK) for start, stop in _runs(ratio)]
    found = [_peak(fitted, place, start, stop, plain) for start, stop in runs if stop > 0 and start < YEAR]
    return tuple(peak for peak in found if peak is not None)


def _runs(ratio: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Stretches [start, stop) of weeks that stand out; a stretch is cut to the weeks above half the way up to its top."""
    runs: list[tuple[int, int]] = []
    high = ratio >= LIFT
    week = 0
    while week < ratio.size:
        if not high[week]:
            week += 1
            continue
        stop = week
        while stop < ratio.size and high[stop]:
            stop += 1
        runs += _cut(ratio, week, stop)
        week = stop
    return runs


def _cut(ratio: NDArray[np.float64], start: int, stop: int) -> list[tuple[int, int]]:
    """The tops within a stretch: two with a valley between them that falls below halfway are two."""
    top = float(ratio[start:stop].max())
    if top < TOP:
        return []
    line = max(LIFT, 1 + (top - 1) / 2)
    above = [week for week in range(start, stop) if ratio[week] >= line]
    parts: list[list[int]] = []
    for week in above:
        if parts and week - parts[-1][-1] <= 2:
            parts[-1].append(week)
        else:
            parts.append([week])
    found = [(part[0], part[-1] + 1) for part in parts]
    # what stands beside the cut-out top may hide a lower peak of its own
    for left, right in ((start, found[0][0]), (found[-1][1], stop)):
        inner = ratio[left:right]
        if inner.size >= 3:
            peak = int(inner.argmax())
            if 0 < peak < inner.size - 1 and inner[peak] >= TOP:
                found += _cut(ratio, left, right)
    return sorted(found)


def _peak(fitted: Fitted, place: int, start: int, stop: int, plain: float) -> Peak | None:
    n = fitted.table.weeks
    lift = fitted.shape[n + start : n + stop, place] / plain
    told = _calendar(fitted, place, start, stop)
    past = _past(fitted, place, start, stop, told, plain)
    if len(past) < LEAST_TIMES or not _holds(past, float(fitted.unrest[place])):
        return None
    level = float(fitted.level[place])
    expected = level * float(fitted.shape[n + start : n + stop, place].sum())
    low, high = interval(expected, float(fitted.unrest[place]), float(fitted.drift[place]))
    top = int(lift.argmax())
    begins = fitted.monday(n + start)
    return Peak(
        begins,
        fitted.monday(n + stop) - WEEK / 7,
        fitted.monday(n + start + top),
        expected,
        low,
        high,
        level * plain * (stop - start),
        float(lift[top]),
        told,
        past,
        start,
    )


def _calendar(fitted: Fitted, place: int, start: int, stop: int) -> str:
    """Which calendar this peak follows: of two, the one in whose same weeks past years counted more."""
    kind = fitted.choices[place].kind
    if kind != BOTH:
        return kind
    sums = {calendar: sum(one.count for one in _past(fitted, place, start, stop, calendar, 1.0)) for calendar in (SOLAR, LUNAR)}
    return max(sums, key=sums.__getitem__)


def _past(fitted: Fitted, place: int, start: int, stop: int, calendar: str, plain: float) -> tuple[Past, ...]:
    """The same weeks of every past year, oldest first; a year in which less than half of them are known is left out."""
    n, phase = fitted.table.weeks, fitted.phases[calendar]
    middle = phase[n + start : n + stop]
    around = float(middle[0]) + ((float(middle[-1]) - float(middle[0])) % CIRCLE) / 2
    found = []
    for year in past_years(fitted):
        weeks = phase[year]
        away = np.abs(weeks - around) % CIRCLE
        away = np.minimum(away, CIRCLE - away)
        if not away.size or away.min() > 1.0:
            continue
        centre = year.start + int(away.argmin())
        first = centre - (stop - start - 1) // 2
        window = slice(max(first, 0), min(first + stop - start, n))
        known = fitted.table.known[window, place]
        if known.sum() < 0.5 * (stop - start):
            continue
        slow = float((fitted.slow[window, place] * known).sum()) * plain
        found.append(Past(fitted.monday(window.start), float((fitted.table.counts[window, place] * known).sum()), slow))
    return tuple(sorted(found, key=lambda one: one.start))


def _holds(past: tuple[Past, ...], unrest: float) -> bool:
    """Whether the years agree: most were higher than usual, and without the highest of them chance does not explain the rest."""
    if sum(one.ratio >= HIGHER for one in past) < SHARE * len(past):
        return False
    rest = sorted(past, key=lambda one: one.ratio)[:-1]
    count, plain = sum(one.count for one in rest), sum(one.usual for one in rest)
    return bool(poisson.sf(count / unrest - 1, plain / unrest) < CHANCE)
