"""Story 3: the worker dies and restarts around 5:00; still exactly one call, by the provider's own record."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from tests.stories.conftest import Installation
from tests.tickets.chain_scene import NINE, Scene, make_scene, sign_by_hand
from tickets.store.heartbeat import WORKER, last_beat
from tickets.store.models import ChainLink, Deadline, History, Outbox
from worker.loop import DELIVERY

PROJECT = Path(__file__).parents[2]
PATIENCE = 90.0  # a machine that runs other tests too starts a process slowly
PLACES = (
    "before_link",  # due, nothing done yet
    "link_before_commit",  # the message is written, the commit is not
    "link_after_commit",  # queued
    "before_claim",
    "after_claim",  # claimed, not sent
    "after_send",  # sent, not recorded
    "after_record",
)


class Stage:
    """A worker process, its clock, and what the provider recorded."""

    def __init__(self, where: str, folder: Path) -> None:
        self.where, self.folder = where, folder
        self.record = folder / "sent.jsonl"
        self.clock_file = folder / "clock"
        self.process: subprocess.Popen[bytes] | None = None
        self.set_clock(NINE)

    def set_clock(self, at: datetime) -> None:
        fresh = self.folder / "clock.new"
        fresh.write_text(at.isoformat())
        fresh.replace(self.clock_file)
        self.now = at

    def start(self, *places: str) -> None:
        script = Path(__file__).with_name("mortal_worker.py" if "://" in self.where else "mortal_installation.py")
        argv = [sys.executable, str(script), self.where, str(self.record), str(self.clock_file), ",".join(places)]
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(argv, cwd=PROJECT, env={**os.environ, "PYTHONPATH": str(PROJECT)}, stdout=log, stderr=log)

    def wait(self, holds: object, what: str) -> None:
        until = time.monotonic() + PATIENCE
        gate = Event()
        while not holds():  # type: ignore[operator]
            assert time.monotonic() < until, f"waited in vain for {what}; {(self.folder / 'worker.log').read_text()[-2000:]}"
            gate.wait(0.02)

    def settle_at(self, at: datetime) -> None:
        """Moves the clock to `at` and lets both loops take a whole turn there."""
        for moment in (at, at + timedelta(milliseconds=1)):
            self.set_clock(moment)
            self.wait(lambda m=moment: all(last_beat(name) == m for name in (WORKER, DELIVERY)), f"a turn at {moment}")

    def wait_for_death(self) -> None:
        assert self.process is not None
        assert self.process.wait(PATIENCE) == -signal.SIGKILL

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def attempts(self) -> int:
        """How often the channel was asked to call, whatever it did."""
        file = self.folder / "attempts"
        return file.read_text(encoding="utf-8").split().count("电话") if file.exists() else 0

    def calls(self) -> list[dict[str, object]]:
        """The telephone calls in the provider's own record."""
        lines = self.record.read_text(encoding="utf-8").splitlines() if self.record.exists() else []
        return [row for row in map(json.loads, filter(None, lines)) if row["channel"] == "电话"]


@contextmanager
def stage_for(where: str, folder: Path) -> Iterator[Stage]:
    stage = Stage(where, folder)
    try:
        yield stage
    finally:
        if stage.process is not None and stage.process.poll() is None:
            stage.kill()


@pytest.fixture
def scene(sqlite_database: str) -> Scene:
    return make_scene(chain=((0, "短信", ["承办人"]), (5, "电话", ["承办人"])))


@pytest.fixture
def stage(scene: Scene, sqlite_database: str, tmp_path: Path) -> Iterator[Stage]:
    with stage_for(sqlite_database, tmp_path) as made:
        yield made


def minutes(number: float) -> datetime:
    return NINE + timedelta(minutes=number)


def nothing_left_open() -> bool:
    return not Outbox.select().where(Outbox.state.in_(("queued", "sending", "unknown"))).exists()


