"""The command `simulate`: what it prints, what it answers with, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import simulate as command
from cli.main import main
from simulator.faults import Rates
from simulator.figures import DISTRICT, WORDS
from simulator.invariants import INVARIANTS, Violation
from simulator.play import Asked
from simulator.year import Judged
from worker.year_staff import STAFF, USUAL

TWICE = Violation("messages", "消息 7（短信·派单，sent）发出 2 次")


def judged(asked: Asked, *violations: Violation) -> Judged:
    return Judged(asked, dict.fromkeys(WORDS, 99.5), {"killed:after_send": 3}, violations, 12, 345, "ab" * 32)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Asked, Path, int]]:
    """What was asked for; the year itself is not played here (tests/simulator)."""
    calls: list[tuple[Asked, Path, int]] = []

    def play(asked: Asked, home: Path, lang: str, every: int) -> Judged:
        calls.append((asked, home, every))
        return judged(asked, *([TWICE] if asked.seed == 13 else []))

    monkeypatch.setattr(command, "_play", play)
    return calls


def test_the_year_is_printed_beside_the_district_s_and_kept_as_json(
    played: list[tuple[Asked, Path, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "year.json"
    assert main(["simulate", "--tickets", "2000", "--json", str(file)]) == 0
    said = capsys.readouterr().out
    assert all(zh in said for zh, _, _ in WORDS.values())
    assert all(zh in said for zh, _, _ in INVARIANTS.values())
    assert "96.51" in said
    assert "不成立" not in said
    assert "ab" * 32 in said
    assert json.loads(file.read_text(encoding="utf-8"))["figures"].keys() == WORDS.keys()
    asked, home, every = played[0]
    assert (asked.days, asked.staff, asked.rates.times, every) == (36, USUAL, 1.0, command.SAMPLED)
    assert not home.exists()  # the temporary folder is gone


def test_a_violation_is_listed_and_the_exit_code_says_so(played: list[tuple[Asked, Path, int]], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--seed", "13", "--staff", "slow", "--faults", "10", "--verify", "--lang", "en"]) == 2
    said = capsys.readouterr().out
    assert "violated 1 times" in said
    assert TWICE.text in said
    assert (played[0][0].staff, played[0][0].rates.times, played[0][2]) == (STAFF["slow"], 10.0, command.ALL)


@pytest.mark.parametrize("wrong", [["--tickets", "0"], ["--days", "0"], ["--days", "701"], ["--faults", "-1"], ["--tickets", "200001"]])
def test_numbers_that_make_no_sense_are_refused(played: list[tuple[Asked, Path, int]], wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", *wrong]) == 2
    assert wrong[0] in capsys.readouterr().err
    assert not played


def test_a_kept_database_is_not_overwritten(played: list[tuple[Asked, Path, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "suda.sqlite3").touch()
    assert main(["simulate", "--tickets", "5", "--keep", str(tmp_path)]) == 2
    assert "不覆盖" in capsys.readouterr().err
    assert not played


def test_every_figure_of_the_district_has_a_name() -> None:
    assert set(DISTRICT) <= set(WORDS)
    assert Rates().of("killed") < Rates(times=10).of("killed")
