"""The demonstration lives: appeals arrive one after the other, and people sign as their habits say."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from tests.cli.installation import seeded
from tests.databases import shut
from tests.tickets.fakes import FixedClock
from tickets.domain.status import DISPATCHED, SIGNED
from tickets.domain.times import aware, stored
from tickets.store.models import Outbox, Ticket
from wiring.desk import Parts, open_parts
from wiring.settings import load
from worker import demonstration

__all__ = ["seeded"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def parts(seeded: Path, tmp_path: Path, clock: FixedClock) -> Iterator[Parts]:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    made = open_parts(load({"SUDA_HOME": str(tmp_path)}), clock=clock)
    yield made
    made.book.close()
    shut()


def test_every_sentence_appears_once_in_a_round(parts: Parts) -> None:
    appeals = demonstration.read_appeals(parts.settings.directory / "appeals.csv")[:8]
    for _ in range(2 * len(appeals)):
        demonstration.arrive(parts.desk, appeals, parts.desk.clock())
    texts = [ticket.text for ticket in Ticket.select().order_by(Ticket.id)]
    assert set(texts[:8]) == set(texts[8:]) == {appeal.text for appeal in appeals}


def test_people_sign_when_their_time_has_come_and_not_before(parts: Parts, clock: FixedClock) -> None:
    appeals = [one for one in demonstration.read_appeals(parts.settings.directory / "appeals.csv") if "停水" in one.text]
    while Ticket.select().where(Ticket.status == DISPATCHED).count() < 12:
        demonstration.arrive(parts.desk, appeals, parts.desk.clock())
    habits = {ticket.number: demonstration.seconds_to_sign(ticket.number) for ticket in Ticket.select().where(Ticket.status == DISPATCHED)}
    assert None in habits.values() or len(set(habits.values())) > 5
    for seconds in (0, 100, 600):
        clock.now = NOON + timedelta(seconds=seconds)
        demonstration.sign_some(parts.desk, clock())
        signed = {ticket.number for ticket in Ticket.select().where(Ticket.status == SIGNED)}
        assert signed == {number for number, delay in habits.items() if delay is not None and delay <= seconds}


def test_a_demonstration_without_sentences_or_told_to_stop_ends(parts: Parts) -> None:
    demonstration.run(parts.desk, (), 1.0, Event(), random.Random(1))
    stop = Event()
    stop.set()
    demonstration.run(parts.desk, demonstration.read_appeals(parts.settings.directory / "appeals.csv"), 1.0, stop, random.Random(1))
    assert Ticket.select().count() == 0
    assert demonstration.read_appeals(parts.settings.home / "none.csv") == ()


def test_the_past_is_played_through_the_same_actions(parts: Parts, clock: FixedClock) -> None:
    appeals = demonstration.read_appeals(parts.settings.directory / "appeals.csv")
    count = demonstration.warm_up(parts.desk, parts.channels, appeals, 30, random.Random(3))
    tickets = list(Ticket.select().order_by(Ticket.id))
    assert len(tickets) == count > 15
    assert NOON - timedelta(minutes=31) <= aware(tickets[0].registered_at) < aware(tickets[-1].registered_at) <= NOON
    assert {DISPATCHED, SIGNED} <= {ticket.status for ticket in tickets}
    late = [ticket for ticket in tickets if ticket.status == DISPATCHED and aware(ticket.dispatched_at) < NOON - timedelta(minutes=6)]
    for ticket in late:  # nobody signed: exactly one call each
        assert Outbox.select().where((Outbox.ticket == ticket) & (Outbox.channel == "电话")).count() == 1
    assert late
    assert clock() == NOON
    assert not Outbox.select().where(Outbox.sent_at > stored(NOON)).exists()
