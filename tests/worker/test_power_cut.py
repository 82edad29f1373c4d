"""The nightly trial of power cuts in small: on SQLite as the product opens it no acknowledged commit is lost; with a weaker `synchronous` the trial says so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.nightly.power_cut import Plan, report, trial

SMALL = Plan(cuts=200, appeals=5, checkpoint=40)

pytestmark = [
    pytest.mark.sqlite_itself,
    pytest.mark.skipif(shutil.which("gcc") is None, reason="没有 gcc，断电试验跳过 (no gcc: the power cut trial is skipped)"),
]


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path) -> Path:
    (tmp_path / "database").mkdir()
    shutil.copy(sqlite_template, tmp_path / "database" / "suda.sqlite3")
    return tmp_path


def test_two_hundred_power_cuts_lose_no_acknowledged_commit_and_leave_no_half_transaction(home: Path) -> None:
    out = trial(SMALL, home)
    assert out.wrong == [], report(SMALL, out)
    assert (out.kept["journal_mode"], out.kept["synchronous"], out.states[-1].tickets) == ("wal", 2, SMALL.appeals)
    assert out.made["W"] > 100 < out.written
    assert out.made["S"] > out.made["A"] > 4 * SMALL.appeals


def test_the_trial_notices_a_weaker_synchronous(home: Path) -> None:
    plan = replace(SMALL, cuts=40, planted="normal")
    out = trial(plan, home)
    assert out.kept["synchronous"] == 1
    assert (out.lost > 5, out.broken) == (True, 0), report(plan, out)
    assert "VIOLATIONS" in report(plan, out)
