"""Mediation visits to dissatisfied citizens: who goes, who handled the matter before, and what came of it."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.status import MEDIATING
from tickets.domain.times import stored
from tickets.store.course_models import Visit
from tickets.store.insert import insert
from tickets.store.models import Deadline, Person, Ticket, Unit


def ask(ticket: Ticket, visitor: Person, rule: str, asked: str, at: datetime) -> int:
    """Keeps that somebody is to go and who handles the ticket until then, inside the caller's transaction; the visit's id."""
    handler = {"handler_unit": ticket.unit_id, "handler_post": ticket.post_id, "handler": ticket.person_id}
    row = {"ticket": ticket.id, "step_seq": ticket.step_seq + 1, "rule": rule, "asked": asked, "visitor": visitor.id, "asked_at": stored(at)}
    return insert(Visit, [{**row, **handler}])[0]


def under_way(ticket_id: int) -> Visit | None:
    """The visit that has not been made yet; None when there is none."""
    return Visit.select().where((Visit.ticket == ticket_id) & Visit.done_at.is_null()).order_by(Visit.id.desc()).first()  # type: ignore[no-any-return]


def done(visit: Visit, at: datetime, result: str, words: str) -> None:
    """Keeps what came of the visit, inside the caller's transaction."""
    visit.done_at, visit.result, visit.words = stored(at), result, words
    visit.save(only=[Visit.done_at, Visit.result, Visit.words])


def handling_unit(ticket: Ticket) -> Unit | None:
    """The unit that handles the matter: while somebody visits its caller, the one that handled it before."""
    visit = under_way(ticket.id)
    found: Unit | None = visit.handler_unit if visit is not None and visit.handler_unit_id is not None else ticket.unit
    return found


def visit_by(ticket_id: int) -> datetime | None:
    """Until when (stored UTC) the visit under way is to be made; None where no clock says so."""
    running = (Deadline.ticket == ticket_id) & (Deadline.from_status == MEDIATING) & Deadline.met_at.is_null() & Deadline.due_at.is_null(False)
    return Deadline.select(Deadline.due_at).where(running).order_by(Deadline.id.desc()).scalar()  # type: ignore[no-any-return]


def visited_at(ticket_id: int, until: datetime) -> datetime | None:
    """When (stored UTC) somebody last visited the caller, up to `until` (stored UTC); None when nobody has."""
    made = (Visit.ticket == ticket_id) & Visit.done_at.is_null(False) & (Visit.done_at <= until)
    return Visit.select(Visit.done_at).where(made).order_by(Visit.id.desc()).scalar()  # type: ignore[no-any-return]
