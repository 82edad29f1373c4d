"""The issues of an installation, kept in memory as appeals arrive; what changes is told as a plan that the store carries out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.tree import Tree
from insights.hot import WINDOW, Read, Stream
from insights.hot_grow import Growing
from insights.hot_words import Vector, pairs

MOST = 20_000  # newest tickets kept in memory
YOUNG = 1_000  # tickets up to which issues are formed anew as weights are learnt: seconds of work; later the new weights hold for what arrives
DAY = 86_400.0
LEVELS = ("村居", "小区")  # the part of the area tree within which two appeals may be about the same place


@dataclass(frozen=True)
class Plan:
    """What one arrival, or forming anew, changes: tickets that go to an issue, and issues that become part of another (gone, home)."""

    placed: Mapping[int, int]
    swallowed: tuple[tuple[int, int], ...]

    def touched(self) -> set[int]:
        """Issues whose members have changed."""
        return {*self.placed.values(), *(home for _, home in self.swallowed)}


def read_of(ticket: int, at: datetime, title: str, text: str, area: str, areas: Tree) -> Read:
    """The ticket made ready; `at` is stored UTC."""
    place = next((name for level in LEVELS if area in areas and (name := areas.at_level(area, level))), "")
    return Read(ticket, at.replace(tzinfo=UTC).timestamp() / DAY, pairs(title, text), place)


class Live:
    """Restored from what is stored, then given one arrival after the other. `found` makes a new issue and answers its number."""

    def __init__(self, found: Callable[[], int]) -> None:
        self.growing = Growing(WINDOW)
        self._found = found

    def restore(self, kept: Iterable[tuple[Read, int]], apart: Iterable[tuple[int, int]], fixed: set[int]) -> None:
        """As it stood: each appeal with its issue, in the order of time; what a person keeps apart, and the issues that stay as they are."""
        known = list(kept)
        for read, number in known:
            self.growing.rarity.learn(read.counts)
            self.growing.reads.append(read)
            if number in fixed:
                self.growing.fixed[read.key] = number
        self.growing.stream = self._stream()
        for read, number in known:
            self.growing.stream.restore(read, number)
        self.growing.stream.apart = {frozenset(pair) for pair in apart}
        self.growing.settled = self.growing.rarity.read

    def add(self, read: Read) -> Plan:
        """What the arrival changes."""
        if self.growing.due(read):
            if self.growing.rarity.read <= YOUNG:
                return self._formed_anew()
            self.growing.settled = self.growing.rarity.read
            self.growing.stream.reweigh(self.growing.rarity.copy())
        joined = self.growing.stream.add(read)
        return Plan({read.key: joined.issue}, tuple((gone, joined.issue) for gone in joined.swallowed))

    def profile(self, number: int) -> Vector:
        """The pairs of characters that tell the issue from others."""
        return self.growing.stream.profile(number) if number in self.growing.stream.kernels else {}

    def _formed_anew(self) -> Plan:
        """Every issue under the weights known by now; one that holds most of an old one's members goes on under its number."""
        before, apart = dict(self.growing.stream.of), self.growing.stream.apart
        self.growing.settle(apart=apart)
        stream = self.growing.stream
        shared = Counter((number, before[key]) for key, number in stream.of.items() if key in before)
        numbers: dict[int, int] = {number: number for number in self.growing.fixed.values()}
        taken = set(numbers.values())
        for (new, old), _ in sorted(shared.items(), key=lambda one: (-one[1], one[0])):
            if new not in numbers and old not in taken:
                numbers[new] = old
                taken.add(old)
        for new in sorted(stream.kernels, reverse=True):
            if new not in numbers:
                numbers[new] = self._found()
        stream.renumber(numbers)
        stream.number = lambda _read: self._found()
        placed = {key: number for key, number in stream.of.items() if before.get(key) != number}
        emptied = set(before.values()) - set(stream.of.values())
        heirs = {old: Counter(stream.of[key] for key, number in before.items() if number == old).most_common(1)[0][0] for old in emptied}
        return Plan(placed, tuple(sorted(heirs.items())))

    def _stream(self) -> Stream:
        return Stream(self.growing.rarity.copy(), WINDOW, lambda _read: self._found())
