"""Counts what past tickets make of a rule set, some of them at a time, and remembers the count for the day."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from admin.tryout_bench import Bench, Benches
from engine.coverage import Coverage, Covered
from engine.facts import Fact
from engine.names import Names
from engine.ruleset import RuleSet
from insights.replay_run import moments_of
from tickets.domain.times import day_key
from tickets.store.replay_cases import tickets_between

DAYS = (90, 365)
STEP = 100  # tickets read at once
SLICE = 0.4  # seconds a request may count before it answers
KEPT = 12


@dataclass
class Count:
    """A count under way, or done. `judged` are decisions: a ticket may raise several questions."""

    coverage: Coverage
    ids: list[int]
    done: int = 0
    tickets: int = 0
    judged: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def finished(self) -> bool:
        return self.done >= len(self.ids)

    def covered(self) -> Covered:
        """What the tickets so far say."""
        with self.lock:
            return self.coverage.covered()


class Counts:
    """The counts of this process by set version, names, window and day. Safe for many threads: one thread counts, others see how far it is."""

    def __init__(self, benches: Benches) -> None:
        self._benches = benches
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, int, int, str], Count] = OrderedDict()

    def count(self, ruleset: RuleSet, facts: Mapping[str, Fact], names: Names, days: int, now: datetime) -> Count:
        """The count of that set over the days before now, begun if it is not there yet."""
        key = (ruleset.name, ruleset.version, id(names), days, day_key(now))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = Count(Coverage(ruleset, facts, names), tickets_between(now - timedelta(days=days), now))
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]

    def advance(self, count: Count, facts: Mapping[str, Fact], names: Names) -> None:
        """Goes on counting for a moment; at once when another request is at it."""
        if count.finished or not count.lock.acquire(blocking=False):
            return
        try:
            until = monotonic() + SLICE
            with self._benches.using(count.coverage.ruleset, facts, names) as bench:
                while not count.finished:
                    step(count, bench)
                    if monotonic() >= until:
                        return
        finally:
            count.lock.release()


def step(count: Count, bench: Bench) -> None:
    """The next hundred tickets."""
    ruleset = count.coverage.ruleset
    part = count.ids[count.done : count.done + STEP]
    for ticket_id, moments in moments_of(part, frozenset(ruleset.events)):
        count.tickets += 1
        for moment in moments:
            known = {name: value for name, value in moment.facts.items() if name in bench.facts}
            decision = bench.book.decide(ruleset.name, moment.event, known, moment.at, trace=False)
            count.coverage.add(str(ticket_id), decision, known)
            count.judged += 1
    count.done += len(part)
