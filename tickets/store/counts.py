"""Counts earlier appeals for derived facts: how many of the same kind, at the same place, by how many callers. Each count reads an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import Expression

from tickets.domain.times import stored
from tickets.store.models import History, Ticket

COUNTED_AT_MOST = 1_000  # a rule that asks "five or more" needs no more, and intake stays fast however long the history


def _since(since: datetime, categories: Sequence[str] | None, areas: Sequence[str] | None, caller: str | None) -> Expression:
    condition = Ticket.registered_at >= stored(since)
    if categories is not None:
        condition &= Ticket.category.in_(list(categories))
    if areas is not None:
        condition &= Ticket.area.in_(list(areas))
    if caller is not None:
        condition &= Ticket.caller_phone == caller
    return condition


def appeals(since: datetime, *, categories: Sequence[str] | None = None, areas: Sequence[str] | None = None, caller: str | None = None) -> int:
    """How many appeals were registered since then with one of these categories, in one of these areas, by that caller; at most 1,000."""
    rows = Ticket.select(Ticket.id).where(_since(since, categories, areas, caller)).limit(COUNTED_AT_MOST)
    return int(rows.count())


def callers(since: datetime, *, categories: Sequence[str] | None = None, areas: Sequence[str] | None = None) -> int:
    """How many different phones those appeals came from; appeals without a phone do not count. At most 1,000."""
    condition = _since(since, categories, areas, None) & (Ticket.caller_phone != "")
    return int(Ticket.select(Ticket.caller_phone).where(condition).distinct().limit(COUNTED_AT_MOST).count())


def moves(ticket_id: int, what: str) -> int:
    """How often the ticket has made that move (重办, 转派 …)."""
    return int(History.select().where((History.ticket == ticket_id) & (History.what == what)).count())
