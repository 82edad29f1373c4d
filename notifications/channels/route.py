"""Who carries a kind of message: the providers in order, each with its own pace, and a pause for one that keeps failing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from notifications.channels.protocol import Channel
from notifications.message import Message, ProviderBusy, ProviderShut, Receipt

FAILURES = 3  # in a row, and a provider is left alone
PAUSE = timedelta(seconds=30)  # for so long
LONG_PAUSE = timedelta(minutes=5)  # and for so long when it refuses us altogether


@dataclass(eq=False)
class Provider:
    """One provider under its name of config.yaml. `per_second` messages leave at most, by this process; 0 sets no limit.

    Times are the installation's clock, aware. After FAILURES failures in a row it is passed over for a while; then one message tries it.
    """

    name: str
    channel: Channel
    per_second: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)
    _slots: float = 1.0
    _filled: datetime | None = None
    _failures: int = 0
    _shut_until: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Takes the right to send one message now; False when this second's are gone."""
        if self.per_second <= 0:
            return True
        most = max(1.0, self.per_second)
        with self._lock:
            gone = 0.0 if self._filled is None else max(0.0, (now - self._filled).total_seconds())
            self._slots = most if self._filled is None else min(most, self._slots + gone * self.per_second)
            self._filled = now
            if self._slots < 1.0:
                return False
            self._slots -= 1.0
            return True

    def shut(self, now: datetime) -> bool:
        """Whether it is being passed over at the moment."""
        until = self._shut_until
        return until is not None and now < until <= now + LONG_PAUSE  # a clock set back does not shut it for hours

    def went_well(self) -> None:
        """It answered: whatever failed before is forgotten."""
        with self._lock:
            self._failures, self._shut_until = 0, None

    def failed(self, now: datetime, error: Exception) -> bool:
        """It was busy, down or silent; True when that makes it one to pass over for a while."""
        with self._lock:
            self._failures += 1
            enough = self._failures >= FAILURES or isinstance(error, ProviderShut)
            if enough:
                self._shut_until = now + (LONG_PAUSE if isinstance(error, ProviderShut) else PAUSE)
            return enough


@dataclass(frozen=True)
class Route:
    """The providers of one kind of message, the preferred one first."""

    providers: tuple[Provider, ...]

    def choose(self, now: datetime) -> Provider | None:
        """Who sends the next message: the first that is not passed over (the first of all when every one is); None when it must wait its turn."""
        first = next((one for one in self.providers if not one.shut(now)), self.providers[0])
        return first if first.take(now) else None

    def instead(self, tried: Sequence[Provider], now: datetime) -> Provider | None:
        """Who sends a message that those tried certainly have not sent; None when nobody else can at the moment."""
        others = (one for one in self.providers if one not in tried and not one.shut(now))
        return next((one for one in others if one.take(now)), None)

    def ask(self, name: str, message: Message) -> Receipt | None:
        """Asks the provider of that name; ProviderBusy when it is none of ours any more. Without a name all are asked."""
        asked = [one for one in self.providers if one.name == name] if name and any(one.name for one in self.providers) else list(self.providers)
        if not asked:
            raise ProviderBusy(f"渠道「{name}」已不在 config.yaml 中，无法查询 (this provider is configured no more)")
        return next((receipt for receipt in (one.channel.lookup(message) for one in asked) if receipt is not None), None)

    def send(self, message: Message) -> Receipt:
        """By the preferred provider, whatever state it is in: for whoever knows channels alone. The delivery action chooses."""
        return self.providers[0].channel.send(message)

    def lookup(self, message: Message) -> Receipt | None:
        """Asks all of them."""
        return self.ask("", message)


def route_of(channel: Channel) -> Route:
    """A route; a channel that stands alone is a route of its own."""
    return channel if isinstance(channel, Route) else Route((Provider(getattr(channel, "name", ""), channel),))
