"""What a channel must be able to do, whoever provides it: a console, an SMS company, a webhook."""

from __future__ import annotations

from typing import Protocol

from notifications.message import Message, Receipt


class Channel(Protocol):
    """Sends messages and can be asked afterwards whether it did.

    The delivery action calls `send` once per claim. Every failure is a ChannelError: `permanent` True is not tried again,
    OutcomeUnknown means that the message may have left. Before anything is sent a second time, `lookup` is asked; it answers None only
    when the provider certainly does not have the message, and raises ProviderBusy when it cannot tell. Time-outs must stay well
    below the lease of config.yaml (`lease_seconds`).
    """

    def send(self, message: Message) -> Receipt: ...

    def lookup(self, message: Message) -> Receipt | None: ...
