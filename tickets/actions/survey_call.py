"""The caller of a merged ticket is called back: his answer is kept on the course of the ticket that was handled for him, as one given by link is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from tickets.actions.moves import finish
from tickets.actions.steps import NO_FORM, StepRefused, centre, in_turn, said
from tickets.actions.survey_answer import KEPT, Given
from tickets.domain.status import CLOSED, MEDIATING, REVIEWED, VERIFIED
from tickets.domain.survey import LONGEST_LINE
from tickets.ports import Desk
from tickets.store import course, merged, surveys
from tickets.store.connect import transaction
from tickets.store.models import Ticket
from tickets.store.survey_models import Survey
from tickets.store.tickets import locked

STEP, RULE, ASKED = "合并件回访", "电话", "回访"
# The head's statuses at which there is something to ask about, and how many steps ago its answer passed review.
SINCE_ANSWER = {REVIEWED: 0, VERIFIED: 1, MEDIATING: 2, CLOSED: 2}


def call_back(
    desk: Desk, ticket_id: int, actor: str, solved: str, satisfied: str, words: str = "", person_id: int | None = None, form: Mapping[str, object] = NO_FORM
) -> Ticket:
    """Keeps what the caller of the merged ticket said by phone; both empty: not reached, which is kept too. The head goes on as it was.

    `person_id` is the hotline centre's caller. Raises StepRefused (no merged ticket, nothing to ask about yet, answered already) or NoSuchTicket.
    """
    given = Given(solved, satisfied).checked() if solved or satisfied else None
    kept, at = said(words, "回访记录") if words.strip() else "", desk.clock()
    with transaction():
        head_id = merged.head_of(ticket_id)
        if head_id is not None:
            locked(head_id)  # first, as everywhere: whoever holds the head may write to what lies under it
        ticket = locked(ticket_id)
        in_turn(ticket, STEP)
        centre(desk, ticket, person_id, ASKED)
        head = locked(to_be_asked(ticket))
        if given is None:
            course.note(head, at=at, actor=actor, what=ASKED, details={"how": RULE, "why": "未接通", "number": ticket.number, **form})
        else:
            told = {"how": RULE, "solved": given.solved, "satisfied": given.satisfied, "words": kept, "number": ticket.number}
            course.note(head, at=at, actor=actor, what=KEPT, details={**told, **form})
            surveys.add_answer(_survey(desk, ticket, head, at), at, given.solved, given.satisfied, (), kept[:LONGEST_LINE], counted=False)
        course.note(ticket, at=at, actor=actor, what=ASKED, details={"how": RULE, **({"why": "未接通"} if given is None else {}), **form})
        finish(desk, head, at)
        finish(desk, ticket, at)
    return head


def to_be_asked(ticket: Ticket) -> int:
    """The id of the ticket handled for this one; StepRefused while it has no answer, and once its caller has said what he thinks."""
    head_id = merged.head_of(ticket.id)
    if head_id is None:
        raise StepRefused(f"工单 {ticket.number} 没有并入别的工单 (it lies under no other ticket)")
    head: Ticket = Ticket.get_by_id(head_id)
    if head.status not in SINCE_ANSWER:
        raise StepRefused(f"并入的工单 {head.number} 现为「{head.status}」，还没有可以回访的答复；请等审核通过 (nothing to ask about yet)")
    survey = surveys.newest_of(ticket.id, _answered_at(head))
    if survey is not None and survey.answered_at is not None:
        raise StepRefused(f"工单 {ticket.number} 的来电人已经评价，不用再回访 (answered already)")
    return head_id


def _answered_at(head: Ticket) -> int:
    """The head's step at which the answer that holds passed review."""
    return int(head.step_seq) - SINCE_ANSWER[head.status]


def _survey(desk: Desk, ticket: Ticket, head: Ticket, at: datetime) -> Survey:
    """The question he was sent; where he was sent none, one that no link leads to and that is over the moment it is made."""
    sent = surveys.newest_of(ticket.id, _answered_at(head))
    if sent is not None:
        return sent
    made = surveys.make(ticket.id, head.step_seq, RULE, desk.token(), sha256(desk.token().encode()).hexdigest(), at, at)
    assert made is not None
    return surveys.by_id(made)
