"""The chain of reviewers: each in turn, passed over with the reason, ended by a rework, and never empty."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from engine.folder import Loaded
from tests.tickets import district
from tests.tickets.chain_rules import leaders, reviewed
from tests.tickets.conftest import MONDAY_NINE
from tests.tickets.fakes import FixedClock
from tickets.actions.reply import reply
from tickets.actions.review import approve_reply, send_back
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.domain.appeal import Opened
from tickets.ports import Desk
from tickets.store import reviews
from tickets.store.connect import transaction
from tickets.store.models import History, Holding, Outbox, Post, Ticket
from tickets.store.waiting import reviews_for

Make = Callable[..., Opened]
BOTH = "[科室负责人, 分管领导]"


def id_of(name: str) -> int:
    return int(district.person(name).id)


def replied(desk: Desk, make_ticket: Make) -> Ticket:
    """A ticket that 班长甲 of 供水公司/抢修班 has signed and answered."""
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    return reply(desk, opened.ticket_id, "person:1", "已换阀门", "已解决")


def chain(ticket: Ticket) -> list[tuple[str, str, str]]:
    """(asked, state, whose turn it was) of the ticket's present chain."""
    return [(row.asked, row.state, reviews.name_of(row.person_id)) for row in reviews.chain_of(ticket.id, ticket.step_seq)]


def told() -> list[str]:
    return [row.person.name for row in Outbox.select().where(Outbox.kind == "审核").order_by(Outbox.id)]


@pytest.fixture
def two(desk: Desk, loaded: Loaded) -> Desk:
    with transaction():
        leaders()
    return reviewed(desk, loaded, BOTH)


def test_each_reviewer_has_his_turn_from_the_bottom_and_the_last_lets_it_go(two: Desk, make_ticket: Make) -> None:
    ticket = replied(two, make_ticket)
    assert chain(ticket) == [("科室负责人", "waiting", "主任甲"), ("分管领导", "planned", "")]
    assert (told(), [one.number for one in reviews_for(id_of("主任甲"))], reviews_for(id_of("分管甲"))) == (["主任甲"], [ticket.number], ())
    with pytest.raises(StepRefused, match="现在由供水公司/抢修班·主任（主任甲）审核"):
        approve_reply(two, ticket.id, "person:9", "", id_of("分管甲"))
    middle = approve_reply(two, ticket.id, "person:8", "属实", id_of("主任甲"))
    assert (middle.status, middle.step_seq) == ("待审核", ticket.step_seq)
    assert (told(), reviews_for(id_of("主任甲"))) == (["主任甲", "分管甲"], ())
    with pytest.raises(StepRefused, match="已由主任甲于 11-23 09:00 审核，现在由供水公司·分管领导（分管甲）审核"):
        approve_reply(two, ticket.id, "person:8", "", id_of("主任甲"))
    assert approve_reply(two, ticket.id, "person:9", "", id_of("分管甲")).status == "待回访"
    assert [state for _, state, _ in chain(ticket)] == ["passed", "passed"]
    assert History.select().where(History.what == "审核").count() == 1
    assert [json.loads(line.note)["level"] for line in History.select().where(History.what.in_(("审核", "审核通过"))).order_by(History.seq)] == [1, 2]


def test_whoever_shares_the_post_stands_in_for_a_reviewer_who_is_away(two: Desk, clock: FixedClock, make_ticket: Make) -> None:
    ticket = replied(two, make_ticket)
    assert approve_reply(two, ticket.id, "person:8", "代审", id_of("副主任乙")).status == "待审核"
    assert reviews.chain_of(ticket.id, ticket.step_seq)[0].reviewer.name == "副主任乙"


def test_who_is_away_when_his_turn_comes_is_not_asked(two: Desk, make_ticket: Make) -> None:
    district.absent("主任甲", MONDAY_NINE, MONDAY_NINE.replace(hour=9))
    assert chain(replied(two, make_ticket))[0] == ("科室负责人", "waiting", "副主任乙")


def test_the_handler_and_who_has_passed_it_already_are_passed_over_with_the_reason(two: Desk, make_ticket: Make) -> None:
    Holding.update(person=district.person("班长甲")).where(Holding.post == Post.get(name="主任"), Holding.rank == 0).execute()
    ticket = replied(two, make_ticket)
    assert chain(ticket) == [("科室负责人", "skipped", ""), ("分管领导", "waiting", "分管甲")]
    line = json.loads(History.get(what="跳过审核").note)
    assert line == {"asked": "科室负责人", "reason": "班长甲就是承办人，不能审核自己办的"}
    with pytest.raises(StepRefused, match="由本人办理，不能自己审核"):
        approve_reply(two, ticket.id, "person:1", "", id_of("班长甲"))


def test_one_person_in_two_posts_passes_once(two: Desk, make_ticket: Make) -> None:
    Holding.update(person=district.person("主任甲")).where(Holding.post == Post.get(name="分管领导")).execute()
    ticket = replied(two, make_ticket)
    assert approve_reply(two, ticket.id, "person:8", "", id_of("主任甲")).status == "待回访"
    assert reviews.chain_of(ticket.id, ticket.step_seq)[1].why == "主任甲在前一级已经审核"


@pytest.mark.parametrize("names", ["[科室负责人]", "[城管局/空科, 分管领导]"])
def test_a_chain_that_leads_to_nobody_falls_to_whoever_oversees_the_unit(desk: Desk, loaded: Loaded, make_ticket: Make, names: str) -> None:
    alone = reviewed(desk, loaded, names)
    ticket = replied(alone, make_ticket)
    assert chain(ticket)[-1][:2] == ("承办单位", "waiting")
    assert all(state == "skipped" for _, state, _ in chain(ticket)[:-1])
    with pytest.raises(StepRefused, match="供水公司/抢修班及其上级单位"):
        approve_reply(alone, ticket.id, "person:9", "", id_of("照明甲"))
    assert approve_reply(alone, ticket.id, "person:2", "", id_of("调度甲")).status == "待回访"


def test_without_review_rules_one_reviewer_above_decides_and_the_superior_is_told(desk: Desk, make_ticket: Make) -> None:
    ticket = replied(desk, make_ticket)
    assert [one[:2] for one in chain(ticket)] == [("承办单位", "waiting")]
    assert told() == ["区政府值班员"]
    assert approve_reply(desk, ticket.id, "person:2", "", id_of("调度甲")).status == "待回访"


def test_a_rework_ends_the_chain_and_the_next_reply_gets_a_new_one(two: Desk, make_ticket: Make) -> None:
    ticket = replied(two, make_ticket)
    with pytest.raises(StepRefused, match="现在由供水公司/抢修班·主任"):
        send_back(two, ticket.id, "person:9", "不行", id_of("分管甲"))
    assert send_back(two, ticket.id, "person:8", "没有照片", id_of("主任甲")).status == "办理中"
    assert [state for _, state, _ in chain(ticket)] == ["returned", "skipped"]
    assert reviews_for(id_of("主任甲")) == ()
    again = reply(two, ticket.id, "person:1", "已补照片", "已解决")
    assert again.step_seq > ticket.step_seq
    assert chain(again) == [("科室负责人", "waiting", "主任甲"), ("分管领导", "planned", "")]
    assert told() == ["主任甲", "主任甲"]


def test_the_hotline_centre_may_send_back_what_is_under_review(two: Desk, make_ticket: Make) -> None:
    ticket = replied(two, make_ticket)
    assert send_back(two, ticket.id, "person:3", "来电人说仍无水", id_of("值班长甲")).status == "办理中"
    assert [state for _, state, _ in chain(ticket)] == ["skipped", "skipped"]
