"""谁在什么时候做了什么: a lane per person, bars for the time held, dots for messages. Answers plain numbers; the template draws them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tickets.domain.status import DISPATCHED
from tickets.domain.times import local
from tickets.store.ticket_view import TicketView
from web.show.clock import span_words

LEFT, WIDTH, LANE, TOP = 112, 480, 56, 34  # of the drawing, in its own units
ENLARGED = timedelta(minutes=8)
SPLIT = 0.56  # the share of the width that the first eight minutes take
NOW_TAG = 40  # no label of the axis nearer to the black line than this
TERMINAL = ("已结案", "不予受理", "并单", "已移交")


@dataclass(frozen=True)
class Bar:
    """Time held: look is wait (peach), work (blue), done (green) or desk (grey)."""

    x: float
    width: float
    look: str
    label: str

    @property
    def fits(self) -> bool:
        """True when the label fits into the bar, a Chinese character taking about its own height."""
        return self.width > 12 + sum(12.5 if ord(char) > 255 else 7 for char in self.label)


@dataclass(frozen=True)
class Dot:
    """A message: 信 or 话, with how it went (good, bad, hot, wait)."""

    x: float
    letter: str
    look: str
    label: str


@dataclass
class Lane:
    """One person or party."""

    name: str
    sub: str
    y: int
    bars: list[Bar] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    beside: str = ""  # the labels that do not fit into their bars, told after the last one
    beside_x: float = 0


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Lanes:
    """The whole drawing. `now_x` is empty for a ticket that has ended; `due_x` where its nearest span ends."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    width: int
    height: int
    break_x: float | None
    now_x: float | None
    due_x: float | None
    due_label: str


def lanes(ticket: TicketView, now: datetime, lang: str, words: Callable[..., str]) -> Lanes:
    """Lays the ticket's course out at `now` (stored UTC); `words` says the catalogue's entries in the reader's language."""
    start, end = ticket.registered_at, _end(ticket, now)
    x, broken = _scale(start, end)
    place: dict[str, Lane] = {}

    def lane(key: str, name: str, sub: str = "") -> Lane:
        if key not in place:
            place[key] = Lane(name, sub, TOP + LANE * len(place))
        return place[key]

    centre = lane("centre", words("lane.centre"), ticket.source)
    arrived = ticket.dispatched_at or (now if ticket.status not in TERMINAL else ticket.closed_at or now)
    centre.bars.append(_bar(x, start, arrived, "desk", words("lane.registering", time=_registering(ticket, arrived - start, lang))))
    _held(ticket, now, x, lane, lang, words)
    for helper in ticket.helpers:
        top, _, section = helper.unit.partition(" · ")
        one = lane(f"person:{helper.person_id}", top, " ".join(word for word in (section, helper.person) if word))
        began = ticket.dispatched_at or start
        until = helper.replied_at or now
        look, label = ("done", "lane.replied") if helper.replied_at else ("wait", "lane.helping")
        one.bars.append(_bar(x, began, until, look, words(label, time=span_words((until - began).total_seconds(), lang))))
    for message in ticket.messages:
        if message.state == "cancelled":
            continue
        one = lane(f"person:{message.person_id}", message.person or words("lane.nobody"), words("lane.told"))
        look = {"delivered": "good", "sent": "good", "failed": "bad", "unknown": "hot"}.get(message.state, "wait")
        label = words("lane.message", channel=message.channel, kind=message.kind, person=message.person)
        one.dots.append(Dot(round(x(message.sent_at or message.queued_at), 1), "话" if message.channel == "电话" else "信", look, label))
    for one in place.values():
        _beside(one)
    running = next((clock for clock in ticket.clocks if clock.met_at is None and clock.paused_at is None), None) if ticket.status not in TERMINAL else None
    return Lanes(
        lanes=tuple(place.values()),
        ticks=_ticks(start, end, x, None if ticket.status in TERMINAL else x(now)),
        width=LEFT + WIDTH + 16,
        height=TOP + LANE * len(place) + 8,
        break_x=round(x(start + ENLARGED), 1) if broken else None,
        now_x=round(x(now), 1) if ticket.status not in TERMINAL else None,
        due_x=round(x(running.due_at), 1) if running is not None else None,
        due_label=local(running.due_at).strftime("%H:%M" if local(running.due_at).date() == local(now).date() else "%m-%d %H:%M")
        if running is not None
        else "",
    )


