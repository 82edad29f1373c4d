"""Tickets merged into another (并单): which one is handled for them, and who else called about it. Never a chain: all lie under one head."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.course_models import Merged
from tickets.store.insert import insert
from tickets.store.models import Ticket

LONGEST_REASON = 400


def head_of(ticket_id: int) -> int | None:
    """The id of the ticket that is handled for this one; None for a ticket that was not merged."""
    found = statements.scalar('SELECT "into" FROM merged WHERE ticket = ?', (ticket_id,))
    return None if found is None else int(found)


def callers_of(head_id: int) -> list[Ticket]:
    """The tickets merged into this one, each with its caller, the earliest merged first."""
    ids = list(statements.column('SELECT ticket FROM merged WHERE "into" = ? ORDER BY id', (head_id,)))
    if not ids:
        return []
    found = {row.id: row for row in Ticket.select().where(Ticket.id.in_(ids))}
    return [found[one] for one in ids if one in found]


def numbers(ids: list[int]) -> dict[int, str]:
    """The ticket numbers of these ids."""
    return {row[0]: row[1] for row in Ticket.select(Ticket.id, Ticket.number).where(Ticket.id.in_(ids)).tuples()} if ids else {}


def keep(ticket_id: int, into_id: int, actor: str, reason: str, at: datetime) -> None:
    """Keeps that the ticket lies under another, inside the caller's transaction; what lay under it goes along."""
    insert(Merged, [{"ticket": ticket_id, "into": into_id, "at": stored(at), "actor": actor, "reason": reason[:LONGEST_REASON]}])
    statements.update(Merged, {"into": into_id}, '"into" = ?', (ticket_id,))
