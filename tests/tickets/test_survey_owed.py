"""After review the citizen is asked once, by a link nobody else can read; who must not be written to is left to a call."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.book import RuleBook
from engine.calendar import Calendar
from notifications.message import NumberRefused
from tests.tickets import district
from tests.tickets.chain_scene import FakeProvider
from tests.tickets.fakes import FixedClock
from tests.tickets.survey_scene import ADDRESS, BASE, NAME, PHONE, messages, reviewed, rules, survey_desk
from tickets.actions.deliver import deliver_due
from tickets.actions.review import approve_reply, send_back
from tickets.actions.steps import StepRefused
from tickets.actions.survey_link import HIDDEN
from tickets.actions.survey_owe import ask_citizen
from tickets.actions.verify import verify
from tickets.domain.times import aware
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import Evaluation, History, Outbox
from tickets.store.survey_models import Survey
from tickets.store.tickets import locked


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


def course() -> dict[str, object]:
    line: dict[str, object] = json.loads(History.get(History.what == "回访").note)
    return line


def test_an_hour_after_review_the_citizen_gets_a_link(desk: Desk, clock: FixedClock) -> None:
    reviewed(desk)
    message, survey = messages()[0], Survey.get()
    assert (message.to_phone, message.channel, message.person_id) == (PHONE, "短信", None)
    assert aware(message.not_before) == clock.now + timedelta(hours=1)
    assert aware(survey.expires_at) == clock.now + timedelta(hours=1, days=15)
    assert course() == {"how": "短信", "after": "1h"}
    assert Evaluation.get(Evaluation.ruleset == "survey").outcome == "survey"
    provider = FakeProvider()
    deliver_due(desk, {"短信": provider, "电话": provider})
    assert not [sent for sent in provider.sent if sent.kind == "回访"]
    clock.on(hours=1)
    deliver_due(desk, {"短信": provider, "电话": provider})
    body = next(sent.body for sent in provider.sent if sent.kind == "回访")
    token = body.rsplit(f"{BASE}/s/", 1)[1].strip()
    assert desk.links is not None
    assert desk.links.read(token, clock.now) == desk.links.key(survey.nonce)
    for personal in (NAME, ADDRESS, PHONE, "20261123-0001"):
        assert personal not in body


def test_the_link_is_kept_nowhere(desk: Desk, clock: FixedClock) -> None:
    reviewed(desk)
    clock.on(hours=1)
    provider = FakeProvider()
    deliver_due(desk, {"短信": provider, "电话": provider})
    token = next(sent.body for sent in provider.sent if sent.kind == "回访").rsplit("/s/", 1)[1].strip()
    row, survey = messages()[0], Survey.get()
    assert HIDDEN in row.body
    assert desk.links is not None
    for text in (row.body, row.context, survey.nonce, survey.key_hash):
        assert token not in text
        assert desk.links.key(survey.nonce) not in text


def test_a_review_tried_again_asks_once(desk: Desk) -> None:
    ticket = reviewed(desk)
    with pytest.raises(StepRefused):
        approve_reply(desk, ticket.id, "system")
    with transaction():
        ask_citizen(desk, locked(ticket.id), {}, desk.clock())
    assert (len(messages()), Survey.select().count()) == (1, 1)


def test_a_review_that_fails_after_it_owes_nothing(desk: Desk) -> None:
    def review_and_die() -> None:
        with transaction():
            reviewed(desk)
            raise KeyError("the process fails before the commit")

    with pytest.raises(KeyError):
        review_and_die()
    assert (Survey.select().count(), Outbox.select().count()) == (0, 0)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"phone": ""}, "没有可收短信的号码"),
        ({"phone": "0631-5222222"}, "没有可收短信的号码"),  # a telephone on a wall gets no SMS
        ({"answers": {"confidential": "是"}}, "来电人要求保密"),
    ],
)
def test_who_must_not_be_written_to_waits_for_a_call(desk: Desk, more: dict[str, object], why: str) -> None:
    ticket = reviewed(desk, **more)
    assert (messages(), Survey.select().count()) == ([], 0)
    assert course() == {"how": "电话", "why": why}
    assert ticket.status == "待回访"


def test_without_an_address_for_links_nobody_is_sent_one(desk: Desk) -> None:
    desk.links = None
    reviewed(desk)
    assert messages() == []
    assert course()["why"] == "没有设置回访网址"


@pytest.mark.parametrize("then", ["verified", "reworked"])
def test_a_ticket_that_moved_on_within_the_hour_sends_nothing(desk: Desk, clock: FixedClock, then: str) -> None:
    ticket = reviewed(desk)
    if then == "verified":
        verify(desk, ticket.id, "system", "已解决", "满意")
    else:
        send_back(desk, ticket.id, "system", "没有说清原因")
    clock.on(hours=1)
    provider = FakeProvider()
    deliver_due(desk, {"短信": provider, "电话": provider})
    assert [row.state for row in messages()] == ["cancelled"]
    assert not [sent for sent in provider.sent if sent.kind == "回访"]


def test_a_number_that_is_refused_is_not_called_by_a_machine(desk: Desk, clock: FixedClock) -> None:
    class Refuses(FakeProvider):
        def send(self, message: object) -> object:  # type: ignore[override]
            raise NumberRefused("空号")

    reviewed(desk)
    clock.on(hours=1)
    deliver_due(desk, {"短信": Refuses(), "电话": FakeProvider()})  # type: ignore[dict-item]
    assert [(row.channel, row.state) for row in messages()] == [("短信", "failed")]
