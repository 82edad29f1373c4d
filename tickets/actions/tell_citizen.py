"""Telling a citizen by SMS: to a mobile number alone, never one who asked for secrecy, and of his own matter alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from engine.facts import FactValue
from tickets.actions.message_words import SAMPLE
from tickets.actions.survey_words import subject
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store.models import Ticket
from tickets.store.outbox import Owed, queue

SMS, SECRET = "短信", "来电人要求保密"
MOBILE = re.compile(r"(?:\+?86)?1\d{10}\Z")


def no_sms(ticket: Ticket, facts: Mapping[str, FactValue]) -> str:
    """Why no SMS may go to the ticket's caller; empty when one may."""
    if facts.get("confidential") is True:
        return SECRET
    return "" if MOBILE.match(plain_number(ticket)) else "没有可收短信的号码"


def plain_number(ticket: Ticket) -> str:
    """The caller's number without spaces and dashes."""
    return str(ticket.caller_phone).replace(" ", "").replace("-", "")


def matter_words(desk: Desk, whose: Ticket, head: Ticket) -> dict[str, object]:
    """What a citizen is told of: his own matter and its day, and the unit that handles it; of what staff are told, nothing."""
    unit = head.unit.address.partition("/")[0] if head.unit_id is not None else desk.manual_desk.partition("/")[0]
    nothing: dict[str, object] = dict.fromkeys(SAMPLE, "")
    return {**nothing, "time": 1, "times": 1, "title": subject(whose), "holder": unit, "day": day_words(whose.appealed_at or whose.registered_at)}


def day_words(moment: datetime) -> str:
    """The local day of a moment as a message names it: 3 月 5 日."""
    day = local(moment)
    return f"{day.month} 月 {day.day} 日"


def owe_sms(
    once: str, kind: str, whose: Ticket, context: Mapping[str, object], at: datetime, until_step: int | None = None, not_before: datetime | None = None
) -> None:
    """Owes the ticket's caller one message inside the caller's transaction; it is not sent once its ticket has gone beyond `until_step`."""
    to = plain_number(whose)
    queue(Owed(once, SMS, kind, whose.id, None, to, context, cancel_step=until_step, not_before=not_before), at)
