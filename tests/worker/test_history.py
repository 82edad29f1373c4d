"""A past that was played is like one that was lived: every ticket has its course, nothing is owed, and what was cut short goes on."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from peewee import SqliteDatabase

from engine.folder import Loaded
from tests.tickets.conftest import book, calendar, desk, loaded, make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.domain.status import ACCEPTED, CLOSED
from tickets.domain.times import aware, stored
from tickets.ports import Desk
from tickets.store import past
from tickets.store.course_models import COURSE_MODELS
from tickets.store.models import Alarm, Assist, ChainLink, Deadline, Evaluation, History, Outbox, Setting, Ticket, TicketCounter, database
from tickets.store.similar_models import SIMILAR_MODELS
from worker.history import Asked, HistoryRefused, prepare

__all__ = ["book", "calendar", "desk", "loaded"]
END = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
Course = list[tuple[str, list[tuple[str, str, str]]]]


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(END)


def asked(count: int = 40, **more: object) -> Asked:
    return Asked(**{"count": count, "days": 30, "seed": 3, "end": END, **more})  # type: ignore[arg-type]


on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # where the database does not matter


def play(desk: Desk, loaded: Loaded, wanted: Asked, stop_after: int | None = None) -> int:
    """Plays the history, or the first `stop_after` appeals of it; how many came."""
    assert loaded.catalogue is not None
    came = 0
    for came, _ in enumerate(prepare(desk, loaded.catalogue, wanted).play(), 1):
        if came == stop_after:
            break
    return came


def courses() -> Course:
    """Every ticket's course, by its source number."""
    lines: dict[str, list[tuple[str, str, str]]] = {}
    for line in History.select(History, Ticket).join(Ticket).order_by(History.ticket, History.seq):
        lines.setdefault(line.ticket.source_id, []).append((line.what, str(line.at), line.actor))
    return sorted(lines.items())


def test_a_played_past_is_whole(desk: Desk, loaded: Loaded) -> None:
    assert play(desk, loaded, asked(50)) == 50
    assert Ticket.select().count() == 50
    states = Counter(row[0] for row in Ticket.select(Ticket.status).tuples())
    assert states[CLOSED] > 30
    for ticket in Ticket.select():
        lines = list(History.select().where(History.ticket == ticket).order_by(History.seq))
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        moved = [(line.from_status, line.to_status) for line in lines if line.to_status]
        assert moved[0] == ("", "已登记")
        assert all(before[1] == after[0] for before, after in pairwise(moved))
        assert moved[-1][1] == ticket.status
        assert Evaluation.select().where(Evaluation.ticket == ticket).count() >= 2
    closed = Ticket.select(Ticket.id).where(Ticket.status == CLOSED)
    assert not Deadline.select().where(Deadline.ticket.in_(closed) & Deadline.state.in_(("running", "planned"))).exists()
    assert not ChainLink.select().where(ChainLink.ticket.in_(closed) & (ChainLink.state == "waiting")).exists()
    for line in History.select().where(History.what == "核实"):
        assert json.loads(line.note).keys() >= {"valid"}


@on_sqlite
def test_nothing_is_left_that_should_have_happened_by_now(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(50))
    assert not ChainLink.select().where((ChainLink.state == "waiting") & (ChainLink.at <= stored(END))).exists()
    assert not Deadline.select().where((Deadline.state == "running") & Deadline.paused_at.is_null() & (Deadline.due_at < stored(END))).exists()
    assert not Outbox.select().where(Outbox.state == "queued").exists()
    assert all(aware(row.queued_at) <= END for row in Outbox.select())
    for link in ChainLink.select().where(ChainLink.state == "fired"):
        assert link.fired_at == link.at  # the worker's turn came at that very second


@on_sqlite
def test_the_last_hours_are_still_in_hand(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(40, days=1))
    assert len({row[0] for row in Ticket.select(Ticket.status).tuples()}) >= 3


def empty() -> None:
    """Takes out everything that was played, as if nothing had been; the guards of what is only appended are put aside for so long (SQLite's file is this test's own)."""
    on_file = isinstance(database.obj, SqliteDatabase)
    guarded = ("history", "assist_answer")
    for table in guarded:
        database.execute_sql(f"DROP TRIGGER IF EXISTS {table}_no_delete" if on_file else f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for model in (*COURSE_MODELS, *SIMILAR_MODELS, Outbox, ChainLink, Deadline, Evaluation, Assist, History, Alarm, Ticket, TicketCounter, Setting):
        model.delete().execute()
    for table in () if on_file else guarded:
        database.execute_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_what_was_cut_short_goes_on_and_ends_as_if_it_had_not_been(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(40))
    whole = courses()
    empty()
    play(desk, loaded, asked(40), stop_after=20)
    assert 20 <= Ticket.select().count() < 40
    assert play(desk, loaded, asked(40)) == 40
    assert courses() == whole
    assert (past.remembered() or {})["finished"] is True


@on_sqlite
def test_another_history_has_to_wait_for_the_one_that_was_cut_short(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(90), stop_after=30)
    with pytest.raises(HistoryRefused, match="--history 90 --days 30 --seed 3"):
        play(desk, loaded, asked(50))


@on_sqlite
def test_beside_real_tickets_it_is_written_only_when_asked_twice(desk: Desk, loaded: Loaded) -> None:
    open_ticket(desk, make_appeal("路灯不亮"))
    with pytest.raises(HistoryRefused, match="已有 1 件真实工单"):
        play(desk, loaded, asked(5))
    assert play(desk, loaded, asked(5, more=True)) == 5
    with pytest.raises(HistoryRefused, match="真实工单"):
        play(desk, loaded, asked(5))
    assert play(desk, loaded, asked(5, more=True)) == 5
    assert Ticket.select().count() == 11


@on_sqlite
def test_beside_the_live_demonstration_it_is_written_and_then_not_again(desk: Desk, loaded: Loaded) -> None:
    open_ticket(desk, make_appeal("路灯不亮", source="演示"))
    play(desk, loaded, asked(5))
    with pytest.raises(HistoryRefused, match="已写过 5 件历史"):
        play(desk, loaded, asked(5))


@on_sqlite
@pytest.mark.parametrize(("more", "why"), [({"count": 0}, "件数"), ({"count": 1_000_001}, "件数"), ({"days": 0}, "天数"), ({"days": 4_000}, "天数")])
def test_numbers_that_make_no_sense_are_refused(desk: Desk, loaded: Loaded, more: dict[str, object], why: str) -> None:
    with pytest.raises(HistoryRefused, match=why):
        play(desk, loaded, asked(**{"count": 5, **more}))  # type: ignore[arg-type]
    assert not Ticket.select().exists()


@on_sqlite
def test_the_same_seed_plays_the_same_past(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(30))
    first = courses()
    empty()
    play(desk, loaded, asked(30))
    assert courses() == first
    empty()
    play(desk, loaded, asked(30, seed=4))
    assert courses() != first


@on_sqlite
def test_nothing_is_left_at_the_manual_desk_for_days(desk: Desk, loaded: Loaded) -> None:
    play(desk, loaded, asked(50))
    waiting = Ticket.select().where((Ticket.status == ACCEPTED) & (Ticket.registered_at < stored(END - timedelta(hours=1))))
    assert all(ticket.category in ("无人科室", "") for ticket in waiting)
