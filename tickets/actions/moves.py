"""The one place that changes a ticket's status: by the table of moves, once, with its history line and its clocks."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.facts import FactValue
from tickets.actions import clocks
from tickets.actions.escalate import fire_due
from tickets.actions.survey_owe import ask_citizen
from tickets.domain.status import CLOSED, REPLIED, REVIEWED, SIGNED, after
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import course, extensions
from tickets.store.connect import after_commit
from tickets.store.models import Ticket
from tickets.store.outbox import queued_of
from tickets.store.reviews import drop_rest
from tickets.store.tickets import claim, locked

_log = logging.getLogger("suda.tickets")


class MovedMeanwhile(Exception):
    """Somebody else moved the ticket between reading and writing; read it again and decide anew."""

    permanent = False


def move(
    desk: Desk,
    ticket: Ticket,
    name: str,
    *,
    actor: str,
    at: datetime,
    facts: Mapping[str, FactValue],
    note: Mapping[str, object] | None = None,
    changes: Mapping[str, object] | None = None,
) -> None:
    """Makes the move `name` (status.MOVES) inside the caller's transaction and brings history and clocks in line.

    `changes` are further columns of the ticket that change with it (holder, dispatched_at …). The ticket is claimed by its status
    and step: NotAllowed when the table has no such move from here, MovedMeanwhile when the ticket is no longer as it was read. The action
    that moves a ticket ends with `finish`.
    """
    before = ticket.status
    target = after(before, name)
    if before == REPLIED and target != REVIEWED:
        drop_rest(ticket.id, ticket.step_seq, f"工单{target}", at)
    values: dict[str, object] = {**(changes or {}), "status": target, "step_seq": ticket.step_seq + 1}
    if target == CLOSED:
        values["closed_at"] = stored(at)
    if not claim(ticket, values):
        now = locked(ticket.id)
        raise MovedMeanwhile(f"工单 {ticket.number} 已被他人处理，现为「{now.status}」；请刷新后再操作 (moved by somebody else meanwhile)")
    for column, value in values.items():
        setattr(ticket, column, value)
    course.note(ticket, at=at, actor=actor, what=name, from_status=before, to_status=target, holder_id=ticket.person_id, details=note)
    if before == SIGNED and extensions.lapse(ticket.id, at):
        course.note(ticket, at=at, actor="system", what="延期失效", holder_id=ticket.person_id, details={"reason": f"未及审批，工单已{name}"})
    clocks.entered(desk, ticket, facts, at)
    clocks.beside(desk, ticket, facts, at)
    if target == REVIEWED:
        ask_citizen(desk, ticket, facts, at)


def finish(desk: Desk, ticket: Ticket, at: datetime) -> None:
    """The last thing an action does inside its transaction: history and decisions are written, links due at once become messages, and
    the worker is nudged after the commit."""
    fire_due(desk, ticket, at)
    course.write(ticket)
    ids = queued_of(ticket.id)
    if ids:
        after_commit(lambda: _nudge(desk, ids))


def _nudge(desk: Desk, ids: Sequence[int]) -> None:
    try:
        desk.queue.nudge(ids)
    except Exception:  # the ticket is committed and the delivery loop finds its messages by itself
        _log.warning("nudge failed for outbox ids %s", list(ids), exc_info=True)
