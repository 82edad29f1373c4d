"""A stream row as the template draws it: what to say of each message, which ring to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.status import DISPATCHED
from tickets.store.overview import WAITING, StreamRow
from web.show.clock import hms, millis, short_span
from web.show.highlight import Piece, excerpt

SOON_SECONDS = 75  # under 1:15 a five-minute clock is orange, and the call is counted down


@dataclass(frozen=True)
class MessageLine:
    """One message in words: the icon, the key of the words, how it looks (done, quiet, hot, bad), and a moment to count down to."""

    icon: str
    key: str
    look: str
    until: int = 0


@dataclass(frozen=True)
class Ring:
    """A countdown of `span` milliseconds that ends at `due` (milliseconds since 1970). `look` is blue, orange or red as drawn by the server."""

    due: int
    span: int
    look: str
    text: str
    offset: float  # of the arc, in hundredths of the circle: 0 is a full ring


@dataclass(frozen=True)
class Row:
    """What the template needs of one appeal."""

    number: str
    time: str
    urgent: bool
    pieces: tuple[Piece, ...]
    category: str
    reason: str
    unit: str
    place: str
    manual: bool
    messages: tuple[MessageLine, ...]
    ring: Ring | None
    took: str  # how long it was until signed, when it is
    over: bool
    status: str


_TEXT = {
    "queued": ("message-2", "queued", "quiet"),
    "sending": ("message-2", "sending", "quiet"),
    "sent": ("message-2", "sent", "done"),
    "delivered": ("message-check", "delivered", "done"),
    "failed": ("message-x", "failed", "bad"),
    "unknown": ("message-2", "unknown", "hot"),
}
_CALL = {
    "queued": ("phone-calling", "calling", "hot"),
    "sending": ("phone-calling", "calling", "hot"),
    "sent": ("phone-check", "called", "done"),
    "delivered": ("phone-check", "answered", "done"),
    "failed": ("phone-x", "failed", "bad"),
    "unknown": ("phone", "unknown", "hot"),
}


def row(stored: StreamRow, now: datetime, titles: Mapping[str, str], say: Callable[..., str]) -> Row:
    """The row of one appeal at `now` (stored UTC); `titles` are the dispatch rules' by id, `say` the catalogue in the reader's language."""
    ring = ring_of(stored, now)
    taken = stored.signed_at is not None and stored.status not in WAITING
    since = stored.dispatched_at or stored.registered_at
    return Row(
        number=stored.number,
        time=hms(stored.registered_at),
        urgent=stored.urgency == "特急",
        pieces=excerpt(_sentence(stored), stored.words),
        category=stored.category,
        reason=_why(stored, titles, say),
        unit=stored.unit,
        place=" · ".join(word for word in (stored.section or stored.post, stored.person) if word),
        manual=stored.manual,
        messages=_messages(stored, now, taken),
        ring=None if taken else ring,
        took=short_span((stored.signed_at - since).total_seconds()) if taken and stored.signed_at is not None else "",
        over=ring is not None and not taken and ring.look == "red",
        status=stored.status,
    )


def _sentence(stored: StreamRow) -> str:
    """The citizen's words; with the title before them when the words that decided stand only there."""
    if any(word in stored.text for word in stored.words) or not any(word in stored.title for word in stored.words):
        return stored.text or stored.title
    return f"{stored.title}：{stored.text}"


def _why(stored: StreamRow, titles: Mapping[str, str], say: Callable[..., str]) -> str:
    """Why it went there, in one short sentence; the whole reason stands on the ticket's page."""
    if stored.manual:
        return say("live.why_manual") if stored.category else say("live.why_undecided")
    if stored.rule in titles:
        return say("live.why_rule", rule=stored.rule, title=titles[stored.rule])
    if stored.rule == "else" and stored.category:
        words = say("live.comma").join(stored.words[:3])
        section = stored.section or stored.unit
        return say("live.why_words", section=section, words=words) if words else say("live.why_section", section=section)
    return stored.reason


def ring_of(stored: StreamRow, now: datetime) -> Ring | None:
    """The ring of the clock the appeal is racing; None when none runs or it stands still."""
    clock = stored.clock
    if clock is None or clock.paused_at is not None:
        return None
    left = (clock.due_at - now).total_seconds()
    span = max((clock.due_at - clock.started_at).total_seconds(), 1.0)
    look = "red" if left <= 0 else "orange" if left < span / 4 else "blue"
    offset = 0.0 if left <= 0 else round(100 - 100 * min(left / span, 1.0), 1)
    return Ring(millis(clock.due_at), int(span * 1000), look, short_span(abs(left)), offset)


def _messages(stored: StreamRow, now: datetime, taken: bool) -> tuple[MessageLine, ...]:
    lines = []
    for sent in stored.sent:
        if sent.channel == "弹屏":
            lines.append(MessageLine("bell", "message.popup_" + ("done" if sent.state in ("sent", "delivered") else "wait"), "done"))
        elif sent.channel == "短信" and sent.state in _TEXT:
            icon, key, look = _TEXT[sent.state]
            lines.append(MessageLine(icon, f"message.sms_{key}", look))
    call = next((sent for sent in stored.sent if sent.channel == "电话" and sent.state in _CALL), None)
    if call is not None:
        icon, key, look = _CALL[call.state]
        lines.append(MessageLine(icon, f"message.call_{key}", look))
    elif taken and stored.sent:
        lines.append(MessageLine("phone-off", "message.call_unused", "quiet"))
    elif stored.call_at is not None and stored.status == DISPATCHED:
        soon = (stored.call_at - now).total_seconds() <= SOON_SECONDS
        lines.append(MessageLine("phone", "message.call_later", "hot" if soon else "quiet", millis(stored.call_at)))
    return tuple(lines[:2])
