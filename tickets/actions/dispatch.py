"""Sends an accepted ticket to a named person, by rule or by the manual desk's hand, with its clocks and its helpers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.facts import FactValue
from tickets.actions import clocks
from tickets.actions.decide import Ruling, decide
from tickets.actions.facts import facts_of
from tickets.actions.joint import ask_helper, call_off
from tickets.actions.moves import finish, move
from tickets.actions.resolve import Answer, Resolved, Unresolved, resolve, resolve_first
from tickets.domain import status as st
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import course
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked

Facts = Mapping[str, FactValue]


AWAITING = (st.ACCEPTED, st.DISPUTED)  # where a ticket waits for a person to say who handles it


class AssignRefused(Exception):
    """The ticket cannot go where the manual desk sends it; the sentence says why."""

    permanent = True


@dataclass(frozen=True)
class Route:
    """Where the dispatch rules send a ticket: `to` with its helpers, or nobody, and then `why` the manual desk has to decide."""

    ruling: Ruling
    to: Resolved | None
    why: str = ""
    assist: tuple[Answer, ...] = ()


def choose(desk: Desk, ticket: Ticket, facts: Facts, at: datetime, doubt: str = "") -> Route:
    """Asks the dispatch rules and finds the person. `doubt` says why the category is not known well enough.

    With a doubt only a rule that fired by itself may send the ticket; the catalogue, which rests on the category, may not.
    """
    return route(desk, ticket, decide(desk, ticket, "dispatch", "ticket.accepted", facts, at), at, doubt)


def route(desk: Desk, ticket: Ticket, ruling: Ruling, at: datetime, doubt: str = "") -> Route:
    """Finds the person that a ruling of the dispatch rules means; writes nothing, so a replay asks it too."""
    if ruling.trouble:
        return Route(ruling, None, ruling.trouble)
    wanted = ruling.of("dispatch")
    if not wanted:
        return Route(ruling, None, "派单规则没有给出去向")
    rule, action = wanted[0]
    if doubt and rule == "else":
        return Route(ruling, None, doubt)
    answer = resolve_first(desk, listed(action.args.get("to")), ticket, at)
    if isinstance(answer, Unresolved):
        other = resolve_first(desk, listed(action.args.get("or")), ticket, at) if action.args.get("or") else answer
        if isinstance(other, Unresolved):
            return Route(ruling, None, answer.reason)
        if other.unit.address == desk.manual_desk:
            return Route(ruling, None, answer.reason)
        answer = Resolved(other.unit, other.post, other.person, other.via, f"{answer.reason}，改派：{other.reason}", other.asked)
    if answer.unit.address == desk.manual_desk:
        return Route(ruling, None, "规则指定由人工派单席决定")
    if (forbidden := reserved_from(desk, ticket, answer)) != "":
        return Route(ruling, None, forbidden)
    return Route(ruling, answer, "", tuple(resolve(desk, asked, ticket, at) for asked in listed(action.args.get("assist"))))


def listed(value: object) -> list[str]:
    """An address as the rules hold it, one or several, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(one) for one in value]  # type: ignore[attr-defined]


def reserved_from(desk: Desk, ticket: Ticket, to: Resolved) -> str:
    """Why this unit may not have the ticket: what only a department may do never goes to the grassroots (国办函〔2025〕66号)."""
    names = desk.rules.names
    if to.unit.address not in names.grassroots or not any(names.categories.holds(node, ticket.category) for node in names.reserved):
        return ""
    return f"「{ticket.category}」属部门职责，不得交由「{to.unit.address}」办理"


