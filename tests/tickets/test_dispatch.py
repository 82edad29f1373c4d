"""The manual desk's hand, transfers and disputes, and who may sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.tickets import district
from tests.tickets.conftest import MONDAY_NINE
from tests.tickets.fakes import FixedClock, Nudges
from tests.tickets.test_clocks import clock_named, go, shown, waiting
from tickets.actions.dispatch import AssignRefused, assign
from tickets.actions.sign import AlreadySigned, SignRefused, sign
from tickets.domain.appeal import Opened
from tickets.domain.status import NotAllowed
from tickets.ports import Desk
from tickets.store.models import Deadline, History, Outbox, Ticket
from tickets.store.tickets import NoSuchTicket

Make = Callable[..., Opened]


def test_the_manual_desk_sends_a_ticket_and_its_clocks_start(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket("今天天气很好")
    clock.on(minutes=30)
    assert assign(desk, opened.ticket_id, "城管局/照明科", "account:7", "坐席判断为照明").person.name == "照明甲"
    ticket = Ticket.get()
    assert (ticket.status, ticket.manual, ticket.person.name, ticket.dispatch_rule) == ("待签收", False, "照明甲", "人工")
    assert [(row.name, row.state) for row in Deadline.select().order_by(Deadline.id)] == [("派单", "met"), ("签收", "running"), ("办结", "planned")]
    assert shown(clock_named("签收").due_at) == "11-23 09:35"
    line = History.get(what="派单")
    assert (line.actor, line.holder.name) == ("account:7", "照明甲")
    assert Outbox.get().person.name == "照明甲"
    assert isinstance(desk.queue, Nudges)
    assert desk.queue.ids == [Outbox.get().id]


# address, why it is refused
NOT_THERE = (
    ("没有这个局", "名录里没有"),
    ("城管局/空科", "无人可接"),
    ("城管局/照明科/没有这个岗", "没有岗位"),
    ("热线中心/人工派单席", "不能派给自己"),
    ("属地网格员", "所属区域未定"),
)


@pytest.mark.parametrize(("address", "why"), NOT_THERE)
def test_a_ticket_cannot_be_sent_where_nobody_can_take_it(desk: Desk, make_ticket: Make, address: str, why: str) -> None:
    opened = make_ticket("今天天气很好")
    with pytest.raises(AssignRefused, match=why):
        assign(desk, opened.ticket_id, address, "account:7")
    assert (Ticket.get().status, Ticket.get().person.name) == ("已受理", "派单甲")


def test_department_work_cannot_be_sent_to_a_village_by_hand(desk: Desk, make_ticket: Make) -> None:
    district.absent("班长甲", MONDAY_NINE, MONDAY_NINE + timedelta(days=1))
    opened = make_ticket("北庄村停水")
    with pytest.raises(AssignRefused, match="属部门职责"):
        assign(desk, opened.ticket_id, "北庄村", "account:7")


def test_a_transfer_gives_the_new_unit_clocks_of_its_own(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket("路灯不亮")
    sign(desk, opened.ticket_id, "system")
    old = clock_named("办结")
    clock.on(hours=1)
    assign(desk, opened.ticket_id, "住建局/物业科", "account:7")
    ticket = Ticket.get()
    assert (ticket.status, ticket.person.name, ticket.signed_at) == ("待签收", "物业科甲", None)
    assert (Deadline.get_by_id(old.id).state, Deadline.get_by_id(old.id).why) == ("cancelled", "重新派单，另行计时")
    assert waiting(Deadline.get_by_id(old.id)) == []
    assert shown(clock_named("签收").due_at) == "11-23 10:05"
    assert clock_named("办结").state == "planned"
    assert History.get(what="转派").from_status == "办理中"
    sign(desk, opened.ticket_id, "system")
    assert shown(clock_named("办结").started_at) == "11-23 10:00"


def test_a_dispute_holds_the_handling_clock_and_the_same_unit_gets_it_back_where_it_stood(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    running = clock_named("办结")
    clock.on(hours=2)
    go(desk, opened.ticket_id, "退单")
    clock.on(hours=5)
    assign(desk, opened.ticket_id, "供水公司/抢修班", "account:7")
    again = Deadline.get_by_id(running.id)
    assert (again.state, again.paused_at, shown(again.due_at)) == ("running", None, "11-24 14:00")
    assert Deadline.select().where(Deadline.name == "办结").count() == 1
    sign(desk, opened.ticket_id, "system")
    assert Deadline.select().where((Deadline.name == "办结") & (Deadline.state == "running")).count() == 1


def test_a_dispute_decided_for_another_unit_starts_its_clocks_there(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    go(desk, opened.ticket_id, "退单")
    assign(desk, opened.ticket_id, "城管局/照明科", "account:7")
    assert [(row.name, row.state) for row in Deadline.select().order_by(Deadline.id)] == [
        ("派单", "met"),
        ("签收", "cancelled"),
        ("办结", "cancelled"),
        ("签收", "running"),
        ("办结", "planned"),
    ]


def test_a_closed_ticket_is_not_sent_anywhere(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("今天天气很好")
    go(desk, opened.ticket_id, "并单")
    with pytest.raises(NotAllowed):
        assign(desk, opened.ticket_id, "城管局/照明科", "account:7")


# ---- signing --------------------------------------------------------------------------------------------------------
def test_the_second_signer_is_told_who_signed_and_when(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    clock.on(minutes=2)
    assert sign(desk, opened.ticket_id, "person:1").person == "班长甲"
    clock.on(minutes=1)
    with pytest.raises(AlreadySigned, match="班长甲于 11-23 09:02 签收") as refused:
        sign(desk, opened.ticket_id, "person:2", district.person("副班长乙").id)
    assert (refused.value.by, refused.value.when) == ("班长甲", "11-23 09:02")


def test_a_colleague_who_signs_holds_the_ticket(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "person:2", district.person("副班长乙").id)
    assert (Ticket.get().person.name, History.get(what="签收").holder.name) == ("副班长乙", "副班长乙")


def test_nobody_of_another_unit_may_sign(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    with pytest.raises(SignRefused, match="供水公司/抢修班"):
        sign(desk, opened.ticket_id, "person:9", district.person("照明甲").id)
    assert Ticket.get().status == "待签收"


def test_what_was_not_dispatched_cannot_be_signed(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("今天天气很好")
    with pytest.raises(SignRefused, match="现为「已受理」"):
        sign(desk, opened.ticket_id, "system")
    with pytest.raises(NoSuchTicket):
        sign(desk, 999, "system")
