"""How satisfied callers were with the call itself: one figure a ticket, given at the call's end."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store.course_models import CallRating


def put(ticket_id: int, account: int, level: int, at: datetime) -> None:
    """Keeps the rating; asked again, the newer answer takes its place. `level` is 1 to 5, `at` aware. Inside the caller's transaction."""
    changed = {"account": account, "level": level, "at": stored(at)}
    CallRating.insert(ticket=ticket_id, **changed).on_conflict(conflict_target=[CallRating.ticket], update=changed).execute()


def of(ticket_id: int) -> int | None:
    """The rating of this ticket's call, None when nobody was asked."""
    row = CallRating.get_or_none(CallRating.ticket == ticket_id)
    return None if row is None else int(row.level)
