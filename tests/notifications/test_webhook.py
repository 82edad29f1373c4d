"""Group robots: the three bodies, what they answer, and nowhere to post but where it is allowed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from notifications.channels.safe_post import Target, allowed
from notifications.channels.webhook import Robot
from notifications.message import ChannelError, Message, OutcomeUnknown, ProviderBusy, ProviderShut

MESSAGE = Message(78, "弹屏", "派单", "19900000001", "请签收")
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
OUTSIDE, INSIDE = ("93.184.216.34", 443), ("127.0.0.1", 443)


class Group:
    """A robot's server on this machine: answers as told and keeps what it was sent."""

    def __init__(self) -> None:
        group, self.got, self.answers = self, [], []
        self.let_go = Event()

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Nothing."""

            def do_POST(self) -> None:
                group.got.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                status, body, headers = group.answers.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if body == b"drip":
                    while not group.let_go.wait(0.02):
                        try:
                            self.wfile.write(b" ")
                        except OSError:
                            return
                self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/send?key=secret"

    def says(self, body: object, status: int = 200, **headers: str) -> Group:
        self.answers.append((status, body if isinstance(body, bytes) else json.dumps(body).encode(), headers))
        return self

    def robot(self, **other: object) -> Robot:
        return replace(Robot("robot", Target(self.url, ("127.0.0.1",), private=True), clock=lambda: NOON), **other)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def group() -> Iterator[Group]:
    made = Group()
    yield made
    made.let_go.set()
    made.server.shutdown()
    made.server.server_close()


def test_each_robot_gets_its_own_body_and_whom_it_concerns_is_mentioned(group: Group) -> None:
    group.got.clear()
    for style, answer in (("wecom", {"errcode": 0}), ("dingtalk", {"errcode": 0}), ("feishu", {"code": 0})):
        receipt = group.says(answer).robot(style=style, secret="" if style == "wecom" else "s3").send(MESSAGE)
        assert (receipt.provider_id, receipt.state) == ("robot-78", "sent")
    (_, wecom), (address, dingtalk), (_, feishu) = group.got
    assert wecom == {"msgtype": "text", "text": {"content": "请签收 #2A", "mentioned_mobile_list": ["19900000001"]}}
    assert dingtalk["at"] == {"atMobiles": ["19900000001"], "isAtAll": False}
    assert address == "/send?key=secret&timestamp=1795406400000&sign=6%2FKAnaZNnQdKnpNE%2B%2B0WwkyIQeJSz%2FhYdfFSoWyiuMc%3D"
    assert feishu == {
        "timestamp": "1795406400", "sign": "dmJfI08BP0lbBqFQKgmS3IsR+s2Su6zweASVQAw8mDI=", "msg_type": "text", "content": {"text": "请签收 #2A"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (200, {"errcode": 45009}, {}, ProviderBusy),
        (200, {"errcode": 93000}, {}, ProviderShut),
        (200, b"<html>", {}, OutcomeUnknown),
        (200, b"[1]", {}, OutcomeUnknown),
        (200, b"x" * 70_000, {}, OutcomeUnknown),
        (429, b"", {}, ProviderBusy),
        (404, b"", {}, ProviderShut),
        (500, b"", {}, OutcomeUnknown),
        (302, b"", {"Location": "http://169.254.169.254/latest"}, ProviderShut),
        (200, b"drip", {}, OutcomeUnknown),
    ],
)
def test_each_answer_is_told_apart_nothing_is_followed_and_nothing_drips_for_ever(
    group: Group, status: int, body: object, headers: dict[str, str], error: type[ChannelError]
) -> None:
    group.got.clear()
    robot = group.says(body, status, **headers).robot(target=Target(group.url, ("127.0.0.1",), private=True, whole=0.4))
    with pytest.raises(ChannelError) as raised:
        robot.send(MESSAGE)
    assert type(raised.value) is error
    assert len(group.got) == 1
    assert "secret" not in str(raised.value)
    with pytest.raises(ProviderBusy):
        robot.lookup(MESSAGE)


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/x",
        "https://evil.example/x",
        "https://qyapi.weixin.qq.com.evil.example/x",
        "https://qyapi.weixin.qq.com@evil.example/x",
        "https://evil.example@qyapi.weixin.qq.com/x",
        "https://qyapi.weixin.qq.com:8443/x",
        "https://qyapi.weixin.qq.com:99999/x",
        "https://qyapi.weixin.qq.com/x#y",
        "https://[::1/x",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_the_hosts_of_the_list_are_posted_to(url: str) -> None:
    asked: list[str] = []
    target = Target(url, ("qyapi.weixin.qq.com",), resolver=lambda host, _: asked.append(host) or [])  # type: ignore[func-returns-value]
    with pytest.raises(ProviderShut):
        Robot("robot", target).send(MESSAGE)
    assert asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.8", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:db8::1", "localhost", "",
    ],
)  # fmt: skip
def test_no_address_inside_is_connected_to_and_where_allowed_still_not_link_local(address: str) -> None:
    connected: list[object] = []
    target = Target("https://h.example/x", ("h.example",), resolver=lambda *_: [OUTSIDE, (address, 443)], connector=lambda *to: connected.append(to))  # type: ignore[func-returns-value,arg-type]
    with pytest.raises(ProviderShut):
        Robot("robot", target).send(MESSAGE)
    assert connected == []
    assert allowed(address, private=True) == (address in PRIVATE)


PRIVATE = ("127.0.0.1", "127.8.8.8", "10.0.0.8", "172.16.0.1", "192.168.1.1", "::1", "fc00::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1")
PRIVATE += ("2002:7f00:1::", "2001:db8::1")


def test_the_address_that_was_checked_is_the_one_connected_to_however_the_name_flips() -> None:
    flips = [[OUTSIDE], [INSIDE]]
    connected: list[tuple[str, int]] = []

    def connect(to: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(to)
        raise ConnectionRefusedError

    robot = Robot("robot", Target("https://h.example/x", ("h.example",), resolver=lambda *_: flips.pop(0), connector=connect))
    with pytest.raises(ProviderBusy):
        robot.send(MESSAGE)
    assert (connected, len(flips)) == ([OUTSIDE], 1)
    with pytest.raises(ProviderShut):
        robot.send(MESSAGE)
    assert connected == [OUTSIDE]
