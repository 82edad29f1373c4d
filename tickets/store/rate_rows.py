"""Reads what the rates are made of: five statements for a period, however many tickets lie outside it. insights/rates.py says what each rate is.

Every row begins with the ticket and who answers for it: the unit or section and the person it was last dispatched to; while a mediator visits the
citizen, the handler from before the visit. Only what happened since that last dispatch is laid to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tickets.store import statements

WHO = "t.id, COALESCE(v.handler_unit_id, t.unit_id), COALESCE(v.handler_id, t.person_id), t.area, t.category"
FROM = "LEFT JOIN visit v ON v.ticket = t.id AND v.done_at IS NULL"
GROUP = "GROUP BY t.id, v.handler_unit_id, v.handler_id"
# A clock called off on the way (why) is nobody's, one met before the last dispatch somebody else's; one that still runs counts once it is due.
COUNTED = "d.why = '' AND (d.met_at IS NULL OR d.met_at >= t.dispatched_at) AND (d.state <> 'running' OR (d.paused_at IS NULL AND d.due_at < ?))"
LATE = "MAX(CASE WHEN d.state = 'met' THEN 0 ELSE 1 END)"
# The same words as in the partial index history_counted: SQLite takes the index only for exactly these.
LINES = "h.what IN ('核实', '改评价', '回复', '重办')"

# COALESCE keeps the index on the state out of it: SQLite, which has no statistics, would begin with every clock there is.
SIGNED = f"""SELECT {WHO}, {LATE} FROM ticket t JOIN deadline d ON d.ticket_id = t.id {FROM}
    WHERE t.dispatched_at >= ? AND t.dispatched_at < ? AND COALESCE(d.state, '') IN ('met', 'breached', 'running')
    AND d.from_status = '待签收' AND d.until_status = '办理中' AND {COUNTED} {GROUP} ORDER BY t.id"""
DUE = f"""SELECT {WHO}, {LATE} FROM deadline d JOIN ticket t ON t.id = d.ticket_id {FROM}
    WHERE d.state IN ('met', 'breached', 'running') AND d.due_at >= ? AND d.due_at < ?
    AND d.from_status = '办理中' AND d.until_status IN ('待审核', '待回访') AND {COUNTED} {GROUP} ORDER BY t.id"""
REPLIED = f"""SELECT {WHO}, t.dispatched_at, MAX(CASE WHEN h.what = '回复' THEN h.at END), SUM(CASE WHEN h.what = '重办' THEN 1 ELSE 0 END)
    FROM history h JOIN ticket t ON t.id = h.ticket_id {FROM}
    WHERE {LINES} AND h.at >= ? AND h.at < ? AND h.what IN ('回复', '重办') AND h.at >= t.dispatched_at {GROUP} ORDER BY t.id"""
CALLED = f"""SELECT {WHO}, t.dispatched_at, h.what, h.note, (SELECT MAX(r.at) FROM history r WHERE r.ticket_id = t.id AND r.what = '回复' AND r.seq < h.seq)
    FROM history h JOIN ticket t ON t.id = h.ticket_id {FROM}
    WHERE {LINES} AND h.at >= ? AND h.at < ? AND h.what IN ('核实', '改评价') ORDER BY t.id, h.seq"""
UNITS = "SELECT id, address, name, kind, parent_id, active FROM unit ORDER BY id"


@dataclass(frozen=True, slots=True)
class Who:
    """A ticket and who answers for it; None for nobody. `section` is a Unit.id, of a section or a whole unit; `area` and `category` are names or ""."""

    ticket: int
    section: int | None
    person: int | None
    area: str
    category: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A ticket with a clock that was kept (`late` False) or not."""

    who: Who
    late: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """What was replied or sent back in the period: the newest reply (None when it was only sent back), and how often it was sent back (重办)."""

    who: Who
    dispatched_at: datetime
    replied_at: datetime | None
    reworks: int


@dataclass(frozen=True, slots=True)
class Called:
    """A line of the citizen's verdict: 核实 or 改评价, with its note (JSON) and the newest reply before it. Times are naive UTC."""

    who: Who
    dispatched_at: datetime | None
    what: str
    note: str
    replied_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit or section. `scored` is the unit it counts for: the highest above it of its own kind, so that a village is not its town."""

    id: int
    address: str
    name: str
    kind: str
    active: bool
    scored: int


def signed(since: datetime, until: datetime, now: datetime) -> list[Kept]:
    """Tickets whose last dispatch lies in the period and whose clock for signing was met, broken, or is over; stored times."""
    return [Kept(_who(row), bool(row[5])) for row in statements.execute(SIGNED, (since, until, now)).fetchall()]


def due(since: datetime, until: datetime, now: datetime) -> list[Kept]:
    """Tickets whose clock for handling fell due in the period; late when any such clock of theirs was not kept."""
    return [Kept(_who(row), bool(row[5])) for row in statements.execute(DUE, (since, until, now)).fetchall()]


def replied(since: datetime, until: datetime) -> list[Replied]:
    """Tickets replied to or sent back in the period."""
    moment = statements.moment
    return [Replied(_who(row), moment(row[5]), moment(row[6]), int(row[7])) for row in statements.execute(REPLIED, (since, until)).fetchall()]


def called(since: datetime, until: datetime) -> list[Called]:
    """The verdicts of the period, each ticket's in their order."""
    moment = statements.moment
    return [Called(_who(row), moment(row[5]), row[6], row[7], moment(row[8])) for row in statements.execute(CALLED, (since, until)).fetchall()]


def units() -> dict[int, UnitRow]:
    """Every unit and section by id, in the order of the directory."""
    rows = {row[0]: row for row in statements.execute(UNITS).fetchall()}
    return {key: UnitRow(key, row[1], row[2], row[3], bool(row[5]), _scored(rows, key)) for key, row in rows.items()}


def _scored(rows: dict[int, Any], key: int) -> int:
    """Climbs while the kind stays the same; a chain that runs in a ring ends where it began."""
    seen = {key}
    while (above := rows[key][4]) is not None and above in rows and above not in seen and rows[above][3] == rows[key][3]:
        key = above
        seen.add(key)
    return key


def _who(row: Sequence[Any]) -> Who:
    return Who(row[0], row[1], row[2], row[3], row[4])
