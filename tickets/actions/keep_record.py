"""What somebody wrote without network for a ticket that has moved on meanwhile: it takes no effect, and is kept as a line of the ticket's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tickets.actions.claim_files import claim
from tickets.actions.moves import finish
from tickets.actions.steps import NO_FORM, said
from tickets.ports import Desk
from tickets.store import course
from tickets.store.connect import transaction
from tickets.store.models import Assist, History, Ticket
from tickets.store.sent_pages import sent_before
from tickets.store.tickets import NoSuchTicket, by_number, locked

WHAT = "离线记录"
Files = Mapping[str, Sequence[str]]


def keep_record(
    desk: Desk, number: str, account: int, person_id: int, called: str, words: str, once: str, form: Mapping[str, object] = NO_FORM, files: Files | None = None
) -> Ticket:
    """Adds the line, once for each page number `once`: `called` is the step it was meant for, `words` what was written, `files` its photos by field.

    Only for somebody who has had the ticket in hand or helps with it; for all others NoSuchTicket. StepRefused for words or files that cannot be kept.
    """
    at = desk.clock()
    with transaction():
        ticket = locked(by_number(number).id)
        if not took_part(ticket.id, person_id):
            raise NoSuchTicket(f"没有编号为「{number}」的工单 (no such ticket)")
        if sent_before(ticket.id, once):
            return ticket
        for field, keys in (files or {}).items():
            claim(ticket.id, field, keys, account, at)
        note = {"step": called, "words": said(words, "内容"), "once": once, **form}
        course.note(ticket, at=at, actor=f"account:{account}", what=WHAT, holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
    return ticket


def took_part(ticket_id: int, person_id: int) -> bool:
    """Whether the person has held the ticket at any time, or was asked to help."""
    held = History.select(History.id).where((History.ticket == ticket_id) & (History.holder == person_id))
    helps = Assist.select(Assist.id).where((Assist.ticket == ticket_id) & (Assist.person == person_id))
    return bool(held.exists() or helps.exists())
