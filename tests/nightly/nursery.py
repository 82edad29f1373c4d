"""The parent of the processes that are killed: it has read everything once, so a new web, worker or jobs process is a fork away.

Usage: nursery.py BEGAN PACE PORT [PLANTED], settings in the environment. Reads `start NAME` and `kill NAME` and answers with the process id;
names are web, jobs and any that begin with worker. Its children die with it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event

import structlog
from waitress import serve

from admin.app import create_app
from tests.databases import shut
from tests.nightly.fast_clock import fast_clock
from tests.nightly.planted import plant
from tests.nightly.town import TOKEN
from tickets.actions.deliver import Terms
from tickets.files.district import read
from tickets.store.accounts import DEMONSTRATION_PASSWORD
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.seeding import is_seeded, seed
from wiring.demonstration import make_accounts
from wiring.desk import Parts, open_parts
from wiring.draft_work import turn
from wiring.import_work import ImportWork
from wiring.lesson_reminders import lesson_reminders
from wiring.settings import Settings, load, make_home
from wiring.upload_sweep import upload_sweep
from worker import jobs, loop
from worker.queue import open_queue

LEASE_SECONDS = 4.0  # of the wall's; longer than the provider takes for an answer, shorter than its longest silence
TICK = 0.05
TRIES = 50  # the provider is out of order all the time here: nobody gives up
DAWDLES, LONGEST = 0.2, 0.02  # of the named places of the worker, and for how many seconds
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _dawdle(_: str) -> None:
    """Some of the places between two steps last a little longer, so that more deaths happen there."""
    if random.random() < DAWDLES:
        time.sleep(random.uniform(0, LONGEST))


@dataclass(frozen=True)
class OwnQueue:
    """Opens the queue at the first use, so that no process shares a connection with its parent."""

    settings: Settings

    def nudge(self, outbox_ids: Sequence[int]) -> None:
        open_queue(self.settings.queue, self.settings.home).nudge(outbox_ids)


class Nursery:
    """The parts, opened once, and the children by their names."""

    def __init__(self, began: float, pace: float, port: int) -> None:
        self.port, self.pace = port, pace
        settings, clock = load(), fast_clock(began, pace)
        make_home(settings)
        open_database(settings.database_url)
        migrate()
        if not is_seeded():
            seed(read(settings.directory), clock)
        make_accounts()
        self.parts: Parts = open_parts(settings, OwnQueue(settings), clock)
        self.app = create_app(self.parts)
        self._warm()
        shut()
        self.children: dict[str, int] = {}

    def _warm(self) -> None:
        """Everything that a first request builds (pages, rules, library) is built here: a web process that lives for a second has no time for it."""
        client = self.app.test_client()
        token = {"csrf_token": _token(client.get("/signin").get_data(as_text=True))}
        client.post("/signin", data={**token, "username": "zuoxi", "password": DEMONSTRATION_PASSWORD})
        token = {"csrf_token": _token(client.get("/intake").get_data(as_text=True))}
        answer = client.post("/intake/suggest", data={**token, "text": "小区整栋楼停水，请尽快派人来看", "kind": "求助", "address": "东站小区"})
        assert answer.status_code == 200, answer.status_code

    def start(self, name: str) -> int:
        parent, child = os.getpid(), os.fork()
        if child == 0:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(0)
            random.seed()
            try:
                self.work_of(name)()
            except BaseException:
                traceback.print_exc()
            os._exit(1)
        self.children[name] = child
        return child

    def kill(self, name: str) -> int:
        child = self.children.pop(name)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            print(f"{name} had ended by itself", file=sys.stderr, flush=True)
        return child

    def work_of(self, name: str) -> Callable[[], object]:
        return {"web": self.web, "jobs": self.jobs}.get(name, self.worker)

    def web(self) -> None:
        serve(self.app, host="127.0.0.1", port=self.port, threads=8, ident="suda", _quiet=True)

    def worker(self) -> None:
        parts = self.parts
        terms = Terms(lease=timedelta(seconds=LEASE_SECONDS * self.pace), tries=TRIES, fp=_dawdle)
        work = loop.Parts(parts.desk, parts.channels, terms, TICK, timedelta(days=1), parts.renew)
        settings = parts.settings
        loop.run(work, Event(), open_queue(settings.queue, settings.home, lambda ids: loop.send_now(work, ids)))

    def jobs(self) -> None:
        settings, desk = self.parts.settings, self.parts.desk
        files, imports, lessons = upload_sweep(settings, desk), ImportWork(settings, desk), lesson_reminders(desk)
        jobs.run(lambda: self.parts.renew() + turn(settings, desk) + imports.turn() + files.turn() + lessons.turn(), Event())


def _token(page: str) -> str:
    found = TOKEN.search(page)
    assert found is not None
    return found[1]


def main(began: str, pace: str, port: str, planted: str = "") -> None:
    """Answers until its input ends."""
    logging.getLogger("waitress").setLevel(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING), logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    plant(planted)
    nursery = Nursery(float(began), float(pace), int(port))
    print("ready", flush=True)
    for line in sys.stdin:
        act, name = line.split()
        print(nursery.start(name) if act == "start" else nursery.kill(name), flush=True)
    for name in list(nursery.children):
        nursery.kill(name)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
