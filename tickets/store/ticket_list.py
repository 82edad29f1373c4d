"""Tickets as lists: filtered, searched, a page at a time. Each page is three queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import JOIN, Expression, Select

from tickets.domain.mask import in_text
from tickets.domain.status import OPEN, STATUSES
from tickets.store.held import held_tickets
from tickets.store.models import Deadline, Outbox, Person, Ticket, Unit
from tickets.store.overview import Clock, clocks_of, present_clock, unit_words
from tickets.store.overview_figures import near_tickets
from tickets.store.scope import Viewer, visible

PAGE = 25
FAR = 10_000  # no page beyond; a huge offset only costs the database
WHEN = {"today": 0, "week": 6, "month": 29}
CLOCKS = ("over", "near", "risk")
RISK = timedelta(hours=2)


@dataclass(frozen=True)
class Wanted:
    """What the list is to show; empty means everything. `since` (stored) is the start of today."""

    now: datetime
    since: datetime
    q: str = ""
    when: str = ""
    status: str = ""
    clock: str = ""
    urgency: str = ""
    manual: bool = False
    categories: tuple[str, ...] = ()
    area: str = ""
    areas: tuple[str, ...] = ()  # any of them
    between: tuple[datetime, datetime] | None = None  # registered from the one (stored) until before the other
    person: int | None = None  # in whose hands


@dataclass(frozen=True)
class Line:
    """One ticket of a list."""

    number: str
    registered_at: datetime
    dispatched_at: datetime | None
    signed_at: datetime | None
    title: str
    category: str
    urgency: str
    status: str
    unit: str
    section: str
    person: str
    area: str
    manual: bool
    clock: Clock | None


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many there are in all. `number` counts from 1."""

    lines: tuple[Line, ...]
    number: int
    pages: int
    total: int


def page(viewer: Viewer, wanted: Wanted, number: int = 1) -> Page:
    """The tickets the viewer may see that fit, newest first; a number beyond the last page gives the last."""
    where = visible(viewer)
    for condition in _conditions(viewer, wanted):
        where = where & condition
    total = Ticket.select().where(where).count()
    pages = max(1, min(FAR, -(-total // PAGE)))
    number = min(max(number, 1), pages)
    rows = list(held_tickets().where(where).order_by(Ticket.registered_at.desc(), Ticket.id.desc()).paginate(number, PAGE))
    clocks = clocks_of(row.id for row in rows)
    return Page(tuple(_line(row, clocks.get(row.id, ())) for row in rows), number, pages, total)


def _line(row: Ticket, clocks: tuple[Clock, ...]) -> Line:
    unit, section = unit_words(row.unit if row.unit_id else None)
    return Line(
        number=row.number,
        registered_at=row.registered_at,
        dispatched_at=row.dispatched_at,
        signed_at=row.signed_at,
        title=in_text((row.title or row.text)[:120]),
        category=row.category,
        urgency=row.urgency,
        status=row.status,
        unit=unit,
        section=section,
        person=row.person.name if row.person_id else "",
        area=row.area,
        manual=row.manual,
        clock=present_clock(clocks, row.status) if row.status in OPEN else None,
    )


def _conditions(viewer: Viewer, wanted: Wanted) -> Iterable[Expression]:
    if wanted.when in WHEN:
        yield Ticket.registered_at >= wanted.since - timedelta(days=WHEN[wanted.when])
    if wanted.status == "open":
        yield Ticket.status.in_(OPEN)
    elif wanted.status in STATUSES:
        yield Ticket.status == wanted.status
    if wanted.urgency:
        yield Ticket.urgency == wanted.urgency
    if wanted.manual:
        yield Ticket.manual == True  # noqa: E712
    if wanted.categories:
        yield Ticket.category.in_(wanted.categories)
    if wanted.area:
        yield Ticket.area == wanted.area
    if wanted.areas:
        yield Ticket.area.in_(wanted.areas)
    if wanted.person is not None:
        yield Ticket.person == wanted.person
    if wanted.between:
        yield (Ticket.registered_at >= wanted.between[0]) & (Ticket.registered_at < wanted.between[1])
    if wanted.clock == "near":
        yield Ticket.id.in_(near_tickets(viewer, wanted.now))
    elif wanted.clock in CLOCKS:
        yield Ticket.status.in_(OPEN) & Ticket.id.in_(_late(wanted.now + (RISK if wanted.clock == "risk" else timedelta(0))))
    if wanted.q:
        yield search(wanted.q)


def _late(moment: datetime) -> Select:
    """Tickets with an unmet clock that is due by `moment`."""
    unmet = Deadline.state.in_(("running", "breached")) & Deadline.met_at.is_null() & (Deadline.why == "") & Deadline.paused_at.is_null()
    return Deadline.select(Deadline.ticket).where(unmet & (Deadline.due_at <= moment))


def search(words: str) -> Expression:
    """A ticket number or its beginning, the last four digits of a phone, else words of address, title or text."""
    wanted = words.strip()
    if wanted and set(wanted) <= set("0123456789-"):
        if len(wanted) == 4 and wanted.isdigit():
            return (Ticket.phone_tail == wanted) | Ticket.number.endswith(f"-{wanted}")
        return Ticket.number.startswith(wanted)
    condition = Ticket.id > 0
    for word in wanted.split()[:5]:
        condition &= Ticket.address.contains(word) | Ticket.title.contains(word) | Ticket.text.contains(word)
    return condition


@dataclass(frozen=True)
class Notice:
    """One message of the log."""

    at: datetime
    number: str
    channel: str
    kind: str
    state: str
    person: str
    unit: str
    tries: int
    error: str
    id: int = 0


DEAD = ("failed", "unknown")  # did not arrive, or nobody knows


def notices(viewer: Viewer, number: int = 1, state: str = "", channel: str = "") -> tuple[tuple[Notice, ...], int, int, int]:
    """(messages about tickets the viewer may see, newest first; the page; pages; how many in all)."""
    where = visible(viewer)
    if state:
        where = where & (Outbox.state.in_(DEAD) if state == "dead" else Outbox.state == state)
    if channel:
        where = where & (Outbox.channel == channel)
    total = Outbox.select().join(Ticket).where(where).count()
    pages = max(1, min(FAR, -(-total // PAGE)))
    number = min(max(number, 1), pages)
    rows = (
        Outbox.select(Outbox, Ticket, Unit, Person)
        .join(Ticket)
        .join(Unit, JOIN.LEFT_OUTER)
        .switch(Outbox)
        .join(Person, JOIN.LEFT_OUTER, on=(Outbox.person == Person.id))
        .where(where)
        .order_by(Outbox.id.desc())
        .paginate(number, PAGE)
    )
    found = tuple(
        Notice(
            at=row.sent_at or row.queued_at,
            number=row.ticket.number,
            channel=row.channel,
            kind=row.kind,
            state=row.state,
            person=row.person.name if row.person_id else "",
            unit=row.ticket.unit.address if row.ticket.unit_id else "",
            tries=row.tries,
            error=row.error,
            id=row.id,
        )
        for row in rows
    )
    return found, number, pages, total


def may_see_message(viewer: Viewer, outbox_id: int) -> bool:
    """Whether this message is about a ticket the viewer may see."""
    return bool(Outbox.select(Outbox.id).join(Ticket).where(visible(viewer) & (Outbox.id == outbox_id)).exists())
