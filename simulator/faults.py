"""What goes wrong in a simulated year, how often, and when it did: the journal explains every delay that is found afterwards."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

JUMP = "clock jumped"
MOST = 0.5  # no chance is multiplied beyond it


class Killed(BaseException):
    """The process dies here, as by kill -9: nothing after this line happens, and no `except Exception` hears of it."""


@dataclass(frozen=True)
class Rates:
    """How often, once for each chance, at the natural rate. `times` multiplies all of them but what is no fault (late receipts)."""

    times: float = 1.0
    killed: float = 4e-4  # at one named place of the worker
    overlap: float = 2e-3  # at such a place, another worker takes a turn in between
    locked_there: float = 1e-4  # at such a place, another program locks the database
    locked_a_day: float = 1.0
    jumps_a_day: float = 0.04  # the clock, by an hour, to and fro
    page_died: float = 3e-4  # while somebody takes a step
    nudge_lost: float = 0.01
    busy: float = 0.005  # 429: the provider certainly did not send
    broken: float = 0.002  # 500 or a broken connection, nothing accepted
    accepted_timeout: float = 0.003  # accepted, and then no answer
    cannot_tell: float = 0.01  # asked about a message, the provider does not answer
    receipt_again: float = 0.02
    imported_again: float = 0.02

    def of(self, name: str) -> float:
        """The chance of that fault, at these times the natural rate."""
        return min(float(getattr(self, name)) * self.times, MOST)


@dataclass(frozen=True)
class Trouble:
    """One disturbance, from and until when (the machine's time), widened by what a jump of the clock moves."""

    kind: str
    start: datetime
    end: datetime


@dataclass
class Journal:
    """All that went wrong, and what was refused on the way; `errors` are those nobody foresaw."""

    troubles: list[Trouble] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    _spans: dict[str, tuple[int, list[datetime], list[datetime]]] = field(default_factory=dict)

    def note(self, kind: str) -> None:
        """One more of that kind."""
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def trouble(self, kind: str, start: datetime, end: datetime, around: timedelta = timedelta(0)) -> None:
        """A disturbance that lasted."""
        self.note(kind)
        self.troubles.append(Trouble(kind, start - around, end + around))

    def jumped(self, start: datetime, end: datetime) -> bool:
        """True when the clock was wrong at some moment between the two."""
        return self._touched(JUMP, start, end)

    def disturbed(self, start: datetime, end: datetime) -> bool:
        """True when something was out of order at some moment between the two."""
        return self._touched("", start, end)

    def _touched(self, kind: str, start: datetime, end: datetime) -> bool:
        count, starts, ends = self._spans.get(kind, (-1, [], []))
        if count != len(self.troubles):
            starts, ends = merged(sorted((one.start, one.end) for one in self.troubles if kind in ("", one.kind)))
            self._spans[kind] = (len(self.troubles), starts, ends)
        before = bisect_right(starts, end)
        return before > 0 and ends[before - 1] >= start


def merged(spans: list[tuple[datetime, datetime]]) -> tuple[list[datetime], list[datetime]]:
    """Starts and ends of the same time without overlaps. A year has thousands of disturbances, and each is asked about by hundreds of thousands."""
    starts: list[datetime] = []
    ends: list[datetime] = []
    for start, end in spans:
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


@dataclass
class Failpoints:
    """What the worker passes at each named place: mostly nothing happens. `open` places lie outside any transaction."""

    rates: Rates
    dice: Random
    journal: Journal
    overlap: Callable[[], None]
    lock: Callable[[], None]
    armed: bool = True
    _inside: bool = False

    def __call__(self, name: str) -> None:
        if not self.armed:
            return
        roll = self.dice.random()
        if roll < (chance := self.rates.of("killed")):
            self.journal.note(f"killed:{name}")
            raise Killed(name)
        if roll < (chance := chance + self.rates.of("locked_there")):
            self.lock()
        elif roll < chance + self.rates.of("overlap") and "before_commit" not in name and not self._inside:
            self.journal.note("overlap")
            self._inside = True
            try:
                self.overlap()
            finally:
                self._inside = False
