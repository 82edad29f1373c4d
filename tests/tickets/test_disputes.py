"""Returned to the centre, kept, dispatched anew or transferred; and of two people who act at once one wins and the other is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from threading import Barrier, Thread

import pytest

from tests.tickets import district
from tests.tickets.fakes import FixedClock
from tests.tickets.test_clocks import clock_named, shown, waiting
from tickets.actions.dispute import designate, redirect, uphold
from tickets.actions.reply import reply
from tickets.actions.return_ticket import return_ticket
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.sweep import sweep
from tickets.actions.transfer import transfer
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store.models import Deadline, History, Outbox, Ticket
from tickets.store.models import database as proxy

Make = Callable[..., Opened]


def test_a_ticket_is_returned_with_reason_and_basis_and_the_manual_desk_is_told(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    clock.on(minutes=3)
    back = return_ticket(desk, opened.ticket_id, "person:1", "小区管网归物业", "职责清单第三条")
    assert back.status == "争议"
    signing = clock_named("签收")
    assert (signing.state, signing.why, waiting(signing)) == ("cancelled", "退单，签收时限终止", [])
    line = History.get(what="退单")
    assert json.loads(line.note) == {"reason": "小区管网归物业", "basis": "职责清单第三条", "by": "班长甲", "unit": "供水公司/抢修班"}
    told = Outbox.select().where(Outbox.kind == "人工派单").order_by(Outbox.id.desc()).first()
    assert (told.person.name, json.loads(told.context)["reason"]) == ("派单甲", "退单：小区管网归物业")
    clock.on(hours=3)
    assert sweep(desk, clock.now).breached == 0  # what was given back in time is not late afterwards


def test_a_signature_that_was_late_stays_late_when_the_ticket_is_returned(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    clock.on(minutes=6)
    return_ticket(desk, opened.ticket_id, "person:1", "不归我们", "职责清单")
    signing = clock_named("签收")
    assert (signing.state, shown(signing.breached_at)) == ("breached", "11-23 09:05")
    assert signing.why


def test_the_last_moment_is_in_time_and_a_second_later_is_not(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    first, second = make_ticket(), make_ticket()
    clock.on(days=1)
    return_ticket(desk, first.ticket_id, "person:1", "不归我们", "职责清单")
    clock.on(seconds=1)
    with pytest.raises(StepRefused, match="已过退单时限，须在派单后一个工作日内（11-24 09:00 前）"):
        return_ticket(desk, second.ticket_id, "person:1", "不归我们", "职责清单")


def test_after_three_returns_the_centre_designates_and_that_binds(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    for turn in range(3):
        return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单")
        if turn < 2:
            with pytest.raises(StepRefused, match="退单未满 3 次，请维持或改派"):
                designate(desk, opened.ticket_id, "住建局/物业科", "account:7", "归物业")
            uphold(desk, opened.ticket_id, "system", "就是你们的")
    for refused in (
        lambda: uphold(desk, opened.ticket_id, "system", "就是你们的"),
        lambda: redirect(desk, opened.ticket_id, "住建局/物业科", "account:7", "归物业"),
    ):
        with pytest.raises(StepRefused, match="已退单 3 次，只能由热线中心指定承办"):
            refused()
    with pytest.raises(StepRefused, match="只有热线中心"):
        designate(desk, opened.ticket_id, "住建局/物业科", "x", "归物业", district.person("照明甲").id)
    found = designate(desk, opened.ticket_id, "供水公司/抢修班", "account:7", "管网归供水公司")
    ticket = Ticket.get_by_id(opened.ticket_id)
    assert (found.person.name, ticket.status, ticket.unit.address) == ("班长甲", "待签收", "供水公司/抢修班")
    told = Outbox.get(Outbox.kind == "指定")
    assert json.loads(told.context)["reason"] == "管网归供水公司"
    with pytest.raises(StepRefused, match="由热线中心指定承办，不能再退"):
        return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单")
    with pytest.raises(StepRefused, match="指定承办，本单位不能转派"):
        transfer(desk, opened.ticket_id, "住建局/物业科", "x", "归物业", found.person.id)
    sign(desk, opened.ticket_id, "system")


def test_how_long_and_how_often_a_ticket_may_be_returned_are_settings(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    desk.return_within, desk.return_most = "2h", 1
    opened, late = make_ticket(), make_ticket()
    clock.on(hours=2)
    return_ticket(desk, opened.ticket_id, "person:1", "不归我们", "职责清单")
    with pytest.raises(StepRefused, match="已退单 1 次"):
        uphold(desk, opened.ticket_id, "system", "就是你们的")
    clock.on(seconds=1)
    with pytest.raises(StepRefused, match="须在派单后 2 个工作小时内（11-23 11:00 前）"):
        return_ticket(desk, late.ticket_id, "person:1", "不归我们", "职责清单")


def test_a_return_that_stands_goes_to_another_unit(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单")
    with pytest.raises(StepRefused, match="就是退单的单位"):
        redirect(desk, opened.ticket_id, "供水公司/抢修班", "account:7", "还是你们")
    assert Ticket.get_by_id(opened.ticket_id).status == "争议"


def test_an_upheld_dispatch_signs_anew_and_its_handling_clock_runs_on(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    running = clock_named("办结")
    clock.on(hours=2)
    return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单")
    assert Deadline.get_by_id(running.id).paused_at is not None
    clock.on(hours=3)
    kept = uphold(desk, opened.ticket_id, "account:7", "管网归供水公司", district.person("派单乙").id)
    assert (kept.status, kept.person.name, kept.signed_at) == ("待签收", "班长甲", None)
    assert (clock_named("签收").state, shown(clock_named("签收").due_at)) == ("running", "11-23 14:05")
    assert (clock_named("办结").id, shown(clock_named("办结").due_at)) == (running.id, "11-24 12:00")
    assert json.loads(History.get(what="维持").note)["reason"] == "管网归供水公司"
    sign(desk, opened.ticket_id, "system")
    assert Deadline.select().where((Deadline.name == "办结") & (Deadline.state == "running")).count() == 1


def test_a_dispute_that_was_right_is_dispatched_anew(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单")
    with pytest.raises(StepRefused, match="只有热线中心"):
        redirect(desk, opened.ticket_id, "住建局/物业科", "x", "归物业", district.person("照明甲").id)
    assert redirect(desk, opened.ticket_id, "住建局/物业科", "account:7", "归物业").person.name == "物业科甲"
    with pytest.raises(StepRefused, match="不是争议，不能改派"):
        redirect(desk, opened.ticket_id, "城管局/照明科", "account:7", "再改")
    assert Ticket.get().unit.address == "住建局/物业科"


def test_a_transfer_needs_a_reason_and_another_unit(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    with pytest.raises(StepRefused, match="没有填写转派理由"):
        transfer(desk, opened.ticket_id, "住建局/物业科", "account:7", " ")
    with pytest.raises(StepRefused, match="已在供水公司/抢修班"):
        transfer(desk, opened.ticket_id, "供水公司/抢修班", "account:7", "归他们")
    transfer(desk, opened.ticket_id, "住建局/物业科", "account:7", "归物业")
    line = History.get(what="转派")
    assert (line.from_status, line.to_status, json.loads(line.note)["note"]) == ("待签收", "待签收", "归物业")


def test_of_two_who_reply_at_once_one_wins_and_the_other_is_told(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    first = district.person("班长甲").id
    together, said = Barrier(2), []

    def try_it(result: str) -> None:
        together.wait()
        try:
            reply(desk, opened.ticket_id, f"person:{first}", result, "已解决")
            said.append("won")
        except StepRefused as refused:
            said.append(str(refused))
        finally:
            proxy.close()

    threads = [Thread(target=try_it, args=(result,)) for result in ("甲写的", "乙写的")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said, key=len)[0] == "won"
    assert "现为「待审核」（班长甲于 11-23 09:00 回复）" in sorted(said, key=len)[1]
    assert History.select().where(History.what == "回复").count() == 1
