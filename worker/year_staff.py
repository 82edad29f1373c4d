"""How people keep their times in the model of a year: punctual, ordinary and slow ones, and how many there are of each."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

PUNCTUAL, ORDINARY, SLOW = "punctual", "ordinary", "slow"
LATE_TO_SIGN = {PUNCTUAL: 0.0, ORDINARY: 0.02, SLOW: 0.15}  # more than five minutes: they are called
LATE_TO_REPLY = {PUNCTUAL: 0.0, ORDINARY: 0.001, SLOW: 0.04}


@dataclass(frozen=True)
class Staff:
    """Everybody who handles tickets: of a hundred people so many are punctual and so many ordinary; the rest are slow."""

    punctual: int
    ordinary: int

    def pace(self, seed: int, person: int) -> str:
        """How that person works; always the same."""
        roll = Random(f"{seed}/person/{person}").randrange(100)
        return PUNCTUAL if roll < self.punctual else ORDINARY if roll < self.punctual + self.ordinary else SLOW


STAFF = {PUNCTUAL: Staff(100, 0), ORDINARY: Staff(88, 10), SLOW: Staff(20, 40)}
USUAL = STAFF[ORDINARY]
