"""The citizen's answer verifies the ticket once, may be changed for a day, and is kept beside a ticket that has moved on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.book import RuleBook
from engine.calendar import Calendar
from tests.tickets import district
from tests.tickets.fakes import FixedClock
from tests.tickets.survey_scene import reviewed, rules, survey_desk
from tickets.actions.review import send_back
from tickets.actions.steps import StepRefused
from tickets.actions.survey_answer import AnswerFixed, Given, answer
from tickets.actions.verify import verify
from tickets.domain.survey import LONGEST_LINE
from tickets.ports import Desk, LinkRefused
from tickets.store.connect import transaction
from tickets.store.models import History, Ticket
from tickets.store.survey_models import Survey, SurveyAnswer

UNHAPPY = Given("未解决", "不满意", ("等得太久", "没有解决"), " 说了两次  没人来 ")
HAPPY = Given("已解决", "满意")


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[RuleBook, object]]:
    made = rules()
    yield made
    made[0].close()


@pytest.fixture
def desk(database: str, kept: tuple[RuleBook, object], calendar: Calendar, clock: FixedClock) -> Desk:
    with transaction():
        district.settle()
    return survey_desk(*kept, calendar, clock)


def lines(what: str) -> list[History]:
    return list(History.select().where(History.what == what).order_by(History.seq))


def test_an_answer_verifies_the_ticket_in_the_citizens_name(desk: Desk) -> None:
    reviewed(desk)
    assert answer(desk, Survey.get().id, UNHAPPY)
    line = lines("核实")[0]
    assert (Ticket.get().status, line.actor) == ("已核实", "citizen")
    note = json.loads(line.note)
    assert (note["valid"], note["solved"], note["satisfied"]) == (True, "未解决", "不满意")
    assert note["words"] == "没有解决、等得太久；说了两次 没人来"


def test_what_belongs_to_the_dissatisfied_is_not_kept_for_others(desk: Desk) -> None:
    reviewed(desk)
    answer(desk, Survey.get().id, Given("已解决", "满意", ("态度不好",), "改了主意"))
    row = SurveyAnswer.get()
    assert (row.why, row.words) == ("[]", "")


def test_the_same_answer_twice_is_one(desk: Desk, clock: FixedClock) -> None:
    reviewed(desk)
    survey = Survey.get().id
    assert answer(desk, survey, UNHAPPY)
    clock.on(minutes=1)
    assert answer(desk, survey, UNHAPPY)
    assert (SurveyAnswer.select().count(), len(lines("核实")), len(lines("改评价"))) == (1, 1, 0)


@pytest.mark.parametrize(
    ("later", "taken"),
    [
        (timedelta(minutes=5), True),
        (timedelta(hours=24) - timedelta(seconds=1), True),
        (timedelta(hours=24), False),  # the day is over
        (timedelta(days=3), False),
    ],
)
def test_an_answer_may_be_changed_for_a_day(desk: Desk, clock: FixedClock, later: timedelta, taken: bool) -> None:
    reviewed(desk)
    survey = Survey.get().id
    answer(desk, survey, UNHAPPY)
    clock.now += later
    if taken:
        assert not answer(desk, survey, HAPPY)
        assert json.loads(lines("改评价")[0].note)["satisfied"] == "满意"
    else:
        with pytest.raises(AnswerFixed):
            answer(desk, survey, HAPPY)
    assert SurveyAnswer.select().count() == 1 + taken
    assert (len(lines("核实")), Ticket.get().status) == (1, "已核实")


def test_a_change_does_not_lengthen_the_day(desk: Desk, clock: FixedClock) -> None:
    reviewed(desk)
    survey = Survey.get().id
    answer(desk, survey, UNHAPPY)
    clock.on(hours=23)
    answer(desk, survey, HAPPY)
    clock.on(hours=2)
    with pytest.raises(AnswerFixed):
        answer(desk, survey, UNHAPPY)


@pytest.mark.parametrize("then", ["called", "reworked"])
def test_an_answer_to_a_ticket_that_moved_on_is_kept_as_a_record(desk: Desk, then: str) -> None:
    ticket = reviewed(desk)
    if then == "called":
        verify(desk, ticket.id, "system", "已解决", "满意")
    else:
        send_back(desk, ticket.id, "system", "没有说清原因")
    before = Ticket.get().status
    assert not answer(desk, Survey.get().id, UNHAPPY)
    assert Ticket.get().status == before
    assert (len(lines("评价留存")), SurveyAnswer.get().counted) == (1, False)


def test_an_answer_after_the_last_day_is_refused(desk: Desk, clock: FixedClock) -> None:
    reviewed(desk)
    clock.on(days=15, hours=1)
    with pytest.raises(LinkRefused) as refused:
        answer(desk, Survey.get().id, HAPPY)
    assert refused.value.expired
    assert Ticket.get().status == "待回访"


@pytest.mark.parametrize(
    "given",
    [
        Given("", "满意"),
        Given("已解决", ""),
        Given("已解决", "很满意"),
        Given("未解决", "不满意", (), "字" * (LONGEST_LINE + 1)),
        Given("未解决", "不满意", (), "a\x00b"),
    ],
)
def test_what_is_no_answer_changes_nothing(desk: Desk, given: Given) -> None:
    reviewed(desk)
    with pytest.raises(StepRefused):
        answer(desk, Survey.get().id, given)
    assert (SurveyAnswer.select().count(), Ticket.get().status) == (0, "待回访")
