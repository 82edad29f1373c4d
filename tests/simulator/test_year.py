"""A simulated year is the same for the same seed, keeps what it promises, and shows who is late."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.faults import Rates
from simulator.figures import WORDS
from simulator.play import Asked
from simulator.stage import Stage
from simulator.year import Judged, simulate
from worker.year_staff import ORDINARY, PUNCTUAL, SLOW, STAFF


def played(stage: Stage, home: Path, *, seed: int = 5, tickets: int = 30, days: int = 2, times: float = 20.0, staff: str = ORDINARY) -> Judged:
    return simulate(stage, Asked(seed, tickets, days, Rates(times=times), STAFF[staff]), home, every=9)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(stage: Stage, tmp_path: Path) -> None:
    first, again, other = (played(stage, tmp_path, seed=seed).as_dict() for seed in (5, 5, 6))
    assert first == again
    assert first["head"] != other["head"]


def test_without_faults_punctual_staff_reach_what_the_district_reports(stage: Stage, tmp_path: Path) -> None:
    judged = played(stage, tmp_path, tickets=45, days=3, times=0, staff=PUNCTUAL)
    assert judged.violations == ()
    assert set(judged.faults) <= {"refused:uphold:StepRefused"}
    assert judged.figures.keys() == WORDS.keys()
    assert (judged.figures["response"], judged.figures["on_time"], judged.figures["superiors"]) == (100.0, 100.0, 0)
    assert judged.decided_again > 10


def test_slow_staff_are_called_and_their_superiors_are_told(stage: Stage, tmp_path: Path) -> None:
    judged = played(stage, tmp_path, seed=3, tickets=60, days=2, staff=SLOW)
    assert judged.violations == ()
    assert judged.figures["response"] < 100
    assert judged.figures["calls"] > 0
    assert judged.figures["superiors"] > 0
    assert sum(count for name, count in judged.faults.items() if name.startswith(("killed", "provider", "database"))) > 10


@pytest.mark.parametrize("times", [0.0, 1.0, 1e9])
def test_no_chance_is_ever_a_certainty(times: float) -> None:
    rates = Rates(times=times)
    assert all(0 <= rates.of(name) <= 0.5 for name in ("killed", "busy", "broken", "imported_again"))
