"""From the reply to the closed ticket: who may take each step, what it leaves behind, and that nothing runs on afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tickets import district
from tests.tickets.conftest import newest_note as note
from tests.tickets.fakes import FixedClock
from tests.tickets.test_clocks import clock_named, shown
from tickets.actions.close import close
from tickets.actions.reply import reply
from tickets.actions.review import approve_reply, send_back
from tickets.actions.steps import StepRefused
from tickets.actions.verify import verify
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store.models import ChainLink, Deadline, History, Outbox, Ticket

Make = Callable[..., Opened]
GOOD = "已更换阀门，恢复供水"


def test_a_ticket_goes_from_reply_to_closed_and_no_clock_runs_afterwards(desk: Desk, clock: FixedClock, signed: int) -> None:
    clock.on(hours=2)
    assert reply(desk, signed, "person:1", GOOD, "已解决").status == "待审核"
    assert (clock_named("办结").state, shown(clock_named("办结").met_at)) == ("met", "11-23 11:00")
    clock.on(hours=1)
    assert approve_reply(desk, signed, "person:2", "属实", district.person("调度甲").id).status == "待回访"
    clock.on(hours=1)
    assert verify(desk, signed, "person:3", "已解决", "非常满意", "很快").status == "已核实"
    clock.on(minutes=1)
    done = close(desk, signed, "system", district.person("值班长甲").id)
    assert (done.status, shown(Ticket.get().closed_at)) == ("已结案", "11-23 13:01")
    assert {row.state for row in Deadline.select()} == {"met"}
    assert not ChainLink.select().where(ChainLink.state.in_(("waiting", "held"))).exists()
    lines = [(line.seq, line.what, line.from_status, line.to_status) for line in History.select().where(History.to_status != "").order_by(History.seq)]
    assert [line[1:] for line in lines[-4:]] == [
        ("回复", "办理中", "待审核"),
        ("审核通过", "待审核", "待回访"),
        ("核实", "待回访", "已核实"),
        ("结案", "已核实", "已结案"),
    ]
    assert (note("回复")["result"], note("回复")["solved"]) == (GOOD, "已解决")
    assert note("核实") == {"valid": True, "solved": "已解决", "satisfied": "非常满意", "words": "很快"}


def test_a_citizen_who_could_not_be_reached_is_no_valid_callback(desk: Desk, signed: int) -> None:
    reply(desk, signed, "system", GOOD, "部分解决")
    approve_reply(desk, signed, "system")
    verify(desk, signed, "system", "", "")
    assert note("核实") == {"valid": False}


def test_work_that_is_sent_back_runs_its_clock_anew_and_the_handler_is_told(desk: Desk, clock: FixedClock, signed: int) -> None:
    clock.on(hours=1)
    reply(desk, signed, "system", GOOD, "已解决")
    clock.on(hours=1)
    assert send_back(desk, signed, "system", "没有说明原因", district.person("调度甲").id).status == "办理中"
    assert (clock_named("办结").state, shown(clock_named("办结").due_at)) == ("running", "11-24 11:00")
    told = Outbox.select().where(Outbox.kind == "告知").get()
    assert (told.person.name, told.state) == ("班长甲", "queued")
    assert note("重办")["reason"] == "没有说明原因"
    reply(desk, signed, "system", "已补充", "已解决")
    approve_reply(desk, signed, "system")
    assert send_back(desk, signed, "system", "来电人说仍无水").status == "办理中"
    assert Outbox.select().where(Outbox.kind == "告知").count() == 2


# what is tried on a signed ticket, why it is refused
REFUSED: tuple[tuple[str, Callable[[Desk, int], object], str], ...] = (
    ("no words", lambda desk, id_: reply(desk, id_, "system", "  ", "已解决"), "没有填写办理结果"),
    ("too many words", lambda desk, id_: reply(desk, id_, "system", "好" * 5001, "已解决"), "5001 个字符，最多 5000"),
    ("NUL", lambda desk, id_: reply(desk, id_, "system", "好\x00", "已解决"), "无法保存的字符"),
    ("another answer", lambda desk, id_: reply(desk, id_, "system", GOOD, "大概"), "「大概」无法识别；请选择：已解决、部分解决、未解决"),
    ("another unit", lambda desk, id_: reply(desk, id_, "person:9", GOOD, "已解决", district.person("照明甲").id), "供水公司/抢修班办理"),
    ("not replied yet", lambda desk, id_: approve_reply(desk, id_, "system"), "现为「办理中」.*不是待审核，不能审核通过"),
    ("nothing to send back", lambda desk, id_: send_back(desk, id_, "system", "重来"), "不能重办"),
    ("not reviewed", lambda desk, id_: verify(desk, id_, "system", "已解决", "满意"), "不能核实"),
    ("no such level", lambda desk, id_: verify(desk, id_, "system", "已解决", "五星"), "满意程度「五星」"),
    ("not verified", lambda desk, id_: close(desk, id_, "system"), "不能结案"),
)


@pytest.mark.parametrize(("act", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_done_is_said_and_changes_nothing(desk: Desk, signed: int, act: Callable[[Desk, int], object], why: str) -> None:
    before = History.select().count()
    with pytest.raises(StepRefused, match=why):
        act(desk, signed)
    assert (Ticket.get().status, History.select().count()) == ("办理中", before)


def test_nobody_reviews_his_own_work_nor_that_of_a_strange_unit(desk: Desk, signed: int) -> None:
    reply(desk, signed, "system", GOOD, "已解决")
    with pytest.raises(StepRefused, match="不能自己审核"):
        approve_reply(desk, signed, "x", "", district.person("班长甲").id)
    with pytest.raises(StepRefused, match="及其上级单位"):
        send_back(desk, signed, "x", "重来", district.person("照明甲").id)
    assert approve_reply(desk, signed, "x", "", district.person("区政府值班员").id).status == "待回访"


def test_only_the_hotline_centre_calls_back_and_closes(desk: Desk, signed: int) -> None:
    reply(desk, signed, "system", GOOD, "已解决")
    approve_reply(desk, signed, "system")
    with pytest.raises(StepRefused, match="只有热线中心的人员"):
        verify(desk, signed, "x", "已解决", "满意", person_id=district.person("调度甲").id)
    with pytest.raises(StepRefused, match="由本人办理"):
        verify(desk, signed, "x", "已解决", "满意", person_id=district.person("班长甲").id)
    verify(desk, signed, "x", "已解决", "满意", person_id=district.person("派单乙").id)
    with pytest.raises(StepRefused, match="只有热线中心的人员"):
        close(desk, signed, "x", district.person("照明甲").id)


def test_a_colleague_who_replies_holds_the_ticket(desk: Desk, signed: int) -> None:
    reply(desk, signed, "person:2", GOOD, "已解决", district.person("副班长乙").id)
    assert (Ticket.get().person.name, note("回复")["by"]) == ("副班长乙", "副班长乙")
