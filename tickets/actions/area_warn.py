"""One click from a case to its area: the departments concerned are warned with the list, asked to help where the case is open, and what follows is watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.tree import Tree
from tickets.actions.assist import INVITE, fit
from tickets.actions.joint import ask_helper
from tickets.actions.moves import finish
from tickets.actions.resolve import Resolved, Unresolved, resolve
from tickets.actions.steps import StepRefused
from tickets.actions.tell import tell
from tickets.domain.status import taken_at
from tickets.ports import Desk
from tickets.store import course, similar_area
from tickets.store.connect import Conflict, transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked

WARN, RESULT = "片区提醒", "片区跟踪"
SMS = "短信"
DAYS = (7, 15, 30, 90)  # for which nothing more of the kind is expected
LISTED = 5  # numbers written out in a message; the page has all


@dataclass(frozen=True)
class Warned:
    """What the warning is about: the place, the part of the catalogue, the numbers of its appeals, the units concerned, and for how many days nothing more is expected."""

    place: str
    branch: str
    numbers: tuple[str, ...]
    units: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class Done:
    """Who was warned (unit and person), who was asked to help as well, and why somebody could not be reached or asked."""

    told: tuple[str, ...]
    helping: tuple[str, ...]
    why: tuple[str, ...]


def warn_area(desk: Desk, ticket_id: int, warned: Warned, actor: str) -> Done:
    """Warns, asks for help and begins to watch, in one transaction; each unit is told once, however often it is asked.

    Raises StepRefused: nobody to warn, a span that is not offered, an area already warned from this case.
    """
    if warned.days not in DAYS:
        raise StepRefused(f"跟踪天数请选 {'、'.join(map(str, DAYS))} (one of the days offered)")
    if not warned.units:
        raise StepRefused("请至少选一个要提醒的单位 (choose at least one unit)")
    at = desk.clock()
    try:
        with transaction():
            return _warn(desk, locked(ticket_id), warned, actor, at)
    except Conflict:
        raise StepRefused("这一片已经从本工单提醒过，结果在页面上跟踪 (already warned from this ticket)") from None


def _warn(desk: Desk, ticket: Ticket, warned: Warned, actor: str, at: datetime) -> Done:
    if similar_area.follow_of(ticket.id) is not None:
        raise StepRefused("这一片已经从本工单提醒过，结果在页面上跟踪 (already warned from this ticket)")
    more = {"place": warned.place, "category": warned.branch, "times": len(warned.numbers), "days": warned.days, "listed": _listed(warned.numbers)}
    told, helping, why = [], [], []
    for address in dict.fromkeys(warned.units):
        found = resolve(desk, address, ticket, at)
        if isinstance(found, Unresolved):
            why.append(f"{address}：{found.reason}")
            continue
        told.append(tell(desk, ticket, WARN, found, (SMS,), at, once=f"area:{ticket.id}", more=more).note())
        if found.unit.id == ticket.unit_id:
            continue  # the lead itself
        refused = _ask(desk, ticket, found, warned, actor, at)
        if refused:
            why.append(refused)
        else:
            helping.append(found.unit.address)
    if not told:
        raise StepRefused(f"没有一个单位找得到人：{'；'.join(why)} (nobody could be found)")
    similar_area.begin(ticket.id, warned.branch, warned.place, warned.days, at, at + timedelta(days=warned.days), actor, warned.numbers, told)
    details = {
        "units": [one["unit"] for one in told],
        "reason": f"{warned.place}{warned.branch}同类诉求 {len(warned.numbers)} 件，{warned.days} 天内应不再发生",
    }
    course.note(ticket, at=at, actor=actor, what=WARN, holder_id=ticket.person_id, details=details)
    finish(desk, ticket, at)
    return Done(tuple(f"{one['unit']} {one['person']}" for one in told), tuple(helping), tuple(why))


def _ask(desk: Desk, ticket: Ticket, found: Resolved, warned: Warned, actor: str, at: datetime) -> str:
    """Makes the unit a helper of the case; why not, where it cannot be one, "" otherwise."""
    if ticket.status not in taken_at(INVITE):
        return f"{found.unit.address}：工单现为「{ticket.status}」，只提醒，不联合办理"
    try:
        fit(desk, ticket, found)
    except StepRefused as refused:
        return str(refused)
    ask_helper(desk, ticket, found, at)
    task = f"一并排查{warned.place}的{warned.branch}同类诉求（{len(warned.numbers)} 件）"
    note = {"helper": found.unit.address, "task": task, "by": "热线中心"}
    course.note(ticket, at=at, actor=actor, what=INVITE, holder_id=ticket.person_id, details=note)
    return ""


def _listed(numbers: Sequence[str]) -> str:
    return "、".join(numbers[:LISTED]) + (" 等" if len(numbers) > LISTED else "")


def judge_due(desk: Desk) -> int:
    """Judges every expectation whose time is over: did anything of the kind come from the place all the same? How many were judged."""
    at, judged = desk.clock(), 0
    for follow in similar_area.due(at):
        categories, areas = parts(desk, follow)
        came, callers = similar_area.came_since(follow, categories, areas, follow.until)
        with transaction():
            ticket = locked(follow.ticket)
            if not similar_area.judge(follow, came, callers, at):
                continue
            what = f"又来 {came} 件，{callers} 个来电人" if came else "没有再发生"
            details = {"reason": f"{follow.place}{follow.branch}：{follow.days} 天内{what}"}
            course.note(ticket, at=at, actor="system", what=RESULT, holder_id=ticket.person_id, details=details)
            finish(desk, ticket, at)
            judged += 1
    return judged


def parts(desk: Desk, follow: similar_area.Follow) -> tuple[list[str], list[str]]:
    """The categories and areas an expectation speaks of, as catalogue and district are now."""
    names = desk.rules.names
    return _beneath(names.categories, follow.branch), _beneath(names.areas, follow.place)


def _beneath(tree: Tree, name: str) -> list[str]:
    names = [name] if name in tree else []
    for node in names:
        names += tree.children(node)
    return names
