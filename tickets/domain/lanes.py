"""谁在什么时候做了什么: for every moment of a ticket's course who was answerable for it, who else acted, who was told, and where it changed hands.

Plain data, in moments and not in millimetres; the drawing and the table are both made of it (web/show/lanes.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from tickets.domain import status as st
from tickets.domain.course import ENDED, Course, Help, Reviewer, Stepped

CALLER, CENTRE, NOBODY = "caller", "centre", "nobody"  # keys of lanes that belong to no person
TO_DESK, AT_ONCE = "转人工", "直接答复"
ABOVE = ("科室负责人", "分管领导", "上级单位")  # whose lane shows a reminder that was not needed
# what a stretch is called, by the status the ticket stood at
PHASES = {
    st.REGISTERED: "register", st.ACCEPTED: "register", st.DISPATCHED: "wait", st.SIGNED: "work", st.REPLIED: "review", st.REVIEWED: "survey",
    st.VERIFIED: "verified", st.DISPUTED: "dispute", st.SUSPENDED: "suspended", st.MEDIATING: "visit",
}  # fmt: skip
MOST = 12  # lanes; whoever was only told beyond that shares the last one
TOGETHER = "others"


@dataclass(frozen=True)
class Party:
    """A lane: a person in a unit, the caller, or the centre. `kind`: caller centre holder reviewer helper told others."""

    key: str
    kind: str
    unit: str = ""
    who: str = ""


@dataclass(frozen=True)
class Bar:
    """A stretch of time. `held`: the lane's person was answerable for the ticket; else he acted beside whoever was.

    `phase`: register desk wait work review survey verified dispute suspended visit, and beside those judge (a reviewer, the centre on a dispute),
    help, asked (the citizen). `end`: what ended it, empty while it lasts.
    """

    lane: str
    begin: datetime
    until: datetime
    phase: str
    held: bool = True
    end: str = ""

    @property
    def span(self) -> timedelta:
        return self.until - self.begin


@dataclass(frozen=True)
class Dot:
    """A message or a call; `state` as in the outbox, or spared: it was planned and not needed."""

    lane: str
    at: datetime
    channel: str
    kind: str
    state: str


@dataclass(frozen=True)
class Arrow:
    """Where it changed hands, or somebody's turn came."""

    at: datetime
    of: str
    to: str
    what: str


@dataclass(frozen=True)
class Flag:
    """Something that befell whoever had it: breach, asked, granted, refused or lapsed (of more time). `until` is the due moment it is about."""

    lane: str
    at: datetime
    kind: str
    name: str
    until: datetime


@dataclass(frozen=True)
class Lanes:
    """The whole course from `start` to `end`. `now` is empty once it has ended; `due` is when the nearest clock runs out, `was_due` before more time was given."""

    start: datetime
    end: datetime
    now: datetime | None
    parties: tuple[Party, ...]
    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    arrows: tuple[Arrow, ...]
    flags: tuple[Flag, ...]
    due: datetime | None = None
    was_due: datetime | None = None

    def held(self) -> dict[str, timedelta]:
        """How long each lane was answerable, in all."""
        found: dict[str, timedelta] = {}
        for bar in self.bars:
            if bar.held:
                found[bar.lane] = found.get(bar.lane, timedelta()) + bar.span
        return found


class _Parties:
    """Collects the lanes in the order in which they first matter; whoever is met again under a weightier part keeps the weightier."""

    def __init__(self) -> None:
        self.all: dict[str, Party] = {CALLER: Party(CALLER, CALLER), CENTRE: Party(CENTRE, CENTRE)}

    def of(self, person_id: int | None, kind: str, unit: str = "", who: str = "") -> str:
        key = f"person:{person_id}" if person_id is not None else f"unit:{unit}" if unit else NOBODY
        known = self.all.get(key)
        if known is None:
            if kind == "told" and len(self.all) >= MOST:
                key, unit, who = TOGETHER, "", ""
            self.all[key] = Party(key, "others" if key == TOGETHER else kind, unit, who)
        elif (unit and not known.unit) or known.kind == "told" != kind:
            self.all[key] = Party(key, kind if known.kind == "told" else known.kind, unit or known.unit, who or known.who)
        return key


