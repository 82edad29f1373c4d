"""A stateful server that speaks Twilio's Messages and Calls API, keeps its own record of what it took, and fails in every way a test asks for.

Written from Twilio's published API; test_twilio_peer.py holds it against the official SDK, which is generated from the OpenAPI description.
"""

from __future__ import annotations

import base64
import json
import re
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

VERSION = "2010-04-01"
TAKES = {
    "Messages": {"To", "From", "Body", "StatusCallback", "MessagingServiceSid"},
    "Calls": {"To", "From", "Url", "Method", "StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod", "Timeout"},
}
LISTS_BY = {"To", "From", "PageSize", "Page", "PageToken"}
# name -> (HTTP status, Twilio's code, whether the request was carried out before it failed)
ANSWERS: dict[str, tuple[int, int, bool]] = {
    "429": (429, 20429, False),
    "500": (500, 20500, False),
    "accept, then 500": (500, 20500, True),
    "502": (502, 0, False),
    "503": (503, 20503, False),
    "accept, then 504": (504, 0, True),
    "401": (401, 20003, False),
    "bad number": (400, 21211, False),
    "no such sender": (400, 21606, False),
    "odd": (400, 21999, False),
    "redirect": (307, 0, False),
}
BREAKS = {"drop": False, "accept, then drop": True, "accept, then silence": True, "accept, then garble": True}
FAULTS = (*ANSWERS, *BREAKS)


@dataclass
class Taken:
    """One message or call as this server took it; `status` moves as the test says."""

    kind: str
    sid: str
    fields: dict[str, list[str]]
    at: datetime
    status: str = "queued"
    code: int | None = None
    asked: list[str] = field(default_factory=list)  # the addresses it asked for

    def said(self, name: str) -> str:
        return self.fields.get(name, [""])[0]


class TwilioPeer:
    """The server. `faults` are used up one per request that would create something, `blind` one per request that asks; empty: all goes well."""

    def __init__(self, clock: Callable[[], datetime], account: str = "AC" + "0" * 32, token: str = "t" * 32) -> None:
        self.clock, self.account, self.token = clock, account, token
        self.taken: list[Taken] = []
        self.faults: deque[str] = deque()
        self.blind: deque[str] = deque()
        self.requests: list[str] = []
        self.released = Event()
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def take(self, kind: str, fields: dict[str, list[str]]) -> Taken:
        """Writes it into the record."""
        with self._lock:
            made = Taken(kind, f"{'SM' if kind == 'Messages' else 'CA'}{len(self.taken) + 1:032x}", fields, self.clock())
            self.taken.append(made)
        return made

    def found(self, kind: str, sid: str) -> Taken | None:
        return next((one for one in self.taken if one.kind == kind and one.sid == sid), None)

    def listed(self, kind: str, query: dict[str, list[str]]) -> list[Taken]:
        """The newest first, as Twilio does."""
        wanted = {name: values[0] for name, values in query.items() if name in ("To", "From")}
        return [one for one in reversed(self.taken) if one.kind == kind and all(one.said(name) == value for name, value in wanted.items())]

    def shown(self, one: Taken) -> dict[str, object]:
        """The resource as JSON."""
        when = format_datetime(one.at.astimezone(UTC))
        uri = f"/{VERSION}/Accounts/{self.account}/{one.kind}/{one.sid}.json"
        both = {"sid": one.sid, "account_sid": self.account, "api_version": VERSION, "date_created": when, "date_updated": when, "to": one.said("To")}
        both |= {"from": one.said("From") or None, "status": one.status, "price": None, "price_unit": "USD", "uri": uri, "subresource_uris": {}}
        if one.kind == "Messages":
            own = {"body": one.said("Body"), "num_segments": "1", "num_media": "0", "direction": "outbound-api", "date_sent": None}
            return {**both, **own, "error_code": one.code, "error_message": None, "messaging_service_sid": one.said("MessagingServiceSid") or None}
        empty = (
            "parent_call_sid",
            "phone_number_sid",
            "start_time",
            "end_time",
            "duration",
            "answered_by",
            "forwarded_from",
            "group_sid",
            "caller_name",
            "stir_verstat",
        )
        own = {"to_formatted": one.said("To"), "from_formatted": one.said("From"), "direction": "outbound-api", "queue_time": "0", "trunk_sid": None}
        return {**both, **own, **dict.fromkeys(empty)}

    def callback(self, one: Taken, status: str, code: int | None = None, **more: str) -> tuple[str, dict[str, str], str]:
        """Moves it on and answers what Twilio would send now: (address, fields, signature)."""
        one.status, one.code = status, code
        both = {"AccountSid": self.account, "From": one.said("From"), "To": one.said("To"), "ApiVersion": VERSION}
        if one.kind == "Messages":
            own = {"MessageSid": one.sid, "MessageStatus": status, "SmsSid": one.sid, "SmsStatus": status}
        else:
            own = {"CallSid": one.sid, "CallStatus": status, "Direction": "outbound-api", "CallbackSource": "call-progress-events"}
        fields = {**both, **own, **({"ErrorCode": str(code)} if code else {}), **more}
        return self.signed(one, one.said("StatusCallback"), fields)

    def asks(self, one: Taken, address: str, **more: str) -> tuple[str, dict[str, str], str]:
        """What Twilio sends to be told how a call goes on."""
        fields = {"AccountSid": self.account, "From": one.said("From"), "To": one.said("To"), "ApiVersion": VERSION}
        return self.signed(one, address, {**fields, "CallSid": one.sid, "CallStatus": "in-progress", "Direction": "outbound-api", **more})

    def signed(self, one: Taken, address: str, fields: dict[str, str]) -> tuple[str, dict[str, str], str]:
        one.asked.append(address)
        return address, fields, str(RequestValidator(self.token).compute_signature(address, fields))


