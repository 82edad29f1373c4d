"""What was entered in the application is on record, and no seeding undoes it by slip."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tickets.small_district import write_district
from tickets.domain.times import stored
from tickets.files.district import read
from tickets.store import directory_log, stamp
from tickets.store.connect import transaction
from tickets.store.models import Absence, DirectoryChange, Person
from tickets.store.seeding import EnteredInTheApplication, seed

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def clock() -> datetime:
    return AT


def enter_absence(person: Person) -> None:
    absence = Absence.create(person=person, start=stored(AT), end=stored(AT.replace(day=30)), reason="病假")
    directory_log.record(stored(AT), None, "absence", absence.id, directory_log.ADDED, {}, {"person": person.name})


def undone() -> None:
    """A change whose transaction fails."""
    with transaction():
        directory_log.record(stored(AT), None, "unit", 2, "新增", {}, {})
        raise RuntimeError("undone")


def test_seeding_refuses_to_undo_what_was_entered_and_says_how_much(database: str, tmp_path: Path) -> None:
    district = read(write_district(tmp_path))
    seed(district, clock)
    seed(district, clock)  # nothing was entered: again is no matter
    enter_absence(Person.get())
    before = Absence.select().count()
    with pytest.raises(EnteredInTheApplication, match=r"改过 1 处（最近一次 11-23 09:00）.*--replace"):
        seed(district, clock)
    assert Absence.select().count() == before
    seed(district, clock, replace=True)
    assert Absence.select().count() == before - 1
    seed(district, clock)  # the files have won: nothing is left to lose
    assert DirectoryChange.select().where(DirectoryChange.what == "装入").count() == 4


def test_a_change_of_an_account_keeps_nobody_from_seeding(database: str, tmp_path: Path) -> None:
    district = read(write_district(tmp_path))
    seed(district, clock)
    directory_log.record(stored(AT), None, "account", 1, directory_log.ADDED, {}, {"username": "a"})
    seed(district, clock)
    assert directory_log.entered_since_seeding() == (0, None)


def test_the_stamp_grows_with_what_rules_read_and_in_the_same_transaction(database: str) -> None:
    assert stamp.stamp(stamp.DIRECTORY) == 0
    directory_log.record(stored(AT), None, "unit", 1, "新增", {}, {"address": "水务局"})
    directory_log.record(stored(AT), None, "unit", 1, "修改", {"address": "水务局"}, {"address": "水利局"})
    assert stamp.stamp(stamp.DIRECTORY) == 2
    with pytest.raises(RuntimeError, match="undone"):
        undone()
    assert stamp.stamp(stamp.DIRECTORY) == 2
    directory_log.record(stored(AT), None, "account", 1, "修改", {}, {})
    assert stamp.stamp(stamp.DIRECTORY) == 2


def test_history_is_newest_first_and_holds_what_differs_alone(database: str) -> None:
    directory_log.record(stored(AT), None, "unit", 7, "新增", {}, {"address": "水务局", "kind": "区直部门"})
    directory_log.record(stored(AT), None, "unit", 7, "修改", {"address": "水务局", "kind": "区直部门"}, {"address": "水利局", "kind": "区直部门"})
    directory_log.record(stored(AT), None, "unit", 8, "新增", {}, {})
    newest, oldest = directory_log.history("unit", 7)
    assert (newest.what, newest.parts) == ("修改", (("address", "水务局", "水利局"),))
    assert oldest.parts == (("address", "", "水务局"), ("kind", "", "区直部门"))
    assert directory_log.last("unit", 7) == newest.id
    assert directory_log.last("unit", 99) == 0