def test_a_worker_that_lives_calls_once_at_five_minutes_and_not_before(stage: Stage) -> None:
    stage.start()
    stage.settle_at(minutes(5) - timedelta(seconds=1))
    assert stage.calls() == []
    for later in (5, 6, 10):
        stage.settle_at(minutes(later))
    assert [(call["kind"], call["ticket"]) for call in stage.calls()] == [("催签", "20261123-0001")]
    assert datetime.fromisoformat(str(stage.calls()[0]["at"])) - minutes(5) < timedelta(seconds=1)


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_place_around_five_minutes_there_is_still_exactly_one_call(stage: Stage, place: str) -> None:
    stage.start()
    stage.settle_at(minutes(4.9))
    stage.kill()
    stage.set_clock(minutes(5))
    stage.start(place)
    stage.wait_for_death()
    stage.start()
    for later in (5.2, 6, 6.5, 7.5, 9):
        stage.settle_at(minutes(later))
    assert len(stage.calls()) == 1
    assert stage.attempts() == 1
    assert nothing_left_open()
    assert ChainLink.select().where(ChainLink.state == "fired").count() == 2
    assert History.select().where(History.what == "呼叫").count() == 1


@pytest.mark.parametrize("first", ["after_claim", "after_send"])
@pytest.mark.parametrize("second", ["before_lookup", "after_lookup"])
def test_killed_again_while_asking_the_provider_there_is_still_exactly_one_call(stage: Stage, first: str, second: str) -> None:
    stage.start()
    stage.settle_at(minutes(4.9))
    stage.kill()
    stage.set_clock(minutes(5))
    stage.start(first)
    stage.wait_for_death()
    stage.set_clock(minutes(6.5))  # the dead worker's lease has run out
    stage.start(second)
    stage.wait_for_death()
    stage.start()
    for later in (7, 8, 9, 10):
        stage.settle_at(minutes(later))
    assert len(stage.calls()) == 1
    assert stage.attempts() == 1
    assert nothing_left_open()


def test_away_from_before_until_long_after_it_calls_once_when_it_is_back(stage: Stage) -> None:
    stage.start()
    stage.settle_at(minutes(4))
    stage.kill()
    stage.set_clock(minutes(40))
    stage.start()
    for later in (40, 41, 42):
        stage.settle_at(minutes(later))
    assert len(stage.calls()) == 1
    assert stage.attempts() == 1
    assert Deadline.get().breach_step == "待签收·水务局/管网科 韩"


@pytest.mark.parametrize("place", ["link_after_commit", "after_claim"])
def test_signed_while_the_worker_lay_dead_there_is_no_call_at_all(stage: Stage, scene: Scene, place: str) -> None:
    stage.start()
    stage.settle_at(minutes(4.9))
    stage.kill()
    stage.set_clock(minutes(5))
    stage.start(place)
    stage.wait_for_death()
    sign_by_hand(scene, minutes(5.1))
    stage.start()
    for later in (5.2, 6.5, 8):
        stage.settle_at(minutes(later))
    assert stage.calls() == []
    assert nothing_left_open()


def test_killed_again_and_again_at_random_moments_there_is_still_exactly_one_call(stage: Stage) -> None:
    chance = random.Random(12345)
    gate = Event()
    for step in range(8):
        stage.set_clock(minutes(4.8 + step * 0.1))
        stage.start()
        gate.wait(chance.uniform(0.6, 1.4))  # start-up takes about that long: some die before their first turn
        stage.kill()
    stage.start()
    for later in (7, 8, 9):
        stage.settle_at(minutes(later))
    assert len(stage.calls()) == 1
    assert stage.attempts() == 1
    assert nothing_left_open()


@pytest.mark.parametrize("place", ["after_claim", "after_send"])
def test_on_the_projects_own_rules_too_a_killed_worker_calls_the_named_person_exactly_once(installation: Installation, place: str) -> None:
    opened = installation.appeal("我们小区停水三天了，没人管")
    installation.turn()  # the SMS leaves at nine
    with stage_for(str(installation.home), installation.home) as stage:
        stage.set_clock(minutes(5))
        stage.start(place)
        stage.wait_for_death()
        stage.start()
        for later in (5.2, 6.5, 8):
            stage.settle_at(minutes(later))
        assert [(call["kind"], call["ticket"]) for call in stage.calls()] == [("催签", opened.ticket)]
        assert stage.attempts() == 1
        assert nothing_left_open()
        assert sorted(row.channel for row in Outbox.select()) == ["电话", "短信"]
        assert {row.person.name for row in Outbox.select()} == {opened.person}
