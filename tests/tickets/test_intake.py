"""An appeal becomes a ticket with a person, clocks and messages: what must never break."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.rerun import rerun
from tests.tickets import district
from tests.tickets.conftest import MONDAY_NINE, make_appeal
from tests.tickets.fakes import FixedClock, Nudges, Overruled, disagreed
from tickets.actions.intake import open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.domain.appeal import Opened
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store.models import Alarm, Assist, ChainLink, Evaluation, History, Holding, Outbox, RuleSetVersion, Ticket

DAY = timedelta(days=1)
Make = Callable[..., Opened]


def test_an_outage_reaches_the_person_of_the_responsible_section_with_its_clocks_running(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("花园小区停水两天了", phone="000 0000 4321")
    assert (opened.unit, opened.section, opened.post, opened.person) == ("供水公司", "抢修班", "班长", "班长甲")
    assert (opened.category, opened.area, opened.urgency, opened.status, opened.manual) == ("供水", "花园小区", "特急", "待签收", False)
    assert opened.ticket == "20261123-0001"
    assert [(clock.name, clock.state, clock.due) for clock in opened.deadlines] == [
        ("派单", "met", MONDAY_NINE + timedelta(minutes=10)),
        ("签收", "running", MONDAY_NINE + timedelta(minutes=5)),
        ("办结", "planned", None),
    ]
    assert [(told.channel, told.kind, told.person) for told in opened.messages] == [("短信", "派单", "班长甲")]
    assert "*" in opened.messages[0].to_masked
    assert (opened.ruleset, opened.rule) == ("dispatch", "else")
    for words in ("供水", "停水", "花园小区", "特急", "U-010", "供水公司/抢修班", "班长甲"):
        assert words in opened.reason


def test_history_tells_every_move_and_who_holds_it(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    lines = list(History.select().where(History.ticket == opened.ticket_id).order_by(History.seq))
    assert [(line.what, line.from_status, line.to_status) for line in lines] == [
        ("登记", "", "已登记"),
        ("受理", "已登记", "已受理"),
        ("派单", "已受理", "待签收"),
        ("通知", "", ""),
    ]
    assert lines[2].holder.name == "班长甲"
    assert json.loads(lines[2].note)["rule"] == "else"


def test_every_decision_is_kept_whole_every_version_once_and_a_rerun_gives_the_same_bytes(desk: Desk, make_ticket: Make) -> None:
    make_ticket()
    make_ticket()
    asked = [(row.ruleset, row.event) for row in Evaluation.select().where(Evaluation.ticket == 1).order_by(Evaluation.id)]
    assert asked == [
        ("urgency", "ticket.registered"),
        ("escalation", "deadline.started"),
        ("dispatch", "ticket.accepted"),
        ("deadlines", "ticket.dispatched"),
        ("escalation", "deadline.started"),
    ]
    assert sorted(row.name for row in RuleSetVersion.select()) == ["deadlines", "dispatch", "escalation", "urgency"]
    for row in Evaluation.select():
        kept = RuleSetVersion.get(name=row.ruleset, version=row.version, context_hash=row.context_hash)
        assert rerun(kept.canonical, kept.context, row.decision) == row.decision.encode()


def test_the_dispatch_message_is_queued_in_the_same_transaction_and_nudged_after_it(desk: Desk, make_ticket: Make) -> None:
    make_ticket()
    row = Outbox.get()
    assert (row.state, row.kind, row.cancel_step) == ("queued", "派单", Ticket.get().step_seq)
    assert isinstance(desk.queue, Nudges)
    assert desk.queue.ids == [row.id]


def test_a_queue_that_is_away_loses_no_ticket(desk: Desk) -> None:
    open_ticket(replace(desk, queue=Nudges(broken=True)), make_appeal())
    assert Ticket.select().count() == Outbox.select().count() == 1


def test_links_are_laid_at_their_times_and_those_of_a_met_clock_are_called_off_with_the_reason(desk: Desk, make_ticket: Make) -> None:
    make_ticket()
    links = [
        (link.deadline.name, link.state, (aware(link.at) - MONDAY_NINE).total_seconds() / 60, link.why) for link in ChainLink.select().order_by(ChainLink.id)
    ]
    assert links == [
        ("派单", "cancelled", 7, "已到「待签收」"),
        ("签收", "fired", 0, ""),
        ("签收", "waiting", 5, ""),
        ("签收", "waiting", 15, ""),
        ("签收", "waiting", 25, ""),
        ("签收", "waiting", 35, ""),
        ("签收", "waiting", 45, ""),
    ]


# ---- the same appeal twice ------------------------------------------------------------------------------------------
def test_the_same_source_number_twice_is_one_ticket(desk: Desk) -> None:
    appeal = make_appeal(source_id="X-1")
    first = open_ticket(desk, appeal)
    second = open_ticket(desk, replace(appeal, text="别的话"))
    assert (second.duplicate_of, second.ticket_id, second.person) == (first.ticket, first.ticket_id, first.person)
    assert first.duplicate_of == ""
    assert Ticket.select().count() == Outbox.select().count() == 1


def test_the_same_number_of_another_source_is_another_ticket(desk: Desk) -> None:
    appeal = make_appeal(source_id="X-1")
    assert open_ticket(desk, appeal).ticket != open_ticket(desk, replace(appeal, source="网格")).ticket


# ---- the manual desk ------------------------------------------------------------------------------------------------
MANUAL = (
    ("今天天气很好", "诉求类别无法判断"),  # no category at all
    ("花园小区水管响", "类别把握不足"),  # the suggestion is unsure
    ("别处的事", "不在派单目录"),  # a label the catalogue does not know
    ("空科的事", "城管局/空科/承办岗无人可接"),  # the catalogue's section has nobody
)


@pytest.mark.parametrize(("text", "why"), MANUAL)
def test_what_no_rule_can_decide_has_a_person_at_the_manual_desk_and_a_running_dispatch_clock(desk: Desk, make_ticket: Make, text: str, why: str) -> None:
    opened = make_ticket(text)
    assert opened.manual
    assert opened.status == "已受理"
    assert (opened.unit, opened.section, opened.person) == ("热线中心", "人工派单席", "派单甲")
    assert why in opened.reason
    assert [(clock.name, clock.state) for clock in opened.deadlines] == [("派单", "running")]
    assert [(link.state, aware(link.at)) for link in ChainLink.select()] == [("waiting", MONDAY_NINE + timedelta(minutes=57))]


def test_an_unsure_category_never_becomes_a_fact(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("花园小区水管响")
    assert opened.category == ""
    assert "category" not in dict(json.loads(Evaluation.select().order_by(Evaluation.id).first().decision)["facts"])
    assert json.loads(Ticket.get().evidence)["suggestion"]["category"] == "供水"


def test_a_rule_that_fires_on_the_words_alone_needs_no_category(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("闻到燃气泄漏")
    assert (opened.unit, opened.section, opened.rule, opened.manual) == ("热线中心", "值班室", "D-030", False)


@pytest.mark.parametrize("ruleset", ["urgency", "dispatch", "deadlines"])
def test_a_decision_that_does_not_agree_goes_to_the_manual_desk_with_an_alarm_and_a_clock(desk: Desk, ruleset: str) -> None:
    assert isinstance(desk.rules, Overruled)
    opened = open_ticket(replace(desk, rules=Overruled(desk.rules.rules, {ruleset: disagreed})), make_appeal())
    assert (opened.manual, opened.person, opened.status) == (True, "派单甲", "已受理")
    assert [(clock.name, clock.state) for clock in opened.deadlines] == [("派单", "running")]
    assert [alarm.kind for alarm in Alarm.select()] == ["规则判定"]
    assert "不一致" in opened.reason
    assert [row.ruleset for row in Evaluation.select().where(~Evaluation.agreed)] == [ruleset]


def test_an_escalation_that_does_not_agree_leaves_the_clock_running_and_raises_an_alarm(desk: Desk) -> None:
    assert isinstance(desk.rules, Overruled)
    opened = open_ticket(replace(desk, rules=Overruled(desk.rules.rules, {"escalation": disagreed})), make_appeal())
    assert ("签收", "running") in [(clock.name, clock.state) for clock in opened.deadlines]
    assert Alarm.select().count() == 2  # the chain of 派单 and the chain of 签收


def test_with_the_manual_desk_away_the_ticket_goes_to_the_deputy_then_to_the_last_resort_then_stays_with_the_desk(desk: Desk, make_ticket: Make) -> None:
    held = []
    for away in ("", "派单甲", "派单乙", "值班长甲"):
        if away:
            district.absent(away, MONDAY_NINE - DAY, MONDAY_NINE + DAY)
        held.append(make_ticket("今天天气很好").person)
    assert held == ["派单甲", "派单乙", "值班长甲", "派单甲"]
    assert [alarm.kind for alarm in Alarm.select()] == ["人工派单席无人"] * 2


def test_without_anybody_at_the_manual_desk_nothing_is_taken_in(desk: Desk) -> None:
    Holding.delete().execute()
    with pytest.raises(NoManualDesk, match="热线中心/人工派单席"):
        open_ticket(desk, make_appeal("今天天气很好"))
    assert Ticket.select().count() == 0


# ---- rules, roles, fallbacks ----------------------------------------------------------------------------------------
def test_a_role_leads_to_the_company_that_serves_the_estate_with_helpers_asked(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("花园小区电梯坏了")
    assert (opened.unit, opened.person, opened.rule) == ("好家物业", "物业经理", "D-010")
    assert opened.assist == ("住建局",)
    assert [row.asked for row in Assist.select()] == ["住建局"]
    assert sorted((told.kind, told.person) for told in opened.messages) == [("协办", "住建联络员"), ("派单", "物业经理")]
    assert "协办未定" in [line.what for line in History.select()]  # no grid officer for this estate, and it says so


def test_where_no_company_serves_the_estate_the_rules_or_is_taken_with_the_reason(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("柳岸小区电梯坏了")
    assert (opened.unit, opened.section, opened.person) == ("住建局", "物业科", "物业科甲")
    assert "没有企业服务于「柳岸小区」" in opened.reason


def test_village_work_goes_to_the_village_secretary_and_the_grid_officer_helps(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("北庄一网格垃圾没人清")
    assert (opened.unit, opened.person) == ("北庄村", "村书记甲")
    assert opened.assist == ("北庄村",)
    assert Assist.get().person.name == "网格员甲"


# given category, text -> category, by
GIVEN = (
    ("照明", "停水了", "照明", "given"),  # what the row says wins
    ("公用事业/照明", "停水了", "照明", "given"),  # a path is its last part
    ("公用事业", "停水了", "供水", "model"),  # a branch: the suggestion says which part of it
    ("公用事业", "电梯坏了", "公用事业", "given"),  # but not another branch
    ("没有这一类", "停水了", "供水", "model"),  # a label the catalogue does not know is no fact
    ("", "停水了", "供水", "model"),
)


@pytest.mark.parametrize(("given", "text", "category", "by"), GIVEN)
def test_the_category_is_the_given_one_where_the_catalogue_knows_it(desk: Desk, make_ticket: Make, given: str, text: str, category: str, by: str) -> None:
    opened = make_ticket(text, category=given)
    assert (opened.category, Ticket.get().category_by) == (category, by)


def test_a_branch_sends_to_its_lead_unit(desk: Desk, make_ticket: Make) -> None:
    assert make_ticket("电梯坏了", category="公用事业").unit == "供水公司"


# ---- who is away, who is on shift -----------------------------------------------------------------------------------
AWAY = (
    ((), "班长甲"),  # the holder
    (("班长甲",), "副班长乙"),  # the first deputy
    (("班长甲", "副班长乙"), "副班长丙"),  # the second
    (("班长甲", "副班长乙", "副班长丙"), "派单甲"),  # nobody: the manual desk, with the reason
)


@pytest.mark.parametrize(("away", "person"), AWAY)
def test_a_ticket_never_goes_to_one_who_is_away(desk: Desk, make_ticket: Make, away: tuple[str, ...], person: str) -> None:
    for name in away:
        district.absent(name, MONDAY_NINE - DAY, MONDAY_NINE + DAY, "年休假")
    opened = make_ticket()
    assert opened.person == person
    assert all(f"{name}年休假" in opened.reason for name in away)


# weekday, from, to, when the appeal comes (local day and time in UTC) -> who has it
SHIFTS = (
    (0, "08:00", "12:00", MONDAY_NINE, "副班长丙"),  # on shift
    (0, "09:00", "12:00", MONDAY_NINE, "副班长丙"),  # the first minute counts
    (0, "08:00", "09:00", MONDAY_NINE, "班长甲"),  # the last does not: nobody on shift, the holder
    (1, "08:00", "12:00", MONDAY_NINE, "班长甲"),  # another day
    (0, "00:00", "06:00", datetime(2026, 11, 22, 17, 0, tzinfo=UTC), "副班长丙"),  # Monday 01:00 here, Sunday in UTC
)


@pytest.mark.parametrize(("weekday", "start", "end", "at", "person"), SHIFTS)
def test_who_is_on_shift_comes_before_the_holder(
    desk: Desk, clock: FixedClock, make_ticket: Make, weekday: int, start: str, end: str, at: datetime, person: str
) -> None:
    district.rostered("供水公司/抢修班", "副班长丙", weekday, start, end)
    clock.now = at
    assert make_ticket().person == person
