"""Which appeals are about the same matter at the same place: issues that form and grow as appeals arrive, one at a time.

`Stream` holds issues under weights that stand still; `hot_grow.Growing` learns the weights beside it.

An appeal joins the issue whose common words it shares most (see `likeness`), of those that heard something within the window; else it founds one.
Two issues that the same appeal joins, and that are alike themselves, become one. The work for one appeal is bounded: it is compared with
the issues of the at most NEAREST appeals that share its telling words, each known by at most REMEMBERED of its members.
An issue never becomes a giant: beyond SMALL members it may hold at most SHARE of the appeals read.
What a person decided is obeyed: issues kept `apart` never become one.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from insights.hot_words import Rarity, Vector, dot, unit

WINDOW = 90  # days of silence after which an issue takes no more
JOIN, MERGE = 0.25, 0.30  # likeness at which an appeal joins, and at which two issues become one
COVERED = 0.3  # how much of the likeness is the share of the issue's common words that the appeal holds; the rest is the cosine
HELD, NEAREST, RIVALS = 100, 60, 4  # newest holders looked at of a pair; appeals compared; issues joined into one at a time
REMEMBERED, COMMON_WORDS = 60, 60  # newest members that an issue is known by; words of its profile
SMALL, SHARE = 60, 0.03  # an issue of more than SMALL members holds at most SHARE of what was read
SAME_PLACE = 0.6  # share of the members with a known place that makes it the issue's


@dataclass(frozen=True)
class Read:
    """An appeal made ready: `key` is its own number, `day` its time in days, `place` where known (estate or village), `counts` see hot_words.pairs."""

    key: int
    day: float
    counts: Vector
    place: str = ""


@dataclass(frozen=True)
class Joined:
    """The issue an appeal went to, and those that became part of it by this (their numbers are gone)."""

    issue: int
    founded: bool
    swallowed: tuple[int, ...] = ()
    likeness: float = 0.0


@dataclass
class Kernel:
    """An issue as the stream knows it."""

    number: int
    members: list[int] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    last: float = 0.0
    profile: Vector | None = None

    def place(self) -> str:
        """Where most of it is; empty when unknown or in many places."""
        if not self.places:
            return ""
        name, held = self.places.most_common(1)[0]
        return name if held >= SAME_PLACE * self.places.total() else ""


class Stream:
    """The issues of a stream of appeals. Not thread-safe; whoever owns it gives it one appeal after the other."""

    def __init__(self, rarity: Rarity, window: float = WINDOW, number: Callable[[Read], int] | None = None) -> None:
        self.window = window
        self.kernels: dict[int, Kernel] = {}
        self.of: dict[int, int] = {}  # appeal -> issue
        self.apart: set[frozenset[int]] = set()
        self._rarity = rarity
        self.number = number or (lambda read: read.key)
        self._reads: dict[int, Read] = {}
        self._vectors: dict[int, Vector] = {}
        self._holders: dict[str, deque[int]] = defaultdict(lambda: deque(maxlen=HELD))
        self._read = 0

    def add(self, read: Read) -> Joined:
        """Take one more appeal: it joins an issue or founds one, whose number `number` gives (without it, the appeal's own key)."""
        good = self._alike(read)
        if not good:
            issue = self.number(read)
            self.restore(read, issue)
            return Joined(issue, founded=True)
        likeness, home = good[0]
        self.restore(read, home)
        swallowed = []
        for _, other in good[1:RIVALS]:
            if self._one(home, other):
                home, gone = sorted((home, other), key=lambda issue: (-len(self.kernels[issue].members), issue))
                self.merge(home, gone)
                swallowed.append(gone)
        return Joined(home, founded=False, swallowed=tuple(swallowed), likeness=likeness)

    def restore(self, read: Read, issue: int) -> None:
        """Put an appeal where it belongs, as when its issue is known already."""
        kernel = self.kernels.setdefault(issue, Kernel(issue))
        kernel.members.append(read.key)
        kernel.last, kernel.profile = max(kernel.last, read.day), None
        if read.place:
            kernel.places[read.place] += 1
        self.of[read.key] = issue
        self._reads[read.key] = read
        self._read += 1
        for pair in read.counts:
            self._holders[pair].append(read.key)

    def merge(self, home: int, gone: int) -> None:
        """All members of `gone` go to `home`; what was kept apart from one is kept apart from the whole."""
        kernel, other = self.kernels[home], self.kernels.pop(gone)
        for key in other.members:
            self.of[key] = home
        kernel.members = sorted(kernel.members + other.members, key=lambda key: (self._reads[key].day, key))
        kernel.places += other.places
        kernel.last, kernel.profile = max(kernel.last, other.last), None
        self.apart = {frozenset(home if one == gone else one for one in pair) for pair in self.apart}

    def reweigh(self, rarity: Rarity) -> None:
        """Other weights from now on; who belongs where stays."""
        self._rarity = rarity
        self._vectors.clear()
        for kernel in self.kernels.values():
            kernel.profile = None

    def renumber(self, numbers: Mapping[int, int]) -> None:
        """The same issues under other numbers."""
        self.kernels = {numbers[old]: replace(kernel, number=numbers[old]) for old, kernel in self.kernels.items()}
        self.of = {key: numbers[old] for key, old in self.of.items()}

    def likeness(self, read: Read, issue: int) -> float:
        """0 to 1: how near the appeal's words are to what the issue's members have in common; 0 where both places are known and differ."""
        kernel = self.kernels[issue]
        if read.place and (here := kernel.place()) and here != read.place:
            return 0.0
        profile = self.profile(issue)
        covered = sum(value * value for pair, value in profile.items() if pair in read.counts)
        return (1 - COVERED) * dot(self._vector(read), profile) + COVERED * covered

    def profile(self, issue: int) -> Vector:
        """What the members have in common: the mean of their vectors, its strongest words, length one."""
        kernel = self.kernels[issue]
        if kernel.profile is None:
            sums: Vector = {}
            for key in kernel.members[-REMEMBERED:]:
                for pair, value in self._vector(self._reads[key]).items():
                    sums[pair] = sums.get(pair, 0.0) + value
            kernel.profile = unit(sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:COMMON_WORDS])
        return kernel.profile

    def _alike(self, read: Read) -> list[tuple[float, int]]:
        near: dict[int, float] = {}
        for pair, value in self._vector(read).items():
            worth = value * value
            for key in self._holders.get(pair, ()):
                if abs(read.day - self._reads[key].day) <= self.window:
                    near[key] = near.get(key, 0.0) + worth
        nearest = sorted(near, key=lambda key: (-near[key], key))[:NEAREST]
        issues = dict.fromkeys(self.of[key] for key in nearest)
        most = max(SMALL, SHARE * self._read)
        scored = [(self.likeness(read, issue), issue) for issue in issues if len(self.kernels[issue].members) < most]
        return sorted((one for one in scored if one[0] >= JOIN), key=lambda one: (-one[0], one[1]))

    def _one(self, home: int, other: int) -> bool:
        """Whether two issues are one matter."""
        first, second = self.kernels[home], self.kernels[other]
        if frozenset((home, other)) in self.apart or len(first.members) + len(second.members) > max(SMALL, SHARE * self._read):
            return False
        if first.place() and second.place() and first.place() != second.place():
            return False
        return dot(self.profile(home), self.profile(other)) >= MERGE

    def _vector(self, read: Read) -> Vector:
        found = self._vectors.get(read.key)
        if found is None:
            found = self._vectors[read.key] = self._rarity.vector(read.counts)
        return found
