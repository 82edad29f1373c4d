"""Replying with the result: the handler says what was done and whether it is solved; the handling clock is met."""

from __future__ import annotations

from collections.abc import Mapping

from tickets.actions.assist import all_helped
from tickets.actions.moves import finish, move
from tickets.actions.review_chain import ask_reviewers
from tickets.actions.steps import NO_FORM, FactsWhenAsked, handler, in_turn, one_of, said
from tickets.domain.survey import OUTCOMES
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def reply(desk: Desk, ticket_id: int, actor: str, result: str, solved: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Hands the result in for review: 办理中 to 待审核, in one transaction; the `review` rules lay down who reviews it. `solved` is one of survey.OUTCOMES.

    Refused while a helper has neither answered nor been let off. `person_id` is who replies, left out the holder; a colleague of his section may. `form` says what form was filled in
    and goes into the history line as it is. Raises StepRefused or NoSuchTicket.
    """
    words, outcome = said(result, "办理结果"), one_of(solved, OUTCOMES, "解决情况")
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "回复")
        who = handler(ticket, person_id, "回复")
        all_helped(ticket)
        note = {"result": words, "solved": outcome, "by": who.name, **form}
        facts = FactsWhenAsked(desk, ticket, at)
        move(desk, ticket, "回复", actor=actor, at=at, facts=facts, changes={"person": who}, note=note)
        ask_reviewers(desk, ticket, outcome, facts, at)
        finish(desk, ticket, at)
    return ticket
