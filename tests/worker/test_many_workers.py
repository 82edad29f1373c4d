"""Several workers over one PostgreSQL and one Redis: each clock fires once, each message leaves once, and all of them have their share."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker.many_appeals import lay
from tests.worker.test_loop import wait_for
from tickets.store import runs
from tickets.store.connect import transaction
from tickets.store.draft_models import Draft, ReplayRun
from tickets.store.models import Alarm, ChainLink, Deadline, History, Outbox

PROJECT = Path(__file__).parents[2]
APPEALS = 60


def workers(url: str, broker: str, home: Path, count: int, milliseconds: int) -> list[subprocess.Popen[bytes]]:
    """So many worker processes, ready to begin together once `home`/go is there."""
    argv = [sys.executable, "-m", "tests.worker.many_appeals", url, str(home), str(milliseconds)]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "BROKER_URL": broker}
    with (home / "log").open("ab") as log:
        started = [subprocess.Popen(argv, cwd=PROJECT, env=environment, stdout=log, stderr=log) for _ in range(count)]
    wait_for(lambda: len(list(home.glob("ready-*"))) == count, "the workers are ready")
    return started


@pytest.fixture
def two(postgres_fresh: str, broker: str, tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    lay(APPEALS)
    started = workers(postgres_fresh, broker, tmp_path, 2, 10)
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_two_workers_share_the_work_and_nothing_happens_twice(two: list[subprocess.Popen[bytes]], tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    wait_for(lambda: Outbox.select().where(Outbox.state == "delivered").count() == APPEALS, "all messages have left")
    for process in two:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(20) for process in two] == [0, 0]
    sent = [line.split() for line in (tmp_path / "record").read_text().splitlines()]
    assert [count for count in Counter(one[0] for one in sent).values() if count > 1] == []
    assert len(sent) == APPEALS
    assert len({one[1] for one in sent}) == 2
    assert (ChainLink.select().where(ChainLink.state == "fired").count(), Outbox.select().count()) == (APPEALS, APPEALS)
    assert Deadline.select().where(Deadline.state == "breached").count() == APPEALS
    assert History.select().where(History.what == "逾期").count() == APPEALS
    assert Alarm.select().count() == 0
    assert b"failed" not in (tmp_path / "log").read_bytes()


def test_of_two_jobs_processes_one_takes_a_step_of_a_shadow_run(database: str) -> None:
    moment = "2026-11-23 01:00:00.000000"
    draft = Draft.create(title="x", author="x", author_name="x", created_at=moment, updated_at=moment)
    fields = {"draft": draft, "kind": "shadow", "draft_hash": "a", "base_hash": "b", "asked_by": "x", "state": "running", "cursor": 4}
    run = ReplayRun.create(**fields, window_from=moment, window_to=moment, asked_at=moment)
    with transaction():
        assert runs.step_shadow(run.id, (4, 9), 5, ())
    with transaction():
        assert not runs.step_shadow(run.id, (4, 9), 5, ())
    again = ReplayRun.get_by_id(run.id)
    assert (again.cursor, again.done) == (9, 5)
