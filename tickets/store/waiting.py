"""What waits for one person beside the tickets he holds: replies to review, help that was asked, extensions to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.domain.status import BESIDE, REPLIED, SIGNED
from tickets.store import reviews
from tickets.store.course_models import AssistAnswer, Extension, ReviewStep
from tickets.store.models import Assist, Deadline, Ticket

MOST = 200  # what one person is shown at once


@dataclass(frozen=True)
class Waits:
    """One thing that waits: the ticket by number and title, since when, and when its running clock ends; both stored UTC, or None."""

    ticket_id: int
    number: str
    title: str
    urgency: str
    since: datetime | None
    due: datetime | None


def reviews_for(person_id: int) -> tuple[Waits, ...]:
    """Replies whose review is this person's turn, by name or by a post he has, the longest waiting first."""
    mine = (ReviewStep.person == person_id) | ReviewStep.post.in_(list(reviews.posts_of(person_id)) or [-1])
    query = (
        ReviewStep.select(ReviewStep, Ticket)
        .join(Ticket, on=((ReviewStep.ticket == Ticket.id) & (ReviewStep.step_seq == Ticket.step_seq)), attr="one")
        .where((ReviewStep.state == reviews.WAITING) & mine & (Ticket.status == REPLIED) & (Ticket.person != person_id))
        .order_by(ReviewStep.at, ReviewStep.id)
        .limit(MOST)
    )
    return _shown([(row.one, row.at) for row in query])


def assists_for(person_id: int) -> tuple[Waits, ...]:
    """Tickets this person is asked to help with, by name or by a post he has, and has not answered, the longest waiting first."""
    mine = (Assist.person == person_id) | Assist.post.in_(list(reviews.posts_of(person_id)) or [-1])
    query = (
        Assist.select(Assist, Ticket)
        .join(Ticket)
        .join_from(Assist, AssistAnswer, JOIN.LEFT_OUTER, on=(AssistAnswer.assist == Assist.id))
        .where(mine & AssistAnswer.id.is_null() & Ticket.status.in_(BESIDE["协办回复"]))
        .order_by(Ticket.dispatched_at, Assist.id)
        .limit(MOST)
    )
    return _shown([(row.ticket, row.ticket.dispatched_at) for row in query])


def extensions_for(person_id: int) -> tuple[Waits, ...]:
    """Requests for more time that this person is asked to decide, the longest waiting first; those that have lapsed are left out."""
    query = (
        Extension.select(Extension, Ticket)
        .join(Ticket, on=(Extension.ticket == Ticket.id), attr="one")
        .join_from(Extension, Deadline, on=(Extension.deadline == Deadline.id))
        .where((Extension.decider == person_id) & (Extension.state == "asked") & (Ticket.status == SIGNED))
        .where((Deadline.state == "running") & Deadline.met_at.is_null())
        .order_by(Extension.asked_at, Extension.id)
        .limit(MOST)
    )
    return _shown([(row.one, row.asked_at) for row in query])


def _shown(found: list[tuple[Ticket, datetime | None]]) -> tuple[Waits, ...]:
    running = (Deadline.state == "running") & Deadline.met_at.is_null() & Deadline.due_at.is_null(False)
    ids = [ticket.id for ticket, _ in found]
    clocks = Deadline.select(Deadline.ticket, Deadline.due_at).where(running & Deadline.ticket.in_(ids or [-1])).tuples()
    dues: dict[int, datetime] = {}
    for ticket_id, due in clocks:
        dues[ticket_id] = min(due, dues.get(ticket_id, due))
    return tuple(Waits(one.id, one.number, one.title or one.text[:40], one.urgency, since, dues.get(one.id)) for one, since in found)
