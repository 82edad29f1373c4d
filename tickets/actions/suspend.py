"""The list 挂账: what cannot be done yet is kept in sight with a plan and a date, its clocks standing still, until it is taken up again (销账)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tickets.actions import clocks
from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM, FactsWhenAsked, StepRefused, above, in_turn, said
from tickets.actions.tell import tell
from tickets.domain.status import SIGNED, SUSPENDED
from tickets.ports import Desk
from tickets.store import suspended
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked

LOOK_AGAIN, MOST_DAYS = "挂账复查", 365


def suspend(
    desk: Desk, ticket_id: int, actor: str, reason: str, plan: str, days: int, person_id: int | None = None, form: Mapping[str, object] = NO_FORM
) -> Ticket:
    """Puts the ticket on the list, in one transaction: 办理中 or 待审核 to 挂账. The holder stays answerable and is reminded after `days` (1 to 365).

    `person_id` is of the unit (not the handler himself), of those above it, or of the hotline centre. Raises StepRefused or NoSuchTicket.
    """
    why, next_step = said(reason, "挂账理由"), said(plan, "下一步安排")
    if not 1 <= days <= MOST_DAYS:
        raise StepRefused(f"复查天数 {days} 不在 1 到 {MOST_DAYS} 之间，请重新填写 (days out of range)")
    at = desk.clock()
    review_at = at + timedelta(days=days)
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "挂账")
        above(desk, ticket, person_id, "挂账")
        clocks.by_hand(ticket, LOOK_AGAIN, SIGNED, f"{days}d", SUSPENDED)
        suspended.put(ticket.id, at, actor, why, next_step, review_at)
        note = {"reason": why, "plan": next_step, "suspend_days": str(days), "review_at": review_at.isoformat(), **form}
        move(desk, ticket, "挂账", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=note)
        finish(desk, ticket, at)
    return ticket


def release(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Takes the ticket off the list: 挂账 to 办理中, its clocks run on with what was left of them, and its holder is told.

    `person_id` as in `suspend`. Raises StepRefused or NoSuchTicket.
    """
    why = said(reason, "销账理由")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "销账")
        above(desk, ticket, person_id, "销账")
        suspended.release(ticket.id, at, why)
        move(desk, ticket, "销账", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note={"reason": why, **form})
        tell(desk, ticket, "告知", "承办人", ("短信",), at, once=f"release:{ticket.id}:{ticket.step_seq}")
        finish(desk, ticket, at)
    return ticket
