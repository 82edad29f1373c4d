"""Story 14: poor handling: any reviewer sends it back; the handler has it again, the clock rule is applied, the history is kept."""

from __future__ import annotations

import json

import pytest

from tests.stories.conftest import Installation
from tickets.actions.dispatch import assign
from tickets.actions.reply import reply
from tickets.actions.review import approve_reply, send_back
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.suspend import suspend
from tickets.actions.verify import verify
from tickets.store import reviews
from tickets.store.course_models import ReviewStep
from tickets.store.models import Deadline, History, Ticket
from tickets.store.waiting import reviews_for

URGENT = "小区水管爆裂，水淹到一楼了，全小区停水"


def chain(ticket: Ticket) -> list[tuple[str, str]]:
    now = Ticket.get_by_id(ticket.id)
    return [(row.asked, row.state) for row in reviews.chain_of(ticket.id, now.step_seq)]


def turn_of(ticket: Ticket) -> ReviewStep:
    found = reviews.whose_turn(ticket.id, Ticket.get_by_id(ticket.id).step_seq)
    assert found is not None
    return found


def approve(installation: Installation, ticket: Ticket, opinion: str = "") -> Ticket:
    person = turn_of(ticket).person_id
    return approve_reply(installation.parts.desk, ticket.id, f"person:{person}", opinion, person)


@pytest.fixture
def ticket(installation: Installation) -> Ticket:
    """A most urgent ticket, signed and answered."""
    opened = installation.appeal(URGENT, kind="投诉")
    installation.clock.at(2)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.clock.at(60)
    return reply(installation.parts.desk, opened.ticket_id, "system", "修了", "已解决")


def test_the_section_head_passes_it_and_the_leader_sends_it_back_and_all_is_kept(installation: Installation, ticket: Ticket) -> None:
    desk = installation.parts.desk
    installation.turn()
    assert chain(ticket) == [("科室负责人", "waiting"), ("分管领导", "planned")]
    assert installation.told("审核") == [("短信", turn_of(ticket).person.name)]
    installation.clock.at(70)
    head = turn_of(ticket).person_id
    assert approve(installation, ticket, "属实").status == "待审核"
    leader = turn_of(ticket).person_id
    assert [one.number for one in reviews_for(leader)] == [ticket.number]
    with pytest.raises(StepRefused, match="审核，现在由"):
        send_back(desk, ticket.id, f"person:{head}", "再想想", head)
    installation.clock.at(80)
    first = reviews.chain_of(ticket.id, Ticket.get_by_id(ticket.id).step_seq)
    assert send_back(desk, ticket.id, f"person:{leader}", "没有写恢复供水的时间", leader).status == "办理中"
    assert Ticket.get_by_id(ticket.id).person_id == ticket.person_id
    assert [ReviewStep.get_by_id(row.id).state for row in first] == ["passed", "returned"]
    clocks = [row.state for row in Deadline.select().where(Deadline.name == "办结").order_by(Deadline.id)]
    assert clocks == ["met", "running"]  # the clock the first reply met stays met; the rework runs its own
    installation.turn()
    assert installation.told("告知")[-1] == ("短信", ticket.person.name)
    installation.clock.at(120)
    reply(desk, ticket.id, "system", "14:20 已恢复供水", "已解决")
    assert chain(ticket) == [("科室负责人", "waiting"), ("分管领导", "planned")]
    approve(installation, ticket)
    assert approve(installation, ticket).status == "待回访"
    wanted = ["回复", "审核", "重办", "回复", "审核", "审核通过"]
    assert [what for what in installation.course() if what in wanted] == wanted
    assert json.loads(History.get(what="重办").note)["reason"] == "没有写恢复供水的时间"


def test_each_reviewer_has_a_clock_of_his_own_and_his_superior_hears_when_it_is_over(installation: Installation, ticket: Ticket) -> None:
    desk = installation.parts.desk
    installation.clock.at(70)
    approve(installation, ticket)
    leader = turn_of(ticket).person
    assert [row.state for row in _reviews()] == ["met", "running"]
    installation.clock.at(25 * 60 + 11)  # a working day and a minute after his turn began
    installation.turn()
    assert ("短信", leader.name) in installation.told("超期")
    channel, told = installation.told("升级")[-1]
    assert (channel, told != leader.name, told != ticket.person.name) == ("电话", True, True)
    send_back(desk, ticket.id, f"person:{leader.id}", "没有写恢复供水的时间", leader.id)
    assert [(row.state, row.met_at is not None) for row in _reviews()] == [("met", True), ("breached", True)]
    reply(desk, ticket.id, "system", "14:20 已恢复供水", "已解决")
    assert [row.state for row in _reviews()][2:] == ["running"]
    suspend(desk, ticket.id, "system", "等管材", "月底换", 10)
    assert [row.state for row in _reviews()][2:] == ["cancelled"]


def _reviews() -> list[Deadline]:
    return list(Deadline.select().where(Deadline.name == "审核").order_by(Deadline.id))


def test_after_an_unhappy_citizen_the_centres_review_section_has_the_last_word(installation: Installation, ticket: Ticket) -> None:
    desk = installation.parts.desk
    approve(installation, ticket)
    approve(installation, ticket)
    verify(desk, ticket.id, "system", "未解决", "不满意", "还是没有水")
    send_back(desk, ticket.id, "system", "来电人说仍无水")
    reply(desk, ticket.id, "system", "换了整段管子", "已解决")
    assert [asked for asked, _ in chain(ticket)] == ["科室负责人", "分管领导", "热线中心/审核科"]
    statuses = [approve(installation, ticket).status for _ in range(3)]
    assert statuses == ["待审核", "待审核", "待回访"]


def test_a_grid_officers_work_is_reviewed_by_the_head_of_his_village_at_once(installation: Installation) -> None:
    desk = installation.parts.desk
    opened = installation.appeal("村口垃圾没人清", address="北庄村第1网格")
    assign(desk, opened.ticket_id, "青禾镇/北庄村/第1网格员", "system", "就近清理")
    sign(desk, opened.ticket_id, "system")
    ticket = reply(desk, opened.ticket_id, "system", "已清走", "已解决")
    assert chain(ticket) == [("网格长", "waiting")]
    head = turn_of(ticket)
    assert (head.unit.address, head.post.role) == ("青禾镇/北庄村", "网格长")
    assert head.person_id != ticket.person_id
    assert approve(installation, ticket).status == "待回访"