def _handler(peer: TwilioPeer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # headers and body in one packet: else each answer waits 40 ms for its acknowledgement

        def log_message(self, *_: object) -> None:
            """Nothing: the record is `requests`."""

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # who asked died between the head and the end of it: nobody takes half a request
                self.close_connection = True
                return None
            fields = parse_qs(body.decode(), keep_blank_values=True)
            kind, wrong = self._where(r"(Messages|Calls)\.json$", fields.keys())
            if wrong is not None:
                return self._fail(*wrong)
            fault = peer.faults.popleft() if peer.faults else ""
            return self._create(kind, fields, fault)

        def _create(self, kind: str, fields: dict[str, list[str]], fault: str) -> None:
            done = BREAKS.get(fault, ANSWERS.get(fault, (0, 0, True))[2])
            made = peer.take(kind, fields) if done else None
            if fault in ANSWERS:
                return self._fail(*ANSWERS[fault][:2])
            if fault == "accept, then silence":
                peer.released.wait(20)
            if fault in ("drop", "accept, then drop", "accept, then silence"):
                self.close_connection = True
                return self.connection.shutdown(socket.SHUT_RDWR)
            assert made is not None
            return self._answer(201, b"{garbled" if fault else json.dumps(peer.shown(made)).encode())

        def do_GET(self) -> None:
            path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
            fault = peer.blind.popleft() if peer.blind else ""
            if fault:
                return self._fail(*ANSWERS[fault][:2])
            events = re.search(r"/Calls/(CA\w+)/Events\.json$", path)
            if events:
                one = peer.found("Calls", events[1])
                rows: list[object] = [{"request": {"url": url, "method": "POST", "parameters": {}}, "response": {}} for url in (one.asked if one else [])]
                return self._page("events", rows, query)
            kind, wrong = self._where(r"(Messages|Calls)\.json$", query.keys(), LISTS_BY)
            if wrong is not None:
                return self._fail(*wrong)
            return self._page(kind.lower(), [peer.shown(one) for one in peer.listed(kind, query)], query)

        def _page(self, name: str, rows: list[object], query: dict[str, list[str]]) -> None:
            size, number = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
            part, path = rows[size * number : size * (number + 1)], urlsplit(self.path).path
            more = "&".join(f"{key}={value[0].replace('+', '%2B')}" for key, value in query.items() if key != "Page")
            following = f"{path}?{more}&Page={number + 1}" if len(rows) > size * (number + 1) else None
            body = {name: part, "page": number, "page_size": size, "next_page_uri": following, "uri": path, "start": 0, "end": len(part)}
            self._answer(200, json.dumps(body).encode())

        def _where(self, pattern: str, given: Iterator[str] | object, takes: set[str] | None = None) -> tuple[str, tuple[int, int] | None]:
            """Which list the request is about, and what is wrong with it."""
            peer.requests.append(f"{self.command} {urlsplit(self.path).path}")
            found = re.search(rf"^/{VERSION}/Accounts/{peer.account}/" + pattern, urlsplit(self.path).path)
            login = base64.b64encode(f"{peer.account}:{peer.token}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {login}":
                return "", (401, 20003)
            if found is None:
                return "", (404, 20404)
            unknown = set(given) - (takes or TAKES[found[1]])  # type: ignore[call-overload]
            return found[1], (400, 20001) if unknown else None

        def _fail(self, status: int, code: int) -> None:
            words = {"code": code, "message": f"The number {self.path} failed", "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}
            self._answer(status, json.dumps(words).encode() if code else b"<html>gateway</html>")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@contextmanager
def peer_at(clock: Callable[[], datetime]) -> Iterator[TwilioPeer]:
    """A running server, closed at the end."""
    made = TwilioPeer(clock)
    try:
        yield made
    finally:
        made.close()
