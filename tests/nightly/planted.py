"""Faults put into the product on purpose, to see that the trial notices them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

from notifications.channels import Channel
from tickets.actions import deliver, intake, sweep
from tickets.actions.deliver import Terms
from tickets.domain.appeal import Appeal
from tickets.ports import Desk
from tickets.store import outbox


def resend_unasked() -> None:
    """A message of unknown fate is queued again without asking the provider."""

    def settle(desk: Desk, channels: Mapping[str, Channel], outbox_id: int, terms: Terms) -> str:
        token = desk.token()
        if outbox.claim_unknown(outbox_id, token, desk.clock(), terms.lease):
            outbox.put_back(outbox_id, token, desk.clock(), timedelta(0), "")
        return "later"

    deliver.settle = settle  # type: ignore[assignment, attr-defined]


def drop_unknown() -> None:
    """A message of unknown fate is taken for sent."""

    def settle(desk: Desk, channels: Mapping[str, Channel], outbox_id: int, terms: Terms) -> str:
        token = desk.token()
        if outbox.claim_unknown(outbox_id, token, desk.clock(), terms.lease):
            outbox.accepted(outbox_id, token, desk.clock(), "sent", f"?{outbox_id}")
        return "accepted"

    deliver.settle = settle  # type: ignore[assignment, attr-defined]


def forget_appeals() -> None:
    """An appeal that is sent a second time becomes a second ticket."""
    checked = Appeal.checked
    intake.earlier = lambda *_: None  # type: ignore[assignment, attr-defined]
    Appeal.checked = lambda self: replace(checked(self), source_id=f"{self.source_id}~{secrets.token_hex(4)}")  # type: ignore[method-assign]


def torn_links() -> None:
    """A link of a chain and its messages are committed one by one."""
    sweep.transaction = nullcontext  # type: ignore[assignment, attr-defined]


PLANTS: dict[str, Callable[[], None]] = {"resend": resend_unasked, "drop": drop_unknown, "again": forget_appeals, "torn": torn_links}


def plant(name: str) -> None:
    """Puts that fault in; none for an empty name."""
    if name:
        PLANTS[name]()
