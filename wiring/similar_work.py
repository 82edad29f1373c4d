"""The jobs process gives old tickets what they are found by as similar appeals, and measures anew how rare words are as the installation grows."""

from __future__ import annotations

import structlog

from tickets.ports import Desk
from tickets.store import similar_build
from tickets.store.connect import transaction
from wiring.hourly import Hourly

_log = structlog.get_logger("similar")
TOLD_EVERY = 5_000  # tickets between two lines of the log


class SimilarWork:
    """Its turns answer how many tickets were given their keys; what was interrupted is taken up from the database."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._since_told = desk, 0
        self._grown = Hourly(desk.clock, self._weigh)

    def turn(self) -> int:
        """One small transaction, so that nobody waits for it."""
        weighed = self._grown.turn()
        with transaction():
            done = similar_build.rewrite_next(self._desk.rules.names)
        self._since_told += done
        if self._since_told >= TOLD_EVERY or (self._since_told and not done):
            far = similar_build.progress()
            _log.info("similar appeals indexed", done=far.done, tickets=far.tickets)
            self._since_told = 0
        return weighed + done

    def _weigh(self) -> int:
        if not similar_build.outgrown():
            return 0
        _log.info("words weighed anew", version=similar_build.weigh(self._desk.clock()))
        return 1
