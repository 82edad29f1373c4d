"""Other appeals of the same matter from the same neighbourhood, for whoever handles one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.store import statements
from tickets.store.scope import Viewer, seen

MOST = 60  # newest first; more would not be read


@dataclass(frozen=True)
class Neighbour:
    """One other appeal. `text` is the citizen's words with numbers masked, `at` when it was registered (stored UTC)."""

    number: str
    title: str
    text: str
    status: str
    at: datetime


def neighbours(viewer: Viewer, besides: int, categories: Sequence[str], areas: Sequence[str], since: datetime) -> tuple[Neighbour, ...]:
    """The newest tickets of these categories and areas that the viewer may see, without the ticket `besides` (its id)."""
    if not categories or not areas:
        return ()
    may, who = seen(viewer)
    there = f"t.area IN ({statements.marks(areas)}) AND t.category IN ({statements.marks(categories)}) AND t.registered_at >= ? AND t.id <> ?"
    sql = f"SELECT t.number, t.title, t.text, t.status, t.registered_at FROM ticket t WHERE {there} AND {may} ORDER BY t.registered_at DESC LIMIT ?"
    rows = statements.execute(sql, [*areas, *categories, since, besides, *who, MOST]).fetchall()
    return tuple(Neighbour(number, in_text(title), in_text(text), status, statements.moment(at)) for number, title, text, status, at in rows)
