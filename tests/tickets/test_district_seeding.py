"""Seeding writes a district whole, again without change, and lets another take its place."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import thread_time

import pytest

from tests.tickets.small_district import spoilt, write_district
from tickets.domain.district_rows import HoldingRow
from tickets.files.district import read
from tickets.store.district import District
from tickets.store.models import Absence, Area, AreaAlias, AreaService, Holding, Person, Post, Setting, Shift, Ticket, Unit
from tickets.store.names import aliases_from_database, areas_from_database, names_from_database
from tickets.store.seeding import is_seeded, seed

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DEMO = Path(__file__).resolve().parents[2] / "demo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for CSVs."""
    (tmp_path / "district").mkdir()
    return tmp_path / "district"


def clock() -> datetime:
    return NOON


def everything() -> dict[str, list[tuple[object, ...]]]:
    tables = (Unit, Area, AreaAlias, Post, Person, Holding, Shift, Absence, AreaService)
    return {table.__name__: sorted(table.select().tuples(), key=str) for table in tables}


def test_a_seeded_district_can_be_read_from_the_database(database: str, folder: Path) -> None:
    district = read(write_district(folder))
    assert not is_seeded()
    seeded = seed(district, clock)
    assert is_seeded()
    assert seeded.standing["posts"] == Post.select().count() == 8
    section = Unit.get(Unit.address == "水务局/管网科")
    assert (section.name, section.parent.address, section.superior.address) == ("管网科", "水务局", "水务局")
    keeper = Post.get(Post.name == "第1网格员")
    assert (keeper.unit.address, keeper.role, keeper.area.name, keeper.receiving) == ("河口镇/山前村", "网格员", "山前村第1网格", False)
    assert [(h.person.name, h.rank) for h in Post.get(Post.name == "值班员").holdings.order_by(Holding.rank)] == [("乙二水", 0), ("丙三木", 1)]
    assert Absence.get().start == datetime(2026, 11, 30, 16)  # noqa: DTZ001 stored as naive UTC
    assert Setting.get_by_id("district").value == "试点区"


def test_the_database_gives_the_same_names_as_the_files(database: str, folder: Path) -> None:
    district = read(write_district(folder))
    seed(district, clock)
    from_files, stored = district.names(), names_from_database()
    assert (stored.units, stored.grassroots, stored.statuses) == (from_files.units, from_files.grassroots, from_files.statuses)
    assert stored.areas.nodes == areas_from_database().nodes == from_files.areas.nodes
    assert sorted(aliases_from_database()) == sorted(district.aliases())


def test_a_second_seeding_changes_nothing(database: str, folder: Path) -> None:
    district = read(write_district(folder))
    seed(district, clock)
    before = everything()
    again = seed(district, clock)
    assert everything() == before
    assert sum(again.added.values()) + sum(again.changed.values()) + sum(again.retired.values()) == 0


def test_changes_keep_ids_and_what_is_no_longer_listed_goes_out_of_force(database: str, folder: Path) -> None:
    seed(read(write_district(folder)), clock)
    ids = {unit.address: unit.id for unit in Unit.select()}
    person = Person.get(Person.code == "A3").id
    changed = {
        **spoilt("people", "丙三木,0312-1234567", "丙三林,15400000009"),
        **spoilt("units", "晨光物业,企业,河口镇,客服\n", ""),
        **spoilt("posts", "晨光物业,客服,,yes,\n", ""),
        **spoilt("holdings", "晨光物业,客服,A3,0\n", ""),
        **spoilt("areas", "晨光;晨光花园", "晨光花园"),
        "services": "area,role,unit\n",
    }
    result = seed(read(write_district(folder, **changed)), clock)
    assert {unit.address: unit.id for unit in Unit.select()} == ids
    assert [unit.address for unit in Unit.select().where(~Unit.active)] == ["晨光物业"]
    assert (Person.get_by_id(person).name, Person.get_by_id(person).phone) == ("丙三林", "15400000009")
    assert (AreaService.select().count(), AreaAlias.select().where(AreaAlias.word == "晨光").count()) == (0, 0)
    assert (result.changed["Person"], result.retired["Unit"], result.retired["Post"]) == (1, 1, 1)
    assert "晨光物业" not in names_from_database().units
    back = seed(read(write_district(folder)), clock)
    assert (Unit.get(Unit.address == "晨光物业").id, back.changed["Unit"]) == (ids["晨光物业"], 1)


def test_another_district_takes_its_place_and_tickets_keep_their_unit(database: str, folder: Path) -> None:
    seed(read(write_district(folder)), clock)
    unit = Unit.get(Unit.address == "水务局/管网科")
    Ticket.create(number="20261123-0001", source="电话", source_id="1", status="待签收", text="停水", registered_at=NOON.replace(tzinfo=None), unit=unit)
    seed(read(DEMO), clock)
    assert Ticket.get().unit.address == "水务局/管网科"
    assert Ticket.get().unit.active  # the demonstration district has a section of that address too
    assert not Area.get(Area.name == "山前村").active
    assert names_from_database().units == read(DEMO).names().units
    assert Setting.get_by_id("district").value == "示范区"


def test_a_failure_half_way_writes_nothing(database: str, folder: Path) -> None:
    district = read(write_district(folder))
    wrong = (*district.holdings, HoldingRow(99, "水务局", "没有这个岗位", "A1", 0))
    broken = District(district.areas, district.units, district.posts, district.people, wrong, district.shifts, district.absences, district.services)
    with pytest.raises(KeyError):
        seed(broken, clock)
    assert not any(everything().values())
    assert not is_seeded()


def test_the_demonstration_district_is_seeded_within_three_seconds(sqlite_database: str) -> None:
    district = read(DEMO)
    told: list[str] = []
    start = thread_time()
    seed(district, clock, lambda table, rows: told.append(f"{table} {rows}"))
    assert thread_time() - start < 3
    assert len(told) == 9
    assert Post.select().where(Post.role == "网格员").count() == 845
