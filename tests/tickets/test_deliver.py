from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.message import Message, NumberRefused, OutcomeUnknown, ProviderBusy, Receipt
from tests.tickets.chain_scene import FakeProvider, Scene, make_scene, messages, sign_by_hand
from tickets.actions.deliver import WAITS, Terms, deliver_due, deliver_one
from tickets.actions.sweep import sweep
from tickets.store import outbox
from tickets.store.connect import transaction
from tickets.store.models import Alarm, Outbox

SECOND = 1 / 60
ALL = ("短信", "电话")


class Killed(BaseException):
    """The process dies here."""


def die_at(place: str) -> Terms:
    def fp(name: str) -> None:
        if name == place:
            raise Killed

    return Terms(fp=fp)


@pytest.fixture
def scene(database: str) -> Scene:
    """At nine the SMS that asks to sign is queued."""
    made = make_scene()
    sweep(made.desk, made.clock())
    return made


def channels(provider: FakeProvider) -> dict[str, FakeProvider]:
    return dict.fromkeys(ALL, provider)


def only() -> Outbox:
    found: Outbox = Outbox.get()
    return found


def test_a_queued_message_is_sent_and_recorded_with_its_words(scene: Scene) -> None:
    provider = FakeProvider()
    assert deliver_due(scene.desk, channels(provider)).accepted == 1
    row = only()
    assert (row.state, row.provider_id, row.tries) == ("delivered", f"fake-{row.id}", 1)
    assert row.body == provider.sent[0].body
    assert "20261123-0001" in row.body
    assert "特急" in row.body
    assert "菜市场北门" in row.body
    assert "09:05" in row.body
    assert deliver_due(scene.desk, channels(provider)).accepted == 0


def test_the_callers_number_is_in_no_message_even_when_the_request_holds_it(scene: Scene) -> None:
    provider = FakeProvider()
    deliver_due(scene.desk, channels(provider))
    assert "13800000000" not in provider.sent[0].body
    assert "13800000000" not in only().context


def test_an_english_installation_sends_english_words(scene: Scene) -> None:
    provider = FakeProvider()
    deliver_due(scene.desk, channels(provider), Terms(lang="en"))
    assert provider.sent[0].body.startswith("[12345] most urgent ticket 20261123-0001")
    for minutes in (5, 15):
        sweep(scene.desk, scene.clock.at(minutes))
        deliver_due(scene.desk, channels(provider), Terms(lang="en"))
    assert "was due 11-23 09:05 (signature). Please sign it now" in provider.sent[-1].body


def test_a_signed_ticket_is_never_called(scene: Scene) -> None:
    provider = FakeProvider()
    deliver_due(scene.desk, channels(provider))
    sweep(scene.desk, scene.clock.at(5))  # the call is queued
    sign_by_hand(scene, scene.clock())  # and signed before it left
    deliver_due(scene.desk, channels(provider))
    assert [message.channel for message in provider.sent] == ["短信"]
    assert messages()[-1] == ("电话", "催签", "韩", "cancelled")


def test_a_signature_between_reading_and_claiming_stops_the_call(scene: Scene) -> None:
    provider = FakeProvider()
    deliver_due(scene.desk, channels(provider))
    sweep(scene.desk, scene.clock.at(5))
    call = Outbox.get(Outbox.channel == "电话")

    def sign_now(name: str) -> None:
        if name == "before_claim":
            sign_by_hand(scene, scene.clock())

    assert deliver_one(scene.desk, channels(provider), call.id, Terms(fp=sign_now)) == "skipped"
    assert len(provider.sent) == 1


def test_a_busy_provider_is_tried_again_ever_later_and_given_up_at_last(scene: Scene) -> None:
    provider = FakeProvider(failures=[ProviderBusy("忙")] * 9)
    terms = Terms(tries=3)
    minutes = 0.0
    for tried in (1, 2):
        assert deliver_due(scene.desk, channels(provider), terms).later == 1
        assert deliver_due(scene.desk, channels(provider), terms).later == 0  # not at once
        assert (only().state, only().tries) == ("queued", tried)
        minutes += WAITS[tried - 1] * SECOND
        scene.clock.at(minutes)
    assert deliver_due(scene.desk, channels(provider), terms).failed == 1
    first = Outbox.select().order_by(Outbox.id).first()
    assert first.state == "failed"
    assert Alarm.select().count() == 1
    assert provider.sent == []


def test_a_refused_number_is_not_tried_again_raises_an_alarm_and_a_call_takes_its_place_once(scene: Scene) -> None:
    provider = FakeProvider(failures=[NumberRefused("停机")])
    assert deliver_due(scene.desk, channels(provider)).failed == 1
    assert messages() == [("短信", "派单", "韩", "failed"), ("电话", "派单", "韩", "queued")]
    assert Alarm.select().count() == 1
    deliver_due(scene.desk, channels(provider))
    assert [message.channel for message in provider.sent] == ["电话"]
    deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1


def test_a_refused_call_is_an_alarm_and_nothing_more(scene: Scene) -> None:
    deliver_due(scene.desk, channels(FakeProvider()))
    sweep(scene.desk, scene.clock.at(5))
    assert deliver_due(scene.desk, channels(FakeProvider(failures=[NumberRefused("空号")]))).failed == 1
    assert len(messages()) == 2
    assert Alarm.select().count() == 1


