"""One pass over what has fallen due: breaches are recorded, chain links become messages. Safe to run twice, and by two workers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tickets.actions.escalate import fire
from tickets.actions.message_words import holder
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import due
from tickets.store.connect import transaction
from tickets.store.tickets import append_history, locked

AT_ONCE = 200  # rows of one pass; the next pass takes the rest


def nothing(_: str) -> None:
    """The failpoint of production: does nothing. Tests pass one that kills the process at a named place."""


@dataclass(frozen=True)
class Swept:
    """What one pass did: ids of messages queued, links fired, links that did nothing, clocks found breached."""

    outbox_ids: tuple[int, ...] = ()
    fired: int = 0
    silent: int = 0
    breached: int = 0


def sweep(desk: Desk, now: datetime, fp: Callable[[str], None] = nothing) -> Swept:
    """Handles what is due at `now` (aware), each link and each breach in its own transaction, the longest overdue first.

    A link or breach whose transaction was cut short is untouched and is handled by the next pass; one that was committed is not
    seen again. The caller nudges the queue with `outbox_ids`, though the delivery loop finds them by itself.
    """
    breached = sum(record_breach(desk, deadline_id, now, fp) for deadline_id in due.overdue(now, AT_ONCE))
    ids: list[int] = []
    fired = silent = 0
    for link_id in due.links_due(now, AT_ONCE):
        fp("before_link")
        with transaction():
            done = fire(desk, link_id, now)
            fp("link_before_commit")
        fp("link_after_commit")
        if done is None:
            continue
        fired, silent = fired + (not done.why), silent + bool(done.why)
        ids.extend(done.outbox_ids)
    return Swept(tuple(ids), fired, silent, breached)


def record_breach(desk: Desk, deadline_id: int, now: datetime, fp: Callable[[str], None] = nothing) -> bool:
    """Records that a clock ran out, with the step and the holder that had it at that moment; False when somebody else did.

    `breach_step` reads 已受理·热线中心/人工派单席: where the ticket stood when the time was over, even when the worker finds out later.
    """
    ticket_id = due.ticket_of_deadline(deadline_id)
    if ticket_id is None:
        return False
    with transaction():
        locked(ticket_id)
        ticket, clock = due.ticket_with_unit(ticket_id), due.deadline(deadline_id)
        stood = due.step_at(ticket_id, clock.due_at) if clock.due_at is not None else None
        step = stood.to_status if stood is not None else ticket.status
        # Who had it then; the ticket's present holder where the course does not name one for that step.
        who = holder(ticket, desk.manual_desk)
        if stood is not None and stood.holder_id is not None and stood.holder_id != ticket.person_id:
            who = stood.holder.name
        if not due.take_overdue(deadline_id, now, f"{step}·{who}"):
            return False
        append_history(
            ticket_id,
            at=now,
            actor="system",
            what="逾期",
            holder_id=stood.holder_id if stood is not None and stood.holder_id is not None else ticket.person_id,
            note={"deadline": clock.name, "rule": clock.rule, "due": aware(clock.due_at).isoformat(), "step": step, "holder": who},
        )
        fp("breach_before_commit")
    return True
