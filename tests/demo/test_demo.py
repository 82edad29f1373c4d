"""The demonstration district is whole, is nobody's, and can be made again to the same bytes."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from demo import generate
from tickets.files.district import read
from tickets.store.district import District

DEMO = Path(__file__).resolve().parents[2] / "demo"
MADE = ("areas", "posts", "people", "holdings", "shifts", "absences", "services", "appeals")
DAY = 24 * 60


@pytest.fixture(scope="module")
def district() -> District:
    """The committed CSVs, read as an office's would be."""
    return read(DEMO)


def appeals() -> list[dict[str, str]]:
    with (DEMO / "appeals.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_generator_gives_the_committed_bytes(tmp_path: Path) -> None:
    generate.write(tmp_path)
    different = [name for name in MADE if (tmp_path / f"{name}.csv").read_bytes() != (DEMO / f"{name}.csv").read_bytes()]
    assert not different, f"run python -m demo.generate: {different}"


def test_the_area_tree_has_the_size_of_the_district(district: District) -> None:
    levels = Counter(row.level for row in district.areas)
    assert (levels["区"], levels["镇街"], levels["村居"], levels["网格"], levels["道路"]) == (1, 3, 40, 845, 120)
    assert 170 <= levels["小区"] <= 190
    assert {"青禾镇", "临河镇", "柳湾镇"} <= set(district.tree().nodes)


def test_every_unit_of_the_roles_has_its_people(district: District) -> None:
    roles = Counter(row.role for row in district.posts)
    assert roles["网格员"] == 845
    assert roles["村书记"] + roles["社区书记"] == 40
    has = {(row.unit, row.role) for row in district.posts}
    for unit in district.units:
        assert (unit.address, "科室负责人") in has, unit.address
        is_section = "/" in unit.address and unit.kind != "村居"
        assert is_section or (unit.address, "分管领导") in has, unit.address


def test_every_post_has_a_deputy(district: District) -> None:
    deputies = Counter((row.unit, row.post) for row in district.holdings if row.rank > 0)
    assert not [row.address for row in district.posts if not deputies[row.unit, row.name]]


def test_nobody_stands_in_for_himself_and_someone_of_every_post_is_there(district: District) -> None:
    away = {row.person for row in district.absences}
    by_post: dict[tuple[str, str], set[str]] = {}
    for row in district.holdings:
        by_post.setdefault((row.unit, row.post), set()).add(row.person)
    assert len(away) == 30
    assert not [post for post, people in by_post.items() if people <= away]


def test_a_roster_covers_the_whole_week_with_one_person_at_a_time(district: District) -> None:
    hours: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for shift in district.shifts:
        hours.setdefault((shift.unit, shift.post), []).append((shift.weekday * DAY + shift.start, shift.weekday * DAY + shift.end))
    assert {"热线中心/人工派单席", "供水公司/抢修班", "供电公司/抢修班", "燃气公司/抢险队", "热力公司/抢修一班", "城市管理局/执法二队"} <= {
        unit for unit, _ in hours
    }
    for post, spans in hours.items():
        spans.sort()
        assert (spans[0][0], spans[-1][1]) == (0, 7 * DAY), post
        assert all(one[1] == other[0] for one, other in pairwise(spans)), post


def test_every_estate_has_a_property_company_and_heating(district: District) -> None:
    served = {(row.area, row.role) for row in district.services}
    for row in district.areas:
        if row.level == "小区":
            assert {(row.name, "属地物业企业"), (row.name, "属地供热企业")} <= served, row.name
        if row.level == "村居":
            assert {(row.name, f"属地{what}企业") for what in ("供水", "供电", "供气", "供热")} <= served, row.name


def test_no_number_can_be_owned_by_anyone(district: District) -> None:
    numbers = [row.phone for row in district.people] + [row["phone"] for row in appeals()]
    assert all(re.fullmatch(r"1540000\d{4}|1540001\d{4}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_a_leader_is_away_now_so_that_the_deputy_answers(district: District) -> None:
    at = datetime(2026, 11, 23, 2, tzinfo=UTC)
    leader = next(row.person for row in district.holdings if (row.unit, row.post, row.rank) == ("城市管理局", "分管领导", 0))
    assert any(row.person == leader and row.start <= at < row.end for row in district.absences)


def test_the_appeals_vary_and_name_places_of_the_district(district: District) -> None:
    rows = appeals()
    assert 145 <= len(rows) <= 160
    assert len({row["text"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} == {"咨询", "求助", "投诉", "举报", "建议", "表扬"}
    assert {row["source"] for row in rows} == {"12345", "电话", "网页", "网格"}
    assert not [row["text"] for row in rows if "{" in row["title"] + row["text"] + row["address"]]
    named = [row for row in rows if any(area.name in row["text"] + row["address"] for area in district.areas if area.parent)]
    assert len(named) >= 100