def test_a_provider_that_accepts_and_then_reports_failure_counts_as_failed(scene: Scene) -> None:
    class Refusing(FakeProvider):
        def send(self, message: Message) -> Receipt:
            return Receipt("p", "failed", "拒收")

    assert deliver_due(scene.desk, channels(Refusing())).failed == 1
    assert messages()[0][3] == "failed"


@pytest.mark.parametrize("left", [True, False], ids=["it had left", "it had not left"])
def test_after_a_time_out_the_provider_is_asked_before_anything_is_sent_again(scene: Scene, left: bool) -> None:
    provider = FakeProvider(failures=[OutcomeUnknown("超时")], lost_answer=left)
    assert deliver_due(scene.desk, channels(provider)).unknown == 1
    assert only().state == "unknown"
    deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == int(left)  # not before the lease has run out
    scene.clock.at(1)
    deliver_due(scene.desk, channels(provider))
    deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1
    assert only().state == "delivered"


def test_while_the_provider_cannot_say_nothing_is_sent(scene: Scene) -> None:
    provider = FakeProvider(failures=[OutcomeUnknown("超时")], lost_answer=True, lookup_fails=[ProviderBusy("忙"), OSError("断网")])
    deliver_due(scene.desk, channels(provider))
    for minutes in (1, 2, 3):
        assert only().state == "unknown"
        scene.clock.at(minutes)
        deliver_due(scene.desk, channels(provider))
    assert only().state == "delivered"
    assert len(provider.sent) == 1


def test_a_provider_that_can_never_say_becomes_one_alarm(scene: Scene) -> None:
    provider = FakeProvider(failures=[OutcomeUnknown("超时")], lost_answer=True, lookup_fails=[ProviderBusy("忙") for _ in range(99)])
    for minutes in range(20):
        scene.clock.at(minutes)
        deliver_due(scene.desk, channels(provider))
    assert only().state == "unknown"
    assert Alarm.select().count() == 1


def test_a_message_that_never_arrives_at_the_provider_is_given_up_after_its_tries(scene: Scene) -> None:
    provider = FakeProvider(failures=[OSError("磁盘已满")] * 9)
    for minutes in range(20):
        scene.clock.at(minutes)
        deliver_due(scene.desk, {"短信": provider}, Terms(tries=3))
    assert (only().state, only().tries) == ("failed", 3)
    assert Alarm.select().count() == 1


@pytest.mark.parametrize("place", ["before_claim", "after_claim", "after_send", "after_record"])
def test_wherever_the_sender_dies_the_message_is_sent_once(scene: Scene, place: str) -> None:
    provider = FakeProvider()
    with pytest.raises(Killed):
        deliver_due(scene.desk, channels(provider), die_at(place))
    for minutes in (0, 1, 2, 3):
        scene.clock.at(minutes)
        deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1
    assert only().state == "delivered"


@pytest.mark.parametrize("place", ["before_lookup", "after_lookup"])
@pytest.mark.parametrize("left", [True, False], ids=["it had left", "it had not left"])
def test_wherever_the_asker_dies_the_message_is_sent_once(scene: Scene, place: str, left: bool) -> None:
    provider = FakeProvider()
    with pytest.raises(Killed):
        deliver_due(scene.desk, channels(provider), die_at("after_send" if left else "after_claim"))
    scene.clock.at(1)
    with pytest.raises(Killed):
        deliver_due(scene.desk, channels(provider), die_at(place))
    for minutes in (1, 2, 3):
        scene.clock.at(minutes)
        deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1
    assert only().state == "delivered"


def test_a_signed_ticket_is_not_called_after_a_crash_either(scene: Scene) -> None:
    provider = FakeProvider()
    deliver_due(scene.desk, channels(provider))
    sweep(scene.desk, scene.clock.at(5))
    with pytest.raises(Killed):
        deliver_due(scene.desk, channels(provider), die_at("after_claim"))
    sign_by_hand(scene, scene.clock())
    scene.clock.at(7)
    deliver_due(scene.desk, channels(provider))
    deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1
    assert messages()[-1][3] == "cancelled"


def test_a_clock_that_jumps_an_hour_ahead_and_back_sends_nothing_twice(scene: Scene) -> None:
    provider = FakeProvider()
    with pytest.raises(Killed):
        deliver_due(scene.desk, channels(provider), die_at("after_send"))
    for minutes in (60, 0, 60, 0, 61):
        scene.clock.at(minutes)
        deliver_due(scene.desk, channels(provider))
    assert len(provider.sent) == 1


def test_a_kind_without_a_template_fails_with_an_alarm_instead_of_blocking_the_rest(scene: Scene) -> None:
    with transaction():
        bad = outbox.queue(outbox.Owed("bad", "短信", "贺信", scene.ticket.id, scene.people["韩"].id, "1"), scene.clock() - timedelta(hours=1))
    provider = FakeProvider()
    result = deliver_due(scene.desk, channels(provider))
    assert (result.failed, result.accepted) == (1, 1)
    row = Outbox.get_by_id(bad)
    assert (row.state, row.tries) == ("failed", 0)
    assert "贺信" in row.error
    assert Alarm.select().count() == 1


def test_a_channel_that_is_not_set_up_fails_with_an_alarm(scene: Scene) -> None:
    assert deliver_due(scene.desk, {}).failed == 1
    assert "短信" in only().error
    assert Alarm.select().count() == 1
