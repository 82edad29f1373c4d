"""Once an hour the jobs process looks who has an overdue lesson and has not been reminded this week."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from tickets.actions.learn_remind import remind_late
from tickets.ports import Desk

_log = structlog.get_logger("lessons")
EVERY = timedelta(hours=1)


class LessonReminders:
    """Remembers when it last looked; a new process looks at its first turn, and the messages' keys keep each one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._next: datetime | None = None

    def turn(self) -> int:
        """Looks when an hour has gone by since it did; answers how many messages were queued."""
        at = self._desk.clock()
        if self._next is not None and at < self._next:
            return 0
        self._next = at + EVERY  # also after a fault: it is tried again in an hour, not at once
        queued = remind_late(self._desk)
        if queued:
            _log.info("lessons overdue, reminded", count=queued)
        return queued
