"""Returning a ticket that went to the wrong unit (退单): with a reason and its basis, in time, to dispute review at the hotline centre."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.spans import Span
from tickets.actions import clocks
from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM, FactsWhenAsked, StepRefused, handler, in_turn, said
from tickets.actions.sweep import record_breach
from tickets.actions.tell import tell
from tickets.domain.status import DISPATCHED
from tickets.domain.times import aware, clock_words, stored
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.counts import moves
from tickets.store.models import Deadline, Ticket
from tickets.store.tickets import locked

NUMERALS = {1: "一", 2: "两", 3: "三"}


def return_ticket(
    desk: Desk, ticket_id: int, actor: str, reason: str, basis: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM
) -> Ticket:
    """Gives the ticket back as not this unit's work: 待签收 or 办理中 to 争议, in one transaction; the handling clock stands still meanwhile.

    `basis` names the rule or division of duties it rests on. The manual desk is told. Raises StepRefused when it is too late, when
    the ticket has been returned as often as it may be, or when the person is not of the unit that has it.
    """
    why, ground = said(reason, "退单理由"), said(basis, "退单依据")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "退单")
        who = handler(ticket, person_id, "退单")
        still_returnable(desk, ticket, at)
        _end_signing(desk, ticket, at)
        note = {"reason": why, "basis": ground, "by": who.name, "unit": ticket.unit.address, **form}
        move(desk, ticket, "退单", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=note)
        tell(desk, ticket, "人工派单", desk.manual_desk, ("短信",), at, once=f"return:{ticket.id}:{ticket.step_seq}", more={"reason": f"退单：{why}"[:80]})
        finish(desk, ticket, at)
    return ticket


def return_until(desk: Desk, ticket: Ticket) -> datetime | None:
    """The last moment (aware) at which the unit may still say that the ticket is not its work; None before any dispatch."""
    limit = Span.parse(desk.return_within)
    return desk.calendar.add(aware(ticket.dispatched_at), limit, _clock(limit)) if ticket.dispatched_at is not None else None


def still_returnable(desk: Desk, ticket: Ticket, at: datetime) -> None:
    """Refuses, with the reason, when it was returned too often, the centre has designated the unit, or it is too late."""
    if designation_due(desk, ticket) or moves(ticket.id, "指定"):
        raise StepRefused(f"工单 {ticket.number} 已退单 {moves(ticket.id, '退单')} 次，由热线中心指定承办，不能再退 (the centre's designation binds)")
    until = return_until(desk, ticket)
    if until is not None and at > until:
        told = f"须在派单后{_limit_words(Span.parse(desk.return_within))}内（{clock_words(until)} 前）提出"
        raise StepRefused(f"工单 {ticket.number} 已过退单时限，{told}；请办理，或请热线中心转派 (too late to be returned)")


def designation_due(desk: Desk, ticket: Ticket) -> bool:
    """True once the ticket has been returned as often as it may be: from then on the centre's word binds."""
    return moves(ticket.id, "退单") >= desk.return_most


def _clock(limit: Span) -> str:
    return "工作日" if limit.unit == "d" else "工作时"


def _limit_words(limit: Span) -> str:
    if limit.unit == "d":
        return f"{NUMERALS.get(limit.amount, f' {limit.amount} ')}个工作日"
    return f" {limit.amount} 个工作小时" if limit.unit == "h" else f" {limit.amount} 分钟工作时间"


def _end_signing(desk: Desk, ticket: Ticket, at: datetime) -> None:
    """Who returns a ticket has answered for it: its signing clock ends here, breached if it was over before."""
    for clock in clocks.open_clocks(ticket):
        if clock.from_status != DISPATCHED:
            continue
        if clock.state == "running" and stored(at) > clock.due_at and record_breach(desk, clock.id, at):
            clock.state, clock.breached_at, clock.breach_step = _breached(clock.id)
        clocks.cancel(clock, "退单，签收时限终止")


def _breached(deadline_id: int) -> tuple[str, datetime, str]:
    found = Deadline.get_by_id(deadline_id)
    return found.state, found.breached_at, found.breach_step
