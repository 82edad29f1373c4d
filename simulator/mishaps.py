"""The mishaps of a simulated machine: its database is locked by somebody else, its clock jumps, a page's process dies in the middle of a step."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from simulator.clockwork import NO_SKEW, Heap, StepClock
from simulator.faults import JUMP, Journal, Killed, Rates

HOUR = timedelta(hours=1)


@dataclass
class Machine:
    """The machine everything runs on. `changed` is called when it is itself again."""

    file: Path
    clock: StepClock
    heap: Heap
    journal: Journal
    dice: Random
    changed: Callable[[], None]
    _locker: sqlite3.Connection | None = None

    def plan(self, rates: Rates, start: datetime, end: datetime, dice: Random) -> None:
        """Puts a year's locks and jumps on the heap."""
        for often, act in ((rates.locked_a_day * rates.times, self.lock), (rates.jumps_a_day * rates.times, self.jump)):
            at = start
            while often > 0 and (at := at + timedelta(days=dice.expovariate(often))) < end:
                self.heap.push(at, act)

    def lock(self) -> None:
        """Another program holds the database for some seconds."""
        if self._locker is not None:
            return
        other = sqlite3.connect(self.file, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # somebody of ours is writing at this very moment
            other.close()
            return
        self._locker = other
        held = timedelta(seconds=self.dice.uniform(1, 25))
        self.journal.trouble("database locked", self.clock(), self.clock() + held)
        self.heap.push(self.clock.now + held, self.unlock)

    def unlock(self) -> None:
        """It lets go of it."""
        if self._locker is not None:
            self._locker.close()
            self._locker = None
            self.changed()

    def jump(self) -> None:
        """The machine's clock is wrong by an hour for a while."""
        if self.clock.skew != NO_SKEW:
            return
        before = self.clock()
        self.clock.skew = HOUR if self.dice.random() < 0.5 else -HOUR
        lasting = timedelta(minutes=self.dice.uniform(5, 90))
        self.journal.trouble(JUMP, before, before + lasting, around=HOUR + timedelta(minutes=1))
        self.heap.push(self.clock.now + lasting, self.right)
        self.changed()

    def right(self) -> None:
        """The clock is right again."""
        self.clock.skew = NO_SKEW
        self.changed()


class Fuse:
    """Kills whoever runs his `after`-th statement inside; 0: nobody."""

    def __init__(self, database: object, after: int) -> None:
        self._database, self._left = database, after

    def __enter__(self) -> None:
        if not self._left:
            return
        run = self._database.execute_sql  # type: ignore[attr-defined]

        def burning(sql: str, *rest: object, **more: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise Killed("page")
            return run(sql, *rest, **more)

        self._database.execute_sql = burning  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        self._database.__dict__.pop("execute_sql", None)
