"""谁在什么时候做了什么, drawn: lanes, bars, dots and arrows as plain numbers for the template, and the same as the rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tickets.domain.lanes import CALLER, CENTRE, TOGETHER, Bar, Dot, Flag, Lanes, Party
from tickets.domain.times import local
from web.show.axis import Axis, Fold, Tick, axis, ticks
from web.show.clock import short_span, span_words

LEFT, WIDTH, LANE, TOP, RIGHT = 122, 496, 54, 32, 22  # of the drawing, in its own units
BAR_TOP, BAR = 26, 20  # of a lane
NOW_TAG, DATE_ROOM, TIME_ROOM = 40, 70, 42  # labels of the axis keep this far apart
NEAR = 13  # dots nearer than this are one, with how many they are
CROWD = 24  # moments beyond which messages no longer stretch the axis
Words = Callable[..., str]
Term = Callable[[str, str], str]
LOOKS = {"register": "desk", "desk": "desk", "wait": "wait", **dict.fromkeys(("review", "survey", "verified", "dispute"), "rest"), "suspended": "stop"}
DOT_LOOKS = {"delivered": "good", "sent": "good", "failed": "bad", "unknown": "hot", "spared": "spared"}
WORST = ("bad", "hot", "wait", "good", "spared")


@dataclass(frozen=True)
class Block:
    """A bar as drawn. look: desk, wait (peach), work (blue), done (green), past, rest (answerable while others act), stop, back. `title` is all of it."""

    x: float
    width: float
    look: str
    label: str
    title: str
    above: float | None = None  # where its label begins above it, when the bar is too narrow and another follows

    @property
    def fits(self) -> bool:
        """True when the label fits into the bar."""
        return self.width > 10 + _wide(self.label)


@dataclass(frozen=True)
class Point:
    """A message (信), a call (话), several of them (their number), or a reminder that was not needed."""

    x: float
    letter: str
    look: str
    title: str


@dataclass
class Lane:
    """One party. `beside` are the labels that do not fit into their bars, written at `beside_x` (`anchor` start or end)."""

    name: str
    sub: str
    y: int
    bars: list[Block] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)
    flags: list[Point] = field(default_factory=list)
    beside: str = ""
    beside_x: float = 0
    anchor: str = "start"


@dataclass(frozen=True)
class Hand:
    """An arrow from one lane to another."""

    x: float
    top: int
    tip: int
    down: bool
    title: str


@dataclass(frozen=True)
class Row:
    """One line of the table: what, whose, from when until when, and how long; `held` is false for what went on beside. `until` is empty while it lasts."""

    what: str
    who: str
    begin: datetime
    until: datetime | None
    took: str
    held: bool


@dataclass(frozen=True)
class Drawing:
    """All of it. `now_x` is empty for a ticket that has ended; `due_x` where its nearest clock runs out, `was_x` before more time was given."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    folds: tuple[Fold, ...]
    hands: tuple[Hand, ...]
    rows: tuple[Row, ...]
    totals: tuple[tuple[str, str], ...]  # whose, how long in all
    width: int
    height: int
    now_x: float | None
    due_x: float | None
    was_x: float | None
    due_label: str

    @property
    def foot(self) -> int:
        return self.height - 8

    @property
    def looks(self) -> frozenset[str]:
        """What the legend has to explain."""
        bars = {bar.look for lane in self.lanes for bar in lane.bars}
        return frozenset(bars | {point.look for lane in self.lanes for point in (*lane.dots, *lane.flags)})


