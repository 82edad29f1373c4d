"""The inbox as its template draws it: a ring to the call, why a ticket came to this person in one line, and the time left written large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tickets.store.inbox import Kind, Waits
from tickets.store.overview import Clock
from web.course_steps import STEPS
from web.show.clock import millis, short_span
from web.show.rows import Ring

HOUR, DAY = 3600, 86_400
Say = Callable[..., str]
# What a waiting ticket opens: the form of that step when the course has it, else the ticket itself.
FORM_OF: dict[Kind, tuple[str, ...]] = {"work": ("reply",), "visit": ("visit",), "review": ("review",), "assist": ("assist",), "extension": ("extension",)}
BACK = ("重办", "维持", "指定", "转派", "调解", "销账")  # moves that say by themselves why a ticket is here


@dataclass(frozen=True)
class Left:
    """The time left: `big` is the number, `unit` the key of the word below it; `look` calm, hot or bad. `due` and `span` are milliseconds."""

    big: str
    unit: str
    look: str
    due: int = 0
    span: int = 0


@dataclass(frozen=True)
class Card:
    """One line of the inbox. `tag` is the key of a mark (重办 …) or empty, `called` says that the telephone has rung already."""

    kind: Kind
    number: str
    seq: int
    href: str
    title: str
    urgency: str
    tag: str
    where: str
    why: str
    ring: Ring | None
    left: Left
    called: bool


def card(one: Waits, now: datetime, say: Say) -> Card:
    """The line for what waits; `now` is stored UTC, `say` gives the words of a key of group inbox."""
    ring = _ring(one.clock, now)
    key = next((key for key in FORM_OF.get(one.kind, ()) if key in STEPS), "")
    return Card(
        kind=one.kind,
        number=one.number,
        seq=one.step_seq,
        href=f"/t/{one.number}/do/{key}" if key else f"/t/{one.number}",
        title=one.title,
        urgency=one.urgency,
        tag=one.what if one.what in BACK else "",
        where=_where(one),
        why=_why(one, say),
        ring=ring,
        left=_left(one.clock, now),
        called=one.kind == "sign" and one.call_at is None and ring is not None and ring.look == "red",
    )


def _where(one: Waits) -> str:
    """Where it is and which unit has it; a unit that the place names already is not said again."""
    place = one.area or one.address
    return " · ".join(part for part in (place, one.unit if one.unit not in place else "") if part)


def _ring(clock: Clock | None, now: datetime) -> Ring | None:
    """Blue, orange in the last quarter (of five minutes: 1:15), red once the clock is over and the call has come."""
    if clock is None or clock.paused_at is not None:
        return None
    left, span = (clock.due_at - now).total_seconds(), max((clock.due_at - clock.started_at).total_seconds(), 1.0)
    look = "red" if left <= 0 else "orange" if left < span / 4 else "blue"
    return Ring(millis(clock.due_at), int(span * 1000), look, short_span(abs(left)), 0.0 if left <= 0 else round(100 - 100 * min(left / span, 1.0), 1))


def _left(clock: Clock | None, now: datetime) -> Left:
    if clock is None:
        return Left("—", "no_clock", "calm")
    if clock.paused_at is not None:
        return Left("—", "paused", "calm")
    left, span = (clock.due_at - now).total_seconds(), max((clock.due_at - clock.started_at).total_seconds(), 1.0)
    big, unit = in_size(abs(left))
    look = "bad" if left <= 0 else "hot" if left < span / 4 else "calm"
    return Left(big, f"over_{unit}" if left <= 0 else unit, look, millis(clock.due_at), int(span * 1000))


def in_size(seconds: float) -> tuple[str, str]:
    """(number, unit's key): 42 minutes, 3:20 hours, 4 days; a last minute that has begun counts whole."""
    if seconds < HOUR:
        return str(-(-int(seconds) // 60) if seconds > 0 else 0), "minutes"
    if seconds < DAY:
        return f"{int(seconds) // HOUR}:{int(seconds) % HOUR // 60:02d}", "hours"
    return str(int(seconds) // DAY), "days"


def _why(one: Waits, say: Say) -> str:
    """Why this waits for this very person, in one line."""
    said = str(one.note.get("reason") or one.note.get("note") or "")
    if one.kind == "review":
        return say("why_review", person=one.person, result=str(one.note.get("result", ""))[:60])
    if one.kind == "assist":
        return say("why_assist", person=one.person)
    if one.kind == "extension":
        return say("why_extension", person=one.person)
    if one.kind == "visit":
        return say("why_visit")
    if one.what in BACK:
        return say(f"why_{one.what}", reason=said.strip())
    return say("why_sent", reason="；".join(part.strip() for part in one.reason.split("；")[-2:] if part.strip()))
