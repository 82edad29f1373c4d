"""SMS and calls through Twilio's official SDK, against a server that speaks its protocol."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from twilio.rest.api.v2010.account.call import CallInstance, CallList
from twilio.rest.api.v2010.account.message import MessageInstance, MessageList

from notifications.channels.marks import Marks, short
from notifications.channels.twilio_account import TwilioAccount
from notifications.channels.twilio_errors import CALLS, MESSAGES
from notifications.channels.twilio_sms import TwilioSms
from notifications.channels.twilio_voice import TwilioVoice
from notifications.message import ChannelError, Message, NumberRefused, OutcomeUnknown, ProviderBusy, ProviderShut
from tests.peers.twilio_peer import TAKES, TwilioPeer, peer_at
from tests.tickets.chain_scene import NINE, StepClock

HOTLINE = "https://12345.example"
SMS = Message(78, "短信", "派单", "19900000001", "请签收", "20261123-0001", NINE)
CALL = replace(SMS, id=79, channel="电话")


@pytest.fixture(scope="module")
def server() -> Iterator[TwilioPeer]:
    with peer_at(StepClock()) as made:
        yield made


@pytest.fixture
def peer(server: TwilioPeer) -> TwilioPeer:
    server.taken.clear()
    server.faults.clear()
    server.blind.clear()
    return server


def account(peer: TwilioPeer, **other: object) -> TwilioAccount:
    made = TwilioAccount("twilio", peer.account, peer.token, "+8610000000", HOTLINE, Marks(lambda: b"k" * 32), base_url=peer.url, timeout=5)
    return replace(made, **other)  # type: ignore[arg-type]


def test_an_sms_leaves_with_its_mark_and_reports_to_an_address_only_we_could_have_made(peer: TwilioPeer) -> None:
    ours = account(peer)
    receipt = TwilioSms(ours).send(SMS)
    sent = peer.taken[0]
    assert (receipt.provider_id, receipt.state) == (sent.sid, "sent")
    assert (sent.said("To"), sent.said("From"), sent.said("Body")) == ("+8619900000001", "+8610000000", "请签收 #2A")
    base, _, mark = sent.said("StatusCallback").rpartition("/")
    assert base == f"{HOTLINE}/twilio/twilio/status"
    assert ours.marks.read(mark) == 78
    assert ours.marks.read(mark[:-1] + ("0" if mark[-1] != "0" else "1")) is None
    assert Marks(lambda: b"x" * 32).read(mark) is None


@pytest.mark.parametrize("made_up", ["", "-", "78", "78-", "078-" + "0" * 20, "78-" + "0" * 20, "７8-aa", "9" * 50, "78-\u0660", "-78-aa"])
def test_a_mark_nobody_made_is_none(made_up: str) -> None:
    assert Marks(lambda: b"k" * 32).read(made_up) is None


def test_a_messaging_service_sends_in_the_place_of_a_number(peer: TwilioPeer) -> None:
    TwilioSms(account(peer, sender="MG" + "1" * 32)).send(SMS)
    assert (peer.taken[0].said("MessagingServiceSid"), peer.taken[0].said("From")) == ("MG" + "1" * 32, "")


def test_a_call_asks_what_to_say_and_reports_every_step(peer: TwilioPeer) -> None:
    receipt = TwilioVoice(account(peer)).send(CALL)
    made = peer.taken[0]
    assert receipt.state == "sent"
    assert made.said("Url").startswith(f"{HOTLINE}/twilio/twilio/voice/79-")
    assert made.fields["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert (made.said("Method"), made.said("StatusCallbackMethod")) == ("POST", "POST")


@pytest.mark.parametrize(
    ("given", "asked"),
    [("199 0000-0001", "+8619900000001"), ("+8613800000000", "+8613800000000"), ("008613800000000", "+8613800000000"), ("0531-88880000", "+8653188880000")],
)
def test_numbers_are_written_as_the_world_writes_them(peer: TwilioPeer, given: str, asked: str) -> None:
    assert account(peer).number(given) == asked


@pytest.mark.parametrize("given", ["", "无", "12a45678", "1" * 20, "１３８００００００００"])
def test_what_is_no_number_is_refused_before_anything_is_asked(peer: TwilioPeer, given: str) -> None:
    with pytest.raises(NumberRefused):
        TwilioSms(account(peer)).send(replace(SMS, to=given))
    assert peer.taken == []


@pytest.mark.parametrize(
    ("fault", "error", "left"),
    [
        ("bad number", NumberRefused, False),
        ("odd", NumberRefused, False),
        ("429", ProviderBusy, False),
        ("503", ProviderBusy, False),
        ("401", ProviderShut, False),
        ("no such sender", ProviderShut, False),
        ("redirect", ProviderShut, False),
        ("500", OutcomeUnknown, False),
        ("502", OutcomeUnknown, False),
        ("accept, then 500", OutcomeUnknown, True),
        ("accept, then 504", OutcomeUnknown, True),
        ("drop", OutcomeUnknown, False),
        ("accept, then drop", OutcomeUnknown, True),
        ("accept, then garble", OutcomeUnknown, True),
    ],
)
@pytest.mark.parametrize("channel", [TwilioSms, TwilioVoice])
def test_each_way_to_fail_is_told_apart_and_asking_afterwards_finds_what_left(
    peer: TwilioPeer, caplog: pytest.LogCaptureFixture, channel: type[TwilioSms] | type[TwilioVoice], fault: str, error: type[ChannelError], left: bool
) -> None:
    ours, message = channel(account(peer)), SMS if channel is TwilioSms else CALL
    peer.faults.append(fault)
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelError) as raised:
        ours.send(message)
    assert type(raised.value) is error
    assert "9900000001" not in str(raised.value) + "".join(record.getMessage() for record in caplog.records if record.name.startswith("twilio"))
    found = ours.lookup(message)
    assert (found.provider_id if found else None) == (peer.taken[0].sid if left else None)


def test_a_server_that_says_nothing_is_given_up_after_the_time_out_and_one_that_is_not_there_is_busy(peer: TwilioPeer) -> None:
    peer.faults.append("accept, then silence")
    with pytest.raises(OutcomeUnknown):
        TwilioSms(account(peer, timeout=0.3)).send(SMS)
    peer.released.set()
    assert TwilioSms(account(peer)).lookup(SMS) is not None
    nowhere = account(peer, base_url="http://127.0.0.1:1")
    with pytest.raises(ProviderBusy) as gone:
        TwilioSms(nowhere).send(SMS)
    assert type(gone.value) is ProviderBusy
    with pytest.raises(ProviderBusy):
        TwilioSms(nowhere).lookup(SMS)


@pytest.mark.parametrize("fault", ["429", "500", "401", "502"])
def test_a_provider_that_cannot_be_asked_has_not_said_no(peer: TwilioPeer, fault: str) -> None:
    for channel, message in ((TwilioSms, SMS), (TwilioVoice, CALL)):
        peer.blind.append(fault)
        with pytest.raises(ProviderBusy):
            channel(account(peer)).lookup(message)


def test_an_sms_is_found_by_its_own_mark_among_many_alike_and_not_by_another_time(peer: TwilioPeer) -> None:
    ours = TwilioSms(account(peer))
    for number in range(60):  # more than one page
        ours.send(replace(SMS, id=1000 + number))
    assert ours.lookup(replace(SMS, id=1000)) is not None
    assert ours.lookup(SMS) is None
    assert ours.lookup(replace(SMS, id=1000, since=NINE + timedelta(hours=1))) is None
    assert short(78) != short(1000)


def test_a_call_that_is_nobody_elses_is_this_one_and_of_two_in_doubt_the_callbacks_decide(peer: TwilioPeer) -> None:
    ours = TwilioVoice(account(peer))
    ours.send(CALL)
    first = peer.taken[0]
    assert ours.lookup(CALL) is not None
    other = replace(CALL, id=80, known=frozenset([first.sid]))
    assert ours.lookup(other) is None
    in_doubt = replace(CALL, id=80, rivals=1)
    with pytest.raises(ProviderBusy):
        ours.lookup(in_doubt)
    ours.send(in_doubt)
    for one in peer.taken:
        peer.asks(one, one.said("Url"))
    found = ours.lookup(in_doubt)
    assert found is not None
    assert found.provider_id == peer.taken[1].sid


def test_every_status_and_field_of_the_official_description_is_known_here_and_to_the_peer(peer: TwilioPeer) -> None:
    def words(listed: type) -> set[str]:
        return {value for name, value in vars(listed).items() if name.isupper()}

    assert words(MessageInstance.Status) - {"receiving", "received"} == set(MESSAGES)
    assert words(CallInstance.Status) <= set(CALLS)
    ours = account(peer)
    TwilioSms(ours).send(SMS)
    TwilioVoice(ours).send(CALL)
    for one, resource, made_by in ((peer.taken[0], MessageInstance, MessageList), (peer.taken[1], CallInstance, CallList)):
        fields = {name.lstrip("_").rstrip("_") for name in vars(resource(None, {}, peer.account)) if name not in ("_version", "_solution", "_context")}
        assert set(peer.shown(one)) == fields
        takes = {"".join(part.title() for part in name.rstrip("_").split("_")) for name in inspect.signature(made_by.create).parameters}
        assert TAKES[one.kind] <= takes
