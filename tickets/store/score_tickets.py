"""The tickets behind a figure, for its page: what each was about, what the citizen said, what happened later. As far as the reader may see them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tickets.store import statements
from tickets.store.scope import Viewer, seen

MOST = 50  # rows on a page; the page says how many there are
COLUMNS = """t.id, t.number, t.title, t.text, t.status, t.unit_id,
    (SELECT h.note FROM history h WHERE h.ticket_id = t.id AND h.what IN ('核实', '改评价') AND h.note NOT LIKE '%"number":%' ORDER BY h.seq DESC LIMIT 1),
    (SELECT h.what FROM history h WHERE h.ticket_id = t.id AND h.to_status <> '' ORDER BY h.seq DESC LIMIT 1)"""


@dataclass(frozen=True)
class Behind:
    """One ticket. `verdict` is a level, 未接通 or ""; `solved` what he said of the result; `later` the last move it made. Empty words: not for this reader."""

    id: int
    number: str
    words: str
    status: str
    unit: int | None
    solved: str
    verdict: str
    later: str


def behind(tickets: Sequence[int], viewer: Viewer) -> list[Behind]:
    """The first 50 of these tickets (ids) by number; those the viewer may not see are left out."""
    if not tickets:
        return []
    condition, values = seen(viewer)
    chosen = sorted(tickets)[:500]
    sql = f"SELECT {COLUMNS} FROM ticket t WHERE t.id IN ({statements.marks(chosen)}) AND {condition} ORDER BY t.number LIMIT {MOST}"
    return [_behind(row) for row in statements.execute(sql, (*chosen, *values)).fetchall()]


def _behind(row: Sequence[object]) -> Behind:
    key, number, title, text, status, unit, note, later = row
    said = json.loads(str(note)) if note else {}
    verdict = str(said.get("satisfied") or ("未接通" if note else ""))
    words = str(title or text)[:40]
    return Behind(
        int(str(key)), str(number), words, str(status), None if unit is None else int(str(unit)), str(said.get("solved") or ""), verdict, str(later or "")
    )


def numbers(tickets: Sequence[int]) -> dict[int, tuple[str, int | None]]:
    """The number of each ticket and the Unit.id of who has it."""
    if not tickets:
        return {}
    sql = f"SELECT id, number, unit_id FROM ticket WHERE id IN ({statements.marks(tickets)})"
    return {row[0]: (row[1], row[2]) for row in statements.execute(sql, tuple(tickets)).fetchall()}


def ticket_id(number: str) -> int | None:
    """The ticket of that number; None when there is none."""
    found = statements.scalar("SELECT id FROM ticket WHERE number = ?", (number,))
    return None if found is None else int(found)