def send(
    desk: Desk,
    ticket: Ticket,
    to: Resolved,
    *,
    move_name: str,
    rule: str,
    actor: str,
    at: datetime,
    facts: Facts,
    assist: Sequence[Answer] = (),
    note: Mapping[str, object] | None = None,
) -> str:
    """Gives the ticket to that person and starts its clocks, inside the caller's transaction.

    The deadline rules are asked first: when they are in trouble nobody is assigned, and the sentence that says why is returned.
    Otherwise the answer is empty.
    """
    ruling = decide(desk, ticket, "deadlines", "ticket.dispatched", {**facts, "step": st.DISPATCHED}, at)
    if ruling.trouble:
        return ruling.trouble
    same_unit, had_unit = ticket.unit_id == to.unit.id and not ticket.manual, ticket.unit_id is not None
    changes = {"unit": to.unit, "post": to.post, "person": to.person, "manual": False, "dispatch_rule": rule, "dispatched_at": stored(at), "signed_at": None}
    details = {"rule": rule, "to": to.unit.address, "post": to.post.name, "person": to.person.name, "via": to.via, "reason": to.reason, **(note or {})}
    move(desk, ticket, move_name, actor=actor, at=at, facts=facts, note=details, changes=changes)
    # Handed back to the same unit after a dispute, the handling clock runs on; a new unit gets its own.
    running = {clock.name for clock in clocks.open_clocks(ticket) if clock.state != "planned" and clock.from_status != st.DISPATCHED}
    clocks.plan(desk, ticket, ruling.of("deadline"), facts, at, keep=tuple(running) if same_unit else ())
    if had_unit:
        call_off(ticket, same_unit, at)
    _ask_helpers(desk, ticket, assist, at)
    return ""


def _ask_helpers(desk: Desk, ticket: Ticket, assist: Sequence[Answer], at: datetime) -> None:
    for helper in assist:
        if isinstance(helper, Unresolved):
            course.note(ticket, at=at, actor="system", what="协办未定", holder_id=ticket.person_id, details={"asked": helper.asked, "why": helper.reason})
            continue
        ask_helper(desk, ticket, helper, at)


def assign(
    desk: Desk,
    ticket_id: int,
    address: str,
    actor: str,
    note: str = "",
    *,
    waiting_only: bool = False,
    form: Mapping[str, object] | None = None,
    move_name: str = "",
) -> Resolved:
    """The manual desk's decision: sends the ticket to `address` (单位[/科室[/岗位]] or a role) as of now, in one transaction.

    From 已受理 or 争议 it is a dispatch, from 待签收 or 办理中 a transfer, unless `move_name` says what it is. Returns who has it now. Raises AssignRefused when nobody can
    take it there, when the address is the manual desk itself, when a department's work would go to the grassroots, or, with
    `waiting_only`, when the ticket does not wait for a decision any more: of two people who decide at once the second is told.
    """
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        if waiting_only and ticket.status not in AWAITING:
            held = f"，{ticket.unit.address}·{ticket.person.name}" if ticket.person_id is not None else ""
            raise AssignRefused(f"这件已经不在待派（{ticket.status}{held}） (no longer waiting to be assigned)")
        answer = resolve(desk, address, ticket, at)
        if isinstance(answer, Unresolved):
            raise AssignRefused(f"派不到「{address}」：{answer.reason}；请换一个单位或岗位 (nobody can take it there)")
        if answer.unit.address == desk.manual_desk:
            raise AssignRefused("人工派单席不能派给自己；请选择承办单位 (choose a unit that will handle it)")
        if (forbidden := reserved_from(desk, ticket, answer)) != "":
            raise AssignRefused(f"{forbidden}；请选择有职责的部门 (reserved for a department)")
        name = move_name or ("转派" if ticket.status in (st.DISPATCHED, st.SIGNED) else "派单")
        facts = facts_of(desk, ticket, at)
        said = {**({"note": note} if note else {}), **(form or {})}
        trouble = send(desk, ticket, answer, move_name=name, rule="人工", actor=actor, at=at, facts=facts, note=said)
        if trouble:
            raise AssignRefused(f"{trouble}；暂不能派单，请报告管理员 (the deadline rules cannot be applied)")
        ticket.reason = f"{ticket.reason}；人工派至{answer.unit.address}，{answer.reason}".lstrip("；")
        ticket.save(only=[Ticket.reason])
        finish(desk, ticket, at)
    return answer
