"""R2: bugs planted on purpose are found by the simulator, at ten times the natural rate of faults, whichever the seed.

Each bug is played once at every commit, small and with many faults. `SUDA_RUNS=10` is the whole proof: ten seeds of each, at ten times.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulator.faults import Rates
from simulator.play import Asked
from simulator.stage import Stage
from simulator.year import Judged, simulate
from tests.simulator.planted import PLANTED
from worker.year_staff import SLOW, STAFF

RUNS = int(os.environ.get("SUDA_RUNS", "1"))
SMALL, WHOLE = (26, 1, 40.0), (150, 4, 10.0)  # appeals, days, times the natural rate
SEEDS = (2, 1, 3, 4) if RUNS == 1 else range(1, RUNS + 1)  # small: until it is found, for not in every hour somebody passes a ticket on
MISSES = 0.1  # of the seeds
EVERY = 7


def played(stage: Stage, seed: int, home: Path) -> Judged:
    tickets, days, times = SMALL if RUNS == 1 else WHOLE
    return simulate(stage, Asked(seed, tickets, days, Rates(times=times), STAFF[SLOW]), home, every=EVERY)


def found(judged: Judged) -> frozenset[str]:
    return frozenset(one.of for one in judged.violations)


@pytest.mark.parametrize("seed", SEEDS[:RUNS])
def test_nothing_is_found_where_nothing_was_planted(stage: Stage, tmp_path: Path, seed: int) -> None:
    assert played(stage, seed, tmp_path).violations == ()


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_found(stage: Stage, tmp_path: Path, name: str) -> None:
    plant, shown_by = PLANTED[name]
    missed = []
    for seed in SEEDS:
        with plant():
            judged = played(stage, seed, tmp_path)
        if found(judged) & shown_by:
            if RUNS == 1:
                return
        else:
            missed.append((seed, sorted(found(judged))))
    assert len(missed) <= MISSES * RUNS, f"{name} missed in {missed}"


def test_there_are_enough_of_them() -> None:
    assert len(PLANTED) >= 12