def draw(course: Lanes, caller: str, source: str, lang: str, words: Words, term: Term) -> Drawing:
    """Lays the course out; `caller` is the masked number, `source` where the appeal came from, `words` and `term` say the catalogue's entries and the
    business's own words in the reader's language."""
    on = axis(_moments(course), LEFT, WIDTH)
    place = {party.key: Lane(*_called(party, caller, source, words, term), TOP + LANE * number) for number, party in enumerate(course.parties)}
    names = {party.key: _whole_name(party, caller, words, term) for party in course.parties}
    rows = []
    for bar in course.bars:
        label, took = _label(bar, lang, words), _took(bar.span, lang)
        left = on.x(bar.begin)
        place[bar.lane].bars.append(Block(round(left, 1), round(max(on.x(bar.until) - left, 4), 1), _look(bar), label, f"{names[bar.lane]}：{label}"))
        rows.append(Row(words(f"lane.step_{_phase(bar)}"), names[bar.lane], bar.begin, None if _lasts(bar, course) else bar.until, took, bar.held))
    for key, lane in place.items():
        lane.dots = list(_points([dot for dot in course.dots if dot.lane == key], on, words, term))
        lane.flags = [_flagged(flag, on, words, term) for flag in course.flags if flag.lane == key]
        _beside(lane)
    return Drawing(
        lanes=tuple(place.values()),
        ticks=_ticks(course, on),
        folds=on.folds,
        hands=tuple(_hand(arrow.of, arrow.to, on.x(arrow.at), place, f"{term('happened', arrow.what)}：{names[arrow.of]} → {names[arrow.to]}") for arrow in course.arrows),
        rows=tuple(sorted(rows, key=lambda row: row.begin)),
        totals=tuple((names[key], _took(span, lang)) for key, span in course.held().items() if span),
        width=LEFT + WIDTH + RIGHT,
        height=TOP + LANE * len(place) + 8,
        now_x=round(on.x(course.now), 1) if course.now is not None else None,
        due_x=round(on.x(course.due), 1) if course.due is not None else None,
        was_x=round(on.x(course.was_due), 1) if course.was_due is not None else None,
        due_label=_moment(course.due, course.end) if course.due is not None else "",
    )  # fmt: skip


def _moments(course: Lanes) -> set[datetime]:
    """Where the axis has its knots: whatever begins and ends, and the messages while they are few."""
    found = {moment for bar in course.bars for moment in (bar.begin, bar.until)} | {flag.at for flag in course.flags} | {course.start, course.end}
    found |= {moment for moment in (course.due, course.was_due) if moment is not None}
    if len(found) + len(course.dots) <= CROWD:
        found |= {dot.at for dot in course.dots}
    kept = {max(course.start, moment) for moment in found}
    return kept if len(kept) > 1 else {*kept, course.start + timedelta(minutes=8)}


def _called(party: Party, caller: str, source: str, words: Words, term: Term) -> tuple[str, str]:
    """The two lines in front of a lane."""
    if party.key == CALLER:
        return words("lane.caller"), caller
    if party.key == CENTRE:
        return words("lane.centre"), party.who or source
    if party.key == TOGETHER:
        return words("lane.others"), words("lane.told")
    top, _, section = party.unit.partition("/")
    sub = " ".join(word for word in (section, party.who) if word)
    if top:
        return term("whom", top), sub
    return term("whom", party.who) if party.who else words("lane.nobody"), words("lane.told") if party.kind == "told" else ""


def _whole_name(party: Party, caller: str, words: Words, term: Term) -> str:
    if party.key in (CALLER, CENTRE, TOGETHER):
        return " ".join(word for word in (*_called(party, caller, "", words, term)[:1], party.who) if word)
    return " · ".join(word for word in (*party.unit.split("/"), term("whom", party.who) if party.who else "") if word) or words("lane.nobody")


def _phase(bar: Bar) -> str:
    return "judge_dispute" if bar.phase == "judge" and bar.lane == CENTRE and not bar.end.startswith(("通过", "重办")) else bar.phase


def _lasts(bar: Bar, course: Lanes) -> bool:
    return course.now is not None and bar.until == course.end and not bar.end


def _look(bar: Bar) -> str:
    if bar.phase in LOOKS:
        return LOOKS[bar.phase]
    if not bar.end:
        return "work" if bar.held else "wait"
    if bar.phase == "judge":
        return {"通过": "done", "重办": "back"}.get(bar.end, "past")
    if bar.phase == "help":
        return "done" if bar.end == "回复" else "past"
    return "done" if bar.end in ("回复", "调解完成", "核实") else "past"


def _label(bar: Bar, lang: str, words: Words) -> str:
    key = _phase(bar)
    if key == "help":
        key = "helping" if not bar.end else "replied" if bar.end == "回复" else "waived"
    elif key == "judge" and bar.end in ("通过", "重办"):
        key = "passed" if bar.end == "通过" else "returned"
    elif key == "asked" and bar.end:
        key = "answered"
    return words(f"lane.b_{key}", time=_took(bar.span, lang))


def _took(span: timedelta, lang: str) -> str:
    """5:37 of what took minutes, 3 小时 5 分 of what took longer, 不到 1 秒 of what the machine did."""
    seconds = max(span.total_seconds(), 0.0)
    if seconds < 1:
        return "< 1 s" if lang == "en" else "不到 1 秒"
    return short_span(seconds) if seconds < 600 else span_words(seconds, lang)


