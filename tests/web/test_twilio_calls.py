"""What Twilio reports and asks: forged, replayed, joined and unknown requests change nothing; a key pressed on the telephone signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from notifications.channels.twilio_sms import TwilioSms
from notifications.channels.twilio_voice import TwilioVoice
from notifications.message import Message
from tests.peers.twilio_peer import Taken, TwilioPeer, peer_at
from tests.web.conftest import Site, make_site
from tests.web.district_rows import NOW, Rows
from tickets.domain.times import stored
from tickets.store.channel_models import ProviderReceipt
from tickets.store.models import Alarm, History, Outbox, Ticket
from web.twilio_calls import ACCOUNTS, SIGNATURE

BODY = "这里是12345热线。特急工单 20261123-0067，应在 11-23 14:36 前签收。"
Request = tuple[str, dict[str, str], str]


@pytest.fixture(scope="module")
def peer() -> Iterator[TwilioPeer]:
    with peer_at(lambda: NOW) as made:
        yield made


class Line:
    """The hotline with a Twilio account, and messages of a ticket that waits to be signed."""

    def __init__(self, site: Site, peer: TwilioPeer) -> None:
        self.site, self.peer = site, peer
        self.account = site.app.extensions[ACCOUNTS]["twilio"]
        self.client = site.app.test_client()
        self.ticket = Ticket.get((Ticket.status == "待签收") & Ticket.person.is_null(False))

    def sends(self, channel: str = "电话") -> tuple[Outbox, Taken]:
        """A message that Twilio has taken, and Twilio's own record of it."""
        row = Outbox.create(
            ticket=self.ticket, person=self.ticket.person, once=f"t:{len(self.peer.taken)}", channel=channel, kind="催签", to_phone="19900000001", body=BODY,
            context="{}", state="sending", tries=1, provider="twilio", token="t", not_before=stored(NOW), queued_at=stored(NOW), cancel_step=self.ticket.step_seq,
        )  # fmt: skip
        make = TwilioVoice if channel == "电话" else TwilioSms
        make(self.account).send(Message(row.id, channel, "催签", row.to_phone, BODY))
        return row, self.peer.taken[-1]

    def asks(self, request: Request, **headers: str) -> TestResponse:
        address, fields, signature = request
        assert address.startswith("https://h.example/")
        return self.client.post(address.removeprefix("https://h.example"), data=fields, headers={SIGNATURE: signature, **headers})

    def hears(self, request: Request) -> ElementTree.Element:
        answer = self.asks(request)
        assert (answer.status_code, answer.mimetype) == (200, "text/xml")
        return ElementTree.fromstring(answer.get_data(as_text=True))

    def action(self, row: Outbox, one: Taken, digits: str, again: str = "") -> Request:
        return self.peer.asks(one, self.account.address("pressed", row.id) + again, Digits=digits, msg="Gather End")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, filled: tuple[Path, Rows], peer: TwilioPeer) -> Site:
    settings = {"SUDA_CHANNELS": "{短信: twilio, 电话: [twilio, backup]}", "SUDA_PUBLIC_URL": "https://h.example"}
    settings["SUDA_PROVIDERS"] = f"{{twilio: {{kind: twilio, base_url: '{peer.url}'}}, backup: {{kind: twilio, base_url: '{peer.url}'}}}}"
    for name, token in (("TWILIO", peer.token), ("BACKUP", "b" * 32)):
        settings |= {f"SUDA_{name}_ACCOUNT_SID": peer.account, f"SUDA_{name}_AUTH_TOKEN": token, f"SUDA_{name}_FROM": "+861000"}
    return make_site(tmp_path_factory.mktemp("line"), filled, **settings)


@pytest.fixture
def line(site: Site, peer: TwilioPeer) -> Iterator[Line]:
    made = Line(site, peer)
    yield made
    Ticket.update(status="待签收", step_seq=made.ticket.step_seq, signed_at=None, person=made.ticket.person).where(Ticket.id == made.ticket.id).execute()


def test_reports_move_a_message_forward_only_and_are_kept_once_each(line: Line) -> None:
    row, one = line.sends("短信")
    for status in ("sent", "queued", "sent", "delivered", "sending", "delivered", "undelivered"):
        assert line.asks(line.peer.callback(one, status)).status_code == 204
    row = Outbox.get_by_id(row.id)
    assert (row.state, row.provider_id, row.sent_at is not None, row.delivered_at is not None) == ("delivered", one.sid, True, True)
    assert sorted(kept.status for kept in ProviderReceipt.select().where(ProviderReceipt.outbox == row.id)) == [
        "delivered", "queued", "sending", "sent", "undelivered",
    ]  # fmt: skip


def test_a_text_the_network_could_not_deliver_becomes_a_dead_letter_and_a_call(line: Line) -> None:
    row, one = line.sends("短信")
    for _ in range(2):
        line.asks(line.peer.callback(one, "undelivered", 30003))
    assert (Outbox.get_by_id(row.id).state, Outbox.get_by_id(row.id).error) == ("failed", "运营商未能送达（30003）")
    assert Outbox.select().where(Outbox.once == f"instead:{row.id}:电话").count() == 1
    assert Alarm.select().where(Alarm.text.contains(f"第{row.id}号")).count() == 1


