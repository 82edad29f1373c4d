"""A real worker process for the stories: its clock is a file, and at a named place it is killed as if the power went.

Usage: mortal_worker.py WHERE RECORD CLOCK_FILE [PLACES]. WHERE is a database address (a bare desk, quick to start) or the home folder of
a whole installation; PLACES are names joined by commas, each deadly once.
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
from wiring.desk import open_parts
from wiring.settings import load
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


def desk_of(where: str, clock: Callable[[], datetime]) -> Desk:
    """A bare desk on a database, or the desk of an installation with all its rules."""
    if "://" not in where:
        return open_parts(load({"SUDA_HOME": where}), clock=clock).desk
    open_database(where)
    return make_desk(clock)


def main(where: str, record: str, clock_file: str, places: str = "") -> None:
    """Works until it is stopped or killed."""
    clock = clock_in(Path(clock_file))
    console = WatchedConsole(Path(record), clock)
    stop = Event()
    stop_on_signals(stop)
    loop.BEAT_SECONDS = 0.0
    terms = Terms(fp=deadly(places.split(","), Path(clock_file).parent))
    loop.run(loop.Parts(desk_of(where, clock), {"短信": console, "电话": console}, terms, tick=0.02), stop)


if __name__ == "__main__":
    main(*sys.argv[1:])
