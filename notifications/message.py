"""A message ready to leave: whom it goes to, by which channel, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True)
class Message:
    """One message as a channel gets it.

    `id` is the outbox row's id and the key that makes it one message: a channel that is given the same id twice sends once, or can at
    least say by `lookup` that it has sent. `to` is a telephone number; `body` the rendered words; `ticket` the ticket's number.

    The rest helps a provider without such a key to be asked: `since` (aware) is a moment before which it cannot have left, `known` are the
    provider's ids of other messages to this number by this channel, `rivals` how many others to it nobody knows the fate of.
    """

    id: int
    channel: str  # 短信 电话 弹屏
    kind: str  # 派单 催签 催办 …
    to: str
    body: str
    ticket: str = ""
    since: datetime | None = None
    known: frozenset[str] = frozenset()
    rivals: int = 0


@dataclass(frozen=True)
class Receipt:
    """What the provider answered: its own id, and how far the message got (`sent` accepted, `delivered` on the phone, `failed` refused
    after it was accepted). `detail` is the provider's remark, such as 响铃未接."""

    provider_id: str
    state: Literal["sent", "delivered", "failed"]
    detail: str = ""


class ChannelError(Exception):
    """A channel could not send. `permanent` decides: True means trying again cannot help (a wrong number), False means later."""

    permanent = False


class NumberRefused(ChannelError):
    """The provider will never accept this number or these words."""

    permanent = True


class ProviderBusy(ChannelError):
    """The provider refused for now and certainly did not send: too many requests, or it is down."""


class ProviderShut(ProviderBusy):
    """The provider refuses whatever we send, e.g. a wrong key or a closed account: the next one is asked until somebody mends it."""


class OutcomeUnknown(ChannelError):
    """The provider may or may not have sent, e.g. a time-out after the request left: ask it by `lookup`, never simply resend."""
