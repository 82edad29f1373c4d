"""python -m tests.nightly.kills --kills 1000 --on sqlite|servers [--seed N]: kill -9 over web, workers and jobs while appeals arrive and clocks run.

Real processes over a real store, appeals and a provider over HTTP, the project's own rules on a clock that runs faster. Nothing may be lost and
nothing sent twice, by the provider's own record. Ends with 2 and what was violated.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from socket import socket
from tempfile import TemporaryDirectory
from threading import Event
from uuid import uuid4

import psycopg

from cli.progress import bar
from simulator.provider import Entry
from tests.nightly.fast_clock import START, fast_clock
from tests.nightly.planted import PLANTS
from tests.nightly.town import Town
from tests.nightly.verdict import at_share, ledger_of, open_work, record_of, violations, waits
from tests.on_servers import postgres_server, redis_server
from tests.peers.twilio_peer import TwilioPeer
from wiring.settings import PROJECT
from worker.demonstration import read_appeals

WHO = {"worker-1": 35, "worker-2": 35, "web": 20, "jobs": 10}  # who is killed how often
DEAD = 0.25  # of the killed stay dead for a while
LONG_DEAD = (0.05, 1.0)  # seconds
FIRST = 4  # appeals that are in before the first death
AFTER = timedelta(minutes=6)  # of the trial's clock from the last appeal to the end: its call is due after five
SETTLES = 180.0  # seconds at most until all that was due has been done


Told = Callable[[int, int], None]


def _untold(done: int, total: int) -> None:
    """Nobody asked."""


@dataclass(frozen=True)
class Plan:
    """`kills` deaths, `gap` seconds between two on the average, an appeal each `every` seconds, the clock `pace` times as fast as the wall."""

    kills: int = 1000
    on: str = "sqlite"
    seed: int = 1
    pace: float = 120.0
    gap: float = 0.3
    every: float = 1.0
    planted: str = ""


@dataclass
class Outcome:
    """What happened: `wrong` is empty when all held; `waits` in the wall's seconds, sorted."""

    wrong: list[str] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    figures: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    log: str = ""
    again: Callable[[list[Entry]], list[str]] = lambda _: []  # the checks once more, with another record of the provider
    record: list[Entry] = field(default_factory=list)


class Processes:
    """The nursery and its children, from here."""

    def __init__(self, home: Path, url: str, broker: str, port: int, peer: TwilioPeer, began: float, plan: Plan) -> None:
        self.log = home / "nursery.log"
        given = {
            "SUDA_HOME": str(home),
            "SUDA_DATABASE": url if "postgresql" in url else "",
            "SUDA_QUEUE": broker,
            "SUDA_PORT": str(port),
            "SUDA_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SUDA_LIMITS_STORAGE": "memory://",
            "SUDA_CHANNELS": "{短信: twilio, 电话: twilio, 弹屏: console}",
            "SUDA_PROVIDERS": f"{{twilio: {{kind: twilio, base_url: '{peer.url}'}}}}",
            "SUDA_TWILIO_ACCOUNT_SID": peer.account,
            "SUDA_TWILIO_AUTH_TOKEN": peer.token,
            "SUDA_TWILIO_FROM": "+8610000000",
            "OMP_NUM_THREADS": "1",
        }
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL", "PORT")}
        argv = [sys.executable, "-m", "tests.nightly.nursery", str(began), str(plan.pace), str(port), plan.planted]
        with self.log.open("ab") as log:
            self.parent = subprocess.Popen(
                argv, cwd=PROJECT, env={**kept, **given}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1
            )
        self._answer()

    def ask(self, act: str, name: str) -> int:
        assert self.parent.stdin is not None
        self.parent.stdin.write(f"{act} {name}\n")
        return int(self._answer())

    def _answer(self) -> str:
        assert self.parent.stdout is not None
        line = self.parent.stdout.readline()
        if not line:
            raise RuntimeError(f"the nursery ended: {self.log.read_text()[-3000:]}")
        return line.strip()

    def close(self) -> None:
        self.parent.kill()
        self.parent.wait()


def trial(plan: Plan, home: Path, told: Told = _untold) -> Outcome:
    """Runs it in `home` (a database of an installation there is taken as it is); `told` is given (kills done, kills in all)."""
    dice, began, port = Random(plan.seed), time.monotonic(), _free_port()
    clock = fast_clock(began, plan.pace)
    appeals = [one for one in read_appeals(PROJECT / "demo" / "appeals.csv") if one.phone]
    dice.shuffle(appeals)
    peer = TwilioPeer(clock)
    peer._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who was killed hung up: no news here
    with _store(plan, home) as (url, broker):
        processes = Processes(home, url, broker, port, peer, began, plan)
        town = Town(f"http://127.0.0.1:{port}", peer, clock, appeals, plan.every, Random(plan.seed + 1))
        out = Outcome()
        try:
            for name in WHO:
                processes.ask("start", name)
            peer.faults.append("accept, then drop")  # at least one message whose fate is unknown, whatever the dice say
            town.open()
            _wait(lambda: sum(bool(one.ticket) for one in town.typed) >= FIRST)
            started = time.monotonic()
            _kill(plan, processes, town, dice, out, told)
            out.figures["killing"] = time.monotonic() - started
            town.quiet.set()
            peer.faults.clear()
            _settle(town, url, out)
            end = clock()
        finally:
            processes.close()
            town.close()
            peer.close()
        led = ledger_of(url, [], START, end, len(town.typed))
        out.record = record_of(peer, home / "console-sent.jsonl", led)
        out.again = lambda record: violations(ledger_of(url, record, START, end, len(town.typed)), town)
        out.wrong += out.again(out.record)
        led = replace(led, record=out.record)
        out.waits = waits(led, plan.pace)
        out.figures |= {
            "appeals": len(town.typed),
            "sent again": sum(one.sent - 1 for one in town.typed),
            "signed": len(town.signed),
            "messages": len(led.messages),
            "taken": len(peer.taken),
            "fired": sum(link.state == "fired" for link in led.links),
            "breached": sum(one.state == "breached" for one in led.clocks),
            "asked": sum(one.startswith("GET") for one in peer.requests),
        }
        led.close()
        out.log = processes.log.read_text(encoding="utf-8", errors="replace")
    return out


