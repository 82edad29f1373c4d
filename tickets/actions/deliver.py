"""Sends the messages that are owed: claim, send, record; when in doubt, ask the provider before sending again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from notifications.channels import Channel, Provider, Route, route_of
from notifications.message import ChannelError, Message, OutcomeUnknown, Receipt
from notifications.render import render
from notifications.sandbox import TemplateRefused
from tickets.actions.dead_letter import CALL, alarm, bury, provider_struggles
from tickets.actions.message_words import in_language
from tickets.actions.prefer import language_of, waits_until
from tickets.actions.survey_link import kept, with_link
from tickets.actions.sweep import nothing
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store import outbox
from tickets.store.connect import transaction
from tickets.store.models import Outbox

_log = structlog.get_logger("deliver")
WAITS = (5, 30, 120, 600, 1800)  # seconds until the second, third … try; the last holds for all after it

ASK_AFTER = timedelta(seconds=30)  # a provider that did not answer is asked then whether it has the message
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
    later = waits_until(desk, row, desk.clock())
    if later is not None:
        outbox.postpone(row.id, later)
        return "later"
    lang = language_of(row, terms.lang)
    try:
        context = with_link(desk, json.loads(row.context))
        body = render(row.kind, lang, in_language(context, lang), row.channel, desk.templates)
        channel = channels[row.channel]
    except (TemplateRefused, KeyError) as error:
        reason = str(error) if isinstance(error, TemplateRefused) else f"没有开通渠道「{row.channel}」 (channel not set up)"
        with transaction():
            if outbox.refuse(row.id, reason):
                alarm(row, reason, desk.clock())
        return "failed"
    route, now, token = route_of(channel), desk.clock(), desk.token()
    provider = route.choose(now)
    if provider is None:
        return "later"  # its turn has not come: nothing is written, the next pass looks again
    terms.fp("before_claim")
    if not outbox.claim(row.id, token, now, terms.lease, kept(body, context), provider.name):
        return "skipped"
    terms.fp("after_claim")
    return _send(desk, channels, row, token, _message(row, body), route, (provider,), terms)


def _send(
    desk: Desk, channels: Mapping[str, Channel], row: Outbox, token: str, message: Message, route: Route, asked: tuple[Provider, ...], terms: Terms
) -> str:
    """Asks the last of `asked`; the next one when it refused for now and certainly did not send, never when that is in doubt."""
    provider = asked[-1]
    try:
        receipt = provider.channel.send(message)
    except (OutcomeUnknown, OSError) as error:  # an OSError: the network or the disk gave way in the middle
        _went_wrong(desk, provider, error)
        outbox.doubtful(row.id, token, desk.clock(), min(terms.lease, ASK_AFTER), _said(error))
        return "unknown"
    except ChannelError as error:
        if error.permanent:
            return _try_later(desk, channels, row, token, row.tries + 1, error, terms)
        _went_wrong(desk, provider, error)
        following = route.instead(asked, desk.clock())
        if following is None:
            return _try_later(desk, channels, row, token, row.tries + 1, error, terms)
        terms.fp("before_hand_over")
        if not outbox.hand_over(row.id, token, desk.clock(), terms.lease, following.name):
            return "skipped"
        return _send(desk, channels, row, token, message, route, (*asked, following), terms)
    provider.went_well()
    terms.fp("after_send")
    done = _record(desk, channels, row, token, receipt)
    terms.fp("after_record")
    return done


def _went_wrong(desk: Desk, provider: Provider, error: Exception) -> None:
    now = desk.clock()
    if provider.failed(now, error) and provider.name:
        with transaction():
            provider_struggles(provider.name, _said(error), now)


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ChannelError) else f"{type(error).__name__}: {error}"


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
        receipt = route_of(channels[row.channel]).ask(row.provider, _asked_about(row))
    except (ChannelError, OSError) as error:
        now = desk.clock()
        outbox.doubtful(row.id, token, now, terms.lease, f"查询未果：{error}")
        if now - aware(row.not_before) > LONG_DOUBT:
            with transaction():
                alarm(row, "渠道一直无法说明是否已发出，请人工核实 (the channel cannot tell whether it was sent)", now)
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
    return Message(row.id, row.channel, row.kind, row.to_phone, body, row.ticket.number if row.ticket_id is not None else "", aware(row.queued_at))


def _asked_about(row: Outbox) -> Message:
    """The message with all that helps its provider to find it."""
    known, rivals = outbox.neighbours(row)
    return replace(_message(row, row.body), known=known, rivals=rivals)


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
    with transaction():
        if outbox.failed(row.id, token, reason):
            bury(row, reason, desk.clock(), CALL in channels)
