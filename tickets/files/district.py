"""Reads a district's directory as the office hands it over: a folder of CSVs, taken whole or refused whole."""

from __future__ import annotations

from pathlib import Path

from tickets.files import district_check as check
from tickets.files import district_parse as parse
from tickets.files.district_faults import DistrictRefused, Fault
from tickets.files.district_table import read_table
from tickets.store.district import District

__all__ = ["District", "DistrictRefused", "Fault", "read"]


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
