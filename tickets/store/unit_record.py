"""What the pages of a unit and of a person read besides the rates: who they are, what waits, how much came in each month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.status import OPEN, STATUSES
from tickets.store import statements
from tickets.store.scope import Viewer, units_below


@dataclass(frozen=True)
class UnitAt:
    """A unit or a section of one (`parent` is the unit then). `inside` are its id, its sections' and those of the units that climb to it."""

    id: int
    name: str
    parent: str
    kind: str
    inside: tuple[int, ...]


@dataclass(frozen=True)
class PersonAt:
    """A person with the unit and the post he holds first."""

    id: int
    name: str
    unit: str
    post: str


def unit_at(unit_id: int) -> UnitAt | None:
    """The unit, None when there is none of that id."""
    found = statements.execute("SELECT u.id, u.name, p.name, u.kind FROM unit u LEFT JOIN unit p ON p.id = u.parent_id WHERE u.id = ?", (unit_id,)).fetchone()
    return None if found is None else UnitAt(found[0], found[1], found[2] or "", found[3], tuple(sorted(units_below(unit_id))))


def may_see_unit(viewer: Viewer, unit_id: int) -> bool:
    """A unit's page is its own people's who see the unit, and theirs who see the district."""
    return viewer.reach == "all" or (viewer.reach == "unit" and viewer.unit_id is not None and unit_id in units_below(viewer.unit_id))


def person_at(person_id: int) -> PersonAt | None:
    """The person, None when there is none of that id."""
    sql = """SELECT p.id, p.name, u.address, o.name FROM person p LEFT JOIN holding h ON h.id = (SELECT id FROM holding WHERE person_id = p.id ORDER BY rank, id LIMIT 1)
        LEFT JOIN post o ON o.id = h.post_id LEFT JOIN unit u ON u.id = o.unit_id WHERE p.id = ?"""
    found = statements.execute(sql, (person_id,)).fetchone()
    return None if found is None else PersonAt(found[0], found[1], found[2] or "", found[3] or "")


def may_see_person(viewer: Viewer, person_id: int) -> bool:
    """A person's page is his own, his leaders' (he holds a post in or below their unit), and theirs who see the district."""
    if viewer.reach == "all" or (viewer.person_id is not None and viewer.person_id == person_id):
        return True
    if viewer.reach != "unit" or viewer.unit_id is None:
        return False
    units = sorted(units_below(viewer.unit_id))
    sql = f"SELECT 1 FROM holding h JOIN post o ON o.id = h.post_id WHERE h.person_id = ? AND o.unit_id IN ({statements.marks(units)}) LIMIT 1"
    return statements.scalar(sql, (person_id, *units)) is not None


def people_of(units: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
    """(id, name, post) of everyone who holds a post there, each once, in the directory's order."""
    sql = f"""SELECT p.id, p.name, MIN(o.name) FROM holding h JOIN post o ON o.id = h.post_id JOIN person p ON p.id = h.person_id
        WHERE o.unit_id IN ({statements.marks(units)}) AND h.rank = 0 GROUP BY p.id, p.name ORDER BY p.id"""
    return tuple(statements.execute(sql, units).fetchall())


def sections_of(unit_id: int) -> tuple[tuple[int, str], ...]:
    """(id, name) of the unit's own sections."""
    return tuple(statements.execute("SELECT id, name FROM unit WHERE parent_id = ? ORDER BY id", (unit_id,)).fetchall())


def waiting(units: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """How many open tickets the units have at each step, in the order of the steps."""
    sql = f"SELECT status, COUNT(*) FROM ticket WHERE unit_id IN ({statements.marks(units)}) AND status IN ({statements.marks(OPEN)}) GROUP BY status"
    found = dict(statements.execute(sql, (*units, *OPEN)).fetchall())
    return tuple((status, int(found[status])) for status in STATUSES if status in found)


def held(person_id: int) -> tuple[tuple[str, int], ...]:
    """How many open tickets are in the person's hands at each step."""
    sql = f"SELECT status, COUNT(*) FROM ticket WHERE person_id = ? AND status IN ({statements.marks(OPEN)}) GROUP BY status"
    found = dict(statements.execute(sql, (person_id, *OPEN)).fetchall())
    return tuple((status, int(found[status])) for status in STATUSES if status in found)


def came(units: Sequence[int], spans: Sequence[tuple[datetime, datetime]]) -> tuple[int, ...]:
    """How many tickets that the units have now were dispatched in each of the spans (stored times, half-open, one after the other)."""
    counts = ", ".join("SUM(CASE WHEN dispatched_at >= ? AND dispatched_at < ? THEN 1 ELSE 0 END)" for _ in spans)
    edges = [at for span in spans for at in span]
    sql = f"SELECT {counts} FROM ticket WHERE unit_id IN ({statements.marks(units)}) AND dispatched_at >= ? AND dispatched_at < ?"
    found = statements.execute(sql, (*edges, *units, edges[0], edges[-1])).fetchone()
    return tuple(int(count or 0) for count in found)
