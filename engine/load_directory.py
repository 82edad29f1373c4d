"""Reads a folder's own directory.yaml: the units, roles and areas its rules may name, in place of the district's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine import expect
from engine.expect import Scope
from engine.nodes import Fields, Node, Value
from engine.tree import Tree, TreeNode

GRASSROOTS_LEVELS = ("村居", "网格")
# The grassroots roles of the language itself; roles.yaml may mark others.
GRASSROOTS_ROLES = frozenset({"属地村书记", "属地社区书记", "属地网格员"})
GRASSROOTS_POSTS = ("村书记", "社区书记", "网格员", "村支书", "村主任")
GRASSROOTS_UNITS = ("村", "社区", "村委会", "居委会")


@dataclass(frozen=True)
class Directory:
    """What the file names; None where it is silent, so that the district's own stay in force. `grassroots` holds what it marks as such."""

    units: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    areas: Tree | None = None
    grassroots: frozenset[str] = frozenset()


@dataclass
class _Areas:
    nodes: dict[str, TreeNode] = field(default_factory=dict)


def load_directory(node: Node, scope: Scope) -> Directory:
    """`units`: addresses, or {name, grassroots: true} · `roles`: names, or {name, grassroots: true} · `areas`: {name, level, children}."""
    box = expect.fields(node, scope, ("units", "roles", "areas"), "directory.yaml", "directory.yaml")
    if box is None:
        return Directory()
    marked: set[str] = set()
    units = _named(box, "units", marked, scope)
    roles = _named(box, "roles", marked, scope)
    areas: Tree | None = None
    if "areas" in box.fields:
        reading = _Areas()
        for item in expect.items(box.fields["areas"], scope, "areas", "areas", empty=True) or ():
            _area(item, None, reading, scope)
        areas = Tree(reading.nodes.values())
    whole = with_parents(units) if units is not None else None
    return Directory(whole, roles, areas, frozenset(marked))


def with_parents(addresses: Iterable[str]) -> frozenset[str]:
    """An address makes its unit and section exist too: 人社局/劳动监察科 also 人社局."""
    parts = [address.split("/") for address in addresses]
    return frozenset("/".join(part[: n + 1]) for part in parts for n in range(len(part)))


def grassroots_of(units: Iterable[str], roles: Iterable[str], areas: Tree) -> frozenset[str]:
    """The addresses and roles that are villages, communities or grid officers, told by the area tree and by their names: a directory.yaml
    has no kinds of units, as a district's CSVs have."""
    villages = {name for name, node in areas.nodes.items() if node.level in GRASSROOTS_LEVELS}
    low = {unit for unit in units if villages & set(unit.split("/")) or unit.endswith(GRASSROOTS_POSTS) or unit.split("/")[0].endswith(GRASSROOTS_UNITS)}
    return frozenset(low | (set(roles) & GRASSROOTS_ROLES))


def _named(box: Fields, key: str, marked: set[str], scope: Scope) -> frozenset[str] | None:
    if key not in box.fields:
        return None
    names: set[str] = set()
    for item in expect.items(box.fields[key], scope, key, key, empty=True) or ():
        entry = item
        if isinstance(item, Fields):
            expect.fields(item, scope, ("name", "grassroots"), key, key, needed=("name",))
            entry = item.fields.get("name", Value(None, item.line))
        name = expect.text(entry, scope, key, key)
        if name is None:
            continue
        if any(not part.strip() for part in name.split("/")) or name.count("/") > 2:
            scope.error(item, f"地址「{name}」应当是 单位[/科室[/岗位]]", f"the address {name} must be unit[/section[/post]]")
            continue
        names.add(name)
        if isinstance(item, Fields) and "grassroots" in item.fields and expect.yes_no(item.fields["grassroots"], scope, "grassroots", "grassroots"):
            marked.add(name)
    return frozenset(names)


def _area(node: Node, parent: str | None, reading: _Areas, scope: Scope) -> None:
    box = expect.fields(node, scope, ("name", "level", "children"), "区域", "an area", needed=("name",))
    if box is None or "name" not in box.fields:
        return
    name = expect.text(box.fields["name"], scope, "区域名", "an area's name")
    if name is None:
        return
    if name in reading.nodes:
        scope.error(box, f"区域「{name}」写了两次", f"the area {name} is there twice")
        return
    level = expect.text(box.fields["level"], scope, "level", "level") if "level" in box.fields else ""
    reading.nodes[name] = TreeNode(name, parent, level or "")
    for child in expect.items(box.fields["children"], scope, "children", "children", empty=True) or () if "children" in box.fields else ():
        _area(child, name, reading, scope)
