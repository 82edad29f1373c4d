"""A real worker process for the stories: its clock is a file, and at a named place it is killed as if the power went.

Usage: mortal_worker.py DATABASE_URL RECORD CLOCK_FILE [PLACES], where PLACES are names joined by commas, each deadly once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

from notifications.channels.console import ConsoleChannel
from notifications.message import Message, Receipt
from tests.tickets.chain_scene import make_desk
from tickets.actions.deliver import Terms
from tickets.ports import Desk
from tickets.store.connect import open_database
from worker import loop
from worker.supervisor import stop_on_signals


class WatchedConsole(ConsoleChannel):
    """The console, with every attempt to send noted: its own record would hide a second one, because it takes each id once."""

    def __init__(self, record: Path, clock: Callable[[], datetime]) -> None:
        super().__init__(record, clock)
        self._attempts = record.with_name("attempts")

    def send(self, message: Message) -> Receipt:
        with self._attempts.open("a", encoding="utf-8") as file:
            file.write(f"{message.channel}\n")
        return super().send(message)


def clock_in(file: Path) -> Callable[[], datetime]:
    """Reads the time from a file that the test replaces in one step."""
    return lambda: datetime.fromisoformat(file.read_text())


def deadly(places: list[str], folder: Path) -> Callable[[str], None]:
    """Kills this process at each of the places, once: a mark on the disk remembers it."""

    def fp(name: str) -> None:
        mark = folder / f"died-{name}"
        if name in places and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return fp


def mortal(desk: Desk, clock: Callable[[], datetime], record: str, clock_file: str, places: str) -> None:
    """Works until it is stopped or killed."""
    console = WatchedConsole(Path(record), clock)
    stop = Event()
    stop_on_signals(stop)
    loop.BEAT_SECONDS = 0.0
    terms = Terms(fp=deadly(places.split(","), Path(clock_file).parent))
    loop.run(loop.Parts(desk, {"短信": console, "电话": console}, terms, tick=0.02), stop)


def main(url: str, record: str, clock_file: str, places: str = "") -> None:
    """A bare desk on a database: quick to start."""
    open_database(url)
    clock = clock_in(Path(clock_file))
    mortal(make_desk(clock), clock, record, clock_file, places)


if __name__ == "__main__":
    main(*sys.argv[1:])
