"""A simulated year is the same for the same seed, keeps what it promises, and shows who is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.faults import JUMP, Journal, Rates
from simulator.figures import WORDS
from simulator.parts import simulate_parts
from simulator.play import Asked
from simulator.stage import Stage
from simulator.year import Judged, simulate
from worker.year_staff import ORDINARY, PUNCTUAL, SLOW, STAFF


def played(stage: Stage, home: Path, *, seed: int = 5, tickets: int = 20, days: int = 1, times: float = 20.0, staff: str = ORDINARY) -> Judged:
    return simulate(stage, Asked(seed, tickets, days, Rates(times=times), STAFF[staff]), home, every=9)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(stage: Stage, tmp_path: Path) -> None:
    first, again, other = (played(stage, tmp_path, seed=seed).as_dict() for seed in (5, 5, 6))
    assert first == again
    assert first["head"] != other["head"]


def test_a_year_in_parts_has_every_appeal_once_and_is_the_same_on_any_number_of_processors(stage: Stage, tmp_path: Path) -> None:
    asked = Asked(5, 24, 4, Rates(times=20.0), STAFF[ORDINARY], parts=2)
    one, two = (simulate_parts(stage, asked, tmp_path / f"{count}", every=9, processes=count) for count in (1, 2))
    assert one.as_dict() == two.as_dict()
    assert (two.figures["appeals"], two.violations, two.as_dict()["parts"]) == (24, (), 2)
    assert two.figures["closed"] >= simulate(stage, replace(asked, parts=1), tmp_path / "whole", every=0).figures["closed"]  # the first is run off


def test_a_part_that_fails_ends_the_year_with_its_error(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("simulator.parts.play", fail)
    with pytest.raises(OSError, match="no room"):
        simulate_parts(stage, Asked(5, 8, 4, Rates(), STAFF[ORDINARY], parts=2), tmp_path, processes=2)


def test_without_faults_punctual_staff_reach_what_the_district_reports(stage: Stage, tmp_path: Path) -> None:
    judged = played(stage, tmp_path, tickets=40, days=3, times=0, staff=PUNCTUAL)
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


def test_what_was_disturbed_is_known_to_the_second() -> None:
    journal, noon = Journal(), datetime(2026, 3, 2, 12, tzinfo=UTC)

    def at(minutes: float) -> datetime:
        return noon + timedelta(minutes=minutes)

    journal.trouble("worker away", at(10), at(20))
    journal.trouble("database locked", at(15), at(30))
    journal.trouble(JUMP, at(100), at(110), around=timedelta(minutes=5))
    asked = {(0, 9): False, (0, 10): True, (12, 13): True, (30, 31): True, (31, 94): False, (31, 95): True, (115, 200): True, (116, 200): False, (0, 200): True}
    assert {span: journal.disturbed(at(span[0]), at(span[1])) for span in asked} == asked
    assert (journal.jumped(at(0), at(90)), journal.jumped(at(0), at(96))) == (False, True)
    journal.trouble("worker away", at(50), at(60))
    assert journal.disturbed(at(40), at(55))
