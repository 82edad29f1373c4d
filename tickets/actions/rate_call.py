"""The caller's rating of the call itself, asked at its end by whoever took it."""

from __future__ import annotations

from tickets.actions.moves import finish
from tickets.actions.steps import StepRefused
from tickets.domain.survey import LEVELS
from tickets.ports import Desk
from tickets.store import call_ratings, course
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked

BEST = len(LEVELS)


def level_of(words: str) -> int:
    """非常满意 is 5, 非常不满意 is 1. StepRefused for any other word."""
    if words not in LEVELS:
        raise StepRefused(f"通话评价「{words[:20]}」无法识别；请选择：{'、'.join(LEVELS)} (not one of the levels)")
    return BEST - list(LEVELS).index(words)


def rate_call(desk: Desk, ticket_id: int, account: int, level: int) -> Ticket:
    """Keeps 1 (worst) to 5 (best) for the call from which this ticket came, in one transaction; a second answer takes the first one's place.

    Raises StepRefused for another figure, or when another account took the call.
    """
    if not 1 <= level <= BEST:
        raise StepRefused(f"通话评价只能是 1 到 {BEST} (1 to {BEST})")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        if not str(ticket.source_id).startswith(f"{account}-"):
            raise StepRefused(f"工单 {ticket.number} 的来电不是您接的，不能代填通话评价 (not your call)")
        call_ratings.put(ticket.id, account, level, at)
        course.note(ticket, at=at, actor=f"account:{account}", what="通话评价", holder_id=ticket.person_id, details={"level": level})
        finish(desk, ticket, at)
    return ticket
