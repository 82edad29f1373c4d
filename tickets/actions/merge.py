"""Merging an appeal into one that is handled already (并单): one ticket is worked on, every caller is told and asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tickets.actions.moves import finish, move
from tickets.actions.resolve import Resolved
from tickets.actions.steps import NO_FORM, FactsWhenAsked, StepRefused, centre, in_turn, said
from tickets.actions.survey_owe import ask_merged
from tickets.actions.tell import tell
from tickets.actions.tell_citizen import SMS, matter_words, no_sms, owe_sms
from tickets.domain.status import DISPATCHED, MERGED, OPEN, REVIEWED, VERIFIED
from tickets.ports import Desk
from tickets.store import course, merged
from tickets.store.connect import transaction
from tickets.store.models import Assist, Ticket
from tickets.store.tickets import by_number, locked

ANSWERED = (REVIEWED, VERIFIED)  # the answer is there: whoever is merged in now is asked at once


def merge(desk: Desk, ticket_id: int, into_number: str, actor: str, reason: str, person_id: int | None = None, form: Mapping[str, object] = NO_FORM) -> Ticket:
    """Merges the ticket into the one of that number (or, when that was merged itself, into its head) in one transaction; answers the head.

    The ticket ends: its clocks are called off, who had it is told, its caller is told by SMS (not when he asked for secrecy or left no mobile
    number) and asked for his opinion when the head's is. Raises StepRefused for a ticket past signing, one that has ended, or itself; NoSuchTicket.
    """
    why = said(reason, "并单理由")
    at = desk.clock()
    with transaction():
        head_id = _head_id(by_number(into_number))
        if head_id == ticket_id:
            raise StepRefused("不能并入自己，请核对工单号 (a ticket cannot be merged into itself)")
        both = {one: locked(one) for one in sorted((ticket_id, head_id))}
        ticket, head = both[ticket_id], both[head_id]
        in_turn(ticket, "并单")
        centre(desk, ticket, person_id, "并单")
        if head.status not in OPEN or head.status == MERGED:
            raise StepRefused(f"工单 {head.number} 现为「{head.status}」，不能再并入；请另行办理 (it has ended)")
        held = Resolved(ticket.unit, ticket.post, ticket.person, "在岗", "") if ticket.status == DISPATCHED and ticket.person_id is not None else None
        move(desk, ticket, "并单", actor=actor, at=at, facts=FactsWhenAsked(desk, ticket, at), note={"into": head.number, "reason": why, **form})
        merged.keep(ticket.id, head.id, actor, why, at)
        course.note(head, at=at, actor=actor, what="并入", holder_id=head.person_id, details={"number": ticket.number, "reason": why})
        _tell_staff(desk, ticket, head, held, at)
        _tell_caller(desk, ticket, head, at)
        if head.status in ANSWERED:
            ask_merged(desk, head, ticket, at)
        finish(desk, ticket, at)
        finish(desk, head, at)
    return head


def _head_id(named: Ticket) -> int:
    return merged.head_of(named.id) or named.id


def _tell_staff(desk: Desk, ticket: Ticket, head: Ticket, held: Resolved | None, at: datetime) -> None:
    """Who had the merged one, and helps with it, need not act any more; who has the head learns that there is one caller more."""
    more = {"into": head.number}
    if held is not None:
        tell(desk, ticket, "撤回", held, (SMS,), at, once=f"withdrawn:{ticket.id}", more=more)
    for helper in Assist.select().where((Assist.ticket == ticket.id) & Assist.person.is_null(False)):
        who = Resolved(helper.unit, helper.post, helper.person, "在岗", "")
        tell(desk, ticket, "撤回", who, (SMS,), at, once=f"withdrawn:{ticket.id}", more=more)
    if head.person_id is not None:
        tell(desk, ticket, "并入", Resolved(head.unit, head.post, head.person, "在岗", ""), (SMS,), at, once=f"joined:{ticket.id}", more=more)


def _tell_caller(desk: Desk, ticket: Ticket, head: Ticket, at: datetime) -> None:
    why = no_sms(ticket, FactsWhenAsked(desk, ticket, at))
    if why:
        course.note(ticket, at=at, actor="system", what="未发短信", details={"why": why})
        return
    owe_sms(f"merged:{ticket.id}", "并单", ticket, matter_words(desk, ticket, head), at)
