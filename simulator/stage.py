"""Where a simulated year takes place: a fresh SQLite database in a temporary folder, with the project's own rules and directory."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tickets.files.district import read
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import database
from tickets.store.seeding import seed
from wiring.desk import Parts, open_parts
from wiring.settings import Settings

NAME = "suda.sqlite3"
SECRET = "simulated-" * 4  # signs survey links that lead nowhere: with it the same seed writes the same words


@dataclass(frozen=True)
class Stage:
    """A database that was migrated and seeded once, and the parts that were built on it. Each year is played on a copy."""

    folder: Path
    parts: Parts
    start: datetime

    def open(self, home: Path) -> Any:
        """Opens a fresh copy in `home` and answers the database. It is not safe against a power cut (synchronous off), which no simulation has;
        and nobody waits for a lock: whoever finds one is told at once."""
        home.mkdir(parents=True, exist_ok=True)
        for old in (home / NAME, home / f"{NAME}-wal", home / f"{NAME}-shm"):
            old.unlink(missing_ok=True)
        shutil.copy(self.folder / NAME, home / NAME)
        opened: Any = open_database(f"sqlite:///{home / NAME}")
        opened.pragma("synchronous", "off", permanent=True)
        opened.pragma("busy_timeout", 0, permanent=True)
        opened.pragma("cache_size", -64_000, permanent=True)  # 64 MB: a year's tables are some hundreds
        return opened


@contextmanager
def staged(configured: Settings, start: datetime) -> Iterator[Stage]:
    """Builds a stage as `configured` names rules and directory, as of `start` (aware), and takes it down afterwards.

    Nothing of the installation is touched: neither its database nor its home.
    """
    with TemporaryDirectory(prefix="suda-simulation-") as folder:
        home = Path(folder) / "template"
        settings = configured.model_copy(update={"home": home, "database": "", "secret_key": SECRET, "demonstration": True})
        opened = open_database(settings.database_url)
        migrate()
        seed(read(settings.directory), lambda: start.astimezone(UTC))
        parts = open_parts(settings, clock=lambda: start.astimezone(UTC))
        opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        close()
        try:
            yield Stage(home, replace(parts, settings=settings), start)
        finally:
            parts.book.close()
            close()


def close() -> None:
    """Closes the database that is open, as the end of a process does."""
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()
