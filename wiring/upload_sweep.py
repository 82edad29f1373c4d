"""Once an hour the jobs process removes photos and files that nobody wants."""

from __future__ import annotations

import structlog

from tickets.actions.claim_files import sweep_files
from tickets.ports import Desk
from tickets.store.uploads import Uploads
from wiring.hourly import Hourly
from wiring.settings import Settings

_log = structlog.get_logger("files")


def upload_sweep(settings: Settings, desk: Desk) -> Hourly:
    """Its turns answer how many files went."""
    uploads = Uploads(settings.uploads)

    def sweep() -> int:
        gone = sweep_files(uploads, desk.clock())
        if gone:
            _log.info("unwanted files removed", count=gone)
        return gone

    return Hourly(desk.clock, sweep)
