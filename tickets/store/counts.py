"""Counts earlier appeals for derived facts: how many of the same kind, at the same place, by how many callers. Each count reads an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements

CALLS = """SELECT COUNT(*) FROM history WHERE ticket_id = ? AND actor <> 'citizen' AND actor NOT LIKE 'rule:%'
    AND (what = '核实' OR what = ?) AND note NOT LIKE '%"number":%'"""
COUNTED_AT_MOST = 1_000  # a rule that asks "five or more" needs no more, and intake stays fast however long the history


def _where(since: datetime, categories: Sequence[str] | None, areas: Sequence[str] | None, caller: str | None) -> tuple[str, list[object]]:
    condition, values = "registered_at >= ?", list[object]((stored(since),))
    for column, names in (("category", categories), ("area", areas)):
        if names is not None:
            condition += f" AND {column} IN ({statements.marks(names)})"
            values += names
    if caller is not None:
        condition += " AND caller_phone = ?"
        values.append(caller)
    return condition, values


def appeals(since: datetime, *, categories: Sequence[str] | None = None, areas: Sequence[str] | None = None, caller: str | None = None) -> int:
    """How many appeals were registered since then with one of these categories, in one of these areas, by that caller; at most 1,000."""
    where, values = _where(since, categories, areas, caller)
    return int(statements.scalar(f"SELECT COUNT(*) FROM (SELECT 1 FROM ticket WHERE {where} LIMIT {COUNTED_AT_MOST}) found", values))


def callers(since: datetime, *, categories: Sequence[str] | None = None, areas: Sequence[str] | None = None) -> int:
    """How many different phones those appeals came from; appeals without a phone do not count. At most 1,000."""
    where, values = _where(since, categories, areas, None)
    sql = f"SELECT COUNT(*) FROM (SELECT DISTINCT caller_phone FROM ticket WHERE {where} AND caller_phone <> '' LIMIT {COUNTED_AT_MOST}) found"
    return int(statements.scalar(sql, values))


def moves(ticket_id: int, what: str) -> int:
    """How often the ticket has made that move (重办, 转派 …)."""
    return int(statements.scalar("SELECT COUNT(*) FROM history WHERE ticket_id = ? AND what = ?", (ticket_id, what)))


def calls(ticket_id: int, what: str) -> int:
    """How often staff called the citizen back: verdicts taken by phone, and lines `what` (回访) of a call; what rules or he himself did is no call,
    nor is one to the caller of a merged ticket."""
    return int(statements.scalar(CALLS, (ticket_id, what)))
