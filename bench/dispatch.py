"""Whole dispatches, from text to committed ticket: per second and p50 / p99, with an empty and with a filled database."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.files.district import read
from tickets.ports import Desk
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import database
from tickets.store.seeding import seed
from wiring.desk import open_parts, utc_now
from wiring.settings import load
from worker.demonstration import read_appeals

MEASURED = 300
FILLED = 3000  # tickets in the database before the second measurement


def run() -> None:
    """Prints a line per database size; uses the demonstration district and a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load({"SUDA_HOME": folder})
        open_database(settings.database_url)
        migrate()
        seed(read(settings.directory), utc_now)
        parts = open_parts(settings)
        appeals = read_appeals(Path(settings.directory) / "appeals.csv")
        print("整件派单：文本到提交（SQLite，FULL） · whole dispatches, text to commit")
        print(f"{'tickets before':>16}{'per second':>14}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}")
        number = 0
        try:
            for size in (0, FILLED):
                while number < size:
                    number = _open(parts.desk, appeals, number)[0]
                    if sys.stderr.isatty() and number % 50 == 0:
                        print(f"\r{number}/{size}", end="", file=sys.stderr)
                before, times = number, []
                began = time.perf_counter()
                for _ in range(MEASURED):
                    number, spent = _open(parts.desk, appeals, number)
                    times.append(spent)
                rate = MEASURED / (time.perf_counter() - began)
                times.sort()
                middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
                print(f"{before:>16,}{rate:>14.1f}{middle * 1000:>10.1f}{late * 1000:>10.1f}{times[-1] * 1000:>10.1f}")
        finally:
            parts.book.close()
            database.close()


def _open(desk: Desk, appeals: Sequence[Appeal], number: int) -> tuple[int, float]:
    appeal = replace(appeals[number % len(appeals)], source_id=f"bench-{number}")
    began = time.perf_counter()
    open_ticket(desk, appeal)
    return number + 1, time.perf_counter() - began


if __name__ == "__main__":
    run()
