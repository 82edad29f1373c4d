from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from notifications.channels.console import ConsoleChannel
from notifications.message import Message
from tests.tickets.chain_scene import NINE, FakeProvider, Scene, make_scene
from tickets.actions.deliver import Terms
from tickets.actions.sweep import STUCK, sweep
from tickets.actions.watch import AWAY, check_worker
from tickets.store.connect import transaction
from tickets.store.heartbeat import beat, last_beat
from tickets.store.models import Alarm, ChainLink, Outbox
from worker.loop import DELIVERY, Parts, run, send_now
from worker.queue import open_queue


def wait_for(holds: Callable[[], bool], what: str) -> None:
    """Waits, at most 20 s, until something holds."""
    until = time.monotonic() + 20
    gate = Event()
    while not holds():
        assert time.monotonic() < until, f"waited in vain for: {what}"
        gate.wait(0.05)


@pytest.fixture
def scene(sqlite_database: str) -> Scene:
    return make_scene()


def message(channel: str, outbox_id: int) -> Message:
    return Message(outbox_id, channel, "", "", "")


def test_a_running_worker_sends_what_falls_due_and_shows_that_it_lives(scene: Scene, tmp_path: Path) -> None:
    console = ConsoleChannel(tmp_path / "sent.jsonl")
    parts = Parts(scene.desk, {"短信": console, "电话": console}, tick=0.05)
    stop = Event()
    worker = Thread(target=run, args=(parts, stop, open_queue("sqlite", tmp_path, lambda ids: send_now(parts, ids))))
    worker.start()
    try:
        wait_for(lambda: Outbox.select().where(Outbox.state == "delivered").count() == 1, "the SMS")
        wait_for(lambda: last_beat(DELIVERY) is not None, "a sign of life")
        scene.clock.at(5)
        wait_for(lambda: Outbox.select().where((Outbox.channel == "电话") & (Outbox.state == "sent")).count() == 1, "the call")
        assert last_beat() == NINE
    finally:
        stop.set()
        worker.join(20)
    assert not worker.is_alive()


def test_a_nudge_sends_at_once_and_a_second_one_changes_nothing(scene: Scene) -> None:
    provider = FakeProvider()
    parts = Parts(scene.desk, {"短信": provider, "电话": provider})

    ids = sweep(scene.desk, scene.clock()).outbox_ids
    send_now(parts, ids)
    send_now(parts, ids)
    assert len(provider.sent) == 1


def test_the_loop_outlives_a_turn_that_fails(scene: Scene) -> None:
    provider = FakeProvider()
    failures = [RuntimeError("database is away")] * 2

    def clock() -> object:
        if failures:
            raise failures.pop()
        return scene.clock()

    desk = replace(scene.desk, clock=clock)  # type: ignore[arg-type]
    parts = Parts(scene.desk, {"短信": provider, "电话": provider}, tick=0.02)
    stop = Event()
    worker = Thread(target=run, args=(replace(parts, desk=desk), stop))
    beat(NINE)
    failures.clear()
    worker.start()
    failures.extend([RuntimeError("database is away")] * 2)
    try:
        wait_for(lambda: len(provider.sent) == 1, "the SMS")
    finally:
        stop.set()
        worker.join(20)


def test_a_row_that_cannot_be_handled_is_an_alarm_and_the_rows_behind_it_go_on(scene: Scene) -> None:

    first = scene.deadline.links.order_by(ChainLink.seq).first()
    ChainLink.update(to="not json").where(ChainLink.id == first.id).execute()
    scene.clock.at(5)
    assert sweep(scene.desk, scene.clock()).fired == 1
    assert sweep(scene.desk, scene.clock()).fired == 0
    assert [alarm.kind for alarm in Alarm.select()] == [STUCK]
    assert [row.channel for row in Outbox.select()] == ["电话"]


LIMIT = timedelta(seconds=120)


def test_a_worker_that_stops_is_one_alarm_a_stop(scene: Scene) -> None:
    assert check_worker(NINE, LIMIT) is None  # it never ran
    with transaction():
        beat(NINE)
    assert check_worker(NINE + LIMIT, LIMIT) is None
    for minutes in (3, 4, 5):
        assert check_worker(NINE + timedelta(minutes=minutes), LIMIT) == NINE
    assert Alarm.select().where(Alarm.kind == AWAY).count() == 1
    beat(NINE + timedelta(minutes=6))
    assert check_worker(NINE + timedelta(minutes=7), LIMIT) is None
    assert check_worker(NINE + timedelta(minutes=20), LIMIT) is not None
    assert Alarm.select().where(Alarm.kind == AWAY).count() == 2


def test_a_worker_that_comes_back_raises_the_alarm_itself(scene: Scene) -> None:
    beat(NINE)
    scene.clock.at(30)
    stop = Event()
    stop.set()
    run(Parts(scene.desk, {}, Terms()), stop)
    assert Alarm.select().where(Alarm.kind == AWAY).count() == 1
