"""Many tickets whose first reminder is due and many messages that wait, laid straight into the tables: work for several workers at once.

Usage as a program: many_appeals.py DATABASE_URL HOME MILLISECONDS: a worker whose provider takes that long for each message.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from threading import Event

from notifications.message import Message, Receipt
from tests.tickets.chain_scene import NINE, Scene, make_desk, make_scene
from tickets.domain.times import stored
from tickets.store.connect import open_database
from tickets.store.models import ChainLink, Deadline, Ticket
from worker import loop
from worker.queue import open_queue
from worker.supervisor import stop_on_signals


def lay(count: int) -> Scene:
    """`count` tickets beside the scene's own, each with one reminder due at nine and its clock over a minute later."""
    scene = make_scene(chain=((0, "短信", ["承办人"]),), within=1)
    for number in range(2, count + 1):
        ticket = Ticket.create(**{**scene.ticket.__data__, "id": None, "number": f"20261123-{number:04d}", "source_id": f"S{number}"})
        clock = Deadline.create(**{**scene.deadline.__data__, "id": None, "ticket": ticket})
        ChainLink.create(deadline=clock, ticket=ticket, seq=1, at=stored(NINE), rule="E-020", send="短信", to=json.dumps(["承办人"], ensure_ascii=False))
    return scene


class Slow:
    """A provider that takes its time and notes each message it is asked to send: its id, by which process, when."""

    def __init__(self, record: Path, seconds: float) -> None:
        self._record, self._seconds = record, seconds

    def send(self, message: Message) -> Receipt:
        Event().wait(self._seconds)  # the network and the provider
        with self._record.open("a") as file:
            file.write(f"{message.id} {os.getpid()} {time.monotonic()}\n")
        return Receipt(f"slow-{message.id}", "delivered")

    def lookup(self, message: Message) -> Receipt | None:
        raise AssertionError("nobody died here, so nobody has to ask")


def main(url: str, home: str, milliseconds: str) -> None:
    """Sweeps and delivers until stopped."""
    open_database(url)
    stop = Event()
    stop_on_signals(stop)
    slow = Slow(Path(home) / "record", int(milliseconds) / 1000)
    parts = loop.Parts(make_desk(lambda: NINE + timedelta(minutes=2)), {"短信": slow, "电话": slow}, tick=0.05)
    queue = open_queue(os.environ["BROKER_URL"], Path(home), lambda ids: loop.send_now(parts, ids)) if "BROKER_URL" in os.environ else None
    (Path(home) / f"ready-{os.getpid()}").touch()
    while not (Path(home) / "go").exists():
        Event().wait(0.01)
    loop.run(parts, stop, queue)


if __name__ == "__main__":
    main(*sys.argv[1:])
