"""What a citizen's own pages read: his ticket by number and the last four digits of his phone, and the reply to it."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime

from tickets.store.models import History, Ticket
from tickets.store.tickets import NoSuchTicket

REPLIES = ("回复", "直接答复")
TAIL = re.compile(r"[0-9]{4}\Z")
NOBODY = "----"  # compared with when there is no such ticket; no tail is like it


@dataclass(frozen=True)
class Reply:
    """What a unit answered and when (stored UTC)."""

    at: datetime
    words: str


def by_id(ticket_id: int) -> Ticket:
    """The ticket; NoSuchTicket when there is none."""
    found = Ticket.get_or_none(Ticket.id == ticket_id)
    if found is None:
        raise NoSuchTicket("没有这件工单 (no such ticket)")
    return found  # type: ignore[no-any-return]


def own(number: str, tail: str) -> Ticket | None:
    """The ticket of that number, if the caller's phone ends in `tail`; None for a wrong number and for a wrong phone alike.

    The same is read and compared in every case, so that the time taken does not tell which numbers exist. A ticket without a phone opens to nobody.
    """
    found = Ticket.get_or_none(Ticket.number == number)
    known = found.phone_tail if found is not None and TAIL.match(found.phone_tail) else NOBODY
    right = hmac.compare_digest(known.encode(), tail.encode()[:16])
    reply_of(found.id if found is not None else 0)
    return found if right and TAIL.match(tail) else None


def reply_of(ticket_id: int, until: datetime | None = None) -> Reply | None:
    """The newest reply to the ticket, up to `until` (stored UTC) where given; None while there is none."""
    where = (History.ticket == ticket_id) & History.what.in_(REPLIES)
    if until is not None:
        where = where & (History.at <= until)
    line = History.select(History.at, History.note).where(where).order_by(History.seq.desc()).first()
    if line is None:
        return None
    note = json.loads(line.note or "{}")
    return Reply(line.at, str(note.get("result") or note.get("answer") or ""))
