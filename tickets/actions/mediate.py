"""Mediation: the dissatisfied are visited by whom the rules name (调解); after the visit they are asked a second time, and that answer decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.facts import FactValue
from engine.ruleset import Action
from tickets.actions.clocks import open_clocks
from tickets.actions.decide import decide
from tickets.actions.dispatch import listed
from tickets.actions.moves import finish, move
from tickets.actions.resolve import Resolved, resolve
from tickets.actions.steps import NO_FORM, FactsWhenAsked, StepRefused, handler, in_turn, one_of, said
from tickets.actions.tell import tell
from tickets.domain.status import MEDIATING
from tickets.domain.survey import VISIT_RESULTS
from tickets.ports import Desk
from tickets.store import course, visits
from tickets.store.alarms import raise_alarm
from tickets.store.connect import transaction
from tickets.store.directory import unit_at, whole_unit
from tickets.store.models import Ticket
from tickets.store.tickets import locked

RULES, EVENT = "mediation", "survey.answered"


def ask_for_visit(desk: Desk, ticket: Ticket, facts: Mapping[str, FactValue], solved: str, satisfied: str, at: datetime) -> None:
    """Asks the mediation rules what a citizen's answer means, inside the transaction that verified the ticket: 已核实 to 调解 when somebody is to go.

    The visitor then holds the ticket; who handled it is kept. He is never the handler himself, and whoever asked for secrecy is visited by
    nobody but the hotline centre, whatever the rules say. When nobody can go the course says why, an alarm is raised, and the centre decides.
    """
    if RULES not in {found.name for found in desk.rules.rulesets()}:
        return
    known = {**facts, "solved": solved, "satisfied": satisfied, "step": ticket.status}
    asked = decide(desk, ticket, RULES, EVENT, known, at).of("mediate")
    if not asked:
        return
    rule, action = asked[0]
    found, reasons = _visitor(desk, ticket, action, known.get("confidential") is True, at)
    if found is None:
        why = "；".join(reasons)
        course.note(ticket, at=at, actor=f"rule:{rule}", what="调解未定", holder_id=ticket.person_id, details={"why": why})
        raise_alarm("调解无人", f"工单 {ticket.number}：{why}；请热线中心决定是否重办 (nobody can visit)", at, ticket.id)
        return
    visit_id = visits.ask(ticket, found.person, rule, found.asked, at)
    details = {"rule": rule, "to": found.unit.address, "post": found.post.name, "person": found.person.name, "reason": found.reason}
    changes = {"unit": found.unit, "post": found.post, "person": found.person}
    move(desk, ticket, "调解", actor=f"rule:{rule}", at=at, facts=facts, note=details, changes=changes)
    clock = next((one for one in open_clocks(ticket) if one.from_status == MEDIATING), None)
    tell(desk, ticket, "调解", found, ("短信",), at, once=f"visit:{visit_id}", deadline=clock, cancel_step=ticket.step_seq)


def _visitor(desk: Desk, ticket: Ticket, action: Action, secret: bool, at: datetime) -> tuple[Resolved | None, list[str]]:
    reasons = []
    for asked in (*listed(action.args.get("by")), *listed(action.args.get("or"))):
        answer = resolve(desk, asked, ticket, at)
        if not isinstance(answer, Resolved):
            reasons.append(answer.reason)
        elif answer.person.id == ticket.person_id:
            reasons.append(f"「{asked}」就是承办人{answer.person.name}")
        elif secret and not _of_centre(desk, answer):
            reasons.append("来电人要求保密，不上门")
        else:
            return answer, reasons
    return None, list(dict.fromkeys(reasons))


def _of_centre(desk: Desk, found: Resolved) -> bool:
    desk_unit = unit_at(desk.manual_desk)
    return desk_unit is not None and whole_unit(found.unit) == whole_unit(desk_unit)


def visited(desk: Desk, ticket_id: int, actor: str, result: str, words: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """The visit was made: 调解 to 待回访, in one transaction. The handler has the ticket again and the citizen is asked a second time.

    `result` is one of survey.VISIT_RESULTS; photos are in `form`. `person_id` is who went: the visitor or a colleague of his. Raises StepRefused or NoSuchTicket.
    """
    outcome, told = one_of(result, VISIT_RESULTS, "调解结果"), said(words, "上门情况")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "调解完成", "填写上门情况")
        who = handler(ticket, person_id, "填写上门情况")
        visit = visits.under_way(ticket.id)
        if visit is None:
            raise StepRefused(f"工单 {ticket.number} 没有待办的上门调解，请报告管理员 (no visit is under way)")
        visits.done(visit, at, outcome, told)
        back = {"unit": visit.handler_unit, "post": visit.handler_post, "person": visit.handler} if visit.handler_id is not None else {}
        again = {"to": visit.handler_unit.address, "person": visit.handler.name} if back else {}
        note = {"visit_result": outcome, "visit_words": told, "by": who.name, **again, **form}
        move(desk, ticket, "调解完成", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=note, changes=back)
        finish(desk, ticket, at)
    return ticket
