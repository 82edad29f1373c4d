"""An installation of its own for a test: the demonstration district in a fresh SQLite file, and the commands as they are called."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.main import main
from tests.databases import shut
from tickets.files.district import read
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.seeding import seed
from wiring.settings import PROJECT

SEEDED = datetime(2026, 11, 20, tzinfo=UTC)
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the demonstration district, to copy."""
    file = tmp_path_factory.mktemp("seeded") / "suda.sqlite3"
    opened = open_database(f"sqlite:///{file}")
    migrate()
    seed(read(PROJECT / "demo"), lambda: SEEDED)
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shut()
    return file


@pytest.fixture
def home(seeded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of an installation with the district in it; commands work from it."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(seeded, folder / "suda.sqlite3")
    monkeypatch.setenv("SUDA_HOME", str(folder))
    monkeypatch.delenv("SUDA_DATABASE", raising=False)
    monkeypatch.delenv("SUDA_LANG", raising=False)
    yield folder
    shut()


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """call("dispatch", file, "--dry-run") runs the command and answers exit code, stdout and stderr."""

    def run(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def objects(file: Path) -> list[dict[str, object]]:
    """The JSON objects of an --out file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
