"""Which matter a citizen is asked about: day, subject, unit and its answer, and nothing that says whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.actions.survey_words import RESULT, plain, subject
from tickets.domain.status import CLOSED, REVIEWED, VERIFIED
from tickets.store import own_appeal
from tickets.store.models import Ticket
from tickets.store.survey_models import Survey
from web.hall import hall

ANSWER_SHOWN = (REVIEWED, VERIFIED, CLOSED)  # before that nobody has passed the reply


@dataclass(frozen=True)
class Matter:
    """What the page says. `waits`: the answer would settle the ticket; `redone`: it is being worked on again. Days are stored UTC."""

    day: datetime
    subject: str
    unit: str
    replied: datetime | None
    result: str
    waits: bool = False
    redone: bool = False


def matter_of(survey: Survey) -> Matter:
    """The matter a survey asks about, its answer as it was when it was asked."""
    ticket = own_appeal.by_id(survey.ticket)
    waits = ticket.status == REVIEWED and ticket.step_seq == survey.step_seq
    return matter(ticket, until=survey.made_at, waits=waits, redone=ticket.status not in ANSWER_SHOWN)


def matter(ticket: Ticket, until: datetime | None = None, *, waits: bool = False, redone: bool = False) -> Matter:
    """What may be said of the ticket; its newest reply, up to `until` where given."""
    reply = own_appeal.reply_of(ticket.id, until)
    whole = ticket.unit.address.partition("/")[0] if ticket.unit_id is not None else hall().desk.manual_desk.partition("/")[0]
    said = plain(ticket, reply.words, RESULT) if reply is not None else ""
    return Matter(ticket.appealed_at or ticket.registered_at, subject(ticket), whole, reply.at if reply is not None else None, said, waits, redone)


def answered(ticket: Ticket) -> bool:
    """True once the reply has passed review, so that the citizen may read it."""
    return ticket.status in ANSWER_SHOWN
