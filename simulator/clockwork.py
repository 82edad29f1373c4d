"""The clockwork of a simulated year: a clock that stands where it is put, one heap of all that is going to happen, and dice by name."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

NO_SKEW = timedelta(0)


@dataclass
class StepClock:
    """Asked, it says what the machine believes: `now` (aware UTC) and `skew`, by which the machine's clock is wrong."""

    now: datetime
    skew: timedelta = NO_SKEW

    def __call__(self) -> datetime:
        return self.now + self.skew

    def to(self, at: datetime) -> None:
        """Time goes on to `at`, never back."""
        self.now = max(self.now, at)


@dataclass
class Heap:
    """What is going to happen, the earliest first; of two at the same moment the one that was planned first."""

    _events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _count: int = 0

    def push(self, at: datetime, then: Callable[[], None]) -> None:
        """`then` happens at `at` (aware, true time)."""
        self._count += 1
        heapq.heappush(self._events, (at, self._count, then))

    def next_at(self) -> datetime | None:
        """When the next thing happens; None when nothing more does."""
        return self._events[0][0] if self._events else None

    def pop(self) -> Callable[[], None]:
        """Takes the next thing."""
        return heapq.heappop(self._events)[2]


@dataclass
class Tokens:
    """32 hex digits at a time, from dice: the same seed deals the same tokens."""

    dice: Random

    def __call__(self) -> str:
        return f"{self.dice.getrandbits(128):032x}"
