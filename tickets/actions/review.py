"""Reviewing a reply: each of the chain passes it in turn, or the work is sent back to the handler with what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tickets.actions import clocks
from tickets.actions.moves import finish, move
from tickets.actions.review_chain import next_turn, reviewer
from tickets.actions.steps import NO_FORM, FactsWhenAsked, StepRefused, centre, in_turn, said
from tickets.actions.tell import tell
from tickets.domain.status import REPLIED
from tickets.ports import Desk
from tickets.store import course, reviews
from tickets.store.connect import transaction
from tickets.store.course_models import ReviewStep
from tickets.store.models import Ticket
from tickets.store.tickets import locked


def approve_reply(desk: Desk, ticket_id: int, actor: str, opinion: str = "", person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """The reply is good: the next reviewer of the chain has his turn (a line 审核), after the last 待审核 becomes 待回访.

    `person_id` is the reviewer, never the handler himself. Raises StepRefused or NoSuchTicket.
    """
    at = desk.clock()
    words = said(opinion, "审核意见") if opinion.strip() else ""
    note = {**({"opinion": words} if words else {}), **form}
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "审核通过")
        step = reviewer(ticket, person_id, "审核")
        if step is not None:
            reviews.decide(step, reviews.PASSED, _who(step, person_id), words, at)
            note["level"] = step.position + 1
        if step is not None and next_turn(desk, ticket, at) is not None:
            course.note(ticket, at=at, actor=actor, what="审核", holder_id=ticket.person_id, details=note)
            clocks.next_reviewer(desk, ticket, FactsWhenAsked(desk, ticket, at), at)
        else:
            move(desk, ticket, "审核通过", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note=note)
        finish(desk, ticket, at)
    return ticket


def _who(step: ReviewStep, person_id: int | None) -> int | None:
    return step.person_id if person_id is None else person_id


def send_back(desk: Desk, ticket_id: int, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Poor work returns to its handler (重办) from review or after the callback: its clock runs anew and the handler is told.

    From review the one whose turn it is may, or the hotline centre. `reason` says what is to be done better. Raises StepRefused or NoSuchTicket.
    """
    at = desk.clock()
    words = said(reason, "重办原因")
    with transaction():
        ticket = locked(ticket_id)
        in_turn(ticket, "重办")
        if ticket.status == REPLIED:  # later the hotline centre judges, whose account's right the page has asked for
            _end_chain(ticket, judge(desk, ticket, person_id, "重办"), person_id, words, at)
        move(desk, ticket, "重办", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note={"reason": words, **form})
        tell(desk, ticket, "告知", "承办人", ("短信",), at, once=f"rework:{ticket.id}:{ticket.step_seq}")
        finish(desk, ticket, at)
    return ticket


def judge(desk: Desk, ticket: Ticket, person_id: int | None, called: str) -> ReviewStep | None:
    """Who may send back work under review: the reviewer whose turn it is (his step is the answer), or the hotline centre (None)."""
    try:
        return reviewer(ticket, person_id, called)
    except StepRefused as refused:
        try:
            centre(desk, ticket, person_id, called)
        except StepRefused:
            raise refused from None
        return None


def _end_chain(ticket: Ticket, step: ReviewStep | None, person_id: int | None, words: str, at: datetime) -> None:
    if step is not None:
        reviews.decide(step, reviews.RETURNED, person_id, words, at)
    reviews.drop_rest(ticket.id, ticket.step_seq, "已退回重办", at)
