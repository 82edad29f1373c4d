"""Deciding a disputed dispatch: the unit keeps the ticket (维持), it goes to another (改派), or the centre designates (指定), which binds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tickets.actions.clocks import open_clocks
from tickets.actions.dispatch import assign, send
from tickets.actions.facts import facts_of
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, Unresolved, in_post
from tickets.actions.return_ticket import designation_due
from tickets.actions.steps import NO_FORM, StepRefused, centre, in_turn, said
from tickets.actions.tell import tell
from tickets.domain.status import DISPUTED
from tickets.domain.times import aware, clock_words, stored
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def uphold(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """The ticket stays with the unit that returned it: 争议 to 待签收; it signs anew and its handling clock runs on where it stood.

    `person_id` is who decides, of the hotline centre. Raises StepRefused, also when the time to decide is over (silence accepts the
    return), after the last return, and when nobody of that unit can take it now.
    """
    why = said(reason, "维持理由")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "维持")
        centre(desk, ticket, person_id, "裁定争议")
        to_be_judged(desk, ticket)
        still_upholdable(ticket, at)
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
    """The unit was right: the ticket is dispatched anew from 争议 to `address`, another unit, with clocks of its own there.

    Raises StepRefused as `uphold`, AssignRefused when it cannot go there.
    """
    why = said(reason, "改派理由")
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "维持", "改派")
        centre(desk, ticket, person_id, "裁定争议")
        to_be_judged(desk, ticket)
        found = assign(desk, ticket_id, address, actor, why, form=form)
        if found.unit.id == ticket.unit_id:
            raise StepRefused(f"{found.unit.address}就是退单的单位；改派请选其他单位，仍由它办理请选维持 (that is the unit which returned it)")
    return found


def designate(
    desk: Desk, ticket_id: int, address: str, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM
) -> Resolved:
    """After the last return the hotline centre says who handles it, any unit, also the same: 争议 to 待签收. It cannot be returned or passed on again.

    The unit is told that it binds. Raises StepRefused before the last return, AssignRefused when it cannot go there.
    """
    why = said(reason, "指定理由")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "指定", "指定承办")
        centre(desk, ticket, person_id, "指定承办")
        to_be_designated(desk, ticket)
        found = assign(desk, ticket_id, address, actor, why, form=form, move_name="指定")
        now = locked(ticket_id)
        tell(desk, now, "指定", "承办单位", ("短信",), at, once=f"designate:{now.id}:{now.step_seq}", more={"reason": why[:80]})
        finish(desk, now, at)
    return found


def to_be_judged(desk: Desk, ticket: Ticket) -> None:
    """Refuses to uphold or send elsewhere once the returns are used up: only a designation is left."""
    if designation_due(desk, ticket):
        raise StepRefused(f"工单 {ticket.number} 已退单 {desk.return_most} 次，只能由热线中心指定承办 (only a designation is left)")


def to_be_designated(desk: Desk, ticket: Ticket) -> None:
    """Refuses to designate while the ordinary decisions are open."""
    if not designation_due(desk, ticket):
        raise StepRefused(f"工单 {ticket.number} 退单未满 {desk.return_most} 次，请维持或改派 (uphold it or send it elsewhere)")


def still_upholdable(ticket: Ticket, at: datetime) -> None:
    """Refuses once the time to decide the dispute is over: whoever says nothing has accepted the return."""
    over = accepted_by_silence(ticket, at)
    if over is not None:
        raise StepRefused(f"争议审核时限（{clock_words(over)}）已过，未裁定即视为同意退单，只能改派 (silence accepts the return: send it elsewhere)")


def accepted_by_silence(ticket: Ticket, at: datetime) -> datetime | None:
    """When (aware) the time to decide this dispute was over; None while it is not, or where the office has no such rule."""
    dues = [clock.due_at for clock in open_clocks(ticket) if clock.from_status == DISPUTED and clock.due_at is not None and stored(at) > clock.due_at]
    return aware(min(dues)) if dues else None
