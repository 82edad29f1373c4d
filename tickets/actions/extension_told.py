"""Tells the citizen that his matter takes longer: by SMS, as with the survey, and to nobody who asked for secrecy."""

from __future__ import annotations

from datetime import datetime

from tickets.actions.facts import facts_of
from tickets.actions.tell_citizen import SMS, day_words, matter_words, no_sms, owe_sms
from tickets.ports import Desk
from tickets.store.models import Deadline, Ticket

KIND = "延期"


def owe_citizen(desk: Desk, ticket: Ticket, extension_id: int, clock: Deadline, at: datetime) -> str:
    """Owes him the message inside the caller's transaction; how he is told, or why by nobody but a call: 短信, 来电人要求保密, 没有可收短信的号码."""
    why = no_sms(ticket, facts_of(desk, ticket, at))
    if why:
        return why
    said = {**matter_words(desk, ticket, ticket), "due": day_words(clock.due_at)}
    owe_sms(f"extension:{extension_id}:citizen", KIND, ticket, said, at, ticket.step_seq)
    return SMS
