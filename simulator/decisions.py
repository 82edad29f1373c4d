"""Decides again what was decided in a simulated year, from what was stored with it: the bytes must be the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.rerun import Archive
from simulator.ledger import Ledger

EVERY = 40  # one decision in so many is decided again, unless all are asked for
_STORED = "SELECT e.id, e.decision, v.canonical, v.context FROM evaluation e LEFT JOIN rule_set_version v ON v.name = e.ruleset AND v.version = e.version AND v.context_hash = e.context_hash WHERE e.id % ? = 0 ORDER BY e.ruleset, e.id"


@dataclass(frozen=True)
class Again:
    """How many decisions were decided again, and which of them came out otherwise (or have no version kept)."""

    checked: int
    different: tuple[int, ...]


def decided_again(led: Ledger, every: int = EVERY) -> Again:
    """Every `every`-th decision once more; 1 for all."""
    archive, checked, different = Archive(), 0, []
    try:
        for number, decision, canonical, context in _stored(led, every):
            checked += 1
            if canonical is None or archive.rerun(canonical, context, decision) != decision.encode():
                different.append(number)
    finally:
        archive.close()
    return Again(checked, tuple(different))


def _stored(led: Ledger, every: int) -> Iterator[tuple[int, str, str | None, str]]:
    yield from led.cursor(_STORED, (every,))
