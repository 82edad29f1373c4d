"""Once an hour the jobs process removes photos and files that nobody wants."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from tickets.actions.claim_files import sweep_files
from tickets.ports import Desk
from tickets.store.uploads import Uploads
from wiring.settings import Settings

_log = structlog.get_logger("files")
EVERY = timedelta(hours=1)


class UploadSweep:
    """Remembers when it last swept; a new process sweeps at its first turn."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._uploads, self._desk = Uploads(settings.uploads), desk
        self._next: datetime | None = None

    def turn(self) -> int:
        """Sweeps when an hour has gone by since it did; answers how many files went."""
        at = self._desk.clock()
        if self._next is not None and at < self._next:
            return 0
        self._next = at + EVERY  # also after a fault: it is tried again in an hour, not at once
        gone = sweep_files(self._uploads, at)
        if gone:
            _log.info("unwanted files removed", count=gone)
        return gone
