"""A directory is read whole, in whatever way an office saved it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.load_library import Catalogue
from engine.tree import Tree, TreeNode
from tests.tickets.small_district import FILES, write_district
from tickets.files.district import read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_district_reads_the_same_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "other").mkdir()
    assert read(write_district(tmp_path / "other", encoding)) == read(write_district(tmp_path / "plain"))


def test_chinese_headers_and_windows_line_ends_do(tmp_path: Path) -> None:
    people = FILES["people.csv"].replace("code,name,phone", "工号,姓名,电话").replace("\n", "\r\n")
    assert [row.name for row in read(write_district(tmp_path, people=people)).people] == ["甲一山", "乙二水", "丙三木"]


def test_a_small_district_needs_no_shifts_absences_or_services(tmp_path: Path) -> None:
    district = read(write_district(tmp_path, shifts=None, absences=None, services="area,role,unit\n"))
    assert (district.shifts, district.absences, district.services) == ((), (), ())


def test_a_night_shift_becomes_two_rows_the_second_on_the_next_day(tmp_path: Path) -> None:
    night = [(row.weekday, row.start, row.end) for row in read(write_district(tmp_path)).shifts if row.person == "A3"]
    assert night == [(6, 20 * 60, 24 * 60), (0, 0, 8 * 60)]


@pytest.mark.parametrize(
    ("written", "days"),
    [("1-5", [0, 1, 2, 3, 4]), ("1,3,7", [0, 2, 6]), ("一至三", [0, 1, 2]), ("周六、周日", [5, 6]), ("6-1", [0, 5, 6]), ("日", [6])],
)
def test_weekdays_are_read_as_people_write_them(tmp_path: Path, written: str, days: list[int]) -> None:
    shifts = f'unit,post,person,weekdays,from,to\n水务局/管网科,值班员,A2,"{written}",08:00,20:00\n'
    assert [row.weekday for row in read(write_district(tmp_path, shifts=shifts)).shifts] == days


def test_an_absence_of_days_includes_the_last_in_beijing_time(tmp_path: Path) -> None:
    (away,) = read(write_district(tmp_path)).absences
    assert (away.start, away.end) == (datetime(2026, 11, 30, 16, tzinfo=UTC), datetime(2026, 12, 3, 16, tzinfo=UTC))


def test_the_names_hold_units_posts_areas_and_who_is_grassroots(tmp_path: Path) -> None:
    catalogue = Catalogue(Tree([TreeNode("供水", None)]), section={"供水": "水务局/管网科"}, reserved=frozenset({"供水"}))
    names = read(write_district(tmp_path)).names(catalogue)
    assert {"水务局", "水务局/管网科", "水务局/管网科/值班员", "晨光物业/客服"} <= names.units
    assert names.grassroots == {"河口镇/山前村", "河口镇/山前村/村书记", "河口镇/山前村/第1网格员"}
    assert names.areas.at_level("晨光小区", "镇街") == "河口镇"
    assert (names.section_of["供水"], "供水" in names.reserved) == ("水务局/管网科", True)
