"""查看号码: a citizen's number is shown whole once, to who has said why; the look and a line of the ticket's history are kept with it."""

from __future__ import annotations

from tickets.actions.moves import finish
from tickets.domain.mask import in_text
from tickets.ports import Desk
from tickets.store import course, looks
from tickets.store.connect import transaction
from tickets.store.looks import CALLER, LookRefused, Who
from tickets.store.tickets import locked

LOOKED = "查看号码"


def reveal_phone(desk: Desk, ticket_id: int, reason: str, who: Who) -> str:
    """The number the ticket was reported from. Neither the look nor the history line holds it.

    Raises LookRefused for a reason that says nothing and for a ticket without a number, NoSuchTicket.
    """
    said, at = in_text(looks.checked_reason(reason)), desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        number = str(ticket.caller_phone)
        if not number:
            raise LookRefused("这件工单没有留下号码 (the ticket has no number)")
        looks.keep(CALLER, said, who, at, ticket=str(ticket.number))
        course.note(ticket, at=at, actor=f"account:{who.account_id}", what=LOOKED, holder_id=ticket.person_id, details={"reason": said})
        finish(desk, ticket, at)
    return number
