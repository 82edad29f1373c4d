"""Notices that the worker has stopped: nobody is called and nobody is reminded while it is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from tickets.domain.times import clock_words
from tickets.store.alarms import raise_alarm
from tickets.store.connect import transaction
from tickets.store.heartbeat import WORKER, alarmed_since, last_beat

AWAY = "后台停顿"


def check_worker(now: datetime, limit: timedelta) -> datetime | None:
    """When the worker was last seen, if that is longer ago than `limit`; None while it lives. `now` is aware.

    Raises one alarm per stop, however often it is called: by the supervisor while the worker is away, by the worker itself when
    it comes back. A worker that never ran is not an alarm.
    """
    seen = last_beat(WORKER)
    if seen is None or now - seen <= limit:
        return None
    with transaction():
        if not alarmed_since(AWAY, seen):
            text = f"后台自 {clock_words(seen)} 起没有动静，催办与消息停发；请检查后台进程 (no sign of the worker since then)"
            raise_alarm(AWAY, text, now)
    return seen
