"""What is published comes into force in a running process; what cannot be taken leaves the old rules, says so once, and does not stop a restart."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from tests.cli.installation import seeded
from tests.databases import shut
from tests.tickets.fakes import FixedClock
from tickets.store import releases, stamp
from tickets.store.connect import transaction
from tickets.store.models import Alarm, Unit
from wiring import rulebook
from wiring.desk import Parts, open_parts
from wiring.settings import Settings, load

__all__ = ["seeded"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WATER, INTAKE = "rules/dispatch/utilities.yaml", "forms/intake.yaml"


@dataclass
class Office:
    """An installation whose clock the test moves."""

    settings: Settings
    clock: FixedClock
    parts: Parts

    def publish(self, tree: dict[str, str], effective: datetime | None = None) -> int:
        at = self.clock()
        with transaction():
            return releases.write(tree, {}, at=at, effective_at=effective or at, title="试", author=("a", "甲"), approver=("b", "乙"))

    def tree(self, path: str = WATER, old: str = "", new: str = "") -> dict[str, str]:
        """The files that came with the program, with one thing changed."""
        tree = rulebook.tree_on_disk(self.settings)
        assert old in tree[path]
        return {**tree, path: tree[path].replace(old, new, 1) if old else tree[path]}

    def goes_to(self) -> str:
        """Where D-042 sends a ticket by the rules in force in this process."""
        return sent_by(self.parts)


SENT, ELSEWHERE = "{to: 水务局/管网科, assist: [属地供水企业]}", "{to: 水务局/供水管理科, assist: [属地供水企业]}"


@pytest.fixture
def office(seeded: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    settings, clock = load({"SUDA_HOME": str(tmp_path)}), FixedClock(NOON)
    parts = open_parts(settings, clock=clock)
    yield Office(settings, clock, parts)
    parts.book.close()
    shut()


def sent_by(parts: Parts) -> str:
    (unit,) = cast(list[str], parts.desk.rules.ruleset("dispatch").rule("D-042").then[0].args["to"])
    return unit


def alarms() -> list[str]:
    return [row.text for row in Alarm.select().where(Alarm.kind == rulebook.NOT_TAKEN, Alarm.cleared_at.is_null())]


def test_a_release_is_taken_once_and_a_scheduled_one_when_its_hour_comes(office: Office) -> None:
    assert not office.parts.renew()
    office.publish(office.tree(old=SENT, new=ELSEWHERE), NOON + timedelta(hours=1))
    assert not office.parts.renew()
    assert office.goes_to() == "水务局/管网科"
    office.clock.on(hours=1)
    assert office.parts.renew()
    assert not office.parts.renew()
    assert office.goes_to() == "水务局/供水管理科"


def test_a_clock_that_jumps_back_puts_the_earlier_files_in_force_until_it_is_right_again(office: Office) -> None:
    office.publish(office.tree(old=SENT, new=ELSEWHERE))
    assert office.parts.renew()
    office.clock.on(hours=-1)
    assert office.parts.renew()
    assert office.goes_to() == "水务局/管网科"
    office.clock.on(hours=1)
    assert office.parts.renew()
    assert office.goes_to() == "水务局/供水管理科"


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [(WATER, SENT, "{to: 水务局/没有科}"), (INTAKE, "", "form: [\n"), ("rules/facts.yaml", "", "\t")],
    ids=["a unit that is not there", "a form that cannot be read", "facts that cannot be read"],
)
def test_what_cannot_be_taken_leaves_all_of_the_old_and_is_said_once(office: Office, path: str, old: str, new: str) -> None:
    forms = office.parts.desk.forms.all()
    tree = office.tree(path, old, new) if old else {**office.tree(), path: new}
    number = office.publish({**tree, WATER: tree[WATER].replace(SENT, ELSEWHERE, 1)})
    assert not office.parts.renew()
    assert not office.parts.renew()
    assert office.goes_to() == "水务局/管网科"
    assert office.parts.desk.forms.all() == forms
    assert len(alarms()) == 1
    assert f"第 {number} 号" in alarms()[0]


def test_a_release_that_cannot_be_taken_does_not_stop_a_restart(office: Office) -> None:
    office.publish(office.tree(old=SENT, new=ELSEWHERE))
    office.publish(office.tree(old=SENT, new="{to: 水务局/没有科}"))
    again = open_parts(office.settings, clock=office.clock)
    try:
        assert sent_by(again) == "水务局/供水管理科"
        assert len(alarms()) == 1
    finally:
        again.book.close()


def test_a_unit_retired_under_a_rule_keeps_the_rules_and_says_so(office: Office) -> None:
    Unit.update(active=False).where(Unit.address == "水务局/管网科").execute()
    stamp.touch(stamp.DIRECTORY)
    assert not office.parts.renew()
    assert office.goes_to() == "水务局/管网科"
    assert len(alarms()) == 1
