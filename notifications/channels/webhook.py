"""Group robots of WeCom, DingTalk and Feishu: the message appears in the group and mentions whom it concerns by telephone number."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import quote_plus

from notifications.channels.marks import short
from notifications.channels.safe_post import Target, post
from notifications.message import Message, OutcomeUnknown, ProviderBusy, ProviderShut, Receipt

Style = Literal["wecom", "dingtalk", "feishu"]
# Their codes for "too many in a minute"; every other code but 0 says that address, key word or signature is wrong.
TOO_MANY = {"wecom": (45009, 45033), "dingtalk": (130101, 410100), "feishu": (11232, 99991400)}


@dataclass(frozen=True)
class Robot:
    """Implements Channel. The address holds the robot's key and comes from the environment, as does `secret`, with which DingTalk and Feishu sign."""

    name: str
    target: Target = field(repr=False)
    style: Style = "wecom"
    secret: str = field(default="", repr=False)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def send(self, message: Message) -> Receipt:
        """Posts the message, its mark at the end. A robot that says no in its own words certainly did not show it."""
        body, query = self._written(message)
        status, text = post(self.target, json.dumps(body, ensure_ascii=False).encode(), query)
        if status == 429:
            raise ProviderBusy("机器人现在太忙 (too many requests)")
        if 300 <= status < 500:
            raise ProviderShut(f"机器人拒绝（HTTP {status}）；请检查网址 (refused: check the address)")
        if status != 200:
            raise OutcomeUnknown(f"机器人出错（HTTP {status}），不知是否已发出 (server error)")
        code = self._code(text)
        if code == 0:
            return Receipt(f"{self.name}-{message.id}", "sent")
        if code in TOO_MANY[self.style]:
            raise ProviderBusy(f"机器人现在太忙（{code}） (too many messages)")
        raise ProviderShut(f"机器人拒绝（{code}）；请检查网址、关键词与签名 (refused: check address, key word and signature)")

    def lookup(self, message: Message) -> Receipt | None:
        """A robot keeps no record that could be asked: ProviderBusy, always; after a while an operator is told to look into the group."""
        raise ProviderBusy("群机器人无法查询，请到群里核实 (a robot cannot be asked: look into the group)")

    def _written(self, message: Message) -> tuple[dict[str, object], str]:
        """(body, further query) in the words of this robot."""
        text, seconds = f"{message.body} {short(message.id)}", int(self.clock().timestamp())
        if self.style == "wecom":
            return {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [message.to] if message.to else []}}, ""
        if self.style == "dingtalk":
            moment = seconds * 1000
            query = f"timestamp={moment}&sign={quote_plus(self._signed(self.secret, f'{moment}{chr(10)}{self.secret}'))}" if self.secret else ""
            return {"msgtype": "text", "text": {"content": text}, "at": {"atMobiles": [message.to] if message.to else [], "isAtAll": False}}, query
        signed = {"timestamp": str(seconds), "sign": self._signed(f"{seconds}\n{self.secret}", "")} if self.secret else {}
        return {**signed, "msg_type": "text", "content": {"text": text}}, ""

    @staticmethod
    def _signed(key: str, text: str) -> str:
        return b64encode(hmac.new(key.encode(), text.encode(), sha256).digest()).decode()

    def _code(self, text: bytes) -> int:
        try:
            said = json.loads(text)
            return int(said["code" if self.style == "feishu" and "code" in said else "errcode" if "errcode" in said else "StatusCode"])
        except (ValueError, KeyError, TypeError):
            raise OutcomeUnknown("机器人的答复读不懂 (the answer cannot be read)") from None
