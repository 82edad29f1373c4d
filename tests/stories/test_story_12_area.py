"""Story 12: a burst pipe → the estate's other pipe appeals are listed, the departments warned, and whether it stopped is judged by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from insights.area import Area, area_of
from insights.similar import Question, similar
from tests.stories.conftest import LOCAL, Installation
from tickets.actions.area_warn import RESULT, WARN, Warned, judge_due, warn_area
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.domain.times import stored
from tickets.store import assists, similar_area
from tickets.store.models import History, Outbox, Ticket
from tickets.store.scope import Viewer

ALL = Viewer("all")
BY_RULE = "供水公司"  # helps by the dispatch rule already
WINTER = datetime(2026, 10, 12, 9, 0, tzinfo=LOCAL)
BEFORE = (  # days before, what was said, by whom
    (40, "谷雨苑三号楼自来水水压低，洗澡都不行", "15400010001"),
    (21, "谷雨苑一号楼的老水管破裂，滴了好几天", "15400010002"),
    (20, "谷雨苑一号楼老管道又漏水了，自来水漏水一地", "15400010002"),
    (9, "谷雨苑自来水发黄还有泥沙，没法喝", "15400010003"),
)


@pytest.fixture
def burst(installation: Installation) -> Ticket:
    """Six weeks of small complaints about one estate's water, one elsewhere; then a pipe bursts there, and the section signs."""
    clock, burst_at = installation.clock, WINTER + timedelta(days=42)
    for days, text, phone in BEFORE:
        clock.begin(burst_at - timedelta(days=days))
        installation.appeal(text, phone=phone)
    installation.appeal("东站小区水管爆裂，路上都是水", phone="15400010009")
    installation.appeal("谷雨苑的路灯不亮", phone="15400010009")
    clock.begin(burst_at)
    opened = installation.appeal("谷雨苑五号楼门口水管爆裂，水冒得很高，整栋楼停水", phone="15400010004")
    clock.at(2)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.turn()
    found: Ticket = Ticket.get_by_id(opened.ticket_id)
    return found


def asked(installation: Installation, ticket: Ticket) -> Question:
    return Question(ticket.title, ticket.text, ticket.category, ticket.area, stored(installation.clock()), ticket.id)


def looked(installation: Installation, ticket: Ticket, viewer: Viewer = ALL) -> Area:
    area = area_of(viewer, installation.parts.desk.rules.names, asked(installation, ticket))
    assert area is not None
    return area


def warned(area: Area, days: int = 30) -> Warned:
    return Warned(area.place, area.branch, tuple(line.one.number for line in area.lines), tuple(unit.address for unit in area.units), days)


def test_the_estates_other_pipe_appeals_are_listed_with_whom_since_when_and_with_which_unit(installation: Installation, burst: Ticket) -> None:
    area = looked(installation, burst)
    assert (area.place, area.branch) == ("谷雨苑", "供水")
    assert [line.one.text for line in area.lines] == [burst.text, *(text for _, text, _ in reversed(BEFORE))]
    assert area.since == Ticket.select().order_by(Ticket.id).first().registered_at
    assert (len(area.callers), area.nameless) == (4, 0)
    assert (area.callers[0].times, area.callers[0].phone) == (2, "154****0002")
    assert [line.again for line in area.lines] == [False, False, True, False, False]
    assert {unit.address for unit in area.units} >= {"水务局/管网科", "供水公司/水质检测班"}
    assert sum(count for _, count in area.months) == 5
    near = similar(ALL, installation.parts.desk.rules.names, asked(installation, burst), near=True)
    assert {one.one.number for one in near} <= {line.one.number for line in area.lines}
    assert looked(installation, burst, Viewer("own", person_id=burst.person_id)).lines != ()
    assert looked(installation, burst, Viewer("own")).lines == ()


def test_one_click_warns_once_joins_and_is_judged_when_nothing_more_came(installation: Installation, burst: Ticket) -> None:
    desk, clock, area = installation.parts.desk, installation.clock, looked(installation, burst)
    done = warn_area(desk, burst.id, warned(area), "account:1")
    lead = f"{burst.unit.address}"
    assert len(done.told) == len(area.units)
    assert set(done.helping) == {unit.address for unit in area.units} - {lead}
    assert {one.unit for one in assists.waiting(burst.id)} == {*done.helping, BY_RULE}
    installation.turn()
    told = installation.told(WARN)
    assert len(told) == len(area.units)
    body = Outbox.get(Outbox.kind == WARN).body
    assert all(words in body for words in ("谷雨苑", "供水", "5 件", "30 天", area.lines[-1].one.number))
    assert "1540001" not in body
    with pytest.raises(StepRefused, match="已经从本工单提醒过"):
        warn_area(desk, burst.id, warned(area, 7), "account:2")
    assert len(installation.told(WARN)) == len(told)
    clock.at(29 * 24 * 60)
    assert judge_due(desk) == 0
    clock.at(31 * 24 * 60)
    assert (judge_due(desk), judge_due(desk)) == (1, 0)
    follow = similar_area.follow_of(burst.id)
    assert follow is not None
    assert (follow.state, follow.came) == ("没有再发生", 0)
    assert "30 天内没有再发生" in History.get((History.ticket == burst.id) & (History.what == RESULT)).note


def test_what_came_all_the_same_is_counted_with_its_callers(installation: Installation, burst: Ticket) -> None:
    desk, clock = installation.parts.desk, installation.clock
    warn_area(desk, burst.id, warned(looked(installation, burst), 7), "account:1")
    for day, phone in ((2, "15400010005"), (3, "15400010005"), (6, "15400010006"), (8, "15400010007")):  # the last after the time
        clock.at(day * 24 * 60)
        installation.appeal("谷雨苑五号楼又停水了", phone=phone)
    assert judge_due(desk) == 1
    follow = similar_area.follow_of(burst.id)
    assert follow is not None
    assert (follow.state, follow.came, follow.callers) == ("再次发生", 3, 2)


def test_a_closed_case_warns_without_joining_and_nobody_to_warn_is_refused(installation: Installation, burst: Ticket) -> None:
    desk, area = installation.parts.desk, looked(installation, burst)
    Ticket.update(status="已结案").where(Ticket.id == burst.id).execute()
    with pytest.raises(StepRefused, match="至少选一个"):
        warn_area(desk, burst.id, Warned(area.place, area.branch, (), (), 30), "account:1")
    with pytest.raises(StepRefused, match="跟踪天数"):
        warn_area(desk, burst.id, warned(area, 8), "account:1")
    done = warn_area(desk, burst.id, warned(area), "account:1")
    assert (done.helping, len(done.told)) == ((), len(area.units))
    assert [one.unit for one in assists.waiting(burst.id)] == [BY_RULE]
