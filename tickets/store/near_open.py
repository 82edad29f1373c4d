"""Open appeals that an agent should know of while a caller speaks: of the same matter and place, and of the same caller; and what he called about before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import Expression

from tickets.domain.mask import in_text
from tickets.domain.status import OPEN
from tickets.store.models import History, Ticket
from tickets.store.scope import Viewer, visible

MOST = 60  # newest first; more would not be compared
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
    found = _open(viewer, Ticket.area.in_(list(areas)) & Ticket.category.in_(list(categories)) & (Ticket.registered_at >= since), phone) if areas else []
    own = _open(viewer, Ticket.caller_phone == phone, phone) if phone else []
    return tuple({one.number: one for one in (*own, *found)}.values())


def _open(viewer: Viewer, where: Expression, phone: str) -> list[OpenOne]:
    columns = (Ticket.number, Ticket.title, Ticket.text, Ticket.status, Ticket.area, Ticket.registered_at, Ticket.caller_phone)
    rows = (
        Ticket.select(*columns).where(where & Ticket.status.in_(list(OPEN))).where(visible(viewer)).order_by(Ticket.registered_at.desc()).limit(MOST).tuples()
    )
    return [
        OpenOne(number, in_text(title), in_text(text), status, area, at, bool(phone) and called == phone)
        for number, title, text, status, area, at, called in rows
    ]


def earlier_of(viewer: Viewer, phone: str) -> tuple[int, tuple[Earlier, ...]]:
    """How many appeals came from that number, and the newest three."""
    if not phone:
        return 0, ()
    mine = (Ticket.caller_phone == phone) & visible(viewer)
    count = int(Ticket.select().where(mine).count())
    if not count:
        return 0, ()
    rows = list(Ticket.select().where(mine).order_by(Ticket.registered_at.desc()).limit(EARLIER))
    said = _answers([row.id for row in rows])
    return count, tuple(Earlier(row.number, in_text(row.title or row.text[:20]), row.status, row.registered_at, said.get(row.id, "")) for row in rows)


def _answers(ids: Sequence[int]) -> dict[int, str]:
    """What the callers of these tickets last said of their satisfaction."""
    lines = History.select(History.ticket, History.note).where(History.ticket.in_(list(ids)) & (History.what == "核实")).order_by(History.seq).tuples()
    return {ticket: str(json.loads(note or "{}").get("satisfied") or "") for ticket, note in lines}
