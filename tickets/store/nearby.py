"""Other appeals of the same matter from the same neighbourhood, for whoever handles one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.mask import in_text
from tickets.store.models import Ticket
from tickets.store.scope import Viewer, visible

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
    rows = (
        Ticket.select(Ticket.number, Ticket.title, Ticket.text, Ticket.status, Ticket.registered_at)
        .where(Ticket.area.in_(list(areas)) & Ticket.category.in_(list(categories)) & (Ticket.registered_at >= since) & (Ticket.id != besides))
        .where(visible(viewer))
        .order_by(Ticket.registered_at.desc())
        .limit(MOST)
        .tuples()
    )
    return tuple(Neighbour(number, in_text(title), in_text(text), status, at) for number, title, text, status, at in rows)
