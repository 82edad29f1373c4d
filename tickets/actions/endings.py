"""What may become of an appeal at the desk instead of being dispatched: answered at once, handed over, declined, merged.

Each makes an Ending for tickets/actions/intake.py: open_ticket, so that registering and ending are one transaction, never half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tickets.actions.close import close
from tickets.actions.intake import Ending, Taken, account_of
from tickets.actions.manual import hand_to_desk
from tickets.actions.merge import merge
from tickets.actions.moves import finish, move
from tickets.actions.resolve import Resolved, resolve_first
from tickets.actions.steps import NO_FORM, StepRefused, one_of, said
from tickets.actions.verify import verify
from tickets.domain.status import VERIFIED
from tickets.domain.survey import DISSATISFIED, LEVELS, OUTCOMES
from tickets.store.accounts import load
from tickets.store.directory import post_of_person
from tickets.store.knowledge import used
from tickets.store.models import Person, Ticket

EMERGENCY = ("110", "119", "120", "122")
Form = Mapping[str, object]


def answering(by: str, words: str, solved: str, satisfied: str, form: Form = NO_FORM, knowledge: str = "") -> Ending:
    """直接答复: the answer is kept and the ticket stands at 待回访, in the hands of who answered (`by` is account:ID).

    With the caller's own judgement (`solved` of survey.OUTCOMES, `satisfied` of its LEVELS) it is verified, and closed unless he is dissatisfied;
    without it he is asked afterwards as after any other reply. `knowledge` is the code of the entry the answer rests on: counted and kept in the
    history with its edition. Raises StepRefused for words that cannot be kept, and while ending for an entry that may not be answered from.
    """
    answer = said(words, "答复内容")
    if solved or satisfied:
        one_of(solved, OUTCOMES, "解决情况")
        one_of(satisfied, LEVELS, "满意程度")

    def ending(taken: Taken) -> str:
        desk, ticket = taken.desk, taken.ticket
        who = _answerer(taken, by)
        changes = {"unit": who.unit, "post": who.post, "person": who.person, "manual": False}
        note = {**form, **_ground(knowledge, taken), "answer": answer, "to": who.unit.address, "post": who.post.name, "person": who.person.name}
        move(desk, ticket, "直接答复", actor=by, at=taken.at, facts=taken.facts, note=note, changes=changes)
        if satisfied:
            _asked_at_once(taken, by, solved, satisfied)
        return f"坐席直接答复，{who.person.name}经办" + (f"，来电人{satisfied}" if satisfied else "")

    return ending


def _ground(code: str, taken: Taken) -> Form:
    """What the history keeps of the knowledge entry; nothing without a code."""
    if not code:
        return NO_FORM
    found = used(code, taken.at) if code.isprintable() else None
    if found is None:
        raise StepRefused(
            "所引的知识库条目不存在、已停用或已过期，不能作为答复依据；请另选一条，或核对答复后不引用知识库登记 (this entry may not be answered from)"
        )
    return found


def _asked_at_once(taken: Taken, by: str, solved: str, satisfied: str) -> None:
    """The caller is still on the line: his answer is the survey."""
    ticket, same = taken.ticket, replace(taken.desk, clock=lambda: taken.at)
    finish(same, ticket, taken.at)
    done: Ticket = verify(same, ticket.id, by, solved, satisfied)
    if done.status == VERIFIED and satisfied not in DISSATISFIED:
        done = close(same, ticket.id, by)
    _as_it_is(ticket, done)


def _answerer(taken: Taken, by: str) -> Resolved:
    """Who is responsible for the answer: the agent himself; where the account belongs to nobody in the directory, the manual desk."""
    account = load(account_of(by))
    person = Person.get_or_none(Person.id == account.person_id) if account is not None and account.person_id is not None else None
    post = post_of_person(person.id) if person is not None else None
    if person is not None and post is not None:
        return Resolved(post.unit, post, person, "在岗", f"{person.name}直接答复")
    found = resolve_first(taken.desk, [taken.desk.manual_desk], taken.ticket, taken.at)
    if isinstance(found, Resolved):
        return found
    hand_to_desk(taken.desk, taken.ticket, "直接答复", "else", taken.at)
    return Resolved(taken.ticket.unit, taken.ticket.post, taken.ticket.person, "在岗", found.reason)


def handing_over(by: str, to: str, words: str, form: Form = NO_FORM) -> Ending:
    """移交: danger to life goes to 110, 119, 120 or 122; the ticket is kept as the record of it. `words` say what was told there and by whom."""
    whither, told = one_of(to, EMERGENCY, "移交去向"), said(words, "移交情况")

    def ending(taken: Taken) -> str:
        note = {**form, "handed_to": whither, "note": told}
        move(taken.desk, taken.ticket, "移交", actor=by, at=taken.at, facts=taken.facts, note=note)
        return f"已移交 {whither}，本单存档"

    return ending


def declining(by: str, why: str, basis: str, form: Form = NO_FORM) -> Ending:
    """不予受理: with the reason and its basis; the form says whether the citizen was told."""
    reason, ground = said(why, "不予受理的理由"), said(basis, "依据")

    def ending(taken: Taken) -> str:
        note = {**form, "reason": reason, "basis": ground}
        move(taken.desk, taken.ticket, "不予受理", actor=by, at=taken.at, facts=taken.facts, note=note)
        return f"不予受理：{reason}"

    return ending


def merging(by: str, into: str, why: str, form: Form = NO_FORM) -> Ending:
    """并入: the appeal is kept under its own number and handled with the ticket `into`; this caller is told and asked like the first."""

    def ending(taken: Taken) -> str:
        desk, ticket = replace(taken.desk, clock=lambda: taken.at), taken.ticket
        finish(desk, ticket, taken.at)
        head = merge(desk, ticket.id, into, by, why, form=form)
        _as_it_is(ticket, Ticket.get_by_id(ticket.id))
        return f"并入 {head.number}，由{head.unit.address if head.unit_id else '原承办单位'}一并办理"

    return ending


def _as_it_is(ticket: Ticket, now: Ticket) -> None:
    """What a step of its own has changed in the row, taken into the ticket at hand."""
    for column in ("status", "step_seq", "closed_at", "unit_id", "post_id", "person_id"):
        setattr(ticket, column, getattr(now, column))
