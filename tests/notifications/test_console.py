from __future__ import annotations

import json
from pathlib import Path

import pytest

from notifications.channels import CHANNELS, open_channels
from notifications.channels.console import ConsoleChannel
from notifications.message import Message, NumberRefused


def message(number: int = 1, channel: str = "短信", to: str = "19900001234") -> Message:
    return Message(number, channel, "派单", to, "请签收", "20261123-0001")


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_the_same_message_twice_is_sent_once_and_answered_alike(tmp_path: Path) -> None:
    channel = ConsoleChannel(tmp_path / "sent.jsonl")
    assert channel.send(message()) == channel.send(message())
    assert len(lines(tmp_path / "sent.jsonl")) == 1


def test_another_process_knows_what_was_sent(tmp_path: Path) -> None:
    first, second = ConsoleChannel(tmp_path / "sent.jsonl"), ConsoleChannel(tmp_path / "sent.jsonl")
    assert second.lookup(message()) is None
    receipt = first.send(message())
    assert second.lookup(message()) == receipt
    assert second.send(message()) == receipt
    assert second.lookup(message(2)) is None
    assert len(lines(tmp_path / "sent.jsonl")) == 1


def test_a_torn_last_line_is_skipped_and_the_next_stays_whole(tmp_path: Path) -> None:
    file = tmp_path / "sent.jsonl"
    ConsoleChannel(file).send(message(1))
    with file.open("ab") as record:
        record.write(b'{"id": 2, "chan')
    channel = ConsoleChannel(file)
    assert channel.lookup(message(2)) is None
    channel.send(message(3))
    again = ConsoleChannel(file)
    assert again.lookup(message(1)) is not None
    assert again.lookup(message(3)) is not None
    assert json.loads(lines(file)[-1])["id"] == 3


def test_the_record_holds_neither_the_number_nor_the_words(tmp_path: Path) -> None:
    ConsoleChannel(tmp_path / "sent.jsonl").send(message())
    text = (tmp_path / "sent.jsonl").read_text(encoding="utf-8")
    assert "19900001234" not in text
    assert "请签收" not in text
    assert "199****1234" in text


def test_a_call_rings_and_is_not_answered_while_an_sms_is_delivered(tmp_path: Path) -> None:
    channel = ConsoleChannel(tmp_path / "sent.jsonl")
    assert channel.send(message(1, "电话")).state == "sent"
    assert channel.send(message(2, "短信")).state == "delivered"


@pytest.mark.parametrize("number", ["", "无", "1990000x234"])
def test_a_number_that_is_none_is_refused_for_good(tmp_path: Path, number: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        ConsoleChannel(tmp_path / "sent.jsonl").send(message(to=number))
    assert refused.value.permanent


def test_the_settings_choose_a_channel_for_each_way_of_sending(tmp_path: Path) -> None:
    channels = open_channels({"短信": "console", "电话": "console"}, tmp_path)
    assert channels["短信"] is channels["电话"]
    assert set(CHANNELS) == {"console"}
