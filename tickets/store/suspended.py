"""The list 挂账: tickets that cannot be done yet, why, what is planned, and when they are looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.domain.times import stored
from tickets.store.course_models import Suspended
from tickets.store.insert import insert
from tickets.store.models import Person, Ticket, Unit
from tickets.store.scope import Viewer, visible

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """One ticket on the list. Times are stored UTC; `days` is how many whole days it has been there."""

    number: str
    title: str
    unit: str
    person: str
    reason: str
    plan: str
    since: datetime
    review_at: datetime
    days: int
    overdue: bool


def put(ticket_id: int, at: datetime, actor: str, reason: str, plan: str, review_at: datetime) -> None:
    """Puts the ticket on the list, inside the caller's transaction."""
    row = {"ticket": ticket_id, "at": stored(at), "actor": actor, "reason": reason, "plan": plan, "review_at": stored(review_at)}
    insert(Suspended, [row])


def release(ticket_id: int, at: datetime, why: str) -> None:
    """Takes it off the list, inside the caller's transaction."""
    standing = (Suspended.ticket == ticket_id) & Suspended.released_at.is_null()
    Suspended.update(released_at=stored(at), released_why=why).where(standing).execute()


def waiting(viewer: Viewer, now: datetime, number: int = 1) -> tuple[tuple[Waiting, ...], int]:
    """A page of the list as this viewer may see it, and how many there are in all: what is due to be looked at again first, then the earliest date. `now` is aware."""
    moment = stored(now)
    rows = (
        Suspended.select(Suspended, Ticket, Unit, Person)
        .join(Ticket, on=(Suspended.ticket == Ticket.id), attr="whole")
        .join(Unit, JOIN.LEFT_OUTER, on=(Ticket.unit == Unit.id), attr="unit")
        .switch(Ticket)
        .join(Person, JOIN.LEFT_OUTER, on=(Ticket.person == Person.id), attr="person")
        .where(Suspended.released_at.is_null() & visible(viewer))
    )
    found = rows.order_by(Suspended.review_at, Suspended.id).paginate(max(number, 1), PAGE)
    return tuple(_line(row, moment) for row in found), int(rows.count())


def _line(row: Suspended, moment: datetime) -> Waiting:
    ticket = row.whole
    return Waiting(
        number=ticket.number,
        title=ticket.title or ticket.text,
        unit=ticket.unit.address if ticket.unit_id is not None else "",
        person=ticket.person.name if ticket.person_id is not None else "",
        reason=row.reason,
        plan=row.plan,
        since=row.at,
        review_at=row.review_at,
        days=(moment - row.at).days,
        overdue=moment > row.review_at,
    )
