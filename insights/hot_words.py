"""What of an appeal's words tells one matter from another: pairs of characters, weighed by how rare they are, learnt as appeals arrive.

A pair that one appeal in twenty-five holds says nothing (请问, 领导). Nor does one that nobody else ever used: it only makes two
appeals about the same thing look different. In between, the weight grows slowly with rarity, so that it hardly depends on when it was learnt.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from engine import normalise

RUN = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
TITLE, BODY = 2.0, 300  # how often a title counts; characters read of the rest
TELLING, COMMON = 0.02, 0.04  # shares of the appeals up to which a pair counts in full, and from which on it says nothing
ONE_ISSUE = 60  # appeals that may hold a pair however few have been read: they may be one issue's
FEW, KNOWN = 3, 5  # appeals that must hold a pair before it counts at all, and in full
START, UNSEEN = 100, 0.002  # appeals' worth of doubt about a share while few have been read, and the share meanwhile supposed
STRONGEST = 40  # pairs kept of an appeal
Vector = dict[str, float]


def pairs(title: str, text: str) -> Vector:
    """How often each pair of neighbouring characters stands in the appeal; a pair never crosses a sign. A title that is the text's beginning counts on."""
    counts: Vector = {}
    for part, weight in ((normalise.text(title), TITLE), (normalise.text(text)[:BODY], 1.0)):
        for run in RUN.findall(part):
            for start in range(len(run) - 1):
                pair = run[start : start + 2]
                counts[pair] = counts.get(pair, 0.0) + weight
    return counts


class Rarity:
    """How many of the appeals read so far hold each pair."""

    def __init__(self) -> None:
        self.read = 0
        self._held: Counter[str] = Counter()

    def learn(self, held: Iterable[str]) -> None:
        """One appeal more."""
        self.read += 1
        self._held.update(iter(held))  # of a mapping the names alone, not its values

    def vector(self, counts: Mapping[str, float]) -> Vector:
        """The appeal's strongest pairs, of length one (cosine)."""
        weighed = [(pair, weight * (1 + math.log(count))) for pair, count in counts.items() if (weight := self.weight(pair)) > 0]
        weighed.sort(key=lambda one: (-one[1], one[0]))
        return unit(weighed[:STRONGEST])

    def weight(self, pair: str) -> float:
        """0 for a pair that tells nothing, up to about 3."""
        held = self._held[pair]
        share = (held + UNSEEN * START) / (self.read + START)
        common = max(COMMON, ONE_ISSUE / (self.read + START))
        if held < FEW or share >= common:
            return 0.0
        known, telling = (held - FEW + 1) / (KNOWN - FEW + 1), (common - share) / (common * (1 - TELLING / COMMON))
        return math.sqrt(-math.log(share)) * min(1.0, known) * min(1.0, telling)

    def copy(self) -> Rarity:
        """As it stands now: what is learnt later does not change it."""
        other = Rarity()
        other.read, other._held = self.read, self._held.copy()
        return other


def unit(weighed: Iterable[tuple[str, float]]) -> Vector:
    """The same direction, length one; empty when there is nothing."""
    found = list(weighed)
    length = math.sqrt(sum(value * value for _, value in found))
    return {pair: value / length for pair, value in found} if length else {}


def dot(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length one."""
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return sum(value * long.get(pair, 0.0) for pair, value in short.items())
