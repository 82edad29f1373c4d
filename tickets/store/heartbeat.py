"""The signs of life of the worker's two loops, and how long ago they were."""

from __future__ import annotations

from datetime import datetime

from peewee import fn

from tickets.domain.times import aware, stored
from tickets.store.models import Alarm, Heartbeat

WORKER = "worker"  # the sweeper's loop
DELIVERY = "delivery"


def beat(at: datetime, name: str = WORKER, note: str = "") -> None:
    """Says that `name` lives at `at` (aware)."""
    changed = Heartbeat.update(at=stored(at), note=note[:120]).where(Heartbeat.name == name).execute()
    if not changed:
        Heartbeat.insert(name=name, at=stored(at), note=note[:120]).on_conflict_ignore().execute()


def last_beat(name: str = WORKER) -> datetime | None:
    """When `name` last gave a sign of life, aware; None when it never did."""
    row = Heartbeat.get_or_none(Heartbeat.name == name)
    return None if row is None else aware(row.at)


def newest_beat() -> datetime | None:
    """When anything last gave a sign of life, aware; None when nothing ever did."""
    at = Heartbeat.select(fn.MAX(Heartbeat.at)).scalar()
    return None if at is None else aware(at)


def alarmed_since(kind: str, since: datetime) -> bool:
    """True when an alarm of this kind was raised after `since` (aware)."""
    return bool(Alarm.select().where((Alarm.kind == kind) & (Alarm.at > stored(since))).exists())
