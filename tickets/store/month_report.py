"""What the month's report counts besides the rates: appeals by category, kind and channel, what was closed, and the units by kind. Six statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.store import rate_rows, statements


@dataclass(frozen=True)
class Span:
    """A stretch of time, stored, half-open."""

    since: datetime
    until: datetime


@dataclass(frozen=True)
class Counts:
    """Appeals of a month and of the stretch it is compared with; by category, kind and channel with "" for those that have none."""

    total: int
    before: int
    closed: int
    categories: tuple[tuple[str, int, int], ...]  # name, this month, before; most first
    kinds: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]


def counts(month: Span, before: Span) -> Counts:
    """Registered and closed in the month; registered in the stretch before."""
    now, earlier = _by("category", month), _by("category", before)
    names = sorted({*now, *earlier}, key=lambda name: (-now.get(name, 0), name))
    return Counts(
        total=sum(now.values()),
        before=sum(earlier.values()),
        closed=int(statements.scalar("SELECT COUNT(*) FROM ticket WHERE closed_at >= ? AND closed_at < ?", (month.since, month.until))),
        categories=tuple((name, now.get(name, 0), earlier.get(name, 0)) for name in names),
        kinds=_most(_by("kind", month)),
        sources=_most(_by("source", month)),
    )


def exclusions_mark() -> tuple[int, int]:
    """Changes whenever a ticket is left out of some month, or a decision on one is made: how many there are, and how many are decided."""
    found = statements.execute("SELECT COUNT(*), COUNT(decided_at) FROM exclusion").fetchone()
    return int(found[0]), int(found[1])


def _by(column: str, span: Span) -> dict[str, int]:
    sql = f"SELECT {column}, COUNT(*) FROM ticket WHERE registered_at >= ? AND registered_at < ? GROUP BY {column}"
    return {name or "": int(count) for name, count in statements.execute(sql, (span.since, span.until)).fetchall()}


def _most(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def units_by_kind() -> dict[str, tuple[tuple[int, str], ...]]:
    """(id, name) of the whole units of each kind, in the directory's order; those out of use left out."""
    found: dict[str, list[tuple[int, str]]] = {}
    for unit in rate_rows.units().values():
        if unit.active and unit.scored == unit.id:
            found.setdefault(unit.kind, []).append((unit.id, unit.name))
    return {kind: tuple(units) for kind, units in found.items()}
