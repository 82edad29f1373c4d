"""Where the appeals of a month came from: towns, their villages, and what lies in no village. One read of the areas, one of the tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.store import statements
from tickets.store.scope import Viewer, seen

TOWN, VILLAGE = "镇街", "村居"
MOST = 3


@dataclass(frozen=True)
class AreaTree:
    """Every area of the directory, also those no longer in use: tickets lie there. `order` is the directory's, `level` and `above` by name."""

    order: tuple[str, ...]
    level: Mapping[str, str]
    above: Mapping[str, str]
    active: frozenset[str]

    def at(self, name: str, level: str) -> str:
        """The area of that level in which this one lies, itself included; empty when it lies in none."""
        while name and self.level.get(name) != level:
            name = self.above.get(name, "")
        return name

    def beneath(self, name: str) -> tuple[str, ...]:
        """The area and everything in it, in the directory's order."""
        inside = {name}
        below: dict[str, list[str]] = {}
        for one, above in self.above.items():
            below.setdefault(above, []).append(one)
        waiting = [name]
        while waiting:
            children = below.get(waiting.pop(), ())
            inside.update(children)
            waiting.extend(children)
        return tuple(one for one in self.order if one in inside)

    def of_level(self, level: str) -> tuple[str, ...]:
        """The areas of a level that are in use."""
        return tuple(name for name in self.order if self.level[name] == level and name in self.active)


@dataclass(frozen=True)
class Town:
    """A town with all its appeals, and those of each of its villages in the directory's order."""

    name: str
    count: int
    villages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Places:
    """Appeals of a month by place. `elsewhere` lie in a known place outside the villages, `unknown` in none that is known."""

    total: int
    towns: tuple[Town, ...]
    elsewhere: int
    unknown: int


@dataclass(frozen=True)
class Behind:
    """What is behind one village's number: the categories most named, and the month before."""

    name: str
    count: int
    before: int
    categories: tuple[tuple[str, int], ...]


def area_tree() -> AreaTree:
    """The tree as it stands now."""
    found = statements.execute("SELECT a.name, a.level, p.name, a.active FROM area a LEFT JOIN area p ON p.id = a.parent_id ORDER BY a.id").fetchall()
    return AreaTree(
        order=tuple(name for name, _, _, _ in found),
        level={name: level for name, level, _, _ in found},
        above={name: above or "" for name, _, above, _ in found},
        active=frozenset(name for name, _, _, active in found if active),
    )


def places(viewer: Viewer, tree: AreaTree, since: datetime, until: datetime, areas: Sequence[str] = ()) -> Places:
    """The appeals registered in [since, until), stored times, that the viewer may see; within `areas` when there are any."""
    by_area = _counts(viewer, since, until, areas)
    by_village = Counter[str]()
    by_town = Counter[str]()
    for name, count in by_area.items():
        by_village[tree.at(name, VILLAGE)] += count
        by_town[tree.at(name, TOWN)] += count
    villages = tree.of_level(VILLAGE)
    wanted = set(areas)
    towns = tuple(
        Town(town, by_town[town], tuple((one, by_village[one]) for one in villages if tree.at(one, TOWN) == town))
        for town in tree.of_level(TOWN)
        if not wanted or town in wanted
    )
    drawn = sum(count for town in towns for _, count in town.villages)
    total = sum(by_area.values())
    unknown = sum(count for name, count in by_area.items() if name not in tree.level)
    return Places(total, towns, total - drawn - unknown, unknown)


def behind(viewer: Viewer, tree: AreaTree, name: str, since: datetime, until: datetime, before: datetime) -> Behind:
    """The village's appeals of [since, until) by category, and how many [before, since) had. Categories not known are left out of the list."""
    inside = tree.beneath(name)
    sees, values = seen(viewer)
    sql = f"""SELECT t.category, COUNT(*) FROM ticket t WHERE t.area IN ({statements.marks(inside)}) AND t.registered_at >= ? AND t.registered_at < ?
        AND {sees} GROUP BY t.category ORDER BY COUNT(*) DESC, t.category"""
    found = statements.execute(sql, (*inside, since, until, *values)).fetchall()
    earlier = sum(_counts(viewer, before, since, inside).values())
    return Behind(name, sum(count for _, count in found), earlier, tuple((category, count) for category, count in found if category)[:MOST])


def _counts(viewer: Viewer, since: datetime, until: datetime, areas: Sequence[str]) -> dict[str, int]:
    sees, values = seen(viewer)
    within = f"AND t.area IN ({statements.marks(areas)})" if areas else ""
    sql = f"SELECT t.area, COUNT(*) FROM ticket t WHERE t.registered_at >= ? AND t.registered_at < ? AND {sees} {within} GROUP BY t.area"
    return {area: int(count) for area, count in statements.execute(sql, (since, until, *values, *areas)).fetchall()}
