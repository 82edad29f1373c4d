"""Story 6: the wrong unit returns a ticket in time, with a reason, and the hotline centre decides; too late it is refused, with the reason."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Installation
from tickets.actions.allowed import barred
from tickets.actions.dispute import redirect, uphold
from tickets.actions.return_ticket import return_ticket
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.store.models import Deadline, History, Ticket

TEXT = "我们小区停水三天了，没人管"
DAY = 24 * 60  # Monday nine o'clock to Tuesday nine o'clock is one working day
ELSEWHERE = "城市管理局/市政设施科"


def returned(installation: Installation, minutes: float = 30) -> int:
    opened = installation.appeal(TEXT)
    installation.clock.at(1)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.clock.at(minutes)
    return_ticket(installation.parts.desk, opened.ticket_id, "system", "小区内部管道归物业", "职责清单第三条")
    return opened.ticket_id


def disputing() -> Deadline:
    return Deadline.select().where(Deadline.name == "争议审核").order_by(Deadline.id.desc()).get()  # type: ignore[no-any-return]


def test_returned_in_time_it_is_disputed_decided_within_a_working_day_and_its_clock_stands_still(installation: Installation) -> None:
    ticket_id = returned(installation, 60)
    assert (disputing().state, disputing().rule) == ("running", "B-010")
    assert (disputing().due_at - disputing().started_at).days == 1
    assert installation.clock_named("办结").paused_at is not None
    installation.clock.at(90)
    found = redirect(installation.parts.desk, ticket_id, ELSEWHERE, "system", "退单成立")
    ticket = Ticket.get_by_id(ticket_id)
    assert (ticket.status, ticket.person_id) == ("待签收", found.person.id)
    assert disputing().state == "met"
    assert [row.state for row in Deadline.select().where(Deadline.name == "办结").order_by(Deadline.id)] == ["cancelled", "planned"]
    installation.run_until(95)
    assert ("短信", found.person.name) in installation.told("派单")


def test_too_late_it_is_refused_with_the_reason_and_stays_where_it_is(installation: Installation) -> None:
    opened = installation.appeal(TEXT)
    installation.clock.at(DAY + 1)
    with pytest.raises(StepRefused, match="已过退单时限，须在派单后一个工作日内（11-24 09:00 前）提出"):
        return_ticket(installation.parts.desk, opened.ticket_id, "system", "小区内部管道归物业", "职责清单第三条")
    assert Ticket.get_by_id(opened.ticket_id).status == "待签收"
    assert not History.select().where(History.what == "退单").exists()


def test_nobody_decides_in_time_and_the_return_stands(installation: Installation) -> None:
    ticket_id = returned(installation)
    desk = installation.parts.desk
    installation.run_until(120, step=30)
    assert len(installation.told("人工派单")) == 1  # when it came back
    installation.run_until(DAY - 60, step=30)
    assert len(installation.told("人工派单")) == 2  # two working hours before the time is over
    assert barred(desk, Ticket.get_by_id(ticket_id).number, "维持", "维持", None, of_centre=True) is None
    installation.run_until(DAY + 40, step=10)
    assert disputing().state == "breached"
    assert disputing().breach_step == f"争议·{desk.manual_desk}"  # the centre's delay, not the unit's
    assert {channel for channel, _ in installation.told("超期")} == {"短信", "电话"}
    why = barred(desk, Ticket.get_by_id(ticket_id).number, "维持", "维持", None, of_centre=True)
    assert why is not None
    assert (why.kind, "未裁定即视为同意退单" in why.why) == ("late", True)
    assert barred(desk, Ticket.get_by_id(ticket_id).number, "维持", "改派", None, of_centre=True) is None
    with pytest.raises(StepRefused, match="只能改派"):
        uphold(desk, ticket_id, "system", "就是你们的")
    redirect(desk, ticket_id, ELSEWHERE, "system", "逾期未裁定，退单成立")
    assert Ticket.get_by_id(ticket_id).status == "待签收"
