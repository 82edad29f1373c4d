"""Plays one year on a stage and judges it: figures, violations, decisions made again, and the hash over all that happened."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from simulator.decisions import EVERY, decided_again
from simulator.figures import figures
from simulator.head import head
from simulator.invariants import Violation, check
from simulator.ledger import Ledger
from simulator.play import Asked, Simulation
from simulator.stage import Stage

Told = Callable[[int], None]
DECIDED = "decisions"  # the invariant that decisions are the same again


@dataclass(frozen=True)
class Judged:
    """What became of one simulated year."""

    asked: Asked
    figures: Mapping[str, float]
    faults: Mapping[str, int]
    violations: tuple[Violation, ...]
    decided_again: int
    turns: int
    head: str

    def as_dict(self) -> dict[str, object]:
        """Plain data, for a file."""
        return {
            "seed": self.asked.seed,
            "tickets": self.asked.tickets,
            "days": self.asked.days,
            "faults_times": self.asked.rates.times,
            "figures": dict(self.figures),
            "faults": dict(sorted(self.faults.items())),
            "violations": [asdict(one) for one in self.violations],
            "decisions_again": self.decided_again,
            "worker_turns": self.turns,
            "head": self.head,
        }


def simulate(stage: Stage, asked: Asked, home: Path, told: Told = lambda _: None, every: int = EVERY) -> Judged:
    """Plays the year in `home` (its database stays there), tells how many appeals have come, and judges it.

    `every`: one decision in so many is made again; 1 for all, 0 for none.
    """
    played = Simulation(stage, asked, home)
    with quiet():
        for done, _ in enumerate(played.play(), 1):
            told(done)
    led = Ledger(played.file, played.record, played.journal, played.clock.now, played.arrived)
    try:
        violations = check(led)
        checked = 0
        if every:
            again = decided_again(led, every)
            checked = again.checked
            violations += [Violation(DECIDED, f"评估 {number} 重算结果不同") for number in again.different]
        return Judged(asked, figures(led).values, dict(played.journal.counts), tuple(violations), checked, played.seat.turns, head(led))
    finally:
        led.close()


@contextmanager
def quiet() -> Iterator[None]:
    """Faults by the hundred are what was asked for: they are counted, not logged."""
    before = structlog.get_config()
    structlog.configure(**{**before, "wrapper_class": structlog.make_filtering_bound_logger(logging.CRITICAL)})
    try:
        yield
    finally:
        structlog.configure(**before)
