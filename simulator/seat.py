"""The worker of a simulated year: the real worker's turns, taken at the moments something falls due, killed and started again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import structlog

from simulator.clockwork import Heap, StepClock
from simulator.faults import Journal, Killed
from simulator.stage import close
from tickets.store import past
from tickets.store.connect import DatabaseFailed
from tickets.store.heartbeat import WORKER, beat
from worker import loop

_log = structlog.get_logger("simulator")
RESTARTED = (1.0, 5.0)  # seconds until the supervisor has it back
POWER_CUT, AWAY = 0.05, (300.0, 3_600.0)  # one stop in twenty takes minutes
MOST_IDLE = 3  # turns that change nothing, until one waits for something to happen


@dataclass
class Seat:
    """Takes the worker's turns. `changed` must be called whenever anything else has written to the database or moved the clock."""

    parts: loop.Parts
    clock: StepClock
    heap: Heap
    dice: Random
    journal: Journal
    alive: bool = True
    turns: int = 0
    _not_before: datetime | None = None
    _pause: float = 0.0
    _idle: int = 0
    _after: datetime | None = None
    _next: datetime | None = None
    _stale: bool = True
    _nudged: list[int] = field(default_factory=list)

    def nudge(self, outbox_ids: Sequence[int]) -> None:
        """Implements tickets.ports.Queue: ids that were committed; they are sent when the action has ended."""
        self._nudged.extend(outbox_ids)

    def changed(self) -> None:
        """Something happened: what was thought of the next turn is thought anew."""
        self._stale, self._idle, self._after = True, 0, None

    def wake(self) -> datetime | None:
        """When (true time) the next turn has something to do; None when nothing is owed and nothing will fall due."""
        if not self.alive:
            return None
        if self._stale:
            self._next, self._stale = past.next_turn(self._after), False
        if self._next is None:
            return None
        at = self._next - self.clock.skew
        return at if self._not_before is None else max(at, self._not_before)

    def turn(self) -> None:
        """One turn of both loops, as worker/loop.py takes them."""
        before = self._next
        self._guarded(self._both)
        self._stale = True
        if self.alive and self._pause == 0.0:
            self._not_before = self.clock.now + timedelta(seconds=self.parts.tick)
            self.wake()
            self._idle = self._idle + 1 if self._next == before else 0
            if self._idle >= MOST_IDLE:  # a row that cannot be handled now: something else has to happen first
                self._after, self._stale = self.clock(), True

    def _both(self) -> None:
        self.turns += 1
        loop.sweep_turn(self.parts)
        loop.send_turn(self.parts)

    def hand_over(self, lost: bool) -> None:
        """What was nudged is sent at once, as the queue's consumer does; a nudge that is lost costs a turn."""
        ids, self._nudged = self._nudged, []
        if ids and self.alive and not lost:
            self._guarded(lambda: loop.send_now(self.parts, ids))
        self.changed()

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
            self._pause = 0.0
        except Killed as killed:
            self.die(str(killed))
        except DatabaseFailed:
            close()
            self.journal.note("turn failed")
            self._pause = min(max(self._pause, self.parts.tick) * 2, loop.LONGEST_PAUSE)
            self._not_before = self.clock.now + timedelta(seconds=self._pause)

    def die(self, where: str) -> None:
        """The process is gone, with its connection and all it knew; the supervisor starts another."""
        close()
        self.alive, self._nudged = False, []
        try:
            beat(self.clock(), WORKER)  # it had shown itself within the last seconds
        except DatabaseFailed:
            pass
        away = self.dice.uniform(*(AWAY if self.dice.random() < POWER_CUT else RESTARTED))
        until = self.clock.now + timedelta(seconds=away)
        self.journal.trouble("worker away", self.clock(), until + self.clock.skew)
        self.heap.push(until, self._start)

    def _start(self) -> None:
        self.alive, self._not_before, self._pause = True, None, 0.0
        self.changed()
        try:
            loop.came_back(self.parts)
        except DatabaseFailed:
            self.die("start")
