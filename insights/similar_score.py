"""How alike two appeals are: in their words, in what they are about, in where, and in how long ago; each part can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.tree import Tree
from tickets.domain import likeness
from tickets.domain.likeness import Weights

TEXT, MATTER, PLACE, TIME = 50.0, 20.0, 20.0, 10.0  # what each part counts; a part that is not known of the question counts nothing
HALF = timedelta(days=120)  # after that long the part of time is half
BRANCH = 2
SAME_BRANCH, SAME_ROOT = 0.6, 0.2
INSIDE, SAME_VILLAGE, SAME_TOWN = 0.8, 0.7, 0.3
VILLAGE, TOWN = "村居", "镇街"
Step = tuple[float, str]


@dataclass(frozen=True)
class Parts:
    """The parts of a likeness, 0 to 1 each, and the whole, 0 to 100. `matter` and `place` name the step they rest on, "" for none."""

    whole: float
    text: float
    matter: str
    place: str


@dataclass(frozen=True)
class Measured:
    """For rows in order: the whole, 0 to 100, and the text's part, 0 to 1."""

    whole: NDArray[np.float64]
    text: NDArray[np.float64]


@lru_cache(maxsize=4)
def _squares(weights: Weights) -> NDArray[np.float64]:
    if not weights.rarity:
        return np.ones(likeness.BUCKETS)
    return (np.frombuffer(weights.rarity, np.uint8) / likeness.STEPS + 0.1) ** 2


def alike(weights: Weights, buckets: Sequence[int], rows: Sequence[bytes]) -> NDArray[np.float64]:
    """The cosine of the weighted pairs of characters of a question with each of the rows (packed buckets), 0 to 1."""
    if not rows or not buckets:
        return np.zeros(len(rows))
    squares, held = _squares(weights), np.zeros(likeness.BUCKETS)
    held[list(buckets)] = squares[list(buckets)]
    every = np.frombuffer(b"".join(rows), "<u4")
    owner = np.repeat(np.arange(len(rows)), [len(row) // 4 for row in rows])
    whole = np.bincount(owner, squares[every], len(rows))
    shared = np.bincount(owner, held[every], len(rows))
    return shared / np.sqrt(np.maximum(whole * held.sum(), 1e-9))  # type: ignore[no-any-return]


def measure(text: NDArray[np.float64], matter: Sequence[float] | None, place: Sequence[float] | None, days: NDArray[np.float64] | None) -> Measured:
    """The whole of the parts, row by row; a part that is None is not known of the question and left out. `days` is how long ago."""
    total, sums = TEXT, TEXT * text
    for worth, part in ((MATTER, matter), (PLACE, place)):
        if part is not None:
            total, sums = total + worth, sums + worth * np.asarray(part)
    if days is not None:
        total, sums = total + TIME, sums + TIME * 0.5 ** (days / HALF.days)
    return Measured(100 * sums / total, text)


def matter_step(categories: Tree, asked: str) -> Callable[[str], Step] | None:
    """How near another category is to the one asked about, and in which words; None when that one is unknown."""
    if asked not in categories:
        return None

    @cache
    def step(other: str) -> Step:
        if other not in categories:
            return 0.0, ""
        if other == asked:
            return 1.0, "同一类别"
        branch = categories.at_depth(asked, BRANCH)
        if categories.holds(branch, other):
            return SAME_BRANCH, f"同属{branch}"
        root = categories.at_depth(asked, 1)
        return (SAME_ROOT, f"同属{root}") if categories.holds(root, other) else (0.0, "")

    return step


def place_step(areas: Tree, asked: str) -> Callable[[str], Step] | None:
    """The same for areas: the same place, one inside the other, the same village or community, the same town."""
    if asked not in areas:
        return None
    village, town = areas.at_level(asked, VILLAGE), areas.at_level(asked, TOWN)

    @cache
    def step(other: str) -> Step:
        if other not in areas:
            return 0.0, ""
        if other == asked:
            return 1.0, f"同在{asked}"
        if village is not None and areas.holds(village, other):
            inside = areas.holds(asked, other) or areas.holds(other, asked)
            return (INSIDE, f"都在{other if areas.holds(other, asked) else asked}内") if inside else (SAME_VILLAGE, f"同在{village}")
        return (SAME_TOWN, f"同在{town}") if town is not None and areas.holds(town, other) else (0.0, "")

    return step


def days_between(earlier: datetime, later: datetime) -> float:
    """How many days lie between two times of the same kind; 0 when the first is not earlier."""
    return max(0.0, (later - earlier) / timedelta(days=1))


def days_since(times: Sequence[datetime], now: datetime) -> NDArray[np.float64]:
    """The same for many times at once."""
    spans = (np.datetime64(now, "us") - np.array(times, "datetime64[us]")).astype(np.float64)  # microseconds
    return np.maximum(spans / 86_400e6, 0.0)  # type: ignore[no-any-return]
