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
from tickets.store.models import Ticket
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
