"""A time axis that folds long silence: where nothing happened for long, the axis is broken and goes on, so that seconds and days fit on one line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import log2

# How long a stretch may be before it is folded: the first of these under which no more than FOLDS are, so that the beginning keeps its minutes.
CALM = tuple(timedelta(minutes=minutes) for minutes in (8, 20, 60, 240, 720))
FOLDS = 5
SLOWER = 0.3  # of `calm`: how much wider a folded stretch is drawn for each doubling beyond it
LEAST = 0.012  # of the width, so that two moments a second apart are still two


@dataclass(frozen=True)
class Fold:
    """A broken stretch: its middle on the axis and how long it is."""

    x: float
    span: timedelta


@dataclass(frozen=True)
class Axis:
    """`knots` are the moments of the axis with their places; between two knots time runs evenly."""

    knots: tuple[tuple[datetime, float], ...]
    folds: tuple[Fold, ...]

    def x(self, moment: datetime) -> float:
        """The place of that moment; what lies outside is put at the edge."""
        if moment <= self.knots[0][0]:
            return self.knots[0][1]
        place = bisect_right(self.knots, moment, key=lambda knot: knot[0])
        if place == len(self.knots):
            return self.knots[-1][1]
        (begin, left), (until, right) = self.knots[place - 1], self.knots[place]
        return left + (right - left) * ((moment - begin) / (until - begin))


def axis(moments: Iterable[datetime], left: float, width: float) -> Axis:
    """Lays the moments (two or more different ones, in any order) out over `width` from `left`."""
    knots = sorted(set(moments))
    spans = [after - before for before, after in pairwise(knots)]
    calm = next((one for one in CALM if sum(span > one for span in spans) <= FOLDS), CALM[-1])
    shares = [_share(span, calm) for span in spans]
    least = LEAST * sum(shares)
    shares = [max(share, least) for share in shares]
    unit, place = width / sum(shares), left
    placed, folds = [(knots[0], left)], []
    for span, share, knot in zip(spans, shares, knots[1:], strict=True):
        if span > calm:
            folds.append(Fold(round(place + share * unit / 2, 1), span))
        place += share * unit
        placed.append((knot, place))
    return Axis(tuple(placed), tuple(folds))


def _share(span: timedelta, calm: timedelta) -> float:
    return span / calm if span <= calm else 1 + SLOWER * log2(span / calm)


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


def ticks(on: Axis, moments: Iterable[datetime], label: Callable[[datetime, datetime | None], str], taken: Iterable[float], room: float) -> tuple[Tick, ...]:
    """Labels at the moments, in the order of their weight (the first are the last to go), none nearer than `room` to another or to a place that is taken.

    `label` is asked with the moment and the one labelled before it on the axis, so that a day is named where it begins.
    """
    kept: list[datetime] = []
    places = list(taken)
    for moment in moments:
        here = on.x(moment)
        if all(abs(here - other) >= room for other in places):
            places.append(here)
            kept.append(moment)
    found: list[Tick] = []
    before: datetime | None = None
    for moment in sorted(kept):
        found.append(Tick(round(on.x(moment), 1), label(moment, before)))
        before = moment
    return tuple(found)
