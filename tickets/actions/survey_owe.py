"""A ticket has passed review: the survey rules say how the citizen is asked, and the message to him is owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from engine.facts import FactValue
from engine.spans import Span
from tickets.actions.decide import decide
from tickets.actions.facts import facts_of
from tickets.actions.tell_citizen import SECRET, SMS, matter_words, no_sms, owe_sms
from tickets.ports import Desk
from tickets.store import course, merged, surveys
from tickets.store.models import Ticket

RULES, EVENT, KIND = "survey", "ticket.reviewed", "回访"
A_DAY = timedelta(days=1)


def ask_citizen(desk: Desk, ticket: Ticket, facts: Mapping[str, FactValue], at: datetime) -> None:
    """Asks the survey rules and owes what they say, inside the caller's transaction; nothing where an office has no such rules.

    By SMS only to a mobile number of a caller who did not ask for secrecy, whatever the rules say; every other case waits at 待回访
    for a call by staff, and the course says why. Whoever's appeal was merged into this one is asked as well.
    """
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return
    _ask(desk, ticket, ticket, facts, at)
    for other in merged.callers_of(ticket.id):
        ask_merged(desk, ticket, other, at)


def ask_merged(desk: Desk, head: Ticket, other: Ticket, at: datetime) -> None:
    """Asks the caller of a ticket that was merged into `head`; the head's course says how, by the merged ticket's number."""
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return
    _ask(desk, other, head, facts_of(desk, other, at), at)
    course.write(other)  # the decision is about the merged ticket's own caller


def _ask(desk: Desk, whose: Ticket, head: Ticket, facts: Mapping[str, FactValue], at: datetime) -> None:
    asked = decide(desk, whose, RULES, EVENT, {**facts, "step": head.status}, at).of("survey")
    if not asked:
        return
    rule, action = asked[0]
    sends: Sequence[str] = action.args["send"]  # type: ignore[assignment]
    of = {"number": whose.number} if whose.id != head.id else {}
    why = _why_by_call(desk, whose, sends, facts)
    if why:
        course.note(head, at=at, actor=f"rule:{rule}", what=KIND, details={"how": "电话", "why": why, **of})
        return
    after = desk.calendar.length(Span.parse(str(action.args.get("after") or "0m")), "自然时")
    _owe(desk, whose, head, rule, at, at + after)
    course.note(head, at=at, actor=f"rule:{rule}", what=KIND, details={"how": SMS, "after": str(action.args.get("after") or "0m"), **of})


def _why_by_call(desk: Desk, ticket: Ticket, sends: Sequence[str], facts: Mapping[str, FactValue]) -> str:
    if facts.get("confidential") is True:
        return SECRET
    if SMS not in sends:
        return "按规则电话回访"
    return no_sms(ticket, facts) or ("" if desk.links is not None else "没有设置回访网址")


def _owe(desk: Desk, whose: Ticket, head: Ticket, rule: str, at: datetime, send_at: datetime) -> None:
    """The survey's row and its message; asked a second time at the same step it changes nothing.

    A merged caller's question belongs to the head's step. It is sent also when the head's own caller has answered meanwhile.
    """
    assert desk.links is not None
    nonce = desk.token()
    key_hash = sha256(desk.links.key(nonce).encode()).hexdigest()
    if surveys.make(whose.id, head.step_seq, rule, nonce, key_hash, at, send_at + desk.links.days * A_DAY) is None:
        return
    context = {**matter_words(desk, whose, head), "days": desk.links.days, "survey": nonce}
    owe_sms(f"survey:{whose.id}:{head.step_seq}", KIND, whose, context, at, head.step_seq if whose.id == head.id else None, send_at)
