"""Signing by a key pressed on the telephone: whoever was called signs for the ticket the call was about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tickets.actions.sign import Signed, SignRefused, sign
from tickets.domain.status import DISPATCHED
from tickets.ports import Desk
from tickets.store import outbox, receipts
from tickets.store.models import Outbox

HOW = "电话按键签收"
OVER = ("completed", "busy", "no-answer", "failed", "canceled")
GRACE = timedelta(minutes=1)  # a key pressed at the last moment may be told after the end


class NoSuchCall(Exception):
    """Nobody of ours is on that call, or it has long been over."""

    permanent = True


@dataclass(frozen=True)
class Heard:
    """What the person hears. `may_sign`: a key would sign now."""

    words: str
    may_sign: bool


def heard(desk: Desk, outbox_id: int, provider: str, call: str) -> Heard:
    """What is said on this call, and whether the ticket still waits for this person; NoSuchCall when it is none of ours."""
    row = _on_the_line(desk, outbox_id, provider, call)
    return Heard(row.body, _still_theirs(row))


def sign_by_phone(desk: Desk, outbox_id: int, provider: str, call: str) -> Signed:
    """Signs in the name of whoever was called. AlreadySigned and SignRefused say why not, NoSuchCall that the call is none of ours."""
    row = _on_the_line(desk, outbox_id, provider, call)
    if row.ticket_id is None or row.person_id is None:
        raise NoSuchCall("这通电话没有对应的工单 (this call is about no ticket)")
    if row.ticket.status == DISPATCHED and not _still_theirs(row):
        raise SignRefused(f"工单 {row.ticket.number} 已转给其他人员，不用您签收 (it has gone to somebody else)")
    return sign(desk, row.ticket_id, f"person:{row.person_id}", row.person_id, {"how": HOW, "call": call})


def _on_the_line(desk: Desk, outbox_id: int, provider: str, call: str) -> Outbox:
    row = outbox.by_id(outbox_id)
    if row is None or row.channel != "电话" or row.tries == 0 or row.provider != provider or row.provider_id not in ("", call):
        raise NoSuchCall("没有这通电话 (no such call)")
    if receipts.reached(row.id, call, OVER, desk.clock() - GRACE):
        raise NoSuchCall("这通电话早已结束 (that call has long been over)")
    return row


def _still_theirs(row: Outbox) -> bool:
    """The ticket waits to be signed by this very person, and has not moved since the call was decided."""
    if row.ticket_id is None or row.ticket.status != DISPATCHED or row.ticket.person_id != row.person_id:
        return False
    return row.cancel_step is None or bool(row.ticket.step_seq <= row.cancel_step)
