"""The same matter twice: one ticket is handled, the other is withdrawn, and every caller is told and asked."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from engine.book import RuleBook
from engine.calendar import Calendar
from tests.tickets import district
from tests.tickets.fakes import FixedClock
from tests.tickets.survey_scene import reviewed, rules, survey_desk
from tickets.actions.intake import open_ticket
from tickets.actions.merge import merge
from tickets.actions.reply import reply
from tickets.actions.review import approve_reply, send_back
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.survey_answer import Given, answer
from tickets.domain.appeal import Appeal, Opened
from tickets.ports import Desk
from tickets.store import merged
from tickets.store.connect import transaction
from tickets.store.models import Deadline, History, Outbox, Ticket
from tickets.store.survey_models import Survey


@pytest.fixture(scope="module")
def survey_rules() -> Iterator[tuple[RuleBook, object]]:
    book, loaded = rules()
    yield book, loaded
    book.close()


@pytest.fixture
def desk(database: str, survey_rules: tuple[RuleBook, object], calendar: Calendar, clock: FixedClock) -> Desk:
    with transaction():
        district.settle()
    return survey_desk(*survey_rules, calendar, clock)


def appeal(desk: Desk, phone: str, text: str = "花园小区停水两天了", **more: object) -> Opened:
    number = Ticket.select().count()
    return open_ticket(desk, Appeal(source="12345", source_id=f"M-{number}", text=text, phone=phone, caller_name="来电人", **more))  # type: ignore[arg-type]


def told(kind: str) -> list[tuple[str, str]]:
    return [(row.to_phone, json.loads(row.context)["into"]) for row in Outbox.select().where(Outbox.kind == kind).order_by(Outbox.id)]


def lines(ticket_id: int, what: str) -> list[dict[str, object]]:
    return [json.loads(row.note) for row in History.select().where((History.ticket == ticket_id) & (History.what == what)).order_by(History.seq)]


def test_the_second_appeal_ends_and_everybody_concerned_is_told(desk: Desk) -> None:
    first, second = appeal(desk, "13800000001"), appeal(desk, "13800000002")
    holder = district.person("班长甲")
    head = merge(desk, second.ticket_id, first.ticket, "account:7", "同一处停水")
    ended = Ticket.get_by_id(second.ticket_id)
    assert (head.id, head.status, ended.status) == (first.ticket_id, "待签收", "并单")
    assert {row.state for row in Deadline.select().where(Deadline.ticket == ended)} == {"met", "cancelled"}
    assert merged.head_of(ended.id) == head.id
    assert [one.number for one in merged.callers_of(head.id)] == [ended.number]
    assert told("撤回") == told("并入") == [(holder.phone, head.number)]
    assert told("并单") == [("13800000002", "")]
    assert lines(head.id, "并入") == [{"number": ended.number, "reason": "同一处停水"}]


def test_a_caller_who_asked_for_secrecy_or_left_no_mobile_gets_no_message(desk: Desk) -> None:
    first = appeal(desk, "13800000001")
    secret, landline = appeal(desk, "13800000002", answers={"confidential": True}), appeal(desk, "03121234567")
    for one in (secret, landline):
        merge(desk, one.ticket_id, first.ticket, "account:7", "同一处停水")
    assert told("并单") == []
    assert lines(secret.ticket_id, "未发短信") == [{"why": "来电人要求保密"}]
    assert lines(landline.ticket_id, "未发短信") == [{"why": "没有可收短信的号码"}]


def test_into_itself_into_what_has_ended_and_past_signing_is_refused(desk: Desk) -> None:
    first, second = appeal(desk, "13800000001"), appeal(desk, "13800000002")
    with pytest.raises(StepRefused, match="不能并入自己"):
        merge(desk, first.ticket_id, first.ticket, "account:7", "同一件")
    Ticket.update(status="已结案").where(Ticket.id == first.ticket_id).execute()
    with pytest.raises(StepRefused, match="现为「已结案」，不能再并入"):
        merge(desk, second.ticket_id, first.ticket, "account:7", "同一件")
    with pytest.raises(StepRefused, match="只有热线中心"):
        merge(desk, second.ticket_id, appeal(desk, "13800000003").ticket, "x", "同一件", district.person("照明甲").id)
    sign(desk, second.ticket_id, "system")
    with pytest.raises(StepRefused, match="不能并单"):
        merge(desk, second.ticket_id, appeal(desk, "13800000003").ticket, "account:7", "同一件")


def test_merging_into_a_merged_one_goes_to_its_head_and_a_merged_head_takes_its_callers_along(desk: Desk) -> None:
    one, two, three, four = (appeal(desk, f"1380000000{number}") for number in range(4))
    merge(desk, two.ticket_id, one.ticket, "account:7", "同一件")
    assert merge(desk, three.ticket_id, two.ticket, "account:7", "同一件").number == one.ticket
    with pytest.raises(StepRefused, match="不能并入自己"):
        merge(desk, one.ticket_id, two.ticket, "account:7", "同一件")
    merge(desk, one.ticket_id, four.ticket, "account:7", "同一件")
    assert {found.number for found in merged.callers_of(four.ticket_id)} == {one.ticket, two.ticket, three.ticket}
    assert merged.callers_of(one.ticket_id) == []


def test_every_caller_is_asked_again_after_each_review_and_only_the_first_ones_answer_decides(desk: Desk) -> None:
    first, second = appeal(desk, "13800000001"), appeal(desk, "13800000002")
    merge(desk, second.ticket_id, first.ticket, "account:7", "同一处停水")
    sign(desk, first.ticket_id, "system")
    for _ in range(2):
        reply(desk, first.ticket_id, "person:1", "修好了", "已解决")
        head = approve_reply(desk, first.ticket_id, "system")
        if Survey.select().count() == 2:
            send_back(desk, first.ticket_id, "account:7", "还漏")
    asked = [(row.ticket, row.step_seq) for row in Survey.select().order_by(Survey.id)]
    assert asked[2:] == [(first.ticket_id, head.step_seq), (second.ticket_id, head.step_seq)]
    assert len(asked) == 4
    theirs = Survey.get((Survey.ticket == second.ticket_id) & (Survey.step_seq == head.step_seq))
    assert answer(desk, theirs.id, Given("未解决", "不满意", ("没有解决",))) is False
    now = Ticket.get_by_id(first.ticket_id)
    assert now.status == "待回访"
    assert lines(first.ticket_id, "评价留存") == [{"number": second.ticket, "satisfied": "不满意", "solved": "未解决", "words": "没有解决"}]
    mine = Survey.get((Survey.ticket == first.ticket_id) & (Survey.step_seq == head.step_seq))
    assert answer(desk, mine.id, Given("已解决", "满意")) is True
    assert Ticket.get_by_id(first.ticket_id).status == "已核实"


def test_whoever_is_merged_in_when_the_answer_is_there_is_asked_at_once(desk: Desk) -> None:
    head = reviewed(desk)
    late = appeal(desk, "13800000009")
    merge(desk, late.ticket_id, head.number, "account:7", "同一处停水")
    assert Survey.select().where(Survey.ticket == late.ticket_id).count() == 1
