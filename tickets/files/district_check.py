"""Checks the files of a district against each other: every name known, nothing twice, nobody without a holder, no loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from tickets.domain.district_rows import LEVELS, UNIT_KINDS, AbsenceRow, AreaRow, HoldingRow, PersonRow, PostRow, ServiceRow, ShiftRow, UnitRow
from tickets.files.district_faults import Fault
from tickets.files.district_table import nearest

LONGEST = {"area": 60, "unit": 60, "address": 120, "post": 40, "role": 20, "person": 40}


class _Line(Protocol):
    @property
    def line(self) -> int: ...


def _twice(file: str, rows: Iterable[_Line], key: Callable[[_Line], object], what: tuple[str, str], faults: list[Fault]) -> None:
    seen: dict[object, int] = {}
    for row in rows:
        name = key(row)
        shown = "、".join(str(part) for part in name) if isinstance(name, tuple) else name
        if name in seen:
            faults.append(Fault(file, row.line, f"{what[0]}「{shown}」已在第 {seen[name]} 行出现", f"{what[1]} {shown} is already on line {seen[name]}"))
        seen.setdefault(name, row.line)


def _known(file: str, row: _Line, what: tuple[str, str], name: str, names: Mapping[str, object], faults: list[Fault]) -> bool:
    if name in names:
        return True
    zh, en = nearest(name, names)
    faults.append(Fault(file, row.line, f"没有{what[0]}「{name}」{zh}", f"unknown {what[1]} {name}{en}"))
    return False


def _too_long(file: str, row: _Line, name: str, kind: str, faults: list[Fault]) -> None:
    if len(name) > LONGEST[kind]:
        faults.append(Fault(file, row.line, f"「{name[:12]}…」超过 {LONGEST[kind]} 个字", f"{name[:12]}… is longer than {LONGEST[kind]} characters"))


def _loops(file: str, above: Mapping[str, str], line: Mapping[str, int], what: tuple[str, str], faults: list[Fault]) -> None:
    reported: set[str] = set()
    for start in above:
        trail: list[str] = []
        here = start
        while here in above and here not in trail:
            trail.append(here)
            here = above[here]
        if here in trail and here not in reported:
            circle = [*trail[trail.index(here) :], here]
            reported.update(circle)
            shown = " → ".join(circle)
            faults.append(Fault(file, line[here], f"{what[0]}绕成了圈：{shown}", f"a loop of {what[1]}: {shown}"))


AREA, UNIT, POST, PERSON = ("区域", "area"), ("单位", "unit"), ("岗位", "post"), ("人员", "person")


def areas(rows: tuple[AreaRow, ...], faults: list[Fault]) -> None:
    """One district on top, each level beneath a higher one, names unique."""
    file = "areas.csv"
    by_name = {row.name: row for row in rows}
    _twice(file, rows, lambda row: row.name, AREA, faults)  # type: ignore[attr-defined]
    roots = [row for row in rows if not row.parent]
    for row in roots[1:]:
        faults.append(
            Fault(file, row.line, f"「{row.name}」没有写上级；顶层只能有一个「{roots[0].name}」", f"{row.name} has no parent; the only top is {roots[0].name}")
        )
    for row in rows:
        _too_long(file, row, row.name, "area", faults)
        if row.level not in LEVELS:
            zh, en = nearest(row.level, LEVELS)
            faults.append(Fault(file, row.line, f"没有级别「{row.level}」，只有 {'、'.join(LEVELS)}{zh}", f"unknown level {row.level}{en}"))
        elif row.parent and _known(file, row, ("上级区域", "parent"), row.parent, by_name, faults):
            parent = by_name[row.parent]
            if parent.level in LEVELS and (LEVELS.index(parent.level) >= LEVELS.index(row.level) or parent.level == "小区"):
                faults.append(
                    Fault(file, row.line, f"{row.level}「{row.name}」不能在{parent.level}「{parent.name}」之下", f"{row.name} cannot lie beneath {parent.name}")
                )
    _loops(file, {row.name: row.parent for row in rows if row.parent}, {row.name: row.line for row in rows}, ("区域的上级", "parents"), faults)


def units(rows: tuple[UnitRow, ...], faults: list[Fault]) -> None:
    """Sections belong to a unit that exists; superiors exist and never go round."""
    file = "units.csv"
    by_address = {row.address: row for row in rows}
    _twice(file, rows, lambda row: row.address, UNIT, faults)  # type: ignore[attr-defined]
    for row in rows:
        _too_long(file, row, row.address, "address", faults)
        if row.kind not in UNIT_KINDS:
            zh, en = nearest(row.kind, UNIT_KINDS)
            faults.append(Fault(file, row.line, f"没有单位类型「{row.kind}」，只有 {'、'.join(UNIT_KINDS)}{zh}", f"unknown kind {row.kind}{en}"))
        if row.parent:
            _known(file, row, UNIT, row.parent, by_address, faults)
        if row.superior:
            _known(file, row, ("上级单位", "superior"), row.superior, by_address, faults)
    _loops(file, {row.address: row.superior for row in rows if row.superior}, {row.address: row.line for row in rows}, ("上级单位", "superiors"), faults)


def posts(rows: tuple[PostRow, ...], all_units: tuple[UnitRow, ...], all_areas: tuple[AreaRow, ...], faults: list[Fault]) -> None:
    """Each post stands in a known unit; each unit has exactly one post that receives."""
    file = "posts.csv"
    units_by = {row.address: row for row in all_units}
    areas_by = {row.name: row for row in all_areas}
    by_address = {row.address: row for row in rows}
    _twice(file, rows, lambda row: row.address, POST, faults)  # type: ignore[attr-defined]
    receiving: dict[str, list[str]] = {}
    for row in rows:
        _too_long(file, row, row.name, "post", faults)
        _too_long(file, row, row.role, "role", faults)
        if _known(file, row, UNIT, row.unit, units_by, faults) and row.address in units_by:
            faults.append(Fault(file, row.line, f"岗位「{row.address}」与科室同名", f"the post {row.address} has the name of a section"))
        if row.area:
            _known(file, row, AREA, row.area, areas_by, faults)
        if row.receiving:
            receiving.setdefault(row.unit, []).append(row.name)
    for unit in all_units:
        named = receiving.get(unit.address, [])
        if unit.receiving_post and f"{unit.address}/{unit.receiving_post}" not in by_address:
            zh, en = nearest(unit.receiving_post, [row.name for row in rows if row.unit == unit.address])
            faults.append(
                Fault(
                    "units.csv",
                    unit.line,
                    f"「{unit.address}」没有接收岗位「{unit.receiving_post}」{zh}",
                    f"{unit.address} has no post {unit.receiving_post}{en}",
                )
            )
        elif not named and not unit.receiving_post:
            faults.append(Fault("units.csv", unit.line, f"「{unit.address}」没有接收岗位", f"{unit.address} has no post that receives"))
        elif len({*named, unit.receiving_post} - {""}) > 1:
            both = "、".join(sorted({*named, unit.receiving_post} - {""}))
            faults.append(
                Fault("units.csv", unit.line, f"「{unit.address}」有不止一个接收岗位：{both}", f"{unit.address} has more than one receiving post: {both}")
            )


def people(rows: tuple[PersonRow, ...], faults: list[Fault]) -> None:
    """Codes are unique; two people may share a name."""
    _twice("people.csv", rows, lambda row: row.code, ("工号", "the code"), faults)  # type: ignore[attr-defined]
    for row in rows:
        _too_long("people.csv", row, row.name, "person", faults)


def holdings(rows: tuple[HoldingRow, ...], all_posts: tuple[PostRow, ...], all_people: tuple[PersonRow, ...], faults: list[Fault]) -> None:
    """Every post has exactly one holder; deputies have an order."""
    file = "holdings.csv"
    by_code = {row.code: row for row in all_people}
    by_post = {row.address: row for row in all_posts}
    _twice(file, rows, lambda row: (f"{row.unit}/{row.post}", row.person), ("任职", "the holding"), faults)  # type: ignore[attr-defined]
    _twice(file, rows, lambda row: (f"{row.unit}/{row.post}", row.rank), ("同一岗位同一次序", "the rank of one post"), faults)  # type: ignore[attr-defined]
    held: set[str] = set()
    for row in rows:
        address = f"{row.unit}/{row.post}"
        if _known(file, row, POST, address, by_post, faults) and row.rank == 0:
            held.add(address)
        _known(file, row, PERSON, row.person, by_code, faults)
    for post in all_posts:
        if post.address not in held:
            faults.append(
                Fault(
                    "posts.csv",
                    post.line,
                    f"岗位「{post.address}」没有人担任（holdings.csv 里没有次序 0）",
                    f"nobody holds the post {post.address} (no rank 0)",
                )
            )


def duties(
    shifts: tuple[ShiftRow, ...],
    absences: tuple[AbsenceRow, ...],
    services: tuple[ServiceRow, ...],
    names: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object], Mapping[str, object]],
    faults: list[Fault],
) -> None:
    """Shifts, absences and services name what exists. `names`: areas, units, posts by address, people by code."""
    areas_by, units_by, posts_by, people_by = names
    lines: set[int] = set()
    for shift in shifts:
        if shift.line not in lines:  # one line makes several rows; say it once
            lines.add(shift.line)
            _known("shifts.csv", shift, POST, f"{shift.unit}/{shift.post}", posts_by, faults)
            _known("shifts.csv", shift, PERSON, shift.person, people_by, faults)
    for absence in absences:
        _known("absences.csv", absence, PERSON, absence.person, people_by, faults)
    _twice("services.csv", services, lambda row: (row.area, row.role), ("区域服务", "the service"), faults)  # type: ignore[attr-defined]
    for service in services:
        _known("services.csv", service, AREA, service.area, areas_by, faults)
        _known("services.csv", service, UNIT, service.unit, units_by, faults)
        _too_long("services.csv", service, service.role, "role", faults)
