"""The worker: one loop sweeps for what has fallen due, one sends what is owed, and both show that they live.

Everything to do is read from the database at each turn, so a worker may be killed anywhere and its successor goes on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread

import structlog

from notifications.channels import Channel
from tickets.actions.deliver import STANDARD, Terms, deliver_due, deliver_one
from tickets.actions.sweep import AT_ONCE, sweep
from tickets.actions.watch import check_worker
from tickets.ports import Desk
from tickets.store.heartbeat import DELIVERY, WORKER, beat
from tickets.store.models import database
from worker.queue import IdQueue

_log = structlog.get_logger("worker")
BEAT_SECONDS = 5.0
LONGEST_PAUSE = 10.0  # seconds between two turns while the database cannot be reached


@dataclass(frozen=True)
class Parts:
    """What a worker needs. `tick` is the seconds between two turns of either loop, `alarm_after` how long a silence is an alarm."""

    desk: Desk
    channels: Mapping[str, Channel]
    terms: Terms = STANDARD
    tick: float = 0.5
    alarm_after: timedelta = timedelta(seconds=120)
    renew: Callable[[], bool] = lambda: False  # takes newer rules and names before a turn


def run(parts: Parts, stop: Event, queue: IdQueue | None = None) -> None:
    """Works until `stop` is set: sweeps in this thread, sends in a second one, takes nudges from `queue` in a third.

    Returns within a second or two of `stop`, once the message being sent is recorded.
    """
    came_back(parts)
    sending = Thread(target=_turns, args=(lambda: send_turn(parts), parts, stop, DELIVERY), name=DELIVERY, daemon=True)
    consumer = queue.consumer() if queue is not None else None
    sending.start()
    if consumer is not None:
        consumer.scheduler.start()
        for _, thread in consumer.worker_threads:
            thread.start()
    _log.info("worker started", tick=parts.tick)
    try:
        _turns(lambda: sweep_turn(parts), parts, stop, WORKER)
    finally:
        stop.set()
        if consumer is not None:
            consumer.stop(graceful=True)
        sending.join(timeout=30)
        _log.info("worker stopped")


def send_now(parts: Parts, ids: Sequence[int]) -> None:
    """What the queue does with the ids it carries: sends them at once instead of at the next turn."""
    for id_ in ids:
        deliver_one(parts.desk, parts.channels, id_, parts.terms)


def came_back(parts: Parts) -> None:
    """Notices, once at the start, that the worker was away for longer than it may."""
    seen = check_worker(parts.desk.clock(), parts.alarm_after)
    if seen is not None:
        _log.warning("the worker was away", since=seen.isoformat())


def sweep_turn(parts: Parts) -> int:
    """One turn of the sweeper: newer rules are taken, what has fallen due is handled; how much that was."""
    parts.renew()
    done = sweep(parts.desk, parts.desk.clock(), parts.terms.fp)
    if done.fired or done.breached or done.silent:
        _log.info("swept", fired=done.fired, silent=done.silent, breached=done.breached, messages=len(done.outbox_ids))
    return done.fired + done.silent + done.breached


def send_turn(parts: Parts) -> int:
    """One turn of the delivery: what is in doubt is settled, what is owed is sent; how many the provider took."""
    done = deliver_due(parts.desk, parts.channels, parts.terms, AT_ONCE)
    if done.failed or done.unknown:
        _log.warning("messages failed or in doubt", failed=done.failed, unknown=done.unknown)
    return done.accepted


def _turns(turn: Callable[[], int], parts: Parts, stop: Event, name: str) -> None:
    """Takes one turn after the other until `stop`; a turn that fails is logged and taken again a little later."""
    shown, pause = 0.0, parts.tick
    while not stop.is_set():
        try:
            done = turn()
            if time.monotonic() - shown >= BEAT_SECONDS:
                beat(parts.desk.clock(), name)
                shown = time.monotonic()
            pause = parts.tick if done < AT_ONCE else 0.0  # a full turn: more is waiting
        except Exception:
            # The loop must outlive a locked or restarted database and a single bad row; the row stays due and is seen in the log.
            _log.exception("turn failed", loop=name)
            _forget_connection()
            pause = min(max(pause, parts.tick) * 2, LONGEST_PAUSE)
        stop.wait(pause)
    _forget_connection()


def _forget_connection() -> None:
    """A broken connection is replaced at the next turn; at the end it goes back."""
    try:
        if not database.is_closed():
            database.close()
    except Exception:
        _log.exception("closing the connection failed")
