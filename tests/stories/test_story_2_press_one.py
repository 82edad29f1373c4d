"""Story 2 over a real line: unsigned at five minutes, the system calls through Twilio, a key signs, and the chain is over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from admin.app import create_app
from tests.peers.twilio_peer import TwilioPeer, peer_at
from tests.stories.conftest import Installation
from tickets.store.models import Deadline, History, Outbox, Ticket
from web.twilio_calls import SIGNATURE
from wiring.providers import channels_of
from wiring.settings import load

HOTLINE = "https://h.example"


@pytest.fixture
def peer(installation: Installation) -> Iterator[TwilioPeer]:
    with peer_at(installation.clock) as made:
        yield made


@pytest.fixture
def line(installation: Installation, peer: TwilioPeer) -> Installation:
    settings = load(
        {
            "SUDA_HOME": str(installation.home),
            "SUDA_CHANNELS": "{短信: twilio, 电话: twilio, 弹屏: console}",
            "SUDA_PROVIDERS": f"{{twilio: {{kind: twilio, base_url: '{peer.url}'}}}}",
            "SUDA_PUBLIC_URL": HOTLINE,
            "SUDA_TWILIO_ACCOUNT_SID": peer.account,
            "SUDA_TWILIO_AUTH_TOKEN": peer.token,
            "SUDA_TWILIO_FROM": "+8610000000",
        }
    )
    return replace(installation, parts=replace(installation.parts, settings=settings, channels=channels_of(settings)))


def test_unsigned_at_five_minutes_one_call_rings_a_key_signs_and_nobody_is_called_again(line: Installation, peer: TwilioPeer) -> None:
    client = create_app(SimpleNamespace(desk=line.parts.desk, settings=line.parts.settings, renew=lambda: False)).test_client()

    def answer(request: tuple[str, dict[str, str], str]) -> str:
        address, fields, signature = request
        said = client.post(address.removeprefix(HOTLINE), data=fields, headers={SIGNATURE: signature})
        assert said.status_code in (200, 204)
        return said.get_data(as_text=True)

    opened = line.appeal("我们小区停水三天了，没人管")
    peer.faults.extend(["accept, then drop"])  # the text leaves, its answer is lost
    line.run_until(4.5)
    assert [one.kind for one in peer.taken] == ["Messages"]
    answer(peer.callback(peer.taken[0], "delivered"))
    peer.faults.extend(["429"])  # the line is busy at five minutes sharp
    line.run_until(6)
    (call,) = (one for one in peer.taken if one.kind == "Calls")
    assert "按 1 签收" in answer(peer.asks(call, call.said("Url")))
    assert Ticket.get(Ticket.number == opened.ticket).status == "待签收"
    pressed = call.said("Url").replace("/voice/", "/pressed/")
    assert "已签收" in answer(peer.asks(call, pressed, Digits="1"))
    for status in ("completed", "completed", "in-progress"):
        answer(peer.callback(call, status))
    signed = History.select().where(History.what == "签收").get()
    assert (signed.holder.name, "电话按键签收" in signed.note) == (opened.person, True)
    assert Deadline.select().where((Deadline.name == "签收") & Deadline.met_at.is_null()).count() == 0
    line.run_until(50, step=5)
    assert len([one for one in peer.taken if one.kind == "Calls"]) == 1
    assert {(row.channel, row.state) for row in Outbox.select().where(Outbox.provider != "")} == {("短信", "delivered"), ("电话", "delivered")}
