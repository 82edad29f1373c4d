"""Reviewing a reply: it passes, or the work is sent back to the handler with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM, FactsWhenAsked, in_turn, overseer, said
from tickets.actions.tell import tell
from tickets.domain.status import REPLIED
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def approve_reply(desk: Desk, ticket_id: int, actor: str, opinion: str = "", person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """The reply is good: 待审核 to 待回访. `person_id` is the reviewer, never the handler himself. Raises StepRefused or NoSuchTicket."""
    at = desk.clock()
    note = {**({"opinion": said(opinion, "审核意见")} if opinion.strip() else {}), **form}
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "审核通过")
        overseer(ticket, person_id, "审核")
        move(desk, ticket, "审核通过", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=note)
        finish(desk, ticket, at)
    return ticket


def send_back(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Poor work returns to its handler (重办) from review or after the callback: its clock runs anew and the handler is told.

    `reason` says what is to be done better. Raises StepRefused or NoSuchTicket.
    """
    at = desk.clock()
    words = said(reason, "重办原因")
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "重办")
        if ticket.status == REPLIED:  # later the hotline centre judges, whose account's right the page has asked for
            overseer(ticket, person_id, "重办")
        move(desk, ticket, "重办", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note={"reason": words, **form})
        tell(desk, ticket, "告知", "承办人", ("短信",), at, once=f"rework:{ticket.id}:{ticket.step_seq}")
        finish(desk, ticket, at)
    return ticket