def _points(dots: list[Dot], on: Axis, words: Words, term: Term) -> Iterator[Point]:
    groups: list[list[Dot]] = []
    for dot in sorted(dots, key=lambda one: one.at):
        if groups and on.x(dot.at) - on.x(groups[-1][0].at) < NEAR:
            groups[-1].append(dot)
        else:
            groups.append([dot])
    for group in groups:
        looks = [DOT_LOOKS.get(dot.state, "wait") for dot in group]
        sign = term("letter", group[0].channel.split(",")[0])
        letter = "" if set(looks) == {"spared"} else str(len(group)) if len(group) > 1 else sign if len(sign) == 1 else term("letter", "短信")
        titles = [
            words("lane.spared", when=dot.kind) if dot.state == "spared" else f"{_moment(dot.at, dot.at)} {words('lane.message', channel=term('channel', dot.channel), kind=term('kind', dot.kind))}"
            for dot in group
        ]  # fmt: skip
        yield Point(round(max(on.x(group[0].at), LEFT + 9), 1), letter, min(looks, key=WORST.index), "；".join(titles))


def _flagged(flag: Flag, on: Axis, words: Words, term: Term) -> Point:
    said = words(f"lane.flag_{flag.kind}", name=term("deadline", flag.name) if flag.name else "", time=_moment(flag.until, flag.at))
    return Point(round(on.x(flag.at), 1), "", "over" if flag.kind == "breach" else flag.kind, said)


def _hand(of: str, to: str, x: float, place: dict[str, Lane], title: str) -> Hand:
    """From the bar of the one to the edge of the other's."""
    down = place[to].y > place[of].y
    start = place[of].y + BAR_TOP + (BAR if down else 0)
    return Hand(round(x, 1), start, place[to].y + BAR_TOP + (0 if down else BAR), down, title)


def _beside(lane: Lane) -> None:
    """Labels of bars too narrow for them: above the bar where a wide one follows, else behind the last bar, or before the first where there is no room behind."""
    wide = max((bar.x for bar in lane.bars if bar.fits), default=0.0)
    reached = 0.0
    for place, bar in enumerate(lane.bars):
        begin = _above(bar, lane) if not bar.fits and bar.x < wide else None
        if begin is not None and begin >= reached:  # never over the label before it
            lane.bars[place], reached = replace(bar, above=begin), begin + _wide(bar.label) + 4
    narrow = [bar.label for bar in lane.bars if not bar.fits and bar.x > wide]
    if not narrow:
        return
    first, last = min(bar.x for bar in lane.bars), max(bar.x + bar.width for bar in lane.bars)
    for text in (" · ".join(narrow), narrow[-1]):
        if last + 6 + _wide(text) <= LEFT + WIDTH + RIGHT:
            lane.beside, lane.beside_x = text, round(last + 5, 1)
            return
        if first - 6 - _wide(text) >= LEFT:
            lane.beside, lane.beside_x, lane.anchor = text, round(first - 5, 1), "end"
            return


def _above(bar: Block, lane: Lane) -> float | None:
    """Where the label begins above its bar, beside the messages there; None where they leave no room: its title and the table say it."""
    begin = bar.x
    for dot in sorted(dot.x for dot in lane.dots):
        if dot - NEAR < begin + 2 and dot < bar.x + NEAR:
            begin = dot + NEAR - 1
        elif begin < dot < begin + _wide(bar.label) + NEAR:
            return None
    return round(begin, 1) if begin + _wide(bar.label) <= LEFT + WIDTH + RIGHT else None


def _wide(text: str) -> float:
    """How wide a label is, a Chinese character taking about its own height."""
    return sum(12.5 if ord(char) > 255 else 7 for char in text)


def _ticks(course: Lanes, on: Axis) -> tuple[Tick, ...]:
    """The start, then where it changed hands, then whatever else began; never under 现在 or the due line's label."""
    begins = [bar.begin for bar in course.bars if bar.held]
    moments = [course.start, *(arrow.at for arrow in course.arrows), *begins, *(() if course.now else (course.end,)), *(bar.begin for bar in course.bars)]
    days, taken = {local(moment).date() for moment in (*moments, course.end)}, [on.x(moment) for moment in (course.now, course.due) if moment is not None]
    room = max(TIME_ROOM if len(days) == 1 else DATE_ROOM, NOW_TAG)
    return ticks(on, dict.fromkeys(moments), lambda moment, before: _moment(moment, before or course.end), taken, room)


def _moment(moment: datetime, beside: datetime) -> str:
    """14:36 of the same day as `beside`, else with its day."""
    here = local(moment)
    return here.strftime("%H:%M" if here.date() == local(beside).date() else "%m-%d %H:%M")
