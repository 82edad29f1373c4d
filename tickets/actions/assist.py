"""Joint handling: the lead asks another unit for help, the helper answers, and the lead cannot reply before every helper has."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.joint import ask_helper
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, Unresolved, resolve
from tickets.actions.steps import NO_FORM, StepRefused, centre, handler, in_turn, overseer, said
from tickets.ports import Desk
from tickets.store import assists, course
from tickets.store.assists import Helper
from tickets.store.connect import transaction
from tickets.store.directory import works_in
from tickets.store.last_move import known_person
from tickets.store.models import Ticket
from tickets.store.tickets import locked

INVITE, ANSWER, WAIVE = "邀请协办", "协办回复", "免于协办"


def invite(desk: Desk, ticket_id: int, address: str, task: str, actor: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Resolved:
    """The lead asks the unit at `address` (单位[/科室[/岗位]]) to help with `task`; its person gets a message. Returns who was asked.

    Raises StepRefused: nobody there, its own unit, the manual desk, or a unit asked already and still at it.
    """
    words = said(task, "请协办单位做什么")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, INVITE)
        who = handler(ticket, person_id, INVITE)
        found = resolve(desk, address, ticket, at)
        if isinstance(found, Unresolved):
            raise StepRefused(f"请不到「{address}」：{found.reason}；请换一个单位 (nobody there can help)")
        fit(desk, ticket, found)
        ask_helper(desk, ticket, found, at)
        note = {"helper": found.unit.address, "task": words, "by": who.name, **form}
        course.note(ticket, at=at, actor=actor, what=INVITE, holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
    return found


def fit(desk: Desk, ticket: Ticket, found: Resolved) -> None:
    """Refuses whoever cannot help: the lead itself, the manual desk, a unit that is asked already and still at it."""
    if found.unit.id == ticket.unit_id or found.person.id == ticket.person_id:
        raise StepRefused(f"{found.unit.address}就是主办单位，不用邀请自己 (it is the lead itself)")
    if found.unit.address == desk.manual_desk:
        raise StepRefused("人工派单席不协办；请选择有职责的单位 (the manual desk does not help)")
    if any(one.unit_id == found.unit.id for one in assists.waiting(ticket.id)):
        raise StepRefused(f"{found.unit.address}已在协办，还没有回复 (asked already)")


def answer(desk: Desk, ticket_id: int, words: str, actor: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """A helper says what it did. `person_id` is of that unit (or the very person asked). Raises StepRefused or NoSuchTicket."""
    told = said(words, "协办情况")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, ANSWER)
        part = helping(ticket, person_id)
        who = known_person(person_id).name if person_id is not None else part.person
        assists.answer(ticket.id, [part.assist_id], assists.ANSWERED, actor, person_id, told, at)
        note = {"unit": part.unit, "did": told, "by": who, **form}
        course.note(ticket, at=at, actor=actor, what=ANSWER, holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
    return ticket


def helping(ticket: Ticket, person_id: int | None) -> Helper:
    """The part that this person's unit still owes; StepRefused, also to the second of two colleagues, when there is none."""
    every = assists.helpers(ticket.id)
    if not every:
        raise StepRefused(f"工单 {ticket.number} 没有请人协办 (nobody was asked to help)")
    mine = [one for one in every if person_id is None or one.person_id == person_id or works_in(person_id, one.unit_id)]
    if not mine:
        raise StepRefused(f"工单 {ticket.number} 没有请您的单位协办 (your unit was not asked to help)")
    left = [one for one in mine if one.open]
    if left:
        return left[0]
    done = {assists.ANSWERED: "已回复协办情况", assists.WAIVED: "已免于协办"}.get(mine[-1].state, "的协办已取消")
    raise StepRefused(f"{mine[-1].unit}{done}，不用再回复 (its part is over already)")


def waive(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Whoever stands above the lead, or the hotline centre, lets off the helpers that have not answered, with the reason.

    Raises StepRefused: the lead itself may not, and there must be somebody to let off.
    """
    why = said(reason, "免于协办的理由")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, WAIVE)
        may_waive(desk, ticket, person_id)
        left = still_helping(ticket)
        assists.answer(ticket.id, [one.assist_id for one in left], assists.WAIVED, actor, person_id, why, at)
        note = {"units": [one.unit for one in left], "reason": why, **form}
        course.note(ticket, at=at, actor=actor, what=WAIVE, holder_id=ticket.person_id, details=note)
        finish(desk, ticket, at)
    return ticket


def may_waive(desk: Desk, ticket: Ticket, person_id: int | None) -> None:
    """The overseer of the lead, or the hotline centre; never the handler himself."""
    try:
        overseer(ticket, person_id, WAIVE)
    except StepRefused as refused:
        try:
            centre(desk, ticket, person_id, WAIVE)
        except StepRefused:
            raise refused from None


def still_helping(ticket: Ticket) -> tuple[Helper, ...]:
    """The helpers who have not answered; StepRefused when there are none."""
    left = assists.waiting(ticket.id)
    if not left:
        raise StepRefused(f"工单 {ticket.number} 没有尚未回复的协办单位 (no helper is waited for)")
    return left


def all_helped(ticket: Ticket) -> None:
    """Refuses the lead's reply while a helper has neither answered nor been let off, and names them."""
    left = assists.waiting(ticket.id)
    if left:
        names = "、".join(one.unit for one in left)
        raise StepRefused(f"协办单位{names}还没有回复，不能回复办理结果；请催办，或请上级免于协办 (a helper has not answered)")
