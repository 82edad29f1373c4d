"""A district's directory in memory: what its files say, or what a test makes up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.load_library import Catalogue
from engine.names import Names
from engine.tree import Tree, TreeNode
from tickets.domain.district_rows import AbsenceRow, AreaRow, HoldingRow, PersonRow, PostRow, ServiceRow, ShiftRow, UnitRow
from tickets.store.directory_names import names_of


@dataclass(frozen=True)
class District:
    """Everything that the folder says, checked. `name` is the top area's."""

    areas: tuple[AreaRow, ...]
    units: tuple[UnitRow, ...]
    posts: tuple[PostRow, ...]
    people: tuple[PersonRow, ...]
    holdings: tuple[HoldingRow, ...]
    shifts: tuple[ShiftRow, ...]
    absences: tuple[AbsenceRow, ...]
    services: tuple[ServiceRow, ...]

    @property
    def name(self) -> str:
        """The top area's name, such as 示范区."""
        return next(row.name for row in self.areas if not row.parent)

    def counts(self) -> Mapping[str, int]:
        """How many of each, by the names of the files."""
        return {
            "areas": len(self.areas),
            "units": len(self.units),
            "posts": len(self.posts),
            "people": len(self.people),
            "holdings": len(self.holdings),
            "shifts": len(self.shifts),
            "absences": len(self.absences),
            "services": len(self.services),
        }

    def tree(self) -> Tree:
        """The area tree: 区 > 镇街 > 村居 > 网格 > 小区, roads beneath their town."""
        return Tree(TreeNode(row.name, row.parent or None, row.level) for row in self.areas)

    def aliases(self) -> tuple[tuple[str, str], ...]:
        """(what people write, the area they mean) for every alias."""
        return tuple((word, row.name) for row in self.areas for word in row.aliases)

    def receiving(self) -> Mapping[str, str]:
        """Per unit the post that takes what is addressed to the bare unit."""
        named = {row.address: row.receiving_post for row in self.units if row.receiving_post}
        return {**{row.unit: row.name for row in self.posts if row.receiving}, **named}

    def names(self, catalogue: Catalogue | None = None) -> Names:
        """The names that rules may use with this directory and this catalogue."""
        return names_of(
            ((row.address, row.kind) for row in self.units),
            ((row.unit, row.name, row.role) for row in self.posts),
            self.tree(),
            catalogue,
        )
