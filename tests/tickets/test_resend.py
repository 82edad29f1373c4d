"""Dead letters: sent again once, to the number of today; one in doubt is settled by whoever looked into it."""

from __future__ import annotations

import pytest

from notifications.message import NumberRefused, OutcomeUnknown, ProviderBusy
from tests.tickets.chain_scene import FakeProvider, Scene, make_scene, messages, sign_by_hand
from tests.tickets.fakes import Nudges
from tickets.actions.deliver import deliver_due
from tickets.actions.resend import ResendRefused, resend, settle_by_hand
from tickets.actions.sweep import sweep
from tickets.store.models import Alarm, History, Outbox, Person


@pytest.fixture
def scene(database: str) -> Scene:
    """At nine the SMS that asks to sign is queued; calls are not set up."""
    made = make_scene(chain=((0, "短信", ["承办人"]),))
    made.desk.queue = Nudges()
    sweep(made.desk, made.clock())
    return made


def first() -> Outbox:
    found: Outbox = Outbox.select().order_by(Outbox.id).first()
    return found


def test_a_failed_message_is_sent_again_once_to_the_number_of_today_and_the_course_says_by_whom(scene: Scene) -> None:
    deliver_due(scene.desk, {"短信": FakeProvider(failures=[NumberRefused("空号")])})
    Person.update(phone="13911112222").where(Person.id == scene.people["韩"].id).execute()
    made = resend(scene.desk, first().id, "account:7")
    with pytest.raises(ResendRefused, match="重发过"):
        resend(scene.desk, first().id, "account:7")
    provider = FakeProvider()
    for _ in range(2):
        deliver_due(scene.desk, {"短信": provider})
    assert [(message.id, message.to) for message in provider.sent] == [(made, "13911112222")]
    assert messages() == [("短信", "派单", "韩", "failed"), ("短信", "派单", "韩", "delivered")]
    line = History.select().where(History.what == "重发").get()
    assert (line.actor, History.select().where(History.what == "重发").count()) == ("account:7", 1)
    with pytest.raises(ResendRefused, match="没有失败"):
        resend(scene.desk, made, "account:7")


def test_what_nobody_needs_any_more_and_what_there_is_not_is_refused_in_words(scene: Scene) -> None:
    deliver_due(scene.desk, {"短信": FakeProvider(failures=[NumberRefused("空号")])})
    sign_by_hand(scene, scene.clock())
    Outbox.update(cancel_step=2).execute()
    with pytest.raises(ResendRefused, match="已经流转"):
        resend(scene.desk, first().id, "account:7")
    with pytest.raises(ResendRefused, match="没有这条消息"):
        resend(scene.desk, 999, "account:7")
    assert len(messages()) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_message_nobody_could_ask_about_is_settled_by_hand_and_one_that_was_lost_can_be_sent_again(scene: Scene, arrived: bool) -> None:
    robot = FakeProvider(failures=[OutcomeUnknown("超时")], lookup_fails=[ProviderBusy("无法查询") for _ in range(20)])
    deliver_due(scene.desk, {"短信": robot})
    with pytest.raises(ResendRefused, match="还在"):
        settle_by_hand(scene.desk, first().id, "account:7", arrived, calls=False)
    for minutes in (5, 11):
        scene.clock.at(minutes)
        deliver_due(scene.desk, {"短信": robot})
    settle_by_hand(scene.desk, first().id, "account:7", arrived, calls=False)
    assert first().state == ("sent" if arrived else "failed")
    assert History.select().where((History.what == "人工核实") & (History.actor == "account:7")).count() == 1
    assert Alarm.select().where(Alarm.text.contains("人工核实：没有送达")).count() == int(not arrived)
    deliver_due(scene.desk, {"短信": robot})
    assert robot.sent == []
    if not arrived:
        resend(scene.desk, first().id, "account:7")
        deliver_due(scene.desk, {"短信": robot})
        assert len(robot.sent) == 1
    with pytest.raises(ResendRefused):
        settle_by_hand(scene.desk, first().id, "account:7", arrived, calls=False)
