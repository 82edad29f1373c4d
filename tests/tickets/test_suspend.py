"""What cannot be done yet is kept on a list: its clocks stand still, it is looked at again on its day, and is taken up where it stood."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.tickets import district
from tests.tickets.fakes import FixedClock
from tests.tickets.test_clocks import clock_named, shown
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.suspend import release, suspend
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store.models import Deadline, History, Outbox, Ticket
from tickets.store.scope import Viewer
from tickets.store.suspended import waiting

Make = Callable[..., Opened]
ALL = Viewer("all")


def put(desk: Desk, opened: Opened, days: int = 10) -> Ticket:
    sign(desk, opened.ticket_id, "system")
    return suspend(desk, opened.ticket_id, "account:7", "管材未到货", "抢修班十二月初更换", days)


def test_on_the_list_clocks_stand_still_and_run_on_with_what_was_left(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    ticket = put(desk, opened)
    assert (ticket.status, ticket.person.name) == ("挂账", "班长甲")
    due, running = clock_named("办结").due_at, clock_named("办结").id
    look = clock_named("挂账复查")
    assert (look.rule, look.state, shown(look.due_at)) == ("人工", "running", "12-03 09:00")
    clock.on(days=2)
    assert sweep(desk, clock.now).breached == 0
    assert release(desk, opened.ticket_id, "account:7", "管材到货").status == "办理中"
    assert (clock_named("办结").id, clock_named("办结").due_at > due, clock_named("办结").paused_at) == (running, True, None)
    assert Deadline.get_by_id(look.id).state == "met"
    assert Outbox.select().where(Outbox.once.startswith(f"release:{opened.ticket_id}")).count() == 1
    assert json.loads(History.get(History.what == "挂账").note)["plan"] == "抢修班十二月初更换"


def test_the_list_shows_why_and_until_when_what_is_due_first(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    late, soon = make_ticket(), make_ticket()
    put(desk, late, 30)
    put(desk, soon, 3)
    clock.on(days=4)
    lines, total = waiting(ALL, clock.now)
    assert [(one.number, one.overdue, one.days) for one in lines] == [(soon.ticket, True, 4), (late.ticket, False, 4)]
    assert (total, lines[0].reason, lines[0].plan, lines[0].person) == (2, "管材未到货", "抢修班十二月初更换", "班长甲")
    assert waiting(Viewer("own", district.person("照明甲").id), clock.now) == ((), 0)
    release(desk, soon.ticket_id, "account:7", "管材到货")
    assert [one.number for one in waiting(ALL, clock.now)[0]] == [late.ticket]


def test_the_handler_himself_a_stranger_and_a_senseless_date_are_refused(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    with pytest.raises(StepRefused, match="不能挂账"):
        suspend(desk, opened.ticket_id, "x", "缺料", "等料", 5)
    sign(desk, opened.ticket_id, "system")
    with pytest.raises(StepRefused, match="由本人办理，不能自己挂账"):
        suspend(desk, opened.ticket_id, "x", "缺料", "等料", 5, district.person("班长甲").id)
    with pytest.raises(StepRefused, match="只有承办单位及其上级单位的人员和热线中心可以挂账"):
        suspend(desk, opened.ticket_id, "x", "缺料", "等料", 5, district.person("照明甲").id)
    with pytest.raises(StepRefused, match="不在 1 到 365 之间"):
        suspend(desk, opened.ticket_id, "x", "缺料", "等料", 0)
    with pytest.raises(StepRefused, match="没有填写下一步安排"):
        suspend(desk, opened.ticket_id, "x", "缺料", " ", 5)
    suspend(desk, opened.ticket_id, "x", "缺料", "等料", 5, district.person("派单乙").id)
    with pytest.raises(StepRefused, match="由本人办理，不能自己销账"):
        release(desk, opened.ticket_id, "x", "到料", district.person("班长甲").id)
