"""Story 15, up to the second survey: 不满意 → a grid officer visits and records evidence by phone, and a second survey decides."""

from __future__ import annotations

import json

import pytest

from tests.stories.conftest import Installation
from tests.stories.handled import handle
from tickets.actions.close import close
from tickets.actions.mediate import visited
from tickets.actions.steps import StepRefused
from tickets.actions.survey_answer import Given, answer
from tickets.actions.verify import verify
from tickets.domain.appeal import Opened
from tickets.store.course_models import Visit
from tickets.store.models import Alarm, Deadline, Evaluation, History, Outbox, Ticket
from tickets.store.survey_models import Survey

TEXT, PLACE, PHONE = "我们小区停水三天了，没人管", "北庄新居3号楼", "13800000021"
UNHAPPY = Given("部分解决", "不满意", ("等得太久",), "")
DAY = 24 * 60


def asked(installation: Installation, **more: object) -> Opened:
    """A ticket that was handled and passed its review, its caller asked."""
    desk, opened = installation.parts.desk, installation.appeal(TEXT, PLACE, **{"phone": PHONE, **more})
    installation.clock.at(20)
    handle(desk, opened.ticket_id)
    return opened


def now(opened: Opened) -> Ticket:
    return Ticket.get_by_id(opened.ticket_id)  # type: ignore[no-any-return]


def surveys(opened: Opened) -> list[Survey]:
    return list(Survey.select().where(Survey.ticket == opened.ticket_id).order_by(Survey.id))


def test_a_visit_with_evidence_and_the_second_survey_decides(installation: Installation) -> None:
    desk, opened = installation.parts.desk, asked(installation)
    handler = now(opened).person
    installation.clock.at(100)
    assert answer(desk, surveys(opened)[0].id, UNHAPPY) is True
    ticket = now(opened)
    assert (ticket.status, ticket.unit.address, ticket.post.name) == ("调解", "青禾镇/北庄村", "第1网格员")
    assert ticket.person != handler
    clock = installation.clock_named("调解")
    assert (clock.rule, (clock.due_at - clock.started_at).days) == ("B-020", 2)
    installation.turn()
    assert installation.told("调解") == [("短信", ticket.person.name)]
    with pytest.raises(StepRefused, match="只有该处人员可以填写上门情况"):
        visited(desk, opened.ticket_id, "x", "已谅解", "见到本人", handler.id)
    installation.run_until(DAY * 1.5, step=60)
    assert installation.told("临期") != []
    evidence = {"answers": {"photos": "0123456789abcdef" * 2}}
    visited(desk, opened.ticket_id, "system", "已谅解", "上门查看，水压正常，已当面说明", ticket.person_id, evidence)
    ticket = now(opened)
    assert (ticket.status, ticket.person, ticket.unit.address) == ("待回访", handler, "水务局/管网科")
    assert installation.clock_named("调解").state == "met"
    visit = Visit.get()
    assert (visit.result, visit.handler, visit.done_at is not None) == ("已谅解", handler, True)
    assert json.loads(History.get(History.what == "调解完成").note)["answers"] == evidence["answers"]
    first, second = surveys(opened)
    assert second.step_seq == ticket.step_seq > first.step_seq
    assert answer(desk, second.id, Given("已解决", "满意")) is True
    assert now(opened).status == "已核实"
    close(desk, opened.ticket_id, "system")
    assert not Deadline.select().where(Deadline.state.in_(("planned", "running"))).exists()


def test_dissatisfied_again_nobody_comes_a_second_time_and_the_centre_decides(installation: Installation) -> None:
    desk, opened = installation.parts.desk, asked(installation)
    verify(desk, opened.ticket_id, "system", "未解决", "非常不满意", "还是没有水")  # on the phone
    assert now(opened).status == "调解"
    visited(desk, opened.ticket_id, "system", "未谅解", "来电人不认可")
    verify(desk, opened.ticket_id, "system", "未解决", "不满意")
    assert (now(opened).status, Visit.select().count()) == ("已核实", 1)
    asked_rules = [row.outcome for row in Evaluation.select().where(Evaluation.ruleset == "mediation").order_by(Evaluation.id)]
    assert asked_rules == ["mediated", "none"]


@pytest.mark.parametrize("more", [{"answers": {"confidential": True}}, {"kind": "举报"}])
def test_nobody_goes_to_whoever_asked_for_secrecy_or_reported_somebody(installation: Installation, more: dict[str, object]) -> None:
    opened = asked(installation, **more)
    verify(installation.parts.desk, opened.ticket_id, "system", "未解决", "不满意")
    assert now(opened).status == "已核实"
    assert not Visit.select().exists()


def test_no_answer_on_the_phone_sends_nobody(installation: Installation) -> None:
    opened = asked(installation)
    verify(installation.parts.desk, opened.ticket_id, "system", "", "")
    assert now(opened).status == "已核实"


def test_where_nobody_can_go_the_course_says_so_and_the_centre_is_alarmed(installation: Installation) -> None:
    opened = asked(installation)
    Ticket.update(area="").where(Ticket.id == opened.ticket_id).execute()
    verify(installation.parts.desk, opened.ticket_id, "system", "未解决", "不满意")
    assert now(opened).status == "已核实"
    assert "所属区域未定" in json.loads(History.get(History.what == "调解未定").note)["why"]
    assert Alarm.select().where(Alarm.kind == "调解无人").count() == 1


def test_the_visitor_who_does_not_come_is_reported_to_his_superior(installation: Installation) -> None:
    desk, opened = installation.parts.desk, asked(installation)
    verify(desk, opened.ticket_id, "system", "未解决", "不满意")
    visitor = now(opened).person.name
    installation.run_until(DAY * 2 + 60, step=60)
    assert installation.clock_named("调解").state == "breached"
    assert installation.clock_named("调解").breach_step.startswith("调解·青禾镇/北庄村")
    assert {channel for channel, person in installation.told("超期") if person == visitor} == {"短信", "电话"}
    assert {row.person.name for row in Outbox.select().where(Outbox.kind == "升级")} - {visitor}
