"""Closing a verified ticket (结案): nothing of it runs any more."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM, FactsWhenAsked, centre, in_turn
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def close(desk: Desk, ticket_id: int, actor: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """已核实 to 已结案, in one transaction: every clock still open is called off. `person_id` is of the hotline centre.

    Raises StepRefused or NoSuchTicket.
    """
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "结案")
        centre(desk, ticket, person_id, "结案")
        move(desk, ticket, "结案", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=form)
        finish(desk, ticket, at)
    return ticket
