"""What tells an operator whether the installation is well: counts and ages, one cheap question each, and never a person or a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tickets.domain.times import stored
from tickets.store import statements

RECENT = timedelta(minutes=5)  # decisions are counted over these


@dataclass(frozen=True)
class Decisions:
    """One rule set in the last five minutes: how many decisions, and their mean and longest time in seconds."""

    ruleset: str
    count: int
    mean: float
    longest: float


@dataclass(frozen=True)
class Signs:
    """Ages are in seconds, 0 where nothing waits. `beats` is the age of each sign of life by its name."""

    tickets: dict[str, int]
    messages: dict[str, int]
    oldest_queued: float
    deadlines_late: int
    latest_deadline: float
    links_late: int
    latest_link: float
    decisions: tuple[Decisions, ...]
    beats: dict[str, float]
    alarms: int


def signs(now: datetime) -> Signs:
    """How things stand at `now` (aware)."""
    at = stored(now)
    clocks = next(_rows("SELECT COUNT(*), MIN(due_at) FROM deadline WHERE state = 'running' AND paused_at IS NULL AND due_at < ?", at))
    links = next(_rows("SELECT COUNT(*), MIN(at) FROM chain_link WHERE state = 'waiting' AND at <= ?", at))
    waiting = statements.scalar("SELECT MIN(not_before) FROM outbox WHERE state = 'queued' AND not_before <= ?", (at,))
    asked = "SELECT ruleset, COUNT(*), AVG(micros), MAX(micros) FROM evaluation WHERE at > ? AND at <= ? GROUP BY ruleset ORDER BY ruleset"
    return Signs(
        tickets=dict(_rows("SELECT status, COUNT(*) FROM ticket GROUP BY status")),
        messages=dict(_rows("SELECT state, COUNT(*) FROM outbox GROUP BY state")),
        oldest_queued=_age(waiting, at),
        deadlines_late=clocks[0],
        latest_deadline=_age(clocks[1], at),
        links_late=links[0],
        latest_link=_age(links[1], at),
        decisions=tuple(Decisions(name, count, float(mean) / 1e6, longest / 1e6) for name, count, mean, longest in _rows(asked, at - RECENT, at)),
        beats={name: _age(seen, at) for name, seen in _rows("SELECT name, at FROM heartbeat")},
        alarms=statements.scalar("SELECT COUNT(*) FROM alarm WHERE cleared_at IS NULL"),
    )


def answers() -> bool:
    """Whether the database answers at all; raises whatever keeps it from doing so."""
    return bool(statements.scalar("SELECT 1") == 1)


def _rows(sql: str, *values: object) -> Iterator[Any]:
    return iter(statements.execute(sql, values).fetchall())


def _age(moment: object, at: datetime) -> float:
    found = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return max((at - found).total_seconds(), 0.0) if isinstance(found, datetime) else 0.0
