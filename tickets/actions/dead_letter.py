"""A message that failed for good: an operator is told, and a call takes the place of an SMS, once."""

from __future__ import annotations

import json
from datetime import datetime

from notifications.render import NOT_CALLED
from tickets.store import outbox
from tickets.store.alarms import raise_alarm, standing
from tickets.store.models import Outbox

FAILED = "消息未送达"
STRUGGLING = "渠道受阻"
CALL = "电话"


def bury(row: Outbox, reason: str, at: datetime, calls: bool) -> None:
    """What follows a failure, inside the transaction that recorded it. `calls`: telephone calls are set up. A citizen is called by a person."""
    alarm(row, reason, at)
    if row.channel == CALL or not calls or not row.to_phone or row.kind in NOT_CALLED:
        return
    outbox.queue(
        outbox.Owed(
            once=f"instead:{row.id}:{CALL}",
            channel=CALL,
            kind=row.kind,
            ticket_id=row.ticket_id,
            person_id=row.person_id,
            to_phone=row.to_phone,
            context=json.loads(row.context),
            link_id=row.link_id,
            cancel_step=row.cancel_step,
        ),
        at,
    )


def alarm(row: Outbox, reason: str, at: datetime) -> None:
    """Tells an operator of a message, once for each reason."""
    text = f"{row.channel}·{row.kind}（第{row.id}号）：{reason}"
    if not standing(FAILED, text):
        raise_alarm(FAILED, text, at, row.ticket_id)


def provider_struggles(name: str, reason: str, at: datetime) -> None:
    """Tells an operator that a provider is passed over for a while, once until the alarm is cleared."""
    text = f"渠道「{name}」连续出错，暂停使用后再试：{reason}"
    if not standing(STRUGGLING, text):
        raise_alarm(STRUGGLING, text, at)
