"""Keeps a demonstration alive: appeals arrive one by one, and some of the people they go to sign."""

from __future__ import annotations

import csv
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import structlog

from notifications.channels import Channel
from tickets.actions.deliver import deliver_due
from tickets.actions.intake import open_ticket
from tickets.actions.sign import SignRefused, sign
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Appeal
from tickets.domain.status import DISPATCHED
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store.models import Ticket, database

_log = structlog.get_logger("demonstration")
SOURCE = "演示"
TURN_SECONDS = 1.0
WARM_STEP, WARM_EVERY = 15, 75  # seconds of a step, and between two appeals, while the past is played
# Seconds until somebody signs, and how often: most at once, some only after the call, some never.
HABITS: tuple[tuple[int, int, int], ...] = ((55, 12, 90), (20, 90, 280), (10, 305, 560), (15, 0, 0))


def read_appeals(file: Path) -> tuple[Appeal, ...]:
    """The project's own sentences (demo/appeals.csv); none where the directory brings no such file."""
    if not file.exists():
        return ()
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(
            Appeal(SOURCE, "?", row["text"], title=row["title"], kind=row["kind"], address=row["address"], phone=row["phone"]) for row in csv.DictReader(rows)
        )


def run(desk: Desk, appeals: Sequence[Appeal], every: float, stop: Event, chance: random.Random) -> None:
    """Until `stop` is set, an appeal arrives each `every` seconds on the average, and tickets are signed as HABITS say."""
    due = 0.0
    while not stop.is_set() and appeals:
        try:
            if due <= 0:
                arrive(desk, appeals, desk.clock())
                due = chance.expovariate(1 / every)
            sign_some(desk, desk.clock())
        except Exception:
            # A demonstration must never take the worker with it.
            _log.exception("demonstration turn failed")
        finally:
            if not database.is_closed():
                database.close()
        due -= TURN_SECONDS
        stop.wait(TURN_SECONDS)


def warm_up(desk: Desk, channels: Mapping[str, Channel], appeals: Sequence[Appeal], minutes: int, chance: random.Random) -> int:
    """Plays the last `minutes` through the same actions with a stepped clock, so that a newcomer's first page already lives.

    Appeals arrive, people sign or do not, the worker's turns remind and call; returns how many appeals came. For a database
    that has no tickets yet.
    """
    now = desk.clock()
    step = _Stepped(now - timedelta(minutes=minutes))
    past = replace(desk, clock=step)
    due, count = step.now, 0
    while step.now < now and appeals:
        if step.now >= due:
            arrive(past, appeals, step.now)
            due, count = step.now + timedelta(seconds=chance.uniform(0.3, 1.7) * WARM_EVERY), count + 1
        sweep(past, step.now)
        deliver_due(past, channels)
        sign_some(past, step.now)
        step.now += timedelta(seconds=WARM_STEP)
    return count


@dataclass
class _Stepped:
    """A clock that stands where it was put."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def arrive(desk: Desk, appeals: Sequence[Appeal], now: datetime) -> None:
    """The next sentence becomes a ticket; each appears once in every round."""
    database.connect(reuse_if_open=True)
    count = Ticket.select().where(Ticket.source == SOURCE).count()
    order = list(range(len(appeals)))
    random.Random(count // len(appeals)).shuffle(order)
    model = appeals[order[count % len(appeals)]]
    open_ticket(desk, Appeal(SOURCE, f"demo-{count + 1}", model.text, model.title, model.kind, "", model.address, model.phone, "", now))


def sign_some(desk: Desk, now: datetime) -> None:
    """Signs the demonstration's tickets whose holder would have by now."""
    waiting = Ticket.select(Ticket.id, Ticket.number, Ticket.dispatched_at, Ticket.person).where((Ticket.status == DISPATCHED) & (Ticket.source == SOURCE))
    for ticket in list(waiting):  # read to the end first: SQLite begins no change while an older reading is open, it says at once that it is locked
        delay = seconds_to_sign(ticket.number)
        if delay is not None and ticket.dispatched_at is not None and now >= aware(ticket.dispatched_at) + timedelta(seconds=delay):
            try:
                sign(desk, ticket.id, f"person:{ticket.person_id}", ticket.person_id)
            except SignRefused:
                continue  # somebody signed it on the page meanwhile


def seconds_to_sign(number: str) -> int | None:
    """How long the holder of this ticket takes; the same for the same number, None for never."""
    habit, dice = random.Random(zlib.crc32(number.encode())), 0
    roll = habit.randrange(100)
    for share, least, most in HABITS:
        dice += share
        if roll < dice:
            return habit.randint(least, most) if most else None
    return None
