"""The command that puts a directory into the database, as it is called."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from cli import seed as command
from tests.tickets.small_district import spoilt, write_district
from tickets.store.connect import open_database
from tickets.store.models import Unit


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own, and an empty folder for CSVs beside it."""
    monkeypatch.setenv("SUDA_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SUDA_DATABASE", raising=False)
    (tmp_path / "district").mkdir()
    return tmp_path


def call(home: Path, *words: str, lang: str = "zh") -> int:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    args = parser.parse_args(["seed", *words])
    args.lang = lang
    return int(args.run(args))


def units(home: Path) -> int:
    database = open_database(f"sqlite:///{home / 'home' / 'suda.sqlite3'}")
    try:
        return int(Unit.select().count())
    finally:
        database.close()


def test_seed_prints_what_it_wrote(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_district(home / "district")
    assert call(home, str(folder)) == 0
    printed = capsys.readouterr()
    assert "试点区: 区域 6 · 单位与科室 6 · 岗位 8 · 人员 3" in printed.out
    assert printed.err == ""  # no progress bar into a pipe
    assert call(home, str(folder), lang="en") == 0
    assert "added 0 · changed 0 · retired 0" in capsys.readouterr().out


def test_seed_without_a_folder_takes_the_demonstration_district(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(home) == 0
    assert capsys.readouterr().out.startswith("示范区: ")


def test_a_wrong_directory_writes_nothing_and_says_why_on_stderr(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(home, str(write_district(home / "district"))) == 0
    before = units(home)
    capsys.readouterr()
    folder = write_district(home / "district", **spoilt("posts", "晨光物业,客服,", "晨光物业公司,客服,"))
    assert call(home, str(folder), lang="en") == 2
    printed = capsys.readouterr()
    assert "posts.csv:9: unknown unit 晨光物业公司; nearest: 晨光物业" in printed.err
    assert printed.out == ""
    assert units(home) == before


def test_a_folder_that_is_not_there_is_bad_input(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(home, str(home / "nowhere")) == 2
    assert "没有这个文件夹" in capsys.readouterr().err
