"""The units that help beside the lead: asked with a message, and called off when the ticket goes to another lead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tickets.actions.resolve import Resolved
from tickets.actions.tell import tell
from tickets.ports import Desk
from tickets.store import assists, course
from tickets.store.models import Assist, Ticket


def ask_helper(desk: Desk, ticket: Ticket, helper: Resolved, at: datetime, more: Mapping[str, object] | None = None) -> int:
    """Asks that person's unit to help, and tells him; the number of what was asked. Inside the caller's transaction."""
    row = Assist.create(ticket=ticket, unit=helper.unit, post=helper.post, person=helper.person, asked=helper.asked)
    tell(desk, ticket, "协办", helper, ("短信",), at, once=f"assist:{row.id}", more=more)
    return int(row.id)


def call_off(ticket: Ticket, same_unit: bool, at: datetime) -> None:
    """Whoever was to help the earlier lead and has not answered is not waited for any more; the course says so.

    Another lead decides for itself whom it asks. Within the `same_unit` only a helper who is the lead himself now is called off.
    """
    left = [one for one in assists.waiting(ticket.id) if not same_unit or one.person_id == ticket.person_id]
    why = "改由协办人承办" if same_unit else "改由其他单位承办"
    if not left:
        return
    assists.answer(ticket.id, [one.assist_id for one in left], assists.CALLED_OFF, "system", None, why, at)
    details = {"units": [one.unit for one in left], "reason": why}
    course.note(ticket, at=at, actor="system", what="取消协办", holder_id=ticket.person_id, details=details)
