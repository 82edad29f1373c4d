"""The words of past appeals, read one by one: for looking keywords up in them, never to be shown or kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tickets.domain.times import stored
from tickets.store.models import Ticket

AT_ONCE = 1000


def texts_since(since: datetime) -> Iterator[tuple[str, str]]:
    """(title, text) of every appeal registered since then, the newest first; memory stays flat."""
    last: int | None = None
    while True:
        query = Ticket.select(Ticket.id, Ticket.title, Ticket.text).where(Ticket.registered_at >= stored(since))
        rows = list((query if last is None else query.where(Ticket.id < last)).order_by(Ticket.id.desc()).limit(AT_ONCE).tuples())
        for _, title, text in rows:
            yield title, text
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]
