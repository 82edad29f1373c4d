"""A district's directory as the office hands it over: a folder of CSVs, read whole or refused whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.load_library import Catalogue
from engine.names import Names
from engine.tree import Tree, TreeNode
from tickets.files import district_check as check
from tickets.files import district_parse as parse
from tickets.files.directory_names import names_of
from tickets.files.district_rows import AbsenceRow, AreaRow, DistrictRefused, Fault, HoldingRow, PersonRow, PostRow, ServiceRow, ShiftRow, UnitRow
from tickets.files.district_table import read_table

__all__ = ["District", "DistrictRefused", "Fault", "read"]


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


def read(folder: Path) -> District:
    """Read and check the CSVs of `folder` (UTF-8, with or without BOM, or GB18030).

    Raises DistrictRefused with a sentence for everything that is wrong, file and line first; then nothing is used.
    """
    if not folder.is_dir():
        raise DistrictRefused((Fault(str(folder), 1, "没有这个文件夹", "there is no such folder"),))
    faults: list[Fault] = []
    district = District(
        areas=parse.rows_of("areas.csv", read_table(folder, "areas.csv", faults), parse.area, faults),
        units=parse.rows_of("units.csv", read_table(folder, "units.csv", faults), parse.unit, faults),
        posts=parse.rows_of("posts.csv", read_table(folder, "posts.csv", faults), parse.post, faults),
        people=parse.rows_of("people.csv", read_table(folder, "people.csv", faults), parse.person, faults),
        holdings=parse.rows_of("holdings.csv", read_table(folder, "holdings.csv", faults), parse.holding, faults),
        shifts=parse.rows_of("shifts.csv", read_table(folder, "shifts.csv", faults), parse.shifts, faults),
        absences=parse.rows_of("absences.csv", read_table(folder, "absences.csv", faults), parse.absence, faults),
        services=parse.rows_of("services.csv", read_table(folder, "services.csv", faults), parse.service, faults),
    )
    if not any(fault.line == 1 for fault in faults):  # a file missing or without its columns would make every name unknown
        _check(district, faults)
    if faults:
        raise DistrictRefused(tuple(sorted(faults, key=lambda fault: (fault.file, fault.line))))
    return district


def _check(district: District, faults: list[Fault]) -> None:
    check.areas(district.areas, faults)
    check.units(district.units, faults)
    check.posts(district.posts, district.units, district.areas, faults)
    check.people(district.people, faults)
    check.holdings(district.holdings, district.posts, district.people, faults)
    names = (
        {row.name: row for row in district.areas},
        {row.address: row for row in district.units},
        {row.address: row for row in district.posts},
        {row.code: row for row in district.people},
    )
    check.duties(district.shifts, district.absences, district.services, names, faults)
