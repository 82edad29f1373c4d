"""Signing for a ticket: the first signature counts, the second learns who was first and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.actions.facts import facts_of
from tickets.actions.moves import finish, move
from tickets.actions.steps import NO_FORM
from tickets.domain.status import DISPATCHED
from tickets.domain.times import clock_words, stored
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.directory import works_in
from tickets.store.last_move import known_person
from tickets.store.models import History, Person, Ticket
from tickets.store.tickets import locked


@dataclass(frozen=True)
class Signed:
    """The signature as it stands in the ticket's course; `at` is aware UTC."""

    ticket: str
    person: str
    at: datetime


class SignRefused(Exception):
    """The ticket cannot be signed by this person now; the sentence says why."""

    permanent = True


class AlreadySigned(SignRefused):
    """Somebody signed before; `by` and `when` (month-day hour:minute) say who and when."""

    def __init__(self, number: str, by: str, when: str) -> None:
        super().__init__(f"工单 {number} 已由{by}于 {when} 签收 (already signed)")
        self.by = by
        self.when = when


def sign(desk: Desk, ticket_id: int, actor: str, person_id: int | None = None, note: Mapping[str, object] = NO_FORM) -> Signed:
    """Signs for the ticket; the signing clock is met and the handling clock starts, all in one transaction.

    `actor` is written into history (account:3, person:12, system). `person_id` is who signs; left out, the one it was given to.
    A colleague of the same unit may sign and then holds it. `note` goes into the history line as it is (from which page, when by the device). Raises AlreadySigned, SignRefused or NoSuchTicket.
    """
    at = desk.clock()
    with transaction():
        ticket = locked(ticket_id)
        if ticket.status != DISPATCHED:
            raise _refusal(ticket)
        signer = _signer(ticket, person_id)
        changes = {"signed_at": stored(at), "person": signer}
        move(desk, ticket, "签收", actor=actor, at=at, facts=facts_of(desk, ticket, at), changes=changes, note={"signer": signer.name, **note})
        finish(desk, ticket, at)
    return Signed(ticket.number, signer.name, at)


def _signer(ticket: Ticket, person_id: int | None) -> Person:
    if person_id is None or person_id == ticket.person_id:
        if ticket.person_id is None:
            raise SignRefused(f"工单 {ticket.number} 还没有派给任何人，不能签收 (nobody holds it)")
        return known_person(ticket.person_id)
    if ticket.unit_id is None or not works_in(person_id, ticket.unit_id):
        where = ticket.unit.address if ticket.unit_id is not None else "人工派单席"
        raise SignRefused(f"工单 {ticket.number} 派给了{where}，只有该处人员可以签收 (only that unit's people may sign)")
    return Person.get_by_id(person_id)  # type: ignore[no-any-return]


def _refusal(ticket: Ticket) -> SignRefused:
    line = History.select().where((History.ticket == ticket) & (History.what == "签收")).order_by(History.seq.desc()).first()
    if line is not None and ticket.signed_at is not None:
        who = line.holder.name if line.holder_id is not None else line.actor
        return AlreadySigned(ticket.number, who, clock_words(line.at))
    return SignRefused(f"工单 {ticket.number} 现为「{ticket.status}」，不是待签收，不能签收 (it is not waiting to be signed)")
