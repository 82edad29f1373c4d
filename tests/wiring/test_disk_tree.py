"""The files on disk: read once while nothing changes, and never an old text after a change."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from engine.findings import RulesRefused
from engine.read_file import read_text
from wiring import disk_tree
from wiring.disk_tree import DiskTree

LONG_AGO = 1_000_000_000_000_000_000  # ns: September 2001
HOUR = 3_600_000_000_000


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "dispatch").mkdir()
    (tmp_path / "dispatch" / "roads.yaml").write_text("old: 1\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def reads() -> Iterator[list[Path]]:
    """The rule files read from disk, an hour after everything on it was written."""
    read: list[Path] = []
    now = time.time_ns

    def noted(path: Path, file: str) -> tuple[str, bool]:
        read.append(path)
        return read_text(path, file)

    with patch.object(disk_tree, "read_text", noted), patch.object(time, "time_ns", lambda: now() + HOUR):
        yield read


def test_files_that_stay_as_they_are_are_read_once(rules: Path, reads: list[Path]) -> None:
    disk = DiskTree()
    first = disk.of(rules)
    assert first["rules/dispatch/roads.yaml"] == "old: 1\n"
    assert {path.split("/")[0] for path in first} == {"rules", "forms", "templates"}
    first["rules/dispatch/roads.yaml"] = "of the caller alone"
    assert disk.of(rules)["rules/dispatch/roads.yaml"] == "old: 1\n"
    assert len(reads) == 1


def test_a_change_an_addition_and_a_removal_are_seen_at_once(rules: Path, reads: list[Path]) -> None:
    disk, file = DiskTree(), rules / "dispatch" / "roads.yaml"
    disk.of(rules)
    file.write_text("new: 1\n", encoding="utf-8")  # as long as before
    os.utime(file, ns=(LONG_AGO, LONG_AGO))
    assert disk.of(rules)["rules/dispatch/roads.yaml"] == "new: 1\n"
    (rules / "more.yaml").write_text("more: 1\n", encoding="utf-8")
    assert disk.of(rules)["rules/more.yaml"] == "more: 1\n"
    file.unlink()
    assert "rules/dispatch/roads.yaml" not in disk.of(rules)


def test_a_file_changed_a_moment_ago_is_read_again_whatever_its_stamp_says(rules: Path) -> None:
    disk, file, now = DiskTree(), rules / "dispatch" / "roads.yaml", time.time_ns()
    with patch.object(disk_tree, "_stamp_of", lambda path: (str(path), 1, 7, now, now)):  # a disk whose clock is too coarse to tell
        assert disk.of(rules)["rules/dispatch/roads.yaml"] == "old: 1\n"
        file.write_text("new: 1\n", encoding="utf-8")
        assert disk.of(rules)["rules/dispatch/roads.yaml"] == "new: 1\n"


def test_a_link_to_nothing_is_refused_each_time(rules: Path) -> None:
    (rules / "gone.yaml").symlink_to(rules / "nowhere.yaml")
    disk = DiskTree()
    for _ in range(2):
        with pytest.raises(RulesRefused):
            disk.of(rules)
