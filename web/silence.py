"""Says on every page of whoever oversees the work that the worker has stopped: then nobody is called and nobody is reminded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from flask import g

from tickets.actions.watch import check_worker
from tickets.domain.times import clock_words
from tickets.store.models import database
from web.hall import Hall

LOOKED_EVERY = 5.0  # seconds; the pages in between share the answer


def for_templates(hall: Hall) -> Callable[[], dict[str, object]]:
    """`silence` for the frame: since when the worker has been silent, as words, or empty. The first page that finds it raises the alarm."""
    looked_at, said = [-LOOKED_EVERY], [""]
    limit = timedelta(seconds=hall.settings.worker_alarm_seconds)

    def names() -> dict[str, object]:
        here = g.get("caller")
        if here is None or here.role.sees != "all" or database.is_closed():
            return {"silence": ""}
        if monotonic() - looked_at[0] >= LOOKED_EVERY:
            looked_at[0] = monotonic()
            seen = check_worker(hall.now(), limit)
            said[0] = clock_words(seen) if seen is not None else ""
        return {"silence": said[0]}

    return names
