"""Once an hour the jobs process judges what was expected of areas that were warned: did anything of the kind come all the same?"""

from __future__ import annotations

import structlog

from tickets.actions.area_warn import judge_due
from tickets.ports import Desk
from wiring.hourly import Hourly

_log = structlog.get_logger("areas")


def area_follow(desk: Desk) -> Hourly:
    """Its turns answer how many expectations were judged."""

    def judge() -> int:
        judged = judge_due(desk)
        if judged:
            _log.info("areas judged", count=judged)
        return judged

    return Hourly(desk.clock, judge)
