"""What an operator does with a message that did not arrive: sends it again, once, or says what became of one nobody could ask about."""

from __future__ import annotations

import json
from datetime import datetime

from tickets.actions.dead_letter import CALL, bury
from tickets.actions.deliver import LONG_DOUBT
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import outbox
from tickets.store.connect import transaction
from tickets.store.models import Outbox
from tickets.store.tickets import append_history, locked

AGAIN, SETTLED = "重发", "人工核实"


class ResendRefused(Exception):
    """The message cannot be sent again, or not be settled by hand, now; the sentence says why."""

    permanent = True


def resend(desk: Desk, outbox_id: int, actor: str) -> int:
    """Queues a failed message anew, to the number the directory has now; the id of the new one. `actor` goes into the ticket's course.

    Each failed message is sent again once: the new one may fail and be sent again in its turn. Raises ResendRefused.
    """
    now = desk.clock()
    with transaction():
        row = _row(outbox_id)
        if row.state != "failed":
            raise ResendRefused("这条消息没有失败，不用重发 (it has not failed)")
        if row.ticket_id is not None:
            ticket = locked(row.ticket_id)
            if row.cancel_step is not None and ticket.step_seq > row.cancel_step:
                raise ResendRefused(f"工单 {ticket.number} 已经流转，这条消息不再需要 (its ticket has moved on)")
        made = outbox.queue(
            outbox.Owed(
                once=f"again:{row.id}",
                channel=row.channel,
                kind=row.kind,
                ticket_id=row.ticket_id,
                person_id=row.person_id,
                to_phone=row.person.phone if row.person_id is not None else row.to_phone,
                context=json.loads(row.context),
                link_id=row.link_id,
                cancel_step=row.cancel_step,
            ),
            now,
        )
        if made is None:
            raise ResendRefused("这条消息已经重发过一次，请看它后面的那一条 (it was sent again already)")
        _log(row, actor, AGAIN, now, {"message": row.id, "again": made, "kind": row.kind, "channel": row.channel})
    desk.queue.nudge([made])
    return made


def settle_by_hand(desk: Desk, outbox_id: int, actor: str, arrived: bool, calls: bool) -> None:
    """Records what a person found out about a message whose provider could not say for long: it arrived, or it certainly did not.

    One that did not is a dead letter like any other (`calls` as in receive) and may then be sent again. Raises ResendRefused.
    """
    now = desk.clock()
    with transaction():
        row = _row(outbox_id)
        if row.state != "unknown" or now - aware(row.not_before) <= LONG_DOUBT:
            raise ResendRefused("这条消息还在向渠道核实，请稍后再看 (the provider is still being asked)")
        said = "人工核实：已送达" if arrived else "人工核实：没有送达"
        if not outbox.settled_by_hand(row.id, now, arrived, said):
            raise ResendRefused("这条消息刚刚有了结果，请刷新后再看 (it has just been settled)")
        if not arrived:
            bury(row, said, now, calls and row.channel != CALL)
        _log(row, actor, SETTLED, now, {"message": row.id, "arrived": arrived, "kind": row.kind, "channel": row.channel})


def _row(outbox_id: int) -> Outbox:
    row = outbox.by_id(outbox_id)
    if row is None:
        raise ResendRefused("没有这条消息 (no such message)")
    return row


def _log(row: Outbox, actor: str, what: str, at: datetime, note: dict[str, object]) -> None:
    if row.ticket_id is not None:
        append_history(row.ticket_id, at=at, actor=actor, what=what, holder_id=row.ticket.person_id, note=note)
