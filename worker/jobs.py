"""The jobs process: checks and replays that pages ask for, away from the sweeper so that no clock waits for them."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import structlog

from tickets.store.models import database

_log = structlog.get_logger("jobs")
PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between two looks; while the database cannot be reached


def run(turn: Callable[[], int], stop: Event) -> None:
    """Takes `turn` again and again until `stop` is set; `turn` answers how much it did. A turn that fails is logged and tried again later."""
    pause = PAUSE
    while not stop.is_set():
        try:
            pause = 0.0 if turn() else PAUSE
        except Exception:
            # A locked or restarted database, or one bad draft, must not end the process: the run stays claimed until its lease is over.
            _log.exception("turn failed")
            if not database.is_closed():
                database.close()
            pause = min(max(pause, PAUSE) * 2, LONGEST_PAUSE)
        stop.wait(pause)
    if not database.is_closed():
        database.close()
