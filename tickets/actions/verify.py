"""Calling the citizen back (核实): is it solved, how satisfied is he, what did he say."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.mediate import ask_for_visit
from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM, FactsWhenAsked, centre, in_turn, one_of, said
from tickets.domain.survey import LEVELS, OUTCOMES
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def verify(
    desk: Desk,
    ticket_id: int,
    actor: str,
    solved: str,
    satisfied: str,
    words: str = "",
    person_id: int | None = None,
    form: Mapping[str, object] = NO_FORM,
) -> Ticket:
    """Records the survey: 待回访 to 已核实. `solved` is one of survey.OUTCOMES, `satisfied` one of its LEVELS; both empty: not reached.
    The mediation rules may send somebody to the dissatisfied; then it stands at 调解.

    `person_id` is the hotline centre's caller. Raises StepRefused or NoSuchTicket.
    """
    note: dict[str, object] = {"valid": bool(solved or satisfied), **form}
    if note["valid"]:
        note |= {"solved": one_of(solved, OUTCOMES, "解决情况"), "satisfied": one_of(satisfied, LEVELS, "满意程度")}
    if words.strip():
        note["words"] = said(words, "回访记录")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "核实")
        centre(desk, ticket, person_id, "回访")
        facts = FactsWhenAsked(desk, ticket, at)
        move(desk, ticket, "核实", actor=actor, at=at, facts=facts, note=note)
        if note["valid"]:
            ask_for_visit(desk, ticket, facts, solved, satisfied, at)
        finish(desk, ticket, at)
    return ticket