def lanes(course: Course, now: datetime) -> Lanes:
    """The course as it stands at `now`. All moments are of one kind (stored UTC); a line dated before the one it follows counts from that one."""
    parties = _Parties()
    held = _held(course, now, parties)
    end = held[-1].until
    beside = [*_reviewing(course, parties, end), *_helping(course, parties, end), *_centre_and_caller(held)]
    arrows = [*_handed(held), *_turns(course, parties, held, end)]
    dots = _dots(course, parties, held)
    flags = _flags(course, held)
    running = [clock for clock in course.clocks if clock.open and clock.paused_at is None] if not course.ended else []
    due = min((clock.due_at for clock in running), default=None)
    used = {bar.lane for bar in (*held, *beside)} | {dot.lane for dot in dots} | {CENTRE}
    return Lanes(
        start=held[0].begin,
        end=end,
        now=None if course.ended else end,
        parties=tuple(one for one in parties.all.values() if one.key in used),
        bars=(*held, *sorted(beside, key=lambda bar: bar.begin)),
        dots=tuple(dots),
        arrows=tuple(sorted(arrows, key=lambda arrow: arrow.at)),
        flags=tuple(flags),
        due=due,
        was_due=next((one.old_due for one in reversed(course.extensions) if one.state == "granted" and one.new_due == due), None),
    )


def _held(course: Course, now: datetime, parties: _Parties) -> list[Bar]:
    """One after another, without gap or overlap, from registration to now or to the end: who was answerable."""
    bars = [Bar(CENTRE, course.registered_at, course.registered_at, "register")]
    units: dict[int, str] = {}
    for step in course.steps:
        if not step.to_status and step.what != TO_DESK:
            continue
        last = bars[-1]
        at = max(step.at, last.begin)
        bars[-1] = replace(last, until=at, end=step.what)
        if step.to_status in PHASES or step.what == TO_DESK:
            phase = "desk" if step.what == TO_DESK else PHASES[step.to_status]
            bars.append(Bar(_lane(step, phase, last.lane, parties, units), at, at, phase))
    if not course.ended:
        bars[-1] = replace(bars[-1], until=max(now, bars[-1].begin))
    elif not any(step.to_status in ENDED for step in course.steps):  # kept without the line that ended it: as far as its lines go
        bars[-1] = replace(bars[-1], until=max(bars[-1].begin, *(step.at for step in course.steps), course.registered_at))
    return _joined(bars)


def _lane(step: Stepped, phase: str, before: str, parties: _Parties, units: dict[int, str]) -> str:
    if phase in ("register", "desk") or step.what == AT_ONCE or (step.holder_id is None and before == CENTRE):
        who = step.holder or (step.who if phase == "register" else "")
        if who:
            parties.all[CENTRE] = replace(parties.all[CENTRE], who=who)
        return CENTRE
    if step.holder_id is None:
        return before
    unit = step.unit or units.get(step.holder_id) or (parties.all[before].unit if step.what in ("签收", "回复") else "")
    units[step.holder_id] = unit
    return parties.of(step.holder_id, "holder", unit, step.holder)


def _joined(bars: list[Bar]) -> list[Bar]:
    """Neighbours of one phase in one hand are one bar; one that took no time at all is left out, but the first stays: somebody took the appeal down."""
    found = [bars[0]]
    for bar in bars[1:]:
        if found[-1].lane == bar.lane and found[-1].phase == bar.phase:
            found[-1] = replace(found[-1], until=bar.until, end=bar.end)
        elif bar.span or bar is bars[-1]:
            found.append(bar)
    return found


