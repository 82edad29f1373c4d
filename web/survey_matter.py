"""Which matter a citizen is asked about: day, subject, unit and its answer, and nothing that says whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.actions.survey_words import RESULT, plain, subject
from tickets.domain.status import CLOSED, MEDIATING, REVIEWED, VERIFIED
from tickets.store import merged, own_appeal, visits
from tickets.store.models import Ticket
from tickets.store.survey_models import Survey
from web.hall import hall

ANSWER_SHOWN = (REVIEWED, VERIFIED, MEDIATING, CLOSED)  # before that nobody has passed the reply


@dataclass(frozen=True)
class Matter:
    """What the page says. `waits`: the answer would settle the ticket; `redone`: it is being worked on again; `merged`: others called about it
    and it was handled under another number; `visit_by`: somebody comes by then; `visited`: when somebody came, before this was asked. Times are stored UTC."""

    day: datetime
    subject: str
    unit: str
    replied: datetime | None
    result: str
    waits: bool = False
    redone: bool = False
    merged: bool = False
    visit_by: datetime | None = None
    visited: datetime | None = None


def matter_of(survey: Survey) -> Matter:
    """The matter a survey asks about, its answer as it was when it was asked."""
    own = own_appeal.by_id(survey.ticket)
    head = handled(own)
    waits = head.id == own.id and head.status == REVIEWED and head.step_seq == survey.step_seq
    return matter(own, until=survey.made_at, waits=waits, redone=head.status not in ANSWER_SHOWN)


def matter(ticket: Ticket, until: datetime | None = None, *, waits: bool = False, redone: bool = False) -> Matter:
    """What may be said of the ticket; its newest reply, up to `until` where given. Of a merged ticket: its own day and subject, and what came of the head."""
    head = handled(ticket)
    reply, unit = own_appeal.reply_of(head.id, until), visits.handling_unit(head)
    whole = unit.address.partition("/")[0] if unit is not None else hall().desk.manual_desk.partition("/")[0]
    said = plain(ticket, plain(head, reply.words, RESULT), RESULT) if reply is not None else ""
    return Matter(
        day=ticket.appealed_at or ticket.registered_at,
        subject=subject(ticket),
        unit=whole,
        replied=reply.at if reply is not None else None,
        result=said,
        waits=waits,
        redone=redone,
        merged=head.id != ticket.id,
        visited=visits.visited_at(head.id, until) if until is not None and head.id == ticket.id else None,
        visit_by=visits.visit_by(head.id) if head.status == MEDIATING and head.id == ticket.id else None,
    )


def handled(ticket: Ticket) -> Ticket:
    """The ticket that is worked on for this one: itself, or the head it was merged into."""
    head = merged.head_of(ticket.id)
    return ticket if head is None else own_appeal.by_id(head)


def answered(ticket: Ticket) -> bool:
    """True once the reply has passed review, so that the citizen may read it."""
    return ticket.status in ANSWER_SHOWN
