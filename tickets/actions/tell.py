"""Tells whom a chain link names, at the moment its clock starts; later links are fired by the sweeper (tickets/actions/sweep.py)."""

from __future__ import annotations

from datetime import datetime

from tickets.actions.escalate import fire
from tickets.ports import Desk
from tickets.store.models import ChainLink


def tell(desk: Desk, link: ChainLink, at: datetime) -> tuple[int, ...]:
    """Fires the link inside the caller's transaction (the ticket's row must be saved by then); ids of the messages queued."""
    fired = fire(desk, link.id, at)
    return () if fired is None else fired.outbox_ids
