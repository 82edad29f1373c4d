"""The nightly trial of kill -9 in small: nothing lost, nothing twice; and its checks notice a message more, or less, in the provider's record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.installation import seeded  # noqa: F401 (a fixture)
from tests.nightly.kills import Plan, report, trial

SMALL = Plan(kills=15, pace=300.0, gap=0.15, every=0.3)


@pytest.mark.sqlite_itself
def test_fifteen_kills_lose_nothing_and_send_nothing_twice(seeded: Path, tmp_path: Path) -> None:  # noqa: F811
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    out = trial(SMALL, tmp_path)
    assert out.wrong == [], f"{report(SMALL, out)}\n{out.log[-3000:]}"
    assert out.killed.total() == 15
    by_twilio = [entry for entry in out.record if entry.by == "twilio"]
    assert {entry.channel for entry in by_twilio} == {"Messages", "Calls"}
    (twice,) = out.again([*out.record, by_twilio[0]])
    assert "发出 2 次" in twice
    (lost,) = out.again([entry for entry in out.record if entry is not by_twilio[0]])
    assert "渠道没有收到" in lost
