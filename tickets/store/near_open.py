"""Open appeals that an agent should know of while a caller speaks: of the same matter and place, and of the same caller; and what he called about before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.domain.status import OPEN
from tickets.store import statements
from tickets.store.counts import COUNTED_AT_MOST
from tickets.store.scope import Viewer, seen

MOST = 60  # newest first; more would not be compared
OPEN_STATUSES = tuple(sorted(OPEN))
FOUND = "SELECT t.number, t.title, t.text, t.status, t.area, t.registered_at, t.caller_phone FROM ticket t"
EARLIER = 3  # shown of a caller's earlier appeals


@dataclass(frozen=True)
class OpenOne:
    """One appeal that is being worked on. `text` has numbers masked, `at` is when it was registered (stored UTC); `own`: of the same caller."""

    number: str
    title: str
    text: str
    status: str
    area: str
    at: datetime
    own: bool


@dataclass(frozen=True)
class Earlier:
    """One appeal of the same caller, open or ended; `satisfied` is what he answered when asked, empty when he was not."""

    number: str
    title: str
    status: str
    at: datetime
    satisfied: str


def open_near(viewer: Viewer, categories: Sequence[str], areas: Sequence[str], phone: str, since: datetime) -> tuple[OpenOne, ...]:
    """Open tickets the viewer may see: of these categories in these areas, and of that caller wherever and whatever, the newest first."""
    there = f"area IN ({statements.marks(areas)}) AND category IN ({statements.marks(categories)}) AND registered_at >= ?"
    found = _open(viewer, there, [*areas, *categories, since], phone) if areas and categories else []
    own = _open(viewer, "caller_phone = ?", [phone], phone) if phone else []
    return tuple({one.number: one for one in (*own, *found)}.values())


def _open(viewer: Viewer, where: str, values: Sequence[object], phone: str) -> list[OpenOne]:
    may, who = seen(viewer)
    sql = f"{FOUND} WHERE {where} AND t.status IN ({statements.marks(OPEN_STATUSES)}) AND {may} ORDER BY t.registered_at DESC LIMIT ?"
    rows = statements.execute(sql, [*values, *OPEN_STATUSES, *who, MOST]).fetchall()
    return [
        OpenOne(number, in_text(title), in_text(text), status, area, statements.moment(at), bool(phone) and called == phone)
        for number, title, text, status, area, at, called in rows
    ]


def earlier_of(viewer: Viewer, phone: str) -> tuple[int, tuple[Earlier, ...]]:
    """How many appeals came from that number (at most 1,000 are counted), and the newest three."""
    if not phone:
        return 0, ()
    may, who = seen(viewer)
    sql = f"SELECT t.id, t.number, t.title, substr(t.text, 1, 20), t.status, t.registered_at FROM ticket t WHERE t.caller_phone = ? AND {may}"
    rows = statements.execute(f"{sql} ORDER BY t.registered_at DESC LIMIT ?", [phone, *who, EARLIER]).fetchall()
    if not rows:
        return 0, ()
    count = len(rows)
    if count == EARLIER:
        count = int(
            statements.scalar(f"SELECT COUNT(*) FROM (SELECT 1 FROM ticket t WHERE t.caller_phone = ? AND {may} LIMIT {COUNTED_AT_MOST}) found", [phone, *who])
        )
    said = _answers([row[0] for row in rows])
    return count, tuple(
        Earlier(number, in_text(title or text), status, statements.moment(at), said.get(one, "")) for one, number, title, text, status, at in rows
    )


def _answers(ids: Sequence[int]) -> dict[int, str]:
    """What the callers of these tickets last said of their satisfaction."""
    sql = f"SELECT ticket_id, note FROM history WHERE ticket_id IN ({statements.marks(ids)}) AND what = '核实' ORDER BY seq"
    return {ticket: str(json.loads(note or "{}").get("satisfied") or "") for ticket, note in statements.execute(sql, ids).fetchall()}
