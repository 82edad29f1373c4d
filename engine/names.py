"""The names a rule may use, whoever provides them: the database, demo/, or a folder's own directory.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.tree import Tree


@dataclass(frozen=True)
class Names:
    """`units` are addresses (单位, 单位/科室, 单位/科室/岗位) that exist; `grassroots` those of villages and grid officers (roles too);
    `reserved` the category nodes only a department may act on; `section_of` a category's 归口科室 (inherited downward)."""

    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    grassroots: frozenset[str] = frozenset()
    categories: Tree = field(default_factory=lambda: Tree(()))
    areas: Tree = field(default_factory=lambda: Tree(()))
    reserved: frozenset[str] = frozenset()
    section_of: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    deadlines: tuple[str, ...] = ()
