"""Appeals keep coming while an office publishes and rolls back: none is lost, and each decision is kept with the very rules that made it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from engine.book import Edition, RuleBook
from engine.decision import Decision
from engine.rerun import Archive
from tests.cli.installation import seeded
from tests.databases import shut
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.ports import Desk
from tickets.store import releases
from tickets.store.connect import transaction
from tickets.store.models import Evaluation, RuleSetVersion, Ticket, database
from tickets.store.names import names_from_database
from wiring import rulebook
from wiring.desk import Parts, open_parts
from wiring.settings import load

__all__ = ["seeded"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
WATER = "rules/dispatch/utilities.yaml"
SENT, ELSEWHERE = "{to: 水务局/管网科, assist: [属地供水企业]}", "{to: 水务局/供水管理科, assist: [属地供水企业]}"
THREADS, EACH, RELEASES = 4, 12, 10


@pytest.fixture
def parts(seeded: Path, tmp_path: Path) -> Iterator[Parts]:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    opened = open_parts(load({"SUDA_HOME": str(tmp_path)}), clock=lambda: NOON)
    yield opened
    opened.book.close()
    shut()


def publish(tree: dict[str, str]) -> int:
    """A release in force from noon on."""
    with transaction():
        return releases.write(tree, {}, at=NOON, effective_at=NOON, title="试", author=("a", "甲"), approver=("b", "乙"))


def flooded(desk: Desk, numbers: Iterator[int], failed: list[BaseException]) -> None:
    try:
        for _ in range(EACH):
            open_ticket(
                desk, Appeal(source="test", source_id=f"p{next(numbers)}", text="滨河社区停水一天了，整栋楼没有水", address="滨河社区", category="停水爆管")
            )
    except BaseException as error:
        failed.append(error)
    finally:
        database.close()


def test_appeals_during_publishing_are_all_decided_each_by_one_version(parts: Parts) -> None:
    tree = rulebook.tree_on_disk(parts.settings)
    other = {**tree, WATER: tree[WATER].replace(SENT, ELSEWHERE, 1)}
    assert other != tree
    failed: list[BaseException] = []
    numbers = count(1)
    threads = [threading.Thread(target=flooded, args=(parts.desk, numbers, failed)) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for turn in range(RELEASES):
        publish(other if turn % 2 == 0 else tree)
        assert parts.renew()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Ticket.select().count() == THREADS * EACH
    assert Evaluation.select().where(~Evaluation.agreed).count() == 0
    assert all_the_same_again() == []


def all_the_same_again() -> list[int]:
    """The ids of evaluations that do not come out byte for byte when they are decided once more."""
    archive = Archive(40)
    wrong = []
    try:
        for row in Evaluation.select():
            version = RuleSetVersion.get(
                RuleSetVersion.name == row.ruleset, RuleSetVersion.version == row.version, RuleSetVersion.context_hash == row.context_hash
            )
            if archive.rerun(version.canonical, version.context, row.decision).decode() != row.decision:
                wrong.append(row.id)
    finally:
        archive.close()
    return wrong


class Overtaken(RuleBook):
    """A book in which something newer comes into force right after each decision: the moment between deciding and keeping."""

    after: Callable[[], object] | None = None

    def asked(self, *question: Any, **more: Any) -> tuple[Decision, Edition]:
        answered = super().asked(*question, **more)
        if self.after is not None:
            self.after()
        return answered


def test_rules_replaced_between_a_decision_and_its_keeping_are_not_taken_for_those_that_decided(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = rulebook.tree_on_disk(parts.settings)
    names = names_from_database()
    without = [rulebook.checked_load(one, names) for one in (tree, {path: text.replace("- id: D-042", "- id: D-942", 1) for path, text in tree.items()})]
    assert without[0].sets["dispatch"].version != without[1].sets["dispatch"].version
    turns = count(1)

    def replaced() -> None:
        loaded = without[next(turns) % 2]
        parts.book.replace(loaded.sets, facts=loaded.facts, names=loaded.names)

    parts.book.__class__ = Overtaken
    monkeypatch.setattr(parts.book, "after", replaced, raising=False)
    for number in range(3):
        open_ticket(parts.desk, Appeal(source="test", source_id=f"o{number}", text="滨河社区停水一天了", address="滨河社区", category="停水爆管"))
    assert Ticket.select().count() == 3
    assert all_the_same_again() == []
