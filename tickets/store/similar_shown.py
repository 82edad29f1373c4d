"""What is shown of appeals that were found to be alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.store import statements


@dataclass(frozen=True)
class Shown:
    """One past appeal. Numbers in `title` and `text` are masked; `at` is when it was registered, `closed` when it was closed (stored UTC)."""

    id: int
    number: str
    title: str
    text: str
    status: str
    category: str
    area: str
    unit: str
    at: datetime
    closed: datetime | None


def shown(ids: Sequence[int]) -> dict[int, Shown]:
    """By the tickets' ids. Whose tickets may be shown was asked before: pass only those."""
    sql = f"""SELECT t.id, t.number, t.title, t.text, t.status, t.category, t.area, COALESCE(u.address, ''), t.registered_at, t.closed_at
        FROM ticket t LEFT JOIN unit u ON u.id = t.unit_id WHERE t.id IN ({statements.marks(ids)})"""
    found = statements.execute(sql, ids).fetchall()
    return {
        one: Shown(one, number, in_text(title), in_text(text), status, category, area, unit, statements.moment(at), statements.moment(closed))
        for one, number, title, text, status, category, area, unit, at, closed in found
    }
