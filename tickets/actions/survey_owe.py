"""A ticket has passed review: the survey rules say how the citizen is asked, and the message to him is owed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from engine.facts import FactValue
from engine.spans import Span
from tickets.actions.decide import decide
from tickets.actions.message_words import SAMPLE
from tickets.actions.survey_words import subject
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import course, surveys
from tickets.store.models import Ticket
from tickets.store.outbox import Owed, queue

RULES, EVENT, KIND, SMS = "survey", "ticket.reviewed", "回访", "短信"
MOBILE = re.compile(r"(?:\+?86)?1\d{10}\Z")
A_DAY = timedelta(days=1)


def ask_citizen(desk: Desk, ticket: Ticket, facts: Mapping[str, FactValue], at: datetime) -> None:
    """Asks the survey rules and owes what they say, inside the caller's transaction; nothing where an office has no such rules.

    By SMS only to a mobile number of a caller who did not ask for secrecy, whatever the rules say; every other case waits at 待回访
    for a call by staff, and the course says why.
    """
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return
    asked = decide(desk, ticket, RULES, EVENT, {**facts, "step": ticket.status}, at).of("survey")
    if not asked:
        return
    rule, action = asked[0]
    sends: Sequence[str] = action.args["send"]  # type: ignore[assignment]
    why = _why_by_call(desk, ticket, sends, facts)
    if why:
        course.note(ticket, at=at, actor=f"rule:{rule}", what=KIND, details={"how": "电话", "why": why})
        return
    after = desk.calendar.length(Span.parse(str(action.args.get("after") or "0m")), "自然时")
    _owe(desk, ticket, rule, at, at + after)
    course.note(ticket, at=at, actor=f"rule:{rule}", what=KIND, details={"how": SMS, "after": str(action.args.get("after") or "0m")})


def _why_by_call(desk: Desk, ticket: Ticket, sends: Sequence[str], facts: Mapping[str, FactValue]) -> str:
    if facts.get("confidential") is True:
        return "来电人要求保密"
    if SMS not in sends:
        return "按规则电话回访"
    if not MOBILE.match(ticket.caller_phone.replace(" ", "").replace("-", "")):
        return "没有可收短信的号码"
    return "" if desk.links is not None else "没有设置回访网址"


def _owe(desk: Desk, ticket: Ticket, rule: str, at: datetime, send_at: datetime) -> None:
    """The survey's row and its message; asked a second time at the same step it changes nothing."""
    assert desk.links is not None
    nonce = secrets.token_hex(16)
    key_hash = sha256(desk.links.key(nonce).encode()).hexdigest()
    if surveys.make(ticket.id, ticket.step_seq, rule, nonce, key_hash, at, send_at + desk.links.days * A_DAY) is None:
        return
    day = local(ticket.appealed_at or ticket.registered_at)
    unit = ticket.unit.address.partition("/")[0] if ticket.unit_id is not None else desk.manual_desk.partition("/")[0]
    nothing: dict[str, object] = dict.fromkeys(SAMPLE, "")  # of what staff are told, a citizen is told the matter alone
    words = {"time": 1, "times": 1, "title": subject(ticket), "holder": unit, "day": f"{day.month} 月 {day.day} 日", "days": desk.links.days, "survey": nonce}
    owed = Owed(
        once=f"survey:{ticket.id}:{ticket.step_seq}",
        channel=SMS,
        kind=KIND,
        ticket_id=ticket.id,
        person_id=None,
        to_phone=ticket.caller_phone.replace(" ", "").replace("-", ""),
        context={**nothing, **words},
        cancel_step=ticket.step_seq,
        not_before=send_at,
    )
    queue(owed, at)