def _reviewing(course: Course, parties: _Parties, end: datetime) -> Iterator[Bar]:
    for one in course.reviewers:
        if one.at is not None and one.state in ("waiting", "passed", "returned"):
            until = one.decided_at or end
            yield Bar(_judge(one, parties), min(one.at, end), max(min(until, end), min(one.at, end)), "judge", held=False, end=_END.get(one.state, ""))


_END = {"passed": "通过", "returned": "重办"}


def _judge(one: Reviewer, parties: _Parties) -> str:
    return parties.of(one.person_id, "reviewer", one.unit or one.asked, one.person)


def _helping(course: Course, parties: _Parties, end: datetime) -> Iterator[Bar]:
    for one in course.helpers:
        begin = min(one.asked_at, end)
        yield Bar(_helper(one, parties), begin, max(min(one.until or end, end), begin), "help", held=False, end=one.state)


def _helper(one: Help, parties: _Parties) -> str:
    return parties.of(one.person_id, "helper", one.unit, one.person)


def _centre_and_caller(held: list[Bar]) -> Iterator[Bar]:
    """While a return is disputed the centre decides; while the citizen is asked he is waited for."""
    for bar in held:
        if bar.phase == "dispute":
            yield Bar(CENTRE, bar.begin, bar.until, "judge", held=False, end=bar.end)
        elif bar.phase == "survey":
            yield Bar(CALLER, bar.begin, bar.until, "asked", held=False, end=bar.end)


def _handed(held: list[Bar]) -> Iterator[Arrow]:
    for before, after in pairwise(held):
        if before.lane != after.lane:
            yield Arrow(after.begin, before.lane, after.lane, before.end)


def _turns(course: Course, parties: _Parties, held: list[Bar], end: datetime) -> Iterator[Arrow]:
    before: dict[int, str] = {}  # by reply: whose turn it was last
    for one in course.reviewers:
        if one.at is None or one.state not in ("waiting", "passed", "returned"):
            continue
        mine = _judge(one, parties)
        source = before.get(one.reply) or lane_at(held, one.at)
        if source != mine:
            yield Arrow(min(one.at, end), source, mine, "审核")
        before[one.reply] = mine
        if one.state == "returned" and one.decided_at is not None and lane_at(held, one.decided_at) != mine:
            yield Arrow(min(one.decided_at, end), mine, lane_at(held, one.decided_at), "重办")
    for helper in course.helpers:
        mine, lead = _helper(helper, parties), lane_at(held, helper.asked_at)
        if mine != lead:
            yield Arrow(min(helper.asked_at, end), lead, mine, "协办")


def lane_at(held: list[Bar], at: datetime) -> str:
    """Who was answerable at that moment; before the first the first, after the last the last."""
    return next((bar.lane for bar in reversed(held) if bar.begin <= at), held[0].lane)


def _dots(course: Course, parties: _Parties, held: list[Bar]) -> list[Dot]:
    found = []
    for one in course.told:
        if one.state != "cancelled":
            lane = CALLER if one.person_id is None else parties.of(one.person_id, "told", "", one.person)
            found.append(Dot(lane, one.at, one.channel, one.kind, one.state))
    for spared in course.spared:
        if spared.to in ABOVE and spared.at <= held[-1].until:  # what lies ahead may still be needed
            found.append(Dot(parties.of(None, "told", spared.to), spared.at, spared.send, spared.when, "spared"))
            break  # the first of those who stand above is enough
    return found


def _flags(course: Course, held: list[Bar]) -> list[Flag]:
    found = [Flag(lane_at(held, clock.due_at), clock.due_at, "breach", clock.name, clock.due_at) for clock in course.clocks if clock.breached]
    for one in course.extensions:
        found.append(Flag(lane_at(held, one.asked_at), one.asked_at, "asked", "", one.new_due))
        if one.decided_at is not None:
            found.append(Flag(lane_at(held, one.decided_at), one.decided_at, one.state, "", one.new_due))
    return sorted(found, key=lambda flag: flag.at)
