"""Who had a ticket when: every moment from registration to now or to its end belongs to exactly one person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tickets.domain import status as st
from tickets.domain.course import Course, Extended, Help, Reviewer, Spared, Stepped, Ticking, Told
from tickets.domain.lanes import CALLER, CENTRE, MOST, TOGETHER, Lanes, lanes

START = datetime(2026, 11, 23, 6, 29, 5, tzinfo=UTC)
MOVES = {what: to for what, (_, to) in st.MOVES.items()}


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def step(minutes: float, what: str, holder: int | None = None, unit: str = "", to: str | None = None) -> Stepped:
    return Stepped(after(minutes), what, MOVES.get(what, "") if to is None else to, holder, f"人{holder}" if holder else "", unit=unit)


PIPE = (
    step(0, "登记", to=st.REGISTERED),
    step(1.6, "受理"),
    step(1.6, "派单", 7, "水务局/管网科"),
    step(7.2, "签收", 7),
)


def bars(found: Lanes) -> list[tuple[str, str, float]]:
    """(lane, phase, minutes) of whoever was answerable."""
    return [(bar.lane, bar.phase, round(bar.span / timedelta(minutes=1), 2)) for bar in found.bars if bar.held]


def test_from_the_call_to_now_somebody_has_it() -> None:
    found = lanes(Course(START, st.SIGNED, PIPE), after(43.2))
    assert bars(found) == [(CENTRE, "register", 1.6), ("person:7", "wait", 5.6), ("person:7", "work", 36)]
    assert [(party.unit, party.who) for party in found.parties] == [("", ""), ("水务局/管网科", "人7")]
    assert [(arrow.of, arrow.to, arrow.what) for arrow in found.arrows] == [(CENTRE, "person:7", "派单")]
    assert found.now == after(43.2)


def test_rework_and_a_visit_give_the_time_back_to_whom_it_belongs() -> None:
    course = (
        *PIPE,
        step(40, "回复", 7),
        step(50, "重办", 7),
        step(60, "回复", 7),
        step(70, "审核通过", 7),
        step(100, "核实", 7),
        step(100, "调解", 9, "青禾镇/北庄村"),
        step(160, "调解完成", 7),
        step(170, "核实", 7),
        step(171, "结案", 7),
        step(500, "评价留存"),
    )
    found = lanes(Course(START, st.CLOSED, course), after(9_000))
    assert bars(found) == [
        (CENTRE, "register", 1.6),
        ("person:7", "wait", 5.6),
        ("person:7", "work", 32.8),
        ("person:7", "review", 10),
        ("person:7", "work", 10),
        ("person:7", "review", 10),
        ("person:7", "survey", 30),
        ("person:9", "visit", 60),  # 核实 and 调解 are one moment
        ("person:7", "survey", 10),
        ("person:7", "verified", 1),
    ]
    assert (found.now, found.end) == (None, after(171))  # an answer kept later prolongs nothing
    assert found.held()["person:9"] == timedelta(minutes=60)
    asked = [(bar.begin, bar.until) for bar in found.bars if bar.lane == CALLER]
    assert asked == [(after(70), after(100)), (after(160), after(170))]


def test_reviewers_helpers_and_the_centre_act_beside_whoever_is_answerable() -> None:
    course = Course(
        START,
        st.REPLIED,
        (*PIPE, step(30, "回复", 7)),
        reviewers=(
            Reviewer(4, 0, "科室负责人", "passed", "水务局/管网科", 8, "人8", after(30), after(35)),
            Reviewer(4, 1, "分管领导", "skipped", why="找不到"),
            Reviewer(4, 2, "热线中心", "waiting", "热线中心", 2, "人2", after(35)),
            Reviewer(4, 3, "区政府", "planned"),
        ),
        helpers=(Help("河西社区", 5, "人5", after(1.6), "回复", "清场", after(27)), Help("住建局", 6, "人6", after(1.6))),
    )
    found = lanes(course, after(45))
    beside = [(bar.lane, bar.phase, bar.begin, bar.until, bar.end) for bar in found.bars if not bar.held]
    assert beside == [
        ("person:5", "help", after(1.6), after(27), "回复"),
        ("person:6", "help", after(1.6), after(45), ""),
        ("person:8", "judge", after(30), after(35), "通过"),
        ("person:2", "judge", after(35), after(45), ""),
    ]
    assert [(arrow.of, arrow.to) for arrow in found.arrows if arrow.what == "审核"] == [("person:7", "person:8"), ("person:8", "person:2")]
    assert sum(found.held().values(), timedelta()) == found.end - found.start  # what goes on beside is not counted twice


def test_messages_breaches_and_more_time_stand_where_they_belong() -> None:
    course = Course(
        START,
        st.SIGNED,
        PIPE,
        told=(Told(after(1.7), "短信", "派单", "delivered", 7), Told(after(7.3), "短信", "告知", "sent"), Told(after(8), "短信", "催签", "cancelled", 7)),
        extensions=(Extended(after(20), "人7", "人8", "granted", after(60), after(120), decided_at=after(30)),),
        clocks=(Ticking("签收", after(1.6), after(6.6), open=False, breached=True), Ticking("办结", after(7.2), after(120), open=True)),
        spared=(Spared(after(11), "分管领导", "短信", "E-020", "满 10 分"), Spared(after(11), "承办人", "短信", "E-020", "满 10 分")),
    )
    found = lanes(course, after(43))
    assert [(dot.lane, dot.state) for dot in found.dots] == [("person:7", "delivered"), (CALLER, "sent"), ("unit:分管领导", "spared")]
    assert [(flag.lane, flag.kind) for flag in found.flags] == [("person:7", "breach"), ("person:7", "asked"), ("person:7", "granted")]
    assert (found.due, found.was_due) == (after(120), after(60))


@pytest.mark.parametrize(
    ("status", "steps", "expected"),
    [
        (st.DECLINED, (step(0, "登记", to=st.REGISTERED), step(3, "不予受理")), [(CENTRE, "register", 3)]),
        (st.HANDED_OVER, (step(0, "登记", to=st.REGISTERED), step(1, "移交")), [(CENTRE, "register", 1)]),
        (st.MERGED, (*PIPE[:3], step(4, "并单", 7)), [(CENTRE, "register", 1.6), ("person:7", "wait", 2.4)]),
        (st.REVIEWED, (PIPE[0], step(2, "直接答复", 3)), [(CENTRE, "register", 2), (CENTRE, "survey", 8)]),
        (st.ACCEPTED, (PIPE[0], step(0, "受理"), step(0, "转人工", 3)), [(CENTRE, "register", 0), (CENTRE, "desk", 10)]),
        (st.DISPUTED, (*PIPE, step(9, "退单", 7)), [(CENTRE, "register", 1.6), ("person:7", "wait", 5.6), ("person:7", "work", 1.8), ("person:7", "dispute", 1)]),
        (st.CLOSED, PIPE[:3], [(CENTRE, "register", 1.6), ("person:7", "wait", 0)]),  # its last line was never written
    ],
)  # fmt: skip
def test_every_other_way_a_course_goes(status: str, steps: tuple[Stepped, ...], expected: list[tuple[str, str, float]]) -> None:
    assert bars(lanes(Course(START, status, steps), after(10))) == expected


def test_more_people_told_than_lanes_share_the_last_one() -> None:
    told = tuple(Told(after(2), "短信", "升级", "sent", 100 + number, f"人{number}") for number in range(30))
    found = lanes(Course(START, st.SIGNED, PIPE, told=told), after(20))
    assert len(found.parties) <= MOST + 1
    assert [party.key for party in found.parties][-1] == TOGETHER


WHATS = sorted((*MOVES, "登记", "转人工", "催办", "审核"))


@some.composite
def courses(draw: some.DrawFn) -> tuple[Course, datetime]:
    """Any lines at all in any order, also dated backwards, with reviewers and helpers whenever: bad data must not tear the picture."""
    minutes = some.integers(-5, 3_000)
    steps = tuple(step(draw(minutes), draw(some.sampled_from(WHATS)), draw(some.none() | some.integers(1, 4)), draw(some.sampled_from(("", "水务局")))) for _ in range(draw(some.integers(0, 12))))  # fmt: skip
    reviewers = tuple(
        Reviewer(1, number, "分管领导", draw(some.sampled_from(("waiting", "passed", "returned", "skipped"))), "", draw(some.integers(1, 6)), "人", after(draw(minutes)), after(draw(minutes)))
        for number in range(draw(some.integers(0, 3)))
    )  # fmt: skip
    helpers = tuple(Help("住建局", draw(some.none() | some.integers(1, 6)), "人", after(draw(minutes)), "回复", "", after(draw(minutes))) for _ in range(draw(some.integers(0, 2))))  # fmt: skip
    return Course(START, draw(some.sampled_from(sorted(st.STATUSES))), steps, reviewers=reviewers, helpers=helpers), after(draw(minutes))


@given(courses())
def test_no_moment_is_nobodys_and_none_is_two_peoples(drawn: tuple[Course, datetime]) -> None:
    course, now = drawn
    found = lanes(course, now)
    held = [bar for bar in found.bars if bar.held]
    assert held[0].begin == found.start == course.registered_at
    assert held[-1].until == found.end
    assert all(before.until == following.begin for before, following in pairwise(held))
    assert all(bar.begin <= bar.until for bar in found.bars)
    assert sum(found.held().values(), timedelta()) == found.end - found.start
    assert (found.now is None) == course.ended
    if not course.ended:
        assert found.end >= now
    known = {party.key for party in found.parties}
    assert {bar.lane for bar in found.bars} | {dot.lane for dot in found.dots} | {flag.lane for flag in found.flags} <= known
    assert {end for arrow in found.arrows for end in (arrow.of, arrow.to)} <= known