def _kill(plan: Plan, processes: Processes, town: Town, dice: Random, out: Outcome, told: Told) -> None:
    gate, dead = Event(), dict[str, float]()
    while out.killed.total() < plan.kills:
        gate.wait(min(dice.expovariate(1 / plan.gap), plan.gap * 4))
        town.trouble()
        for name in [name for name, until in dead.items() if until <= time.monotonic()]:
            processes.ask("start", name)
            del dead[name]
        name = dice.choices(list(WHO), list(WHO.values()))[0]
        if name in dead:
            continue
        processes.ask("kill", name)
        out.killed[name] += 1
        if dice.random() < DEAD:
            dead[name] = time.monotonic() + dice.uniform(*LONG_DEAD)
        else:
            processes.ask("start", name)
        told(out.killed.total(), plan.kills)
    for name in dead:
        processes.ask("start", name)


def _settle(town: Town, url: str, out: Outcome) -> None:
    """Waits until every appeal is acknowledged and nothing that is due is left; what is left after SETTLES is found by the checks."""
    began = time.monotonic()
    _wait(town.all_acknowledged)
    last, led = town.clock(), ledger_of(url, [], START, town.clock(), 0)
    _wait(lambda: town.clock() > last + AFTER and not open_work(led, town.clock()))
    led.close()
    out.figures["settled"] = time.monotonic() - began


def _wait(holds: Callable[[], bool]) -> None:
    gate, until = Event(), time.monotonic() + SETTLES
    while not holds() and time.monotonic() < until:
        gate.wait(0.1)


@contextmanager
def _store(plan: Plan, home: Path) -> Iterator[tuple[str, str]]:
    """The address of the database and of the queue."""
    if plan.on == "sqlite":
        yield f"sqlite:///{home / 'suda.sqlite3'}", "sqlite"
        return
    name = f"kills_{uuid4().hex[:8]}"
    with psycopg.connect(postgres_server().format(name="postgres"), autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield postgres_server().format(name=name), redis_server()


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def report(plan: Plan, out: Outcome) -> str:
    """The figures, one a line."""
    f = out.figures
    lines = [
        f"{out.killed.total()} kills on {plan.on} in {f['killing']:.0f} s ({', '.join(f'{name} {count}' for name, count in sorted(out.killed.items()))}), "
        f"settled in {f['settled']:.0f} s, clock x{plan.pace:.0f}, seed {plan.seed}",
        f"appeals {f['appeals']:.0f}, sent again {f['sent again']:.0f} times; signed by telephone {f['signed']:.0f}",
        f"links fired {f['fired']:.0f}, clocks breached {f['breached']:.0f}; messages {f['messages']:.0f}, taken by the provider {f['taken']:.0f}, "
        f"asked {f['asked']:.0f} times",
        f"due -> accepted by the provider: p50 {at_share(out.waits, 0.5):.2f} s, p99 {at_share(out.waits, 0.99):.2f} s of the wall, most {at_share(out.waits, 1):.2f} s",
        f"errors in the log: {out.log.count('Traceback')}",
        "0 violations" if not out.wrong else f"{len(out.wrong)} VIOLATIONS",
    ]
    return "\n".join([*lines, *out.wrong[:40]])


def main(argv: Sequence[str]) -> int:
    """0 when everything held, 2 when something did not."""
    known = argparse.ArgumentParser(prog="python -m tests.nightly.kills", description="kill -9 over web, workers and jobs: nothing lost, nothing twice")
    standard = Plan()
    known.add_argument("--kills", type=int, default=standard.kills)
    known.add_argument("--on", choices=("sqlite", "servers"), default=standard.on, help="servers: PostgreSQL and Redis, started here")
    known.add_argument("--seed", type=int, default=standard.seed)
    known.add_argument("--pace", type=float, default=standard.pace, help="how many times as fast as the wall the clock runs")
    known.add_argument("--gap", type=float, default=standard.gap, help="seconds between two kills, on the average")
    known.add_argument("--every", type=float, default=standard.every, help="seconds between two appeals of each of two agents")
    known.add_argument("--planted", choices=("", *PLANTS), default="", help="break the product first, to see it noticed")
    known.add_argument("--keep", type=Path, help="keep database and log in this folder")
    given = vars(known.parse_args(list(argv)))
    keep = given.pop("keep")
    plan = replace(standard, **given)
    with TemporaryDirectory(prefix="suda-kills-") as folder, bar("kills") as told:
        home = keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        out = trial(plan, home, told)
    print(report(plan, out))
    return 2 if out.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
