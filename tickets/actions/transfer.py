"""Transferring a ticket (转派) from the unit that has it to another, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.dispatch import assign
from tickets.actions.resolve import Resolved
from tickets.actions.steps import NO_FORM, StepRefused, handler, in_turn, said
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.counts import moves
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def transfer(desk: Desk, ticket_id: int, address: str, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Resolved:
    """Moves a ticket in 待签收 or 办理中 to `address`; the new unit gets clocks of its own, the old one's are called off with the reason.
    `person_id` is whoever of the unit passes it on; None: the hotline centre does, whose account's right was asked.

    Raises StepRefused when it is not at such a step or is there already, AssignRefused when nobody there can take it.
    """
    why = said(reason, "转派理由")
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "转派")
        if person_id is not None:
            handler(ticket, person_id, "转派")
            free_to_pass_on(ticket)
        if ticket.unit_id is not None and ticket.unit.address == address:
            raise StepRefused(f"工单 {ticket.number} 已在{address}，不用转派 (it is there already)")
        return assign(desk, ticket_id, address, actor, why, form=form)


def free_to_pass_on(ticket: Ticket) -> None:
    """StepRefused when the hotline centre has designated who handles it: that binds the unit."""
    if moves(ticket.id, "指定"):
        raise StepRefused(f"工单 {ticket.number} 由热线中心指定承办，本单位不能转派；确需调整请联系热线中心 (the centre's designation binds)")
