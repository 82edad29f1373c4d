"""python -m tests.nightly.power_cut [--cuts 2000] [--seed N]: the power goes while appeals are taken in on SQLite; no acknowledged commit may be lost.

A process works with the product's own code and pragmas; every call to its disk is recorded in order, with each commit it was told of. Then the power is
cut thousands of times: what was synced is there, of the rest a random part, torn at sectors. Each disk is opened and must hold, whole, the state after some
commit, the last acknowledged one or later. Ends with 2 and what was violated. `--planted normal|off` weakens `synchronous` first, to see it noticed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from cli.progress import bar
from tests.databases import shut
from tests.nightly.power_disk import Call, Disk, calls_of
from tests.nightly.power_work import State, state_of
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from wiring.settings import PROJECT

SHIM = Path(__file__).with_name("power_shim.c")
FILE = "suda.sqlite3"
CHECKPOINTS = 3  # times at least that the log was copied into the database, else the trial has seen too little
SHOWN = 40
HALVES = {
    "SELECT count(*) FROM ticket WHERE id NOT IN (SELECT ticket_id FROM history)": "件工单没有历史 (tickets without history)",
    "SELECT count(*) FROM ticket WHERE id NOT IN (SELECT ticket_id FROM outbox)": "件工单没有消息 (tickets without a message)",
}


class TrialImpossible(Exception):
    """The trial could not be held, or saw nothing; the sentence says why. Never to be taken for success."""


@dataclass(frozen=True)
class Plan:
    """`cuts` of the power over a course of so many appeals; the log is copied into the database each `checkpoint` pages."""

    cuts: int = 2000
    seed: int = 1
    appeals: int = 24
    checkpoint: int = 100
    planted: str = ""


@dataclass
class Outcome:
    """What happened: `wrong` is empty when all held. `lost` counts cuts that lost commits, `broken` those that left no state the database ever had."""

    wrong: list[str] = field(default_factory=list)
    kept: dict[str, str | int] = field(default_factory=dict)
    states: list[State] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    written: int = 0
    lost: int = 0
    broken: int = 0
    most: int = 0  # commits that one cut lost
    seconds: float = 0.0


def trial(plan: Plan, home: Path, told: Callable[[int, int], None] = lambda *_: None) -> Outcome:
    """Holds it in the folder `home`; a migrated database at home/database/suda.sqlite3 is taken as it is."""
    folder = home.resolve() / "database"
    if not (folder / FILE).exists():
        open_database(f"sqlite:///{folder / FILE}")
        migrate()
        shut()
    before = {FILE: (folder / FILE).read_bytes()}
    began, out = time.monotonic(), Outcome()
    calls = _work(plan, home.resolve(), folder, out)
    disk, dice, at, acknowledged, after = Disk(before), Random(plan.seed), 0, 0, home / "after"
    after.mkdir()
    for number, position in enumerate(sorted(_positions(calls, plan.cuts, dice))):
        for one in calls[at:position]:
            disk.call(one)
            acknowledged = int(one.data) if one.kind == "A" else acknowledged
        at = position
        _lay(after, disk.cut(dice))
        for sentence in _judged(after / FILE, acknowledged, out):
            out.wrong.append(f"第 {position} 次调用后断电，已确认第 {acknowledged} 次提交：{sentence}")
        told(number + 1, plan.cuts)
    out.seconds = time.monotonic() - began
    return out


def _work(plan: Plan, home: Path, folder: Path, out: Outcome) -> list[Call]:
    """Runs the course under the shim; the calls it made, none of which is in doubt."""
    if shutil.which("gcc") is None:
        raise TrialImpossible("这台机器没有 gcc，请先安装再试 (gcc is missing; install it: apt-get install gcc)")
    shim, record = home / "shim.so", home / "record"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(shim), str(SHIM), "-ldl", "-lpthread"], check=True)
    argv = [sys.executable, "-m", "tests.nightly.power_work", str(folder / FILE), str(plan.appeals), str(plan.checkpoint), plan.planted]
    environment = {**os.environ, "LD_PRELOAD": str(shim), "POWER_CUT_FOLDER": str(folder), "POWER_CUT_RECORD": str(record)}
    done = subprocess.run(argv, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TrialImpossible(f"诉求没有办完 (the work under trial failed): {done.stderr[-2000:]}")
    kept, *states = done.stdout.splitlines()
    out.kept, out.states = json.loads(kept), [State(**json.loads(line)) for line in states]
    calls = calls_of(record) if record.exists() else []
    out.made = Counter(one.kind for one in calls)
    out.made["checkpoints"] = _checkpoints(calls)
    out.written = sum(len(one.data) for one in calls if one.kind == "W")
    if not out.made["W"] or out.made["A"] != len(out.states) - 1 or out.made["checkpoints"] < CHECKPOINTS:
        raise TrialImpossible(f"记录里缺少写入、提交或检查点，试验无效 (the record lacks writes, commits or checkpoints): {dict(out.made)}, {len(out.states)}")
    return calls


def _checkpoints(calls: Sequence[Call]) -> int:
    """How often the log was copied into the database: runs of writes to it with none to the log between."""
    writes = [one.name for one in calls if one.kind == "W"]
    return sum(now == FILE and then != FILE for then, now in zip(["", *writes], writes, strict=False))


def _positions(calls: Sequence[Call], cuts: int, dice: Random) -> Iterator[int]:
    """After how many calls the power goes: half of them anywhere, half just before and just after a sync or an acknowledgement."""
    edges = [number + after for number, one in enumerate(calls) if one.kind in "SDUCA" for after in (0, 1)]
    for number in range(cuts):
        yield dice.choice(edges) if number % 2 else dice.randint(0, len(calls))


def _lay(folder: Path, files: dict[str, bytes]) -> None:
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _judged(file: Path, acknowledged: int, out: Outcome) -> list[str]:
    """What is wrong with the database that a power cut left, once SQLite has recovered it."""
    if not file.exists():
        out.broken += 1
        return ["数据库文件不见了 (the database is gone)"]
    with closing(sqlite3.connect(file)) as connection:
        try:
            connection.execute("PRAGMA synchronous = OFF")  # this copy is thrown away
            wrong = [f"integrity_check: {line}" for (line,) in connection.execute("PRAGMA integrity_check(3)") if line != "ok"]
            wrong += [f"foreign_key_check: {row}" for row in connection.execute("PRAGMA foreign_key_check").fetchmany(3)]
            state = state_of(connection)
            halves = [f"{count} {words}" for sql, words in HALVES.items() for (count,) in connection.execute(sql) if count]
        except sqlite3.DatabaseError as error:
            out.broken += 1
            return [f"数据库坏了 (the database is malformed): {error}"]
    fits = [number for number, one in enumerate(out.states[: acknowledged + 2]) if one == state]
    if wrong or not fits:
        out.broken += 1
        return [*wrong, *halves] if fits else [*wrong, *halves, "内容不是任何一次提交后的状态 (a half transaction: the state after no commit)"]
    if fits[-1] < acknowledged:
        out.lost += 1
        out.most = max(out.most, acknowledged - fits[-1])
        owed = out.states[acknowledged]
        gone = f"工单 {owed.tickets - state.tickets} 件、历史 {owed.lines - state.lines} 条"
        return [f"丢失 {acknowledged - fits[-1]} 次已确认的提交：{gone} (acknowledged commits lost)"]
    return []


def report(plan: Plan, out: Outcome) -> str:
    """The figures, one a line."""
    made = out.made
    lines = [
        f"{plan.cuts} power cuts in {out.seconds:.0f} s, seed {plan.seed}; SQLite {sqlite3.sqlite_version}, "
        + ", ".join(f"{name}={value}" for name, value in out.kept.items()),
        f"{made['A']} commits acknowledged ({out.states[-1].tickets} tickets, {out.states[-1].lines} lines of history); {made['W']} writes of "
        f"{out.written / 1e6:.1f} MB, {made['S']} syncs, {made['checkpoints']} checkpoints, the log removed {made['U']} times",
        f"cuts that lost acknowledged commits: {out.lost} (at most {out.most} commits); cuts that left half a transaction or a broken database: {out.broken}",
        "0 violations" if not out.wrong else f"{len(out.wrong)} VIOLATIONS",
    ]
    return "\n".join([*lines, *out.wrong[:SHOWN]])


def main(argv: Sequence[str]) -> int:
    """0 when everything held, 2 when something did not or the trial could not be held."""
    known = argparse.ArgumentParser(prog="python -m tests.nightly.power_cut", description="power cuts on SQLite: no acknowledged commit is lost")
    standard = Plan()
    known.add_argument("--cuts", type=int, default=standard.cuts)
    known.add_argument("--seed", type=int, default=standard.seed)
    known.add_argument("--appeals", type=int, default=standard.appeals)
    known.add_argument("--checkpoint", type=int, default=standard.checkpoint, help="pages in the log after which it is copied into the database")
    known.add_argument("--planted", choices=("", "normal", "off"), default="", help="weaken synchronous first, to see it noticed")
    plan = Plan(**vars(known.parse_args(list(argv))))
    try:
        with TemporaryDirectory(prefix="suda-power-") as folder, bar("cuts") as told:
            out = trial(plan, Path(folder), told)
    except TrialImpossible as impossible:
        print(impossible)
        return 2
    print(report(plan, out))
    return 2 if out.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
