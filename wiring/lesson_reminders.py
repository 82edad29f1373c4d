"""Once an hour the jobs process looks who has an overdue lesson and has not been reminded this week."""

from __future__ import annotations

import structlog

from tickets.actions.learn_remind import remind_late
from tickets.ports import Desk
from wiring.hourly import Hourly

_log = structlog.get_logger("lessons")


def lesson_reminders(desk: Desk) -> Hourly:
    """Its turns answer how many messages were queued; the messages' keys keep each one from being queued twice."""

    def remind() -> int:
        queued = remind_late(desk)
        if queued:
            _log.info("lessons overdue, reminded", count=queued)
        return queued

    return Hourly(desk.clock, remind)
