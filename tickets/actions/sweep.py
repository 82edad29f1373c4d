"""One pass over what has fallen due: breaches are recorded, chain links become messages. Safe to run twice, and by two workers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from tickets.actions.escalate import Fired, fire
from tickets.actions.message_words import holder
from tickets.domain.status import DISPUTED, REPLIED
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import due, extensions
from tickets.store.alarms import raise_alarm, standing
from tickets.store.connect import transaction
from tickets.store.models import Deadline, Ticket
from tickets.store.tickets import append_history, locked

Answer = TypeVar("Answer")
_log = structlog.get_logger("sweep")
STUCK = "巡查受阻"
WHAT = {"_fire": "催办链环节", "record_breach": "时限"}
Failpoint = Callable[[str], None]
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


def sweep(desk: Desk, now: datetime, fp: Failpoint = nothing) -> Swept:
    """Handles what is due at `now` (aware), each link and each breach in its own transaction, the longest overdue first.

    A link or breach whose transaction was cut short is untouched and is handled by the next pass; one that was committed is not
    seen again. The caller nudges the queue with `outbox_ids`, though the delivery loop finds them by itself.
    """
    breached = sum(_guarded(record_breach, desk, deadline_id, now, fp) or False for deadline_id in due.overdue(now, AT_ONCE))
    ids: list[int] = []
    fired = silent = 0
    for link_id in due.links_due(now, AT_ONCE):
        done = _guarded(_fire, desk, link_id, now, fp)
        if done is None:
            continue
        fired, silent = fired + (not done.why), silent + bool(done.why)
        ids.extend(done.outbox_ids)
    return Swept(tuple(ids), fired, silent, breached)


def _fire(desk: Desk, link_id: int, now: datetime, fp: Failpoint) -> Fired | None:
    fp("before_link")
    with transaction():
        done = fire(desk, link_id, now)
        fp("link_before_commit")
    fp("link_after_commit")
    return done


def _guarded(act: Callable[[Desk, int, datetime, Failpoint], Answer], desk: Desk, row_id: int, now: datetime, fp: Failpoint) -> Answer | None:
    """One row that cannot be handled must not keep the rows behind it waiting: it stays due, and an operator is told once."""
    try:
        return act(desk, row_id, now, fp)
    except Exception as error:
        _log.exception("row failed", act=act.__name__, row=row_id)
        text = f"{WHAT[act.__name__]} {row_id} 无法处理：{type(error).__name__}；将不断重试，请查看日志 (cannot be handled; see the log)"
        with transaction():
            if not standing(STUCK, text):
                raise_alarm(STUCK, text, now)
        return None


def record_breach(desk: Desk, deadline_id: int, now: datetime, fp: Failpoint = nothing) -> bool:
    """Records that a clock ran out, with the step and the holder that had it at that moment; False when somebody else did.

    `breach_step` reads 已受理·热线中心/人工派单席: where the ticket stood when the time was over, even when the worker finds out later.
    """
    ticket_id = due.ticket_of_deadline(deadline_id)
    if ticket_id is None:
        return False
    with transaction():
        locked(ticket_id)
        ticket, clock = due.ticket_with_unit(ticket_id), due.deadline(deadline_id)
        step, who, person_id = _stood(desk, ticket, clock)
        if not due.take_overdue(deadline_id, now, f"{step}·{who}"):
            return False
        append_history(
            ticket_id,
            at=now,
            actor="system",
            what="逾期",
            holder_id=person_id,
            note={"deadline": clock.name, "rule": clock.rule, "due": aware(clock.due_at).isoformat(), "step": step, "holder": who},
        )
        if clock.until_status == REPLIED and extensions.lapse(ticket_id, now):
            append_history(ticket_id, at=now, actor="system", what="延期失效", holder_id=person_id, note={"reason": "时限已到，未及审批"})
        fp("breach_before_commit")
    return True


def _stood(desk: Desk, ticket: Ticket, clock: Deadline) -> tuple[str, str, int | None]:
    """The step the ticket was at when its time was over, who had it then, and that person's id."""
    moved = due.step_at(ticket.id, clock.due_at) if clock.due_at is not None else None
    step = moved.to_status if moved is not None else ticket.status
    if step == DISPUTED:  # the centre decides a dispute: its time is not the unit's
        return step, desk.manual_desk, None
    named = due.holder_at(ticket.id, clock.due_at) if clock.due_at is not None else None
    if named is None or named.holder_id == ticket.person_id:
        return step, holder(ticket, desk.manual_desk), ticket.person_id
    unit = json.loads(named.note).get("to", "")
    return step, f"{unit} {named.holder.name}".strip(), named.holder_id
