"""Who can be scored and whom he may be compared with: units by kind, property companies apart from others, grid officers apart from other people."""

from __future__ import annotations

from dataclasses import dataclass

from tickets.store import statements
from tickets.store.rate_rows import UnitRow, units

GROUPS = {"区直部门": "部门", "镇街": "镇", "村居": "村居", "企业": "其他企业", "热线中心": "热线中心", "督查": "督查"}
PROPERTY, GRID, HANDLER = "物业企业", "网格员", "承办人"
SERVES = "SELECT DISTINCT unit_id FROM area_service WHERE role = '属地物业企业'"
OFFICERS = "SELECT DISTINCT h.person_id FROM holding h JOIN post p ON p.id = h.post_id WHERE p.role = '网格员'"
PEOPLE = "SELECT p.id, p.name, (SELECT MIN(o.unit_id) FROM holding h JOIN post o ON o.id = h.post_id WHERE h.person_id = p.id AND h.rank = 0) FROM person p"


@dataclass(frozen=True)
class Subject:
    """A unit, section or person: its id, its name, the group it is compared in, the Unit.id of the whole unit it belongs to (0 for none), and the kind."""

    id: int
    name: str
    group: str
    unit: int
    kind: str


@dataclass(frozen=True)
class Subjects:
    """All there are, by id."""

    units: dict[int, Subject]
    sections: dict[int, Subject]
    people: dict[int, Subject]


def subjects() -> Subjects:
    """Everybody as the directory says now. Four statements."""
    rows, serving = units(), set(statements.column(SERVES))
    found = {key: _unit(row, rows, serving) for key, row in rows.items()}
    whole = {key: subject for key, subject in found.items() if rows[key].scored == key}
    sections = {key: Subject(key, one.name, f"{one.group}科室", one.unit, one.kind) for key, one in found.items() if rows[key].scored != key}
    officers = set(statements.column(OFFICERS))
    people = {
        key: Subject(key, name, GRID if key in officers else HANDLER, rows[unit].scored if unit in rows else 0, rows[unit].kind if unit in rows else "")
        for key, name, unit in statements.execute(PEOPLE).fetchall()
    }
    return Subjects(whole, sections, people)


def _unit(row: UnitRow, rows: dict[int, UnitRow], serving: set[int]) -> Subject:
    group = PROPERTY if row.kind == "企业" and row.scored in serving else GROUPS.get(row.kind, row.kind)
    return Subject(row.id, row.address.replace("/", " · ") if row.scored != row.id else row.name, group, rows[row.scored].id, row.kind)
