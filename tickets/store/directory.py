"""Looks things up in the directory: units by address, posts, who is on shift, who deputises, who is away, who serves a place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tickets.domain.times import local, stored
from tickets.store import statements
from tickets.store.models import Area, AreaService, Person, Post, Shift, Unit

WORKS_IN = """SELECT EXISTS (SELECT 1 FROM holding h JOIN post o ON o.id = h.post_id WHERE h.person_id = ? AND o.unit_id = ? AND o.active)
    OR EXISTS (SELECT 1 FROM shift s JOIN post o ON o.id = s.post_id WHERE s.person_id = ? AND o.unit_id = ? AND o.active)"""


def unit_at(address: str) -> Unit | None:
    """The unit or section of that address."""
    return statements.first(Unit, "address = ? AND active", (address,))


def sections() -> tuple[str, ...]:
    """The addresses of all units and sections in force, in the order of the directory."""
    return tuple(row[0] for row in Unit.select(Unit.address).where(Unit.active).order_by(Unit.id).tuples())


def kind_of(unit_id: int) -> str:
    """What kind of unit it is (区直部门 村居 企业 …)."""
    return str(statements.scalar("SELECT kind FROM unit WHERE id = ?", (unit_id,)) or "")


def role_of(post_id: int) -> str:
    """The role of the post; empty for none."""
    return str(statements.scalar("SELECT role FROM post WHERE id = ?", (post_id,)) or "")


def whole_unit(unit: Unit) -> Unit:
    """The unit a section belongs to; a unit itself."""
    if unit.parent_id is None:
        return unit
    above = unit.__rel__.get("parent") or statements.first(Unit, "id = ?", (unit.parent_id,))
    return whole_unit(above) if above is not None else unit


def superior_of(unit: Unit) -> Unit | None:
    """Whom the unit's chain climbs to: its named superior, else the unit it is a section of."""
    return (unit.superior if unit.superior_id is not None else unit.parent) or None


def receiving_post(unit: Unit) -> Post | None:
    """The post that takes what is addressed to the bare unit."""
    return _in(unit, statements.first(Post, "unit_id = ? AND receiving AND active ORDER BY id LIMIT 1", (unit.id,)))


def post_named(unit: Unit, name: str) -> Post | None:
    """The unit's post of that name."""
    return _in(unit, statements.first(Post, "unit_id = ? AND name = ? AND active", (unit.id, name)))


def post_of_role(unit: Unit, role: str) -> Post | None:
    """The unit's first post with that role (科室负责人, 分管领导 …)."""
    return _in(unit, statements.first(Post, "unit_id = ? AND role = ? AND active ORDER BY id LIMIT 1", (unit.id, role)))


def _in(unit: Unit, post: Post | None) -> Post | None:
    """The post with its unit at hand, so that nobody reads it again."""
    if post is not None:
        post.unit = unit
    return post


def post_of_area(area: str, role: str) -> Post | None:
    """The post with that role tied to the area (村书记, 网格员 …)."""
    return (  # type: ignore[no-any-return]
        Post.select().join(Area).where((Area.name == area) & (Post.role == role) & Post.active).order_by(Post.id).first()
    )


def server_of(areas: Sequence[str], role: str) -> Unit | None:
    """The company that serves, in that role, the first of these areas that has one; name the nearest area first."""
    rows = AreaService.select(AreaService, Area, Unit).join(Area).switch(AreaService).join(Unit)
    serving = {row.area.name: row.unit for row in rows.where(Area.name.in_(list(areas)) & (AreaService.role == role) & Unit.active)}
    return next((serving[name] for name in areas if name in serving), None)


def on_shift(post: Post, at: datetime) -> tuple[bool, list[Person]]:
    """Whether the post keeps a roster at all, and who is on shift at `at` (aware), in the roster's order."""
    now = local(at)
    minute = now.hour * 60 + now.minute
    shifts = statements.rows(Shift, "post_id = ? ORDER BY id", (post.id,))
    here = [s.person_id for s in shifts if s.weekday == now.weekday() and s.start_minute <= minute < s.end_minute]
    known = _active(here)
    return bool(shifts), [known[id_] for id_ in here if id_ in known]


def holders(post: Post) -> list[tuple[int, Person]]:
    """Holder (rank 0) and deputies (1 and up), in rank order."""
    ranked = statements.execute("SELECT rank, person_id FROM holding WHERE post_id = ? ORDER BY rank, id", (post.id,)).fetchall()
    known = _active([person_id for _, person_id in ranked])
    return [(rank, known[person_id]) for rank, person_id in ranked if person_id in known]


def _active(ids: Sequence[int]) -> dict[int, Person]:
    """Those of these people who are in force, by id."""
    return {person.id: person for person in statements.rows(Person, f"id IN ({statements.marks(ids)}) AND active", ids)} if ids else {}


def away(people: Sequence[Person], at: datetime) -> dict[int, str]:
    """Of these people, the ids of those absent at `at`, each with the reason (perhaps empty)."""
    now, ids = stored(at), [person.id for person in people]
    sql = f'SELECT person_id, reason FROM absence WHERE person_id IN ({statements.marks(ids)}) AND "start" <= ? AND "end" > ?'
    return dict(statements.execute(sql, (*ids, now, now)).fetchall())


def works_in(person_id: int, unit_id: int) -> bool:
    """True when the person holds, deputises for or is rostered on any post of the unit."""
    return bool(statements.scalar(WORKS_IN, (person_id, unit_id, person_id, unit_id)))


def post_of_person(person_id: int) -> Post | None:
    """The post the person holds, with its unit; of several the one where he ranks first."""
    held = statements.column(
        "SELECT h.post_id FROM holding h JOIN post p ON p.id = h.post_id WHERE h.person_id = ? AND p.active ORDER BY h.rank, h.id", (person_id,)
    )
    return statements.first(Post, "id = ?", (held[0],)) if held else None
