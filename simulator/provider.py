"""A provider of messages with a record of its own: it accepts, refuses, loses its answer, and reports late, twice or in disorder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from notifications.message import Message, NumberRefused, OutcomeUnknown, ProviderBusy, Receipt
from simulator.faults import Journal, Rates

LATE = 0.25  # of the messages are reported as delivered later; the rest at once
NEVER = 0.002  # reach nobody


@dataclass(frozen=True)
class Entry:
    """One message a provider took: under its own number, `by` which provider, for which message of ours, when (true time and the machine's)."""

    sid: str
    by: str
    message: int
    channel: str
    kind: str
    to: str
    body: str
    at: datetime
    machine: datetime


@dataclass
class Provider:
    """Implements notifications.channels.Channel for every channel. `record` is what it and its rival took, only ever appended to.

    Sent the same message twice it sends it twice: nothing on this side keeps our promise for us.
    """

    rates: Rates
    dice: Random
    journal: Journal
    clock: Callable[[], datetime]  # its own, which is right
    machine: Callable[[], datetime]
    later: Callable[[datetime, Entry, str], None]  # (when, what, state): a receipt that comes by itself
    record: list[Entry]  # what was taken, by all providers in one order
    name: str
    healthy: bool = False
    _of: dict[int, Entry] = field(default_factory=dict)

    def send(self, message: Message) -> Receipt:
        """Takes the message, or fails in one of the ways a provider does."""
        roll = 1.0 if self.healthy else self.dice.random()
        for name, error in (("busy", ProviderBusy("429 请求过多 (too many requests)")), ("broken", OutcomeUnknown("500 服务器错误 (server error)"))):
            if roll < self.rates.of(name):
                self.journal.note(f"provider:{name}")
                raise error
            roll -= self.rates.of(name)
        if not message.to.lstrip("+").isdigit():
            raise NumberRefused("号码不可用 (not a number)")
        entry = self._take(message)
        if roll < self.rates.of("accepted_timeout"):
            self.journal.note("provider:accepted_timeout")
            raise OutcomeUnknown("等待应答超时 (no answer in time)")
        if message.channel == "电话":
            return Receipt(entry.sid, "sent", "响铃，无人接听")
        if self.dice.random() >= LATE:
            return Receipt(entry.sid, "delivered")
        return Receipt(entry.sid, "sent")

    def _take(self, message: Message) -> Entry:
        sid = f"SIM{len(self.record) + 1:08d}"
        at = self.clock()
        entry = Entry(sid, self.name, message.id, message.channel, message.kind, message.to, message.body, at, self.machine())
        self.record.append(entry)
        self._of[message.id] = entry
        if message.channel != "电话":
            state = "failed" if self.dice.random() < NEVER else "delivered"
            after = at + timedelta(seconds=self.dice.expovariate(1 / 20))
            self.later(after, entry, state)
            if self.dice.random() < self.rates.of("receipt_again"):
                self.journal.note("provider:receipt_again")
                self.later(after + timedelta(seconds=self.dice.uniform(-10, 600)), entry, state)
        return entry

    def lookup(self, message: Message) -> Receipt | None:
        """What it knows of the message; it may be unable to say."""
        if not self.healthy and self.dice.random() < self.rates.of("cannot_tell"):
            self.journal.note("provider:cannot_tell")
            raise ProviderBusy("查询暂不可用 (cannot be asked now)")
        entry = self._of.get(message.id)
        return None if entry is None else Receipt(entry.sid, "sent")
