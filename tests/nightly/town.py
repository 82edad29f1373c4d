"""The world around an installation under trial: citizens whose appeals an agent types in over HTTP, and a provider that rings and reports back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Event, Lock, Thread

import requests

from tests.peers.twilio_peer import Taken, TwilioPeer
from tickets.domain.appeal import Appeal
from tickets.store.accounts import DEMONSTRATION_PASSWORD

AGENT = "zuoxi"
PATIENCE = 5.0  # seconds for an answer: a process that was killed never gives one
FAULTS = ("429", "503", "drop", "accept, then drop", "accept, then 504", "accept, then 500", "accept, then garble")
PRESSED = 0.4  # of the calls are answered with a 1, which signs
SILENCE = 0.02  # of the faults: the provider takes the message and says nothing for 20 s
TOKEN = re.compile(r'name="csrf(?:_token|-token)" (?:value|content)="([^"]+)"')


@dataclass
class Typed:
    """One appeal on its way in: the page's own number, and the ticket's number once the web process acknowledged it."""

    once: str
    appeal: Appeal
    ticket: str = ""
    sent: int = 0


@dataclass
class Town:
    """Runs until `closed` is set; `typed` and `signed` (outbox ids whose call was acknowledged as signing) are what it was promised."""

    web: str
    peer: TwilioPeer
    clock: Callable[[], datetime]
    appeals: Sequence[Appeal]
    every: float  # seconds between two appeals
    dice: Random
    typed: list[Typed] = field(default_factory=list)
    signed: set[int] = field(default_factory=set)
    quiet: Event = field(default_factory=Event)  # no new appeals
    closed: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)
    _threads: list[Thread] = field(default_factory=list)

    def open(self, agents: int = 3, phones: int = 2) -> None:
        self._threads = [Thread(target=self._type, daemon=True) for _ in range(agents)] + [Thread(target=self._ring, args=(n, phones)) for n in range(phones)]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def close(self) -> None:
        self.closed.set()
        self.peer.released.set()
        for thread in self._threads:
            thread.join(PATIENCE * 3)

    def trouble(self) -> None:
        """Now and then the provider's next answer goes wrong."""
        if not self.peer.faults and self.dice.random() < 0.5:
            self.peer.faults.append("accept, then silence" if self.dice.random() < SILENCE else self.dice.choice(FAULTS))

    def all_acknowledged(self) -> bool:
        with self._lock:
            return all(one.ticket for one in self.typed)

    def _type(self) -> None:
        """An agent types one appeal after the other, and sends each again until it is acknowledged."""
        session, token = requests.Session(), ""
        while not self.quiet.wait(self.dice.expovariate(1 / self.every)):
            with self._lock:
                one = Typed(secrets.token_hex(16), self.appeals[len(self.typed) % len(self.appeals)])
                self.typed.append(one)
            while not one.ticket and not self.closed.is_set():
                try:
                    token = token or self._sign_in(session)
                    one.sent += 1
                    one.ticket = self._send(session, token, one)
                    token = token if one.ticket else ""
                except requests.RequestException:
                    self.closed.wait(0.05)

    def _sign_in(self, session: requests.Session) -> str:
        session.cookies.clear()
        found = TOKEN.search(session.get(f"{self.web}/signin", timeout=PATIENCE).text)
        data = {"csrf_token": found[1] if found else "", "username": AGENT, "password": DEMONSTRATION_PASSWORD}
        session.post(f"{self.web}/signin", data=data, timeout=PATIENCE, allow_redirects=False)
        found = TOKEN.search(session.get(f"{self.web}/intake", timeout=PATIENCE).text)
        return found[1] if found else ""

    def _send(self, session: requests.Session, token: str, one: Typed) -> str:
        told = one.appeal
        data = {"csrf_token": token, "once": one.once, "text": told.text, "kind": told.kind or "求助", "address": told.address, "caller_phone": told.phone}
        data |= {"outage": "no"}
        answer = session.post(f"{self.web}/intake", data=data, timeout=PATIENCE, allow_redirects=False)
        where = answer.headers.get("Location", "")
        return where.rsplit("/", 1)[1] if answer.status_code == 302 and "/t/" in where else ""

    def _ring(self, number: int, phones: int) -> None:
        """Follows what the provider took, its share of it: rings, reports, and sometimes a 1 is pressed."""
        session, following = requests.Session(), number
        while not self.closed.wait(0.02):
            while following < len(self.peer.taken) and not self.closed.is_set():
                try:
                    self._follow(session, self.peer.taken[following])
                except requests.RequestException:
                    pass  # the web process is dead: as in life, this report is lost
                following += phones

    def _follow(self, session: requests.Session, one: Taken) -> None:
        if one.kind == "Messages":
            self._post(session, self.peer.callback(one, "delivered"))
            return
        self._post(session, self.peer.asks(one, one.said("Url")))
        if self.dice.random() < PRESSED:
            asked = self.peer.asks(one, one.said("Url").replace("/voice/", "/pressed/"), Digits="1")
            if "已签收" in self._post(session, asked):
                with self._lock:
                    self.signed.add(message_of(one))
        self._post(session, self.peer.callback(one, "completed"))

    def _post(self, session: requests.Session, request: tuple[str, dict[str, str], str]) -> str:
        address, fields, signature = request
        answer = session.post(address, data=fields, headers={"X-Twilio-Signature": signature}, timeout=PATIENCE)
        return answer.text if answer.status_code == 200 else ""


def message_of(one: Taken) -> int:
    """The outbox id in the mark of its callback's address."""
    return int(one.said("StatusCallback").rsplit("/", 1)[1].split("-")[0])
