"""Sends the messages that are owed: claim, send, record; when in doubt, ask the provider before sending again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from notifications.channels import Channel
from notifications.message import ChannelError, Message, OutcomeUnknown, Receipt
from notifications.render import TO_CITIZENS, render
from notifications.sandbox import TemplateRefused
from tickets.actions.message_words import in_language
from tickets.actions.survey_link import kept, with_link
from tickets.actions.sweep import nothing
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import outbox
from tickets.store.alarms import raise_alarm, standing
from tickets.store.connect import transaction
from tickets.store.models import Outbox

_log = structlog.get_logger("deliver")
FAILED = "消息未送达"
WAITS = (5, 30, 120, 600, 1800)  # seconds until the second, third … try; the last holds for all after it

LONG_DOUBT = timedelta(minutes=10)  # a message whose fate is unknown for so long becomes an alarm


@dataclass(frozen=True)
class Terms:
    """How messages are sent. `lease` must outlive a channel's time-out; `tries` sends at most; `fp` is the tests' failpoint."""

    lang: str = "zh"
    lease: timedelta = timedelta(seconds=60)
    tries: int = 5
    fp: Callable[[str], None] = nothing


@dataclass(frozen=True)
class Delivered:
    """One pass in numbers: accepted by the provider, put back for later, given up, no longer needed, of unknown fate."""

    accepted: int = 0
    later: int = 0
    failed: int = 0
    skipped: int = 0
    unknown: int = 0


STANDARD = Terms()


def deliver_due(desk: Desk, channels: Mapping[str, Channel], terms: Terms = STANDARD, limit: int = 200) -> Delivered:
    """One pass: settle what is in doubt, call off what nobody needs any more, send what is due, the oldest first."""
    now = desk.clock()
    outcomes = [_guarded(settle, desk, channels, id_, terms) for id_ in outbox.expired(now, limit)]
    waiting = outbox.due(now, limit)
    if waiting:
        outbox.cancel_stale()
    outcomes += [_guarded(deliver_one, desk, channels, id_, terms) for id_ in waiting]
    return Delivered(*(outcomes.count(name) for name in ("accepted", "later", "failed", "skipped", "unknown")))


def _guarded(act: Callable[[Desk, Mapping[str, Channel], int, Terms], str], desk: Desk, channels: Mapping[str, Channel], id_: int, terms: Terms) -> str:
    """One message that breaks its channel must not keep the others; its lease runs out and the provider is asked about it."""
    try:
        return act(desk, channels, id_, terms)
    except Exception:
        _log.exception("message failed", outbox=id_)
        return "unknown"


def deliver_one(desk: Desk, channels: Mapping[str, Channel], outbox_id: int, terms: Terms = STANDARD) -> str:
    """Sends one queued message: accepted, later (a failure that may pass), failed, unknown, or skipped (not queued, not due, not needed).

    The claim, the sending and the record are three separate steps; a worker that dies between them leaves a lease that runs out,
    and `settle` asks the provider what became of it.
    """
    row = outbox.by_id(outbox_id)
    if row is None or row.state != "queued":
        return "skipped"
    try:
        context = with_link(desk, json.loads(row.context))
        body = render(row.kind, terms.lang, in_language(context, terms.lang), row.channel, desk.templates)
        channel = channels[row.channel]
    except (TemplateRefused, KeyError) as error:
        reason = str(error) if isinstance(error, TemplateRefused) else f"没有开通渠道「{row.channel}」 (channel not set up)"
        with transaction():
            if outbox.refuse(row.id, reason):
                _alarm(row, reason, desk.clock())
        return "failed"
    terms.fp("before_claim")
    now, token = desk.clock(), desk.token()
    if not outbox.claim(row.id, token, now, terms.lease, kept(body, context)):
        return "skipped"
    terms.fp("after_claim")
    try:
        receipt = channel.send(_message(row, body))
    except OutcomeUnknown as error:
        outbox.doubtful(row.id, token, desk.clock(), terms.lease, str(error))
        return "unknown"
    except OSError as error:  # the network or the disk gave way in the middle: it may have left
        outbox.doubtful(row.id, token, desk.clock(), terms.lease, f"{type(error).__name__}: {error}")
        return "unknown"
    except ChannelError as error:
        return _try_later(desk, channels, row, token, row.tries + 1, error, terms)
    terms.fp("after_send")
    done = _record(desk, channels, row, token, receipt)
    terms.fp("after_record")
    return done


def settle(desk: Desk, channels: Mapping[str, Channel], outbox_id: int, terms: Terms = STANDARD) -> str:
    """Finds out from the provider what became of a message whose sending was never answered for.

    It has it: recorded as sent. It certainly has not: queued again, and then sent only if still needed. It cannot tell: asked later.
    """
    token = desk.token()
    row = outbox.by_id(outbox_id)
    if row is None or row.channel not in channels or not outbox.claim_unknown(outbox_id, token, desk.clock(), terms.lease):
        return "skipped"
    terms.fp("before_lookup")
    try:
        receipt = channels[row.channel].lookup(_message(row, row.body))
    except (ChannelError, OSError) as error:
        now = desk.clock()
        outbox.doubtful(row.id, token, now, terms.lease, f"查询未果：{error}")
        if now - aware(row.queued_at) > LONG_DOUBT:
            with transaction():
                _alarm(row, "渠道一直无法说明是否已发出，请人工核实 (the channel cannot tell whether it was sent)", now)
        return "unknown"
    terms.fp("after_lookup")
    if receipt is not None:
        return _record(desk, channels, row, token, receipt)
    if row.tries >= terms.tries:
        _give_up(desk, channels, row, token, row.error or "多次发送，渠道都没有收到")
        return "failed"
    outbox.put_back(row.id, token, desk.clock(), timedelta(0), "渠道没有收到，重新排队")
    return "later"


def _message(row: Outbox, body: str) -> Message:
    return Message(row.id, row.channel, row.kind, row.to_phone, body, row.ticket.number if row.ticket_id is not None else "")


def _record(desk: Desk, channels: Mapping[str, Channel], row: Outbox, token: str, receipt: Receipt) -> str:
    if receipt.state == "failed":
        _give_up(desk, channels, row, token, receipt.detail or "渠道未能送达")
        return "failed"
    return "accepted" if outbox.accepted(row.id, token, desk.clock(), receipt.state, receipt.provider_id) else "skipped"


def _try_later(desk: Desk, channels: Mapping[str, Channel], row: Outbox, token: str, tried: int, error: ChannelError, terms: Terms) -> str:
    if error.permanent or tried >= terms.tries:
        _give_up(desk, channels, row, token, str(error))
        return "failed"
    wait = timedelta(seconds=WAITS[min(tried, len(WAITS)) - 1])
    outbox.put_back(row.id, token, desk.clock(), wait, str(error))
    return "later"


def _give_up(desk: Desk, channels: Mapping[str, Channel], row: Outbox, token: str, reason: str) -> None:
    """A message failed for good: an alarm, and a call in place of an SMS, once, if calls are set up."""
    now = desk.clock()
    with transaction():
        if not outbox.failed(row.id, token, reason):
            return
        _alarm(row, reason, now)
        if row.channel != "电话" and "电话" in channels and row.to_phone and row.kind not in TO_CITIZENS:  # a citizen is called by a person
            outbox.queue(
                outbox.Owed(
                    once=f"instead:{row.id}:电话",
                    channel="电话",
                    kind=row.kind,
                    ticket_id=row.ticket_id,
                    person_id=row.person_id,
                    to_phone=row.to_phone,
                    context=json.loads(row.context),
                    link_id=row.link_id,
                    cancel_step=row.cancel_step,
                ),
                now,
            )


def _alarm(row: Outbox, reason: str, at: datetime) -> None:
    text = f"{row.channel}·{row.kind}（第{row.id}号）：{reason}"
    if not standing(FAILED, text):
        raise_alarm(FAILED, text, at, row.ticket_id)
