"""Describes a ticket as it stands, the way `dispatch --out` and the intake page show it."""

from __future__ import annotations

import time

from tickets.domain.appeal import Clock, Opened, Told, told
from tickets.domain.times import aware
from tickets.store import directory
from tickets.store.course import clocks_of
from tickets.store.models import Ticket
from tickets.store.tickets import helpers_of, messages_of


def opened(ticket: Ticket, began: float, *, duplicate: bool = False) -> Opened:
    """The ticket with its terminal, clocks and messages. `began` is time.perf_counter() when the text arrived; `ms` runs until now."""
    whole = directory.whole_unit(ticket.unit) if ticket.unit_id is not None else None
    return Opened(
        ticket_id=ticket.id,
        ticket=ticket.number,
        source_id=ticket.source_id,
        category=ticket.category,
        confidence=ticket.category_confidence,
        area=ticket.area,
        urgency=ticket.urgency,
        unit=whole.address if whole is not None else "",
        section=ticket.unit.name if whole is not None and whole.id != ticket.unit_id else "",
        post=ticket.post.name if ticket.post_id is not None else "",
        person=ticket.person.name if ticket.person_id is not None else "",
        manual=ticket.manual,
        assist=helpers_of(ticket.id),
        ruleset="dispatch",
        rule=ticket.dispatch_rule,
        deadlines=_clocks(ticket),
        messages=_messages(ticket),
        status=ticket.status,
        ms=round((time.perf_counter() - began) * 1000, 3),
        reason=ticket.reason,
        duplicate_of=ticket.number if duplicate else "",
    )


def _clocks(ticket: Ticket) -> tuple[Clock, ...]:
    rows = [row for row in clocks_of(ticket) if row.state != "cancelled"]
    return tuple(Clock(row.name, aware(row.due_at) if row.due_at is not None else None, row.state, row.within, row.clock) for row in rows)


def _messages(ticket: Ticket) -> tuple[Told, ...]:
    return tuple(told(*row) for row in messages_of(ticket.id))
