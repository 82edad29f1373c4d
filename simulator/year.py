"""Plays one year on a stage and judges it: figures, violations, decisions made again, and the hash over all that happened."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import structlog

from simulator.decisions import EVERY, decided_again
from simulator.figures import Sums, counted, figures
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
            "parts": self.asked.parts,
            "faults_times": self.asked.rates.times,
            "figures": dict(self.figures),
            "faults": dict(sorted(self.faults.items())),
            "violations": [asdict(one) for one in self.violations],
            "decisions_again": self.decided_again,
            "worker_turns": self.turns,
            "head": self.head,
        }


@dataclass(frozen=True)
class Part:
    """What became of one part of a year; `sums` can be put together with those of the others."""

    sums: Sums
    faults: Mapping[str, int]
    violations: tuple[Violation, ...]
    decided_again: int
    turns: int
    head: str


def simulate(stage: Stage, asked: Asked, home: Path, told: Told = lambda _: None, every: int = EVERY) -> Judged:
    """Plays the year in one piece in `home` (its database stays there), tells how many appeals have come, and judges it.

    `every`: one decision in so many is made again; 1 for all, 0 for none.
    """
    return together(asked, [play(stage, asked, home, told, every)])


def play(stage: Stage, asked: Asked, home: Path, told: Told = lambda _: None, every: int = EVERY) -> Part:
    """Plays the one part of the year that `asked` names, in a database of its own in `home`, and judges it."""
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
        return Part(counted(led), dict(played.journal.counts), tuple(violations), checked, played.seat.turns, head(led))
    finally:
        led.close()


def together(asked: Asked, parts: Sequence[Part]) -> Judged:
    """The year of these parts, in order."""
    faults: Counter[str] = Counter()
    for one in parts:
        faults.update(one.faults)
    violations = tuple(violation for one in parts for violation in one.violations)
    whole = parts[0].head if len(parts) == 1 else sha256("\n".join(one.head for one in parts).encode()).hexdigest()
    again, turns = sum(one.decided_again for one in parts), sum(one.turns for one in parts)
    return Judged(asked, figures([one.sums for one in parts]).values, dict(faults), violations, again, turns, whole)


@contextmanager
def quiet() -> Iterator[None]:
    """Faults by the hundred are what was asked for: they are counted, not logged."""
    before = structlog.get_config()
    structlog.configure(**{**before, "wrapper_class": structlog.make_filtering_bound_logger(logging.CRITICAL)})
    try:
        yield
    finally:
        structlog.configure(**before)
