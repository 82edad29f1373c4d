"""One evaluation of the log, with the ticket it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN

from tickets.domain.mask import phone
from tickets.store.evaluation_log import Mark
from tickets.store.looks import hidden_in
from tickets.store.models import Evaluation, Ticket
from tickets.store.ticket_view import Ruling


@dataclass(frozen=True)
class One:
    """A stored decision as written (`ruling`), its place in the list, and what of its ticket is hidden: `caller` is masked. A forecast's has no ticket."""

    id: int
    at: datetime
    ruling: Ruling
    outcome: str
    ticket_id: int | None
    number: str
    caller: str
    text_hides: bool

    @property
    def mark(self) -> Mark:
        return Mark(self.at, self.id)


def one(evaluation_id: int) -> One | None:
    """The evaluation of that id, or None."""
    row = Evaluation.select(Evaluation, Ticket).join(Ticket, JOIN.LEFT_OUTER).where(Evaluation.id == evaluation_id).first()
    if row is None:
        return None
    ruling = Ruling(row.ruleset, row.version, row.context_hash, row.event, row.at, row.by_else, row.agreed, row.micros, row.decision)
    ticket = row.ticket if row.ticket_id is not None else None
    if ticket is None:
        return One(row.id, row.at, ruling, row.outcome, None, "", "", False)
    return One(row.id, row.at, ruling, row.outcome, ticket.id, ticket.number, phone(ticket.caller_phone), hidden_in(ticket.text))
