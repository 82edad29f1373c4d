"""A person's word about a category counts: it is kept, the ticket follows it, and the same text is suggested that category from then on."""

from __future__ import annotations

from datetime import datetime

from rapidfuzz import fuzz, process

from tickets.actions.dispatch import AWAITING
from tickets.actions.moves import finish
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import whole_text
from tickets.domain.status import ACCEPTED
from tickets.ports import Desk, Suggestion
from tickets.store import corrections, course, similar
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked

ALIKE = 95.0  # RapidFuzz ratio, 0 to 100: the same words but for a slip
BY = "corrected"
EVIDENCE = "人工更正"


def suggest(desk: Desk, words: str) -> Suggestion:
    """The library's suggestion; for a text that a person has put right before, the category chosen then, with the likeness as confidence."""
    own = desk.library.suggest(words)
    known = corrections.newest()
    if not known or not words.strip():
        return own
    best = process.extractOne(corrections.plain(words), [one.plain for one in known], scorer=fuzz.ratio, score_cutoff=ALIKE)
    if best is None or known[best[2]].chosen not in desk.rules.names.categories:
        return own
    chosen = known[best[2]].chosen
    others = tuple((name, share) for name, share in ((own.category, own.confidence), *own.others) if name and name != chosen)[:2]
    rest = 1.0 - best[1] / 100
    return Suggestion(chosen, best[1] / 100, BY, tuple((name, min(share, rest)) for name, share in others), own.words if own.category == chosen else ())


def note_choice(ticket: Ticket, suggestion: Suggestion, account: int, at: datetime) -> None:
    """Keeps a choice that differs from what was suggested, inside the caller's transaction; taking the suggestion keeps nothing."""
    if ticket.category and ticket.category != suggestion.category:
        corrections.keep(ticket.id, account, suggestion.category, suggestion.confidence, ticket.category, at)


def correct(desk: Desk, ticket_id: int, category: str, account: int) -> Ticket:
    """The manual desk puts right the category of a ticket that waits for its decision, in one transaction; the same category changes nothing.

    Raises StepRefused for a category the catalogue does not know, or when the ticket no longer waits.
    """
    if category not in desk.rules.names.categories:
        raise StepRefused(f"派单目录里没有「{category[:60]}」；请从目录里选 (not in the catalogue)")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        if ticket.status not in AWAITING or (ticket.status == ACCEPTED and not ticket.manual):
            raise StepRefused(f"工单 {ticket.number} 现为「{ticket.status}」，不在人工派单席，不能更正类别 (no longer waiting for a decision)")
        if ticket.category == category:
            return ticket
        before, confidence = ticket.category, ticket.category_confidence
        seen = suggest(desk, whole_text(ticket.title, ticket.text)) if not before else Suggestion(before, confidence, ticket.category_by)
        ticket.category, ticket.category_by, ticket.category_confidence = category, "given", 1.0
        ticket.save(only=[Ticket.category, Ticket.category_by, Ticket.category_confidence])
        similar.keep_again(ticket, desk.rules.names)
        course.note(ticket, at=at, actor=f"account:{account}", what="更正类别", holder_id=ticket.person_id, details={"before": before, "after": category})
        note_choice(ticket, seen, account, at)
        finish(desk, ticket, at)
    return ticket
