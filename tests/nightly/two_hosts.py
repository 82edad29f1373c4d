"""python -m tests.nightly.two_hosts: messages a second by one worker and by two, over one PostgreSQL and one Redis; 2 when something fired twice.

Each worker is a process group of its own, as on a host of its own. The provider is the peer of Twilio over HTTP with a fixed time for an answer.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from uuid import uuid4

import psycopg

from cli.progress import bar
from notifications.channels.marks import Marks
from notifications.channels.twilio_account import TwilioAccount
from notifications.channels.twilio_sms import TwilioSms
from tests.databases import shut
from tests.nightly.town import message_of
from tests.on_servers import postgres_server, redis_server
from tests.peers.twilio_peer import TwilioPeer
from tests.tickets.chain_scene import NINE, make_desk
from tests.worker.many_appeals import lay
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import ChainLink, Deadline, History, Outbox
from wiring.settings import PROJECT
from worker import loop
from worker.queue import open_queue
from worker.supervisor import stop_on_signals

GROWTH = 1.6  # at least, from one worker to two
PATIENCE = 300.0  # seconds


@dataclass(frozen=True)
class Figures:
    """Messages a second, by how many processes, and what was wrong."""

    per_second: float
    workers: int
    wrong: tuple[str, ...]


class Paced(TwilioPeer):
    """The peer, which takes `seconds` for each answer."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.answered: list[float] = []
        super().__init__(lambda: NINE + timedelta(minutes=2))

    def take(self, kind: str, fields: dict[str, list[str]]) -> object:  # type: ignore[override]
        Event().wait(self.seconds)
        self.answered.append(time.monotonic())
        return super().take(kind, fields)


def measure(workers: int, messages: int, milliseconds: int, home: Path) -> Figures:
    """Lays so many due reminders in a fresh database and lets so many workers fire and send them."""
    name = f"hosts_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_server().format(name="postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    url = postgres_server().format(name=name)
    open_database(url)
    migrate()
    lay(messages)
    peer = Paced(milliseconds / 1000)
    try:
        with _running(workers, url, peer, home):
            (home / "go").touch()
            _wait(lambda: Outbox.select().where(Outbox.state.in_(("sent", "delivered"))).count() >= messages)
            seconds = peer.answered[-1] - peer.answered[0]
        return Figures((messages - 1) / seconds, workers, tuple(_wrong(peer, messages)))
    finally:
        peer.close()
        shut()


def _wrong(peer: TwilioPeer, messages: int) -> Iterator[str]:
    """By the provider's own record, and by the tables."""
    taken = Counter(message_of(one) for one in peer.taken)
    yield from (f"消息 {id_} 发出 {count} 次" for id_, count in taken.items() if count > 1)
    counts = {
        "渠道收到": len(taken),
        "消息": Outbox.select().count(),
        "催办环触发": ChainLink.select().where(ChainLink.state == "fired").count(),
        "逾期": Deadline.select().where(Deadline.state == "breached").count(),
        "逾期记录": History.select().where(History.what == "逾期").count(),
    }
    yield from (f"{what} {count}，应为 {messages}" for what, count in counts.items() if count != messages)


@contextmanager
def _running(count: int, url: str, peer: TwilioPeer, home: Path) -> Iterator[None]:
    argv = [sys.executable, "-m", "tests.nightly.two_hosts", "--worker", url, peer.url, str(home)]
    environment = {**os.environ, "BROKER_URL": redis_server()}
    with (home / "log").open("ab") as log:
        started = [subprocess.Popen(argv, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True) for _ in range(count)]
    try:
        _wait(lambda: len(list(home.glob("ready-*"))) == count)
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(holds: Callable[[], bool]) -> None:
    gate, until = Event(), time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("等不到结果，请看日志 (waited in vain: see the log)")
        gate.wait(0.05)


def work(url: str, peer_url: str, home: str) -> None:
    """One worker, as on a host of its own: sweeps and delivers until killed."""
    open_database(url)
    stop = Event()
    stop_on_signals(stop)
    sms = TwilioSms(TwilioAccount("twilio", "AC" + "0" * 32, "t" * 32, "+8610000000", "http://127.0.0.1:1", Marks(lambda: b"k" * 32), base_url=peer_url))
    parts = loop.Parts(make_desk(lambda: NINE + timedelta(minutes=2)), {"短信": sms, "电话": sms}, tick=0.05)
    queue = open_queue(os.environ["BROKER_URL"], Path(home), lambda ids: loop.send_now(parts, ids))
    (Path(home) / f"ready-{os.getpid()}").touch()
    while not (Path(home) / "go").exists():
        Event().wait(0.01)
    loop.run(parts, stop, queue)


def main(argv: Sequence[str]) -> int:
    """0 when nothing fired twice and two workers sent 1.6 times as much as one, else 2."""
    if argv[:1] == ["--worker"]:
        work(*argv[1:])
        return 0
    known = argparse.ArgumentParser(prog="python -m tests.nightly.two_hosts", description="one worker and two over one PostgreSQL and Redis")
    known.add_argument("--messages", type=int, default=600)
    known.add_argument("--answer", type=int, default=40, help="milliseconds the provider takes for an answer")
    given = known.parse_args(list(argv))
    found = []
    with bar("workers") as told:
        for number in (1, 2):
            with TemporaryDirectory(prefix="suda-hosts-") as folder:
                found.append(measure(number, given.messages, given.answer, Path(folder)))
            told(number, 2)
    one, two = found
    growth = two.per_second / one.per_second
    print(
        f"{given.messages} messages, the provider answers after {given.answer} ms: 1 worker {one.per_second:.1f}/s, 2 workers {two.per_second:.1f}/s, x{growth:.2f}"
    )
    wrong = [*one.wrong, *two.wrong, *([] if growth >= GROWTH else [f"只增加到 {growth:.2f} 倍，应不少于 {GROWTH} 倍 (less than {GROWTH} times)"])]
    print("\n".join(wrong) if wrong else "0 fired twice, 0 lost")
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