def _held(ticket: TicketView, now: datetime, x: Callable[[datetime], float], lane: Callable[..., Lane], lang: str, words: Callable[..., str]) -> None:
    """A bar for each stretch that one person held the ticket: waiting for the signature, then at work, then green once passed on."""
    names = {message.person_id: message.person for message in ticket.messages if message.person_id}
    steps = [line for line in ticket.history if line.to_status]
    for place, line in enumerate(steps):
        if line.holder_id is None or line.to_status not in (DISPATCHED, "办理中"):
            continue
        until = steps[place + 1].at if place + 1 < len(steps) else now
        mine = line.holder_id == ticket.person_id
        name = ticket.person if mine else str(line.note.get("person") or names.get(line.holder_id) or line.who)
        where, _, section = (f"{ticket.unit}/{ticket.section}" if mine else str(line.note.get("to") or "")).partition("/")
        one = lane(f"person:{line.holder_id}", where or name, " ".join(word for word in (section, name) if word) if where else "")
        look = "wait" if line.to_status == DISPATCHED else "work" if place + 1 == len(steps) else "done"
        key = "lane.waiting" if look == "wait" else "lane.working" if look == "work" else "lane.worked"
        one.bars.append(_bar(x, line.at, until, look, words(key, time=_took(until - line.at, lang))))


def _registering(ticket: TicketView, span: timedelta, lang: str) -> str:
    """How long the centre had it; of an automatic dispatch the part of a second that it took."""
    if ticket.manual or not ticket.millis or span > timedelta(seconds=3):
        return _took(span, lang)
    return f"{ticket.millis / 1000:.2f}{' s' if lang == 'en' else ' 秒'}"


def _took(span: timedelta, lang: str) -> str:
    return span_words(max(span.total_seconds(), 0), lang)


def _bar(x: Callable[[datetime], float], begin: datetime, until: datetime, look: str, label: str) -> Bar:
    left = x(begin)
    return Bar(round(left, 1), round(max(x(until) - left, 4), 1), look, label)


def _beside(lane: Lane) -> None:
    """Gathers the labels of bars too narrow for them, to be written after the last bar."""
    narrow = [bar.label for bar in lane.bars if not bar.fits]
    lane.beside = " · ".join(narrow)
    lane.beside_x = max((bar.x + bar.width for bar in lane.bars), default=0) + 5


def _end(ticket: TicketView, now: datetime) -> datetime:
    """The right edge: now or the nearest open end, whichever is later, with a little room; never less than the enlarged part."""
    last = [line.at for line in ticket.history[-1:]] + [message.queued_at for message in ticket.messages]
    if ticket.status in TERMINAL:
        latest = max([*last, ticket.registered_at])
    else:
        latest = max([now, *(clock.due_at for clock in ticket.clocks if clock.met_at is None), *last])
    return max(latest + (latest - ticket.registered_at) * 0.04, ticket.registered_at + ENLARGED)


def _scale(start: datetime, end: datetime) -> tuple[Callable[[datetime], float], bool]:
    """Moment to x: one straight line when all happened soon, else the first eight minutes enlarged and the rest after a break."""
    whole = (end - start).total_seconds()
    early = ENLARGED.total_seconds()
    broken = whole > early * 2

    def x(moment: datetime) -> float:
        seconds = min(max((moment - start).total_seconds(), 0.0), whole)
        if not broken:
            return LEFT + WIDTH * seconds / whole
        if seconds <= early:
            return LEFT + WIDTH * SPLIT * seconds / early
        return LEFT + WIDTH * (SPLIT + (1 - SPLIT) * (seconds - early) / (whole - early))

    return x, broken


def _ticks(start: datetime, end: datetime, x: Callable[[datetime], float], covered: float | None) -> tuple[Tick, ...]:
    """Labels every two minutes at first, then three over the rest."""
    early = min(ENLARGED, end - start)
    moments = [start + timedelta(minutes=two) for two in range(0, int(early.total_seconds() // 60), 2)]
    if end - start > ENLARGED * 2:
        rest = end - start - ENLARGED
        moments += [start + ENLARGED + rest * share for share in (0.38, 0.8)]
    late_form = "%m-%d" if end - start > timedelta(days=2) else "%m-%d %H:%M" if local(start).date() != local(end).date() else "%H:%M"
    found: list[Tick] = []
    for moment in moments:
        if covered is not None and abs(x(moment) - covered) < NOW_TAG:
            continue  # the label 现在 stands there
        found.append(Tick(round(x(moment), 1), local(moment).strftime(late_form if moment > start + ENLARGED else "%H:%M")))
    return tuple(found)
