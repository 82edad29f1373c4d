"""Which issues the last hours spoke of, for the rail of the live page: one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tickets.store import statements
from tickets.store.statements import moment

_SINCE = """SELECT m.issue, m.at, i.name, i.title, i.place, i.category FROM issue_member m JOIN issue i ON i.id = m.issue
    WHERE m.at > ? AND i.size >= ? ORDER BY m.at"""


@dataclass(frozen=True)
class Recent:
    """An issue with the times (stored UTC) of its latest appeals, oldest first."""

    issue: int
    title: str
    place: str
    category: str
    times: list[datetime] = field(default_factory=list)


def hot_issues(since: datetime, least: int, limit: int) -> tuple[Recent, ...]:
    """Issues of which at least `least` appeals came since then (stored UTC), most first."""
    found: dict[int, Recent] = {}
    for issue, at, name, title, place, category in statements.execute(_SINCE, (since, least)).fetchall():
        found.setdefault(issue, Recent(issue, name or title, place, category)).times.append(moment(at))
    many = [one for one in found.values() if len(one.times) >= least]
    return tuple(sorted(many, key=lambda one: (-len(one.times), one.issue))[:limit])
