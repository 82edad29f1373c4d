"""Finds tickets, gives them their numbers, and keeps their history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from tickets.domain.times import day_key, stored
from tickets.store import statements
from tickets.store.connect import is_sqlite
from tickets.store.models import History, Ticket, database

FOUND_AT_MOST = 50


class NoSuchTicket(Exception):
    """There is no ticket of that id or number."""

    permanent = True


def canonical(value: object) -> str:
    """Canonical JSON text: sorted keys, no spaces, UTF-8 as it is. Decimals and times are written as text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def next_number(at: datetime) -> str:
    """The next ticket number of the local day of `at`, such as 20261123-0067.

    Call it inside the ticket's own transaction: the counter's row stays locked until the commit, so two tickets never share a
    number, and a ticket that is rolled back gives its number back, so there are no gaps.
    """
    mark = database.obj.param
    sql = f"INSERT INTO ticket_counter (day, last) VALUES ({mark}, 1) ON CONFLICT (day) DO UPDATE SET last = ticket_counter.last + 1 RETURNING last"
    day = day_key(at)
    return f"{day}-{database.obj.execute_sql(sql, (day,)).fetchone()[0]:04d}"


def locked(ticket_id: int) -> Ticket:
    """The ticket as it is now, kept from other writers until this transaction ends; NoSuchTicket when there is none."""
    found = statements.first(Ticket, "id = ?" if is_sqlite() else "id = ? FOR UPDATE", (ticket_id,))
    if found is None:
        raise NoSuchTicket(f"没有 id 为 {ticket_id} 的工单 (no such ticket)")
    return found


def claim(ticket: Ticket, changes: Mapping[str, object]) -> bool:
    """Changes these columns if the ticket still stands where it was read, by status and step; False when somebody moved it meanwhile."""
    where = "id = ? AND status = ? AND step_seq = ?"
    return statements.update(Ticket, changes, where, (ticket.id, ticket.status, ticket.step_seq)) == 1


def by_number(number: str) -> Ticket:
    """The ticket of that number; NoSuchTicket in one sentence when there is none."""
    found = statements.first(Ticket, "number = ?", (number.strip(),))
    if found is None:
        raise NoSuchTicket(f"没有编号为「{number}」的工单；编号形如 20261123-0067 (no such ticket)")
    return found


def earlier(source: str, source_id: str) -> Ticket | None:
    """The ticket this source's number already became, or None."""
    found = statements.scalar("SELECT id FROM ticket WHERE source = ? AND source_id = ?", (source, source_id))
    return None if found is None else Ticket.get_by_id(found)  # type: ignore[no-any-return]


def helpers_of(ticket_id: int) -> tuple[str, ...]:
    """The addresses of the units that help with the ticket, in the order in which they were asked."""
    return tuple(statements.column("SELECT u.address FROM assist a JOIN unit u ON a.unit_id = u.id WHERE a.ticket_id = ? ORDER BY a.id", (ticket_id,)))


def messages_of(ticket_id: int) -> list[tuple[str, str, str, str]]:
    """Channel, number, kind and person of every message about the ticket, the oldest first."""
    sql = "SELECT o.channel, o.to_phone, o.kind, p.name FROM outbox o JOIN person p ON o.person_id = p.id WHERE o.ticket_id = ? ORDER BY o.id"
    return [(channel, phone, kind, name) for channel, phone, kind, name in statements.execute(sql, (ticket_id,)).fetchall()]


def search(words: str, limit: int = FOUND_AT_MOST) -> list[Ticket]:
    """Tickets by number or its beginning, by the last four digits of a phone, else by words of address, title or text; newest first.

    Whose tickets may be shown is store/scope.py's question: narrow the answer with it.
    """
    wanted = words.strip()
    if not wanted:
        return []
    if wanted[:1].isdigit() and set(wanted) <= set("0123456789-"):
        if len(wanted) == 4:
            condition = (Ticket.phone_tail == wanted) | (Ticket.number == wanted)
        elif len(wanted) >= 7 and "-" not in wanted and not wanted.startswith("20"):
            condition = Ticket.caller_phone == wanted
        else:
            condition = (Ticket.number >= wanted) & (Ticket.number < wanted + "~")
    else:
        condition = Ticket.address.contains(wanted) | Ticket.title.contains(wanted) | Ticket.text.contains(wanted)
    return list(Ticket.select().where(condition).order_by(Ticket.id.desc()).limit(min(limit, FOUND_AT_MOST)))


def append_history(
    ticket_id: int,
    *,
    at: datetime,
    actor: str,
    what: str,
    from_status: str = "",
    to_status: str = "",
    holder_id: int | None = None,
    note: Mapping[str, object] | None = None,
) -> History:
    """Adds a line to the ticket's course; lines are numbered from 1 and never edited. `at` is aware; `note` is plain data."""
    last = statements.scalar("SELECT MAX(seq) FROM history WHERE ticket_id = ?", (ticket_id,)) or 0
    return History.create(  # type: ignore[no-any-return]
        ticket=ticket_id,
        seq=last + 1,
        at=stored(at),
        actor=actor,
        what=what,
        from_status=from_status,
        to_status=to_status,
        holder=holder_id,
        note=canonical(dict(note or {})),
    )
