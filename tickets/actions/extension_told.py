"""Tells the citizen that his matter takes longer: by SMS, as with the survey, and to nobody who asked for secrecy."""

from __future__ import annotations

from datetime import datetime

from tickets.actions.facts import facts_of
from tickets.actions.message_words import SAMPLE
from tickets.actions.survey_owe import MOBILE, SMS
from tickets.actions.survey_words import subject
from tickets.domain.times import aware, local
from tickets.ports import Desk
from tickets.store.models import Deadline, Ticket
from tickets.store.outbox import Owed, queue

KIND = "延期"


def owe_citizen(desk: Desk, ticket: Ticket, extension_id: int, clock: Deadline, at: datetime) -> str:
    """Owes him the message inside the caller's transaction; how he is told, or why by nobody but a call: 短信, 来电人要求保密, 没有可收短信的号码."""
    phone = ticket.caller_phone.replace(" ", "").replace("-", "")
    if facts_of(desk, ticket, at).get("confidential") is True:
        return "来电人要求保密"
    if not MOBILE.match(phone):
        return "没有可收短信的号码"
    day, due = local(ticket.appealed_at or ticket.registered_at), local(aware(clock.due_at))
    unit = ticket.unit.address.partition("/")[0] if ticket.unit_id is not None else desk.manual_desk.partition("/")[0]
    nothing: dict[str, object] = dict.fromkeys(SAMPLE, "")  # of what staff are told, a citizen is told the matter alone
    said = {"time": 1, "times": 1, "title": subject(ticket), "holder": unit, "day": _day(day), "due": _day(due)}
    owed = Owed(
        once=f"extension:{extension_id}:citizen",
        channel=SMS,
        kind=KIND,
        ticket_id=ticket.id,
        person_id=None,
        to_phone=phone,
        context={**nothing, **said},
        cancel_step=ticket.step_seq,
    )
    queue(owed, at)
    return SMS


def _day(moment: datetime) -> str:
    return f"{moment.month} 月 {moment.day} 日"
