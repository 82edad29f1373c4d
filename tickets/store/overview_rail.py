"""The right rail of the live page: clocks about to run out, what is being escalated, and what many people report at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import JOIN, fn

from tickets.domain.mask import in_text
from tickets.domain.status import OPEN
from tickets.store.issue_recent import hot_issues
from tickets.store.models import ChainLink, Deadline, Outbox, Person, Ticket, Unit
from tickets.store.overview import unit_words
from tickets.store.scope import Viewer, visible

HOT_LEAST = 3  # appeals of one kind in one place within a day before it is worth a look
HOT_BARS = 8  # three hours each
RECENT = timedelta(minutes=30)


@dataclass(frozen=True)
class Alert:
    """An open span near or past its end."""

    number: str
    subject: str
    unit: str
    section: str
    name: str
    within: str
    started_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Climb:
    """A message of an escalation chain after its first link: who is being called or told, by which rule."""

    number: str
    channel: str
    kind: str
    state: str
    person: str
    unit: str
    rule: str
    when: str
    at: datetime


@dataclass(frozen=True)
class Hot:
    """Appeals about one matter within 24 hours, in eight bars of three hours, oldest first; `issue` is its number, 0 where it is but a category in an area."""

    area: str
    category: str
    count: int
    bars: tuple[int, ...]
    issue: int = 0
    title: str = ""


def alerts(viewer: Viewer, now: datetime, limit: int = 5, ahead: timedelta = timedelta(hours=2)) -> tuple[tuple[Alert, ...], int]:
    """The spans with the least time left, overdue on top, within `ahead`; and how many there are in all."""
    parent = Unit.alias()
    where = (
        visible(viewer)
        & Ticket.status.in_(OPEN)
        & Deadline.state.in_(("running", "breached"))
        & Deadline.met_at.is_null()
        & (Deadline.why == "")
        & Deadline.paused_at.is_null()
        & (Deadline.due_at <= now + ahead)
    )
    first = [row.id for row in Deadline.select(Deadline.id).join(Ticket).where(where).order_by(Deadline.due_at).limit(limit)]
    rows = (
        Deadline.select(Deadline, Ticket, Unit, parent)
        .join(Ticket)
        .join(Unit, JOIN.LEFT_OUTER)
        .join(parent, JOIN.LEFT_OUTER, on=(Unit.parent == parent.id), attr="parent")
        .where(Deadline.id.in_(first))
        .order_by(Deadline.due_at)
    )
    found = []
    for row in rows:
        unit, section = unit_words(row.ticket.unit if row.ticket.unit_id else None)
        subject = in_text(row.ticket.title or row.ticket.text)
        found.append(Alert(row.ticket.number, subject, unit, section, row.name, row.within, row.started_at, row.due_at))
    return tuple(found), Deadline.select().join(Ticket).where(where).count()


def climbing(viewer: Viewer, now: datetime, limit: int = 3) -> tuple[Climb, ...]:
    """Calls and reports of the last half hour whose span is still open, newest first."""
    rows = (
        Outbox.select(Outbox, Ticket, Person, ChainLink, Unit)
        .join(Ticket)
        .join(Unit, JOIN.LEFT_OUTER)
        .switch(Outbox)
        .join(ChainLink)
        .join(Deadline)
        .switch(Outbox)
        .join(Person, JOIN.LEFT_OUTER, on=(Outbox.person == Person.id))
        .where(visible(viewer) & Ticket.status.in_(OPEN) & Deadline.met_at.is_null() & Deadline.state.in_(("running", "breached")))
        .where((Deadline.why == "") & (ChainLink.seq > 1) & (Outbox.queued_at >= now - RECENT) & (Outbox.state != "cancelled"))
        .order_by(Outbox.queued_at.desc(), Outbox.id.desc())
        .limit(limit)
    )
    return tuple(
        Climb(
            number=row.ticket.number,
            channel=row.channel,
            kind=row.kind,
            state=row.state,
            person=row.person.name if row.person_id else "",
            unit=row.ticket.unit.name if row.ticket.unit_id else "",
            rule=row.link.rule,
            when=row.link.when,
            at=row.queued_at,
        )
        for row in rows
    )


def hot(viewer: Viewer, now: datetime, limit: int = 3) -> tuple[Hot, ...]:
    """Issues of which at least HOT_LEAST appeals came in 24 hours, most first; where the caller sees but a part, or none is formed yet, places and categories."""
    start = now - timedelta(hours=24)
    if viewer.reach == "all" and (issues := hot_issues(start, HOT_LEAST, limit)):
        return tuple(Hot(one.place, one.category, len(one.times), _bars(one.times, start), one.issue, in_text(one.title)) for one in issues)
    recent = visible(viewer) & (Ticket.registered_at > start) & (Ticket.area != "") & (Ticket.category != "")
    many = (
        Ticket.select(Ticket.area, Ticket.category, fn.COUNT(Ticket.id).alias("n"))
        .where(recent)
        .group_by(Ticket.area, Ticket.category)
        .having(fn.COUNT(Ticket.id) >= HOT_LEAST)
        .order_by(fn.COUNT(Ticket.id).desc(), Ticket.area)
        .limit(limit)
        .tuples()
    )
    found = []
    for area, category, count in many:
        times = Ticket.select(Ticket.registered_at).where(recent & (Ticket.area == area) & (Ticket.category == category)).tuples()
        found.append(Hot(area, category, count, _bars([at for (at,) in times], start)))
    return tuple(found)


def _bars(times: Iterable[datetime], start: datetime) -> tuple[int, ...]:
    slots = Counter(min(HOT_BARS - 1, int((at - start) / timedelta(hours=24 / HOT_BARS))) for at in times)
    return tuple(slots[slot] for slot in range(HOT_BARS))