def test_a_call_nobody_took_has_been_made_and_says_so(line: Line) -> None:
    row, one = line.sends()
    for status in ("initiated", "ringing", "no-answer"):
        assert line.asks(line.peer.callback(one, status)).status_code == 204
    assert (Outbox.get_by_id(row.id).state, Outbox.get_by_id(row.id).error) == ("sent", "响铃，无人接听")


def test_what_is_forged_replayed_joined_or_unknown_is_refused_changes_nothing_and_is_logged(line: Line) -> None:
    row, one = line.sends("短信")
    other, another = line.sends("短信")
    address, fields, signature = line.peer.callback(one, "delivered")
    mark, others_mark = line.account.marks.make(row.id), line.account.marks.make(other.id)
    joined = {**fields, "To": fields["To"] + "ToCity", "SmsStatus": ""}
    stranger = line.peer.signed(one, address, {**fields, "MessageSid": another.sid, "SmsSid": another.sid})
    line.asks(line.peer.callback(another, "sent"))
    wrong: list[tuple[str, Request]] = [
        ("no signature", (address, fields, "")),
        ("forged", (address, fields, "A" * 28)),
        ("another text", (address, {**fields, "MessageStatus": "failed"}, signature)),
        ("replayed for another message", (address.replace(mark, others_mark), fields, signature)),
        ("signed for another message", stranger),
        ("joined", (address, joined, signature)),
        ("unknown field", line.peer.signed(one, address, {**fields, "Role": "admin"})),
        ("unknown status", line.peer.signed(one, address, {**fields, "MessageStatus": "cooked"})),
        ("made-up mark", line.peer.signed(one, address[:-1] + ("0" if address[-1] != "0" else "1"), fields)),
        ("other account", line.peer.signed(one, address, {**fields, "AccountSid": "AC" + "1" * 32})),
        ("other provider", line.peer.signed(one, address.replace("/twilio/twilio/", "/twilio/backup/"), fields)),
        ("no provider", line.peer.signed(one, address.replace("/twilio/twilio/", "/twilio/console/"), fields)),
        ("extra query", line.peer.signed(one, address + "?to=1", fields)),
    ]
    Outbox.update(provider_id=one.sid).where(Outbox.id == row.id).execute()
    for what, request in wrong:
        with capture_logs() as lines:
            answer = line.asks(request)
        assert answer.status_code == 403, what
        assert [entry["event"] for entry in lines if entry["event"] == "callback refused"] == ["callback refused"], what
        assert "19900000001" not in str(lines), what
    assert Outbox.get_by_id(row.id).state == "sending"
    assert not ProviderReceipt.select().where(ProviderReceipt.outbox == row.id).exists()
    assert line.client.get(address.removeprefix("https://h.example")).status_code == 405


def test_a_call_says_the_ticket_in_words_and_the_key_one_signs_it_for_whoever_was_called(line: Line) -> None:
    row, one = line.sends()
    said = line.hears(line.peer.asks(one, one.said("Url")))
    gather = said.find("Gather")
    assert gather is not None
    assert (gather.get("numDigits"), gather.get("actionOnEmptyResult"), gather.get("method")) == ("1", "true", "POST")
    assert gather.get("action") == line.account.address("pressed", row.id)
    words = "".join(gather.itertext())
    assert "尾号 0 0 6 7" in words
    assert "11月23日14点36分" in words
    assert "按 1 签收" in words
    assert Outbox.get_by_id(row.id).state == "sent"  # the request itself is proof that it left
    again = line.hears(line.action(row, one, ""))
    assert again.find("Gather") is not None
    assert line.hears(line.action(row, one, "7", "?again=1")).find("Gather") is None  # asked twice is enough
    assert Ticket.get_by_id(line.ticket.id).status == "待签收"
    done = line.hears(line.action(row, one, "1"))
    assert "已签收" in "".join(done.itertext())
    assert done.find("Hangup") is not None
    after = Ticket.get_by_id(line.ticket.id)
    assert (after.status, after.person_id) == ("办理中", line.ticket.person_id)
    history = History.select().where((History.ticket == after) & (History.what == "签收")).order_by(History.seq.desc()).first()
    assert history.actor == f"person:{line.ticket.person_id}"
    assert "电话按键签收" in history.note
    twice = line.hears(line.action(row, one, "1"))
    assert f"已由{line.ticket.person.name}" in "".join(twice.itertext())


def test_a_ticket_that_went_elsewhere_meanwhile_is_refused_politely_and_a_call_long_over_is_no_key(line: Line) -> None:
    row, one = line.sends()
    Ticket.update(step_seq=line.ticket.step_seq + 2).where(Ticket.id == line.ticket.id).execute()
    assert line.hears(line.peer.asks(one, one.said("Url"))).find("Gather") is None
    assert "已经流转" in "".join(line.hears(line.action(row, one, "1")).itertext())
    Ticket.update(step_seq=line.ticket.step_seq).where(Ticket.id == line.ticket.id).execute()
    line.asks(line.peer.callback(one, "completed"))
    ProviderReceipt.update(at=stored(NOW - timedelta(minutes=5))).where(ProviderReceipt.outbox == row.id).execute()
    assert line.asks(line.action(row, one, "1")).status_code == 403
    assert Ticket.get_by_id(line.ticket.id).status == "待签收"
