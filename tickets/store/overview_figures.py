"""The strip over the live page: each figure with the two numbers it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Case, fn

from tickets.domain.status import OPEN, REPLIED, REVIEWED, SIGNED
from tickets.store.models import Deadline, Ticket
from tickets.store.overview import TABS, tab_where
from tickets.store.scope import Viewer, visible

NEAR_SHARE = 0.25  # 临期: a quarter of the span or less is left
NEAR_WITHIN = timedelta(days=3)  # no clock of the district has a last quarter longer than this
NEAR_ROWS = 2000


@dataclass(frozen=True)
class Figures:
    """Counts of the viewer's tickets; times in seconds. A share is None-free: pages divide only when the lower number is not 0."""

    received: int
    received_last_week: int
    dispatched: int
    mean_seconds: float
    slowest_seconds: float
    sign_due: int
    sign_on_time: int
    handle_due: int
    handle_on_time: int
    near: int
    nearest_seconds: float | None
    overdue: int
    longest_over_seconds: float | None
    tabs: tuple[tuple[str, int], ...]


def figures(viewer: Viewer, now: datetime, since: datetime) -> Figures:
    """All figures of the strip; `now` and `since` (start of the local day) are stored UTC. Seven queries."""
    mine = visible(viewer)
    week = timedelta(days=7)
    received = Ticket.select().where(mine & (Ticket.registered_at >= since)).count()
    last_week = Ticket.select().where(mine & (Ticket.registered_at >= since - week) & (Ticket.registered_at <= now - week)).count()
    automatic = mine & (Ticket.registered_at >= since) & (Ticket.manual == False) & Ticket.dispatched_at.is_null(False)  # noqa: E712
    count, mean, slowest = Ticket.select(fn.COUNT(Ticket.id), fn.AVG(Ticket.millis), fn.MAX(Ticket.millis)).where(automatic).tuples().get()
    sign = _kept(viewer, (SIGNED,), since)
    handle = _kept(viewer, (REPLIED, REVIEWED), since)
    near = _near(viewer, now)
    over = (
        Deadline.select(fn.COUNT(Deadline.ticket.distinct()), fn.MIN(Deadline.due_at))
        .join(Ticket)
        .where(mine & Ticket.status.in_(OPEN) & Deadline.state.in_(("running", "breached")) & Deadline.met_at.is_null() & (Deadline.due_at <= now))
        .where(Deadline.paused_at.is_null() & (Deadline.why == ""))
        .tuples()
        .get()
    )
    return Figures(
        received=received,
        received_last_week=last_week,
        dispatched=count,
        mean_seconds=(mean or 0) / 1000,
        slowest_seconds=(slowest or 0) / 1000,
        sign_due=sign[0],
        sign_on_time=sign[1],
        handle_due=handle[0],
        handle_on_time=handle[1],
        near=len({ticket for _, ticket in near}),
        nearest_seconds=near[0][0] if near else None,
        overdue=over[0],
        longest_over_seconds=(now - _moment(over[1])).total_seconds() if over[1] is not None else None,
        tabs=tuple((tab, Ticket.select().where(mine & tab_where(tab, since)).count()) for tab in TABS),
    )


def _kept(viewer: Viewer, until: tuple[str, ...], since: datetime) -> tuple[int, int]:
    """(ended today, met in time) of the spans until these statuses; one that was late before today was counted on its own day."""
    ended = (Deadline.met_at >= since) | (Deadline.breached_at >= since)
    in_time = Case(None, (((Deadline.state == "met"), 1),), 0)
    total, kept = (
        Deadline.select(fn.COUNT(Deadline.id), fn.SUM(in_time))
        .join(Ticket)
        .where(visible(viewer) & Deadline.state.in_(("met", "breached")) & (Deadline.due_at >= since) & Deadline.until_status.in_(until) & ended)
        .tuples()
        .get()
    )
    return total, kept or 0


def _near(viewer: Viewer, now: datetime) -> list[tuple[float, int]]:
    """(seconds left, ticket id) of each open span that has a quarter or less to run, the least first."""
    rows = (
        Deadline.select(Deadline.started_at, Deadline.due_at, Deadline.ticket)
        .join(Ticket)
        .where(visible(viewer) & Ticket.status.in_(OPEN) & (Deadline.state == "running") & Deadline.paused_at.is_null())
        .where((Deadline.due_at > now) & (Deadline.due_at <= now + NEAR_WITHIN))
        .order_by(Deadline.due_at)
        .limit(NEAR_ROWS)
        .tuples()
    )
    left = [((due - now).total_seconds(), (due - started).total_seconds(), ticket) for started, due, ticket in rows]
    return [(remaining, ticket) for remaining, whole, ticket in left if remaining <= whole * NEAR_SHARE]


def near_tickets(viewer: Viewer, now: datetime) -> list[int]:
    """The tickets behind 临期, for their list."""
    return [ticket for _, ticket in _near(viewer, now)]


def _moment(value: datetime | str) -> datetime:
    """SQLite gives the smallest moment back as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value
