"""Notices that the worker has stopped: nobody is called and nobody is reminded while it is away."""

from __future__ import annotations

from datetime import datetime, timedelta

from tickets.domain.times import clock_words
from tickets.store.alarms import raise_alarm
from tickets.store.connect import transaction
from tickets.store.heartbeat import DELIVERY, WORKER, alarmed_since, last_beat

AWAY = "后台停顿"
SAID = {
    WORKER: "后台自 {since} 起没有动静，催办与消息停发；请检查后台进程 (no sign of the worker since then)",
    DELIVERY: "消息发送自 {since} 起没有动静，短信与电话停发；请检查后台进程 (nothing has been sent since then)",
}


def silent(now: datetime, limit: timedelta) -> tuple[tuple[str, datetime], ...]:
    """The loops (sweeper, delivery) that gave no sign for longer than `limit`, with when they last did. One that never ran is not silent."""
    seen = ((name, last_beat(name)) for name in SAID)
    return tuple((name, at) for name, at in seen if at is not None and now - at > limit)


def check_worker(now: datetime, limit: timedelta) -> datetime | None:
    """When the worker was last seen, if that is longer ago than `limit`; None while it lives. `now` is aware.

    Raises one alarm per stop, however often it is called: by the supervisor while the worker is away, by the web pages when somebody
    looks, by the worker itself when it comes back. It is away when either of its loops is; a worker that never ran is not an alarm.
    """
    found = silent(now, limit)
    for name, seen in found:
        with transaction():
            if not alarmed_since(AWAY, seen):
                raise_alarm(AWAY, SAID[name].format(since=clock_words(seen)), now)
    return min((seen for _, seen in found), default=None)
