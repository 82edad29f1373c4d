"""快到点的时限: the tickets whose clock is over or soon will be, and what has already been done about the worst. Two statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.domain.status import OPEN
from tickets.store import statements
from tickets.store.scope import Viewer, seen

SOON, LATER = timedelta(minutes=30), timedelta(hours=2)
WORST = 4
UNMET = "d.state IN ('running', 'breached') AND d.met_at IS NULL AND d.paused_at IS NULL AND d.why = ''"


@dataclass(frozen=True)
class Risk:
    """A ticket at its most pressing clock. `told` is the strongest thing done about that clock: 上级, 电话, 短信, or nothing yet."""

    number: str
    clock: str
    due_at: datetime
    status: str
    unit: str
    section: str
    told: str


@dataclass(frozen=True)
class AtRisk:
    """How many tickets are overdue, due within half an hour, and due after that within two hours; the worst of them first."""

    overdue: int
    soon: int
    later: int
    worst: tuple[Risk, ...]

    @property
    def total(self) -> int:
        return self.overdue + self.soon + self.later


def at_risk(viewer: Viewer, now: datetime, areas: Sequence[str] = ()) -> AtRisk:
    """The viewer's open tickets with an unmet clock that is due within two hours of `now` (stored); within `areas` when there are any."""
    sees, values = seen(viewer)
    within = f"AND t.area IN ({statements.marks(areas)})" if areas else ""
    sql = f"""SELECT d.id, d.ticket_id, d.due_at FROM deadline d JOIN ticket t ON t.id = d.ticket_id
        WHERE {UNMET} AND d.due_at <= ? AND t.status IN ({statements.marks(OPEN)}) AND {sees} {within} ORDER BY d.due_at, d.id"""
    first: dict[int, tuple[int, datetime]] = {}
    for deadline, ticket, due in statements.execute(sql, (now + LATER, *OPEN, *values, *areas)).fetchall():
        first.setdefault(ticket, (deadline, statements.moment(due)))
    dues = [due for _, due in first.values()]
    overdue = sum(due <= now for due in dues)
    soon = sum(now < due <= now + SOON for due in dues)
    return AtRisk(overdue, soon, len(dues) - overdue - soon, _worst([deadline for deadline, _ in first.values()][:WORST]))


def _worst(deadlines: Sequence[int]) -> tuple[Risk, ...]:
    """What has been done: a message about that clock which went out; one to the superior outweighs a call, a call outweighs an SMS."""
    sql = f"""SELECT t.number, d.name, d.due_at, t.status, u.name, p.name,
            (SELECT MAX(CASE WHEN o.kind = '升级' THEN 3 WHEN o.channel = '电话' THEN 2 ELSE 1 END) FROM chain_link k JOIN outbox o ON o.link_id = k.id
              WHERE k.deadline_id = d.id AND o.sent_at IS NOT NULL AND o.state <> 'failed')
        FROM deadline d JOIN ticket t ON t.id = d.ticket_id LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN unit p ON p.id = u.parent_id
        WHERE d.id IN ({statements.marks(deadlines)}) ORDER BY d.due_at, d.id"""
    return tuple(
        Risk(number, name, statements.moment(due), status, parent or unit or "", unit if parent else "", ("", "短信", "电话", "上级")[done or 0])
        for number, name, due, status, unit, parent, done in statements.execute(sql, deadlines).fetchall()
    )
