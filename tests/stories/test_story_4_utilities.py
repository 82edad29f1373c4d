"""Story 4: water, power, gas or heat out on a holiday: dispatched within 10 minutes; at 10:01 a breach names the step that delayed it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from tests.stories.conftest import LOCAL, Installation
from tickets.actions.dispatch import assign
from tickets.actions.resolve import Resolved, resolve
from tickets.store.models import Deadline, History, Person, Ticket

NATIONAL_DAY = datetime(2026, 10, 1, 23, 55, tzinfo=LOCAL)
SPRING_FESTIVAL = datetime(2026, 2, 17, 8, 0, tzinfo=LOCAL)
SECOND = 1 / 60
OUTAGES = [
    ("我们小区停水三天了，没人管", "停水"),
    ("整栋楼停电了，冰箱里的东西都坏了", "停电"),
    ("家里停气做不了饭", "停气"),
    ("家里停暖，老人受不了", "停暖"),
]
# A category the catalogue knows, but a text that says nothing of it: nobody can decide but the manual desk.
UNCLEAR = "麻烦你们来看看吧"


@pytest.mark.parametrize("day", [NATIONAL_DAY, SPRING_FESTIVAL], ids=["National Day", "Spring Festival"])
@pytest.mark.parametrize(("text", "word"), OUTAGES, ids=[word for _, word in OUTAGES])
def test_an_outage_on_a_holiday_is_dispatched_at_once_and_its_clock_was_ten_natural_minutes(
    installation: Installation, day: datetime, text: str, word: str
) -> None:
    installation.clock.begin(day)
    opened = installation.appeal(text)
    assert (opened.urgency, opened.manual, opened.status) == ("特急", False, "待签收")
    clock = next(clock for clock in opened.deadlines if clock.name == "派单")
    assert (clock.state, clock.within) == ("met", "10m")
    assert clock.due is not None
    assert (clock.due - installation.clock()).total_seconds() == 600
    installation.turn()
    assert len(installation.sent()) == 1


def waiting_at_the_desk(installation: Installation) -> Ticket:
    """An outage on a holiday that no rule can place, with the ten-minute clock of a special case."""
    installation.clock.begin(NATIONAL_DAY)
    opened = installation.appeal(UNCLEAR, answers={"special": True})
    assert opened.manual
    ticket: Ticket = Ticket.get_by_id(opened.ticket_id)
    return ticket


def test_waiting_at_the_manual_desk_the_breach_at_ten_minutes_and_a_second_names_that_step(installation: Installation) -> None:
    ticket = waiting_at_the_desk(installation)
    installation.run_until(10)
    assert installation.clock_named("派单").state == "running"
    installation.run_until(10 + SECOND)
    clock = installation.clock_named("派单")
    assert clock.state == "breached"
    assert clock.breach_step == f"已受理·热线中心/人工派单席 {ticket.person.name}"
    line = History.get(History.what == "逾期")
    note = json.loads(line.note)
    assert (line.holder_id, note["step"], note["deadline"]) == (ticket.person_id, "已受理", "派单")
    assert note["due"] == "2026-10-01T16:05:00+00:00"


def test_the_manual_desk_is_reminded_before_and_the_supervisor_told_at_ten_minutes(installation: Installation) -> None:
    ticket = waiting_at_the_desk(installation)
    installation.run_until(6.9)
    assert [(one["channel"], one["kind"]) for one in installation.sent()] == [("弹屏", "人工派单")]
    installation.run_until(7)
    on_duty = resolve(installation.parts.desk, installation.parts.desk.manual_desk, ticket, installation.clock())
    assert isinstance(on_duty, Resolved)  # the night shift has begun meanwhile
    assert installation.told("人工派单")[1:] == [("短信", on_duty.person.name)]
    installation.run_until(10)
    assert [channel for channel, _ in installation.told("超期")] == ["短信", "电话"]
    assert Person.select().where(Person.name == installation.told("超期")[0][1]).exists()


def test_dispatched_by_hand_after_eleven_minutes_the_breach_stays_with_the_step_that_was_late(installation: Installation) -> None:
    ticket = waiting_at_the_desk(installation)
    installation.run_until(11)
    assign(installation.parts.desk, ticket.id, "水务局/管网科", "system")
    installation.run_until(12)
    clock = Deadline.get((Deadline.name == "派单") & (Deadline.ticket == ticket))
    assert clock.state == "breached"
    assert clock.met_at is not None
    assert clock.breach_step.startswith("已受理·热线中心/人工派单席")
