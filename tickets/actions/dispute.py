"""Deciding a disputed dispatch: the unit keeps the ticket (维持), or it is dispatched anew to another."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.dispatch import assign, send
from tickets.actions.facts import facts_of
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, Unresolved, in_post
from tickets.actions.steps import NO_FORM, StepRefused, centre, in_turn, said
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def uphold(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """The ticket stays with the unit that returned it: 争议 to 待签收; it signs anew and its handling clock runs on where it stood.

    `person_id` is who decides, of the hotline centre. Raises StepRefused, also when nobody of that unit can take it now.
    """
    why = said(reason, "维持理由")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "维持")
        centre(desk, ticket, person_id, "裁定争议")
        found = in_post(ticket.post, at) if ticket.post_id is not None else Unresolved("工单没有承办岗位")
        if not isinstance(found, Resolved):
            raise StepRefused(f"不能维持：{found.reason}；请改派其他单位 (nobody there can take it)")
        facts = facts_of(desk, ticket, at)
        note = {"reason": why, **form}
        trouble = send(desk, ticket, found, move_name="维持", rule=ticket.dispatch_rule, actor=actor, at=at, facts=facts, note=note)
        if trouble:
            raise StepRefused(f"{trouble}；暂不能派单，请报告管理员 (the deadline rules cannot be applied)")
        finish(desk, ticket, at)
    return ticket


def redirect(desk: Desk, ticket_id: int, address: str, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Resolved:
    """The unit was right: the ticket is dispatched anew from 争议 to `address`, with clocks of its own there.

    Raises StepRefused as `uphold`, AssignRefused when it cannot go there.
    """
    why = said(reason, "改派理由")
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "维持", "改派")
        centre(desk, ticket, person_id, "裁定争议")
        return assign(desk, ticket_id, address, actor, why, form=form)
