"""More time: asked before the clock is over, decided by the superior, counted on the clock's own calendar, told to the citizen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.tickets import district
from tests.tickets.chain_rules import leaders
from tests.tickets.conftest import newest_note as line
from tests.tickets.fakes import FixedClock
from tests.tickets.test_clocks import clock_named, shown
from tickets.actions.extension import decide_extension, extend
from tickets.actions.reply import reply
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store import extensions
from tickets.store.connect import transaction
from tickets.store.models import ChainLink, Deadline, Outbox, Ticket
from tickets.store.waiting import extensions_for

Make = Callable[..., Opened]


def id_of(name: str) -> int:
    return int(district.person(name).id)


def links() -> list[str]:
    rows = ChainLink.select().join(Deadline).where((Deadline.name == "办结") & (ChainLink.state == "waiting")).order_by(ChainLink.seq)
    return [shown(row.at) for row in rows]


@pytest.fixture
def signed(desk: Desk, make_ticket: Make) -> int:
    """A ticket of 供水公司/抢修班, signed, its caller's mobile number known; the company has a leader, 分管甲."""
    with transaction():
        leaders()
    opened = make_ticket(phone="13900000000")
    sign(desk, opened.ticket_id, "system")
    return int(opened.ticket_id)


def test_granted_the_due_moment_and_every_reminder_to_come_move_on_by_as_much(desk: Desk, clock: FixedClock, signed: int) -> None:
    before, at_first = clock_named("办结"), links()
    clock.on(hours=1)
    asked = extend(desk, signed, 2, "等备件", "person:1", id_of("班长甲"))
    assert (asked.decider.name, line("申请延期")["days"], clock_named("办结").due_at) == ("分管甲", 2, before.due_at)
    assert [one.ticket_id for one in extensions_for(id_of("分管甲"))] == [signed]
    decide_extension(desk, signed, True, "", "person:9", id_of("分管甲"))
    after = clock_named("办结")
    assert desk.calendar.spent_time(before.due_at.replace(tzinfo=clock.now.tzinfo), after.due_at.replace(tzinfo=clock.now.tzinfo), after.clock) > timedelta(0)
    assert after.due_at == asked.new_due
    assert len(links()) == len(at_first)
    assert all(later > earlier for earlier, later in zip(at_first, links(), strict=True))
    assert (line("同意延期")["citizen"], extensions_for(id_of("分管甲"))) == ("短信", ())
    told = Outbox.select().where(Outbox.kind == "延期").get()
    words = json.loads(told.context)
    assert (told.to_phone, told.person_id, words["number"], words["holder"]) == ("13900000000", None, "", "供水公司")
    assert Outbox.select().where(Outbox.kind == "延期结果").get().person.name == "班长甲"
    assert Ticket.get_by_id(signed).status == "办理中"


def test_refused_nothing_moves_and_the_handler_is_told_why(desk: Desk, signed: int) -> None:
    before, at_first = clock_named("办结").due_at, links()
    extend(desk, signed, 2, "等备件", "person:1", id_of("班长甲"))
    with pytest.raises(StepRefused, match="没有填写审批意见"):
        decide_extension(desk, signed, False, "", "person:9", id_of("分管甲"))
    decide_extension(desk, signed, False, "仓库有货", "person:9", id_of("分管甲"))
    assert (clock_named("办结").due_at, links(), line("不同意延期")["opinion"]) == (before, at_first, "仓库有货")
    assert "仓库有货" in json.loads(Outbox.select().where(Outbox.kind == "延期结果").get().context)["reason"]
    assert not Outbox.select().where(Outbox.kind == "延期").exists()
    extend(desk, signed, 1, "货不对", "person:1", id_of("班长甲"))  # decided, so one may ask again


def test_of_two_who_decide_the_second_is_told_who_did(desk: Desk, signed: int) -> None:
    extend(desk, signed, 2, "等备件", "person:1", id_of("班长甲"))
    decide_extension(desk, signed, True, "", f"person:{id_of('值班长甲')}", id_of("值班长甲"))  # the centre may too
    with pytest.raises(StepRefused, match="的延期申请，值班长甲已于 11-23 09:00 同意"):
        decide_extension(desk, signed, False, "不行", "person:9", id_of("分管甲"))


@pytest.mark.parametrize(("who", "why"), [("班长甲", "不能审批自己的延期申请"), ("照明甲", "延期由分管甲或热线中心审批")])
def test_nobody_else_decides(desk: Desk, signed: int, who: str, why: str) -> None:
    extend(desk, signed, 2, "等备件", "person:1", id_of("班长甲"))
    with pytest.raises(StepRefused, match=why):
        decide_extension(desk, signed, True, "", "person:9", id_of(who))


def test_too_late_twice_and_nonsense_are_refused(desk: Desk, clock: FixedClock, signed: int) -> None:
    for days in (0, 61, -1):
        with pytest.raises(StepRefused, match="请填写 1 到 60"):
            extend(desk, signed, days, "等备件", "person:1")
    with pytest.raises(StepRefused, match="只有该处人员"):
        extend(desk, signed, 2, "等备件", "person:1", id_of("照明甲"))
    extend(desk, signed, 2, "等备件", "person:1")
    with pytest.raises(StepRefused, match="已有一份延期申请等待审批"):
        extend(desk, signed, 2, "等备件", "person:1")
    clock.now = clock_named("办结").due_at.replace(tzinfo=clock.now.tzinfo) + timedelta(seconds=1)
    with pytest.raises(StepRefused, match="已过，延期申请未及审批，已失效"):
        decide_extension(desk, signed, True, "", "person:9", id_of("分管甲"))
    with pytest.raises(StepRefused, match="已过，不能再申请延期"):
        extend(desk, signed, 2, "等备件", "person:1")
    sweep(desk, clock.now)
    assert [row.state for row in extensions.all_of(signed)] == ["lapsed"]
    assert line("延期失效") == {"reason": "时限已到，未及审批"}
    with pytest.raises(StepRefused, match="的延期申请已失效"):
        decide_extension(desk, signed, True, "", "person:9", id_of("分管甲"))


def test_at_the_very_last_moment_it_is_in_time(desk: Desk, clock: FixedClock, signed: int) -> None:
    clock.now = clock_named("办结").due_at.replace(tzinfo=clock.now.tzinfo)
    extend(desk, signed, 1, "等备件", "person:1")
    decide_extension(desk, signed, True, "", "person:9", id_of("分管甲"))
    sweep(desk, clock.now + timedelta(minutes=1))
    assert clock_named("办结").state == "running"


def test_an_undecided_request_lapses_when_the_ticket_moves_on(desk: Desk, signed: int) -> None:
    extend(desk, signed, 2, "等备件", "person:1")
    reply(desk, signed, "person:1", "提前修好了", "已解决")
    assert [row.state for row in extensions.all_of(signed)] == ["lapsed"]
    assert line("延期失效") == {"reason": "未及审批，工单已回复"}
    assert extensions_for(id_of("分管甲")) == ()


@pytest.mark.parametrize("phone", ["", "0312-5550123"])
def test_whoever_has_no_mobile_gets_no_message(desk: Desk, make_ticket: Make, phone: str) -> None:
    with transaction():
        leaders()
    opened = make_ticket(phone=phone)
    sign(desk, opened.ticket_id, "system")
    extend(desk, opened.ticket_id, 2, "等备件", "person:1")
    decide_extension(desk, opened.ticket_id, True, "", "person:9", id_of("分管甲"))
    assert line("同意延期")["citizen"] == "没有可收短信的号码"
    assert not Outbox.select().where(Outbox.kind == "延期").exists()
