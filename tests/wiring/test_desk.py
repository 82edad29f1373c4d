"""An installation that is not ready, or whose rules are broken, does not start; it says what to run or to mend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.findings import RulesRefused
from tests.cli.installation import seeded
from tests.databases import shut
from tickets.store.accounts import DEMONSTRATION_PASSWORD, check
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from wiring.demonstration import ACCOUNTS, make_accounts
from wiring.desk import open_parts
from wiring.settings import PROJECT, BadSettings, Settings, load

__all__ = ["seeded"]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    shut()


@pytest.fixture
def settings(seeded: Path, tmp_path: Path) -> Settings:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    return load({"SUDA_HOME": str(tmp_path)})


def test_tables_that_are_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="migrate"):
        open_parts(load({"SUDA_HOME": str(tmp_path)}))


def test_an_empty_directory_is_told(tmp_path: Path) -> None:
    empty = load({"SUDA_HOME": str(tmp_path)})
    open_database(empty.database_url)
    migrate()
    with pytest.raises(BadSettings, match="seed"):
        open_parts(empty)


def test_a_manual_desk_that_does_not_exist_is_told(settings: Settings) -> None:
    with pytest.raises(BadSettings, match="manual_desk: 名录里没有「热线中心/没有席」"):
        open_parts(settings.model_copy(update={"manual_desk": "热线中心/没有席"}))


def test_a_broken_rule_stops_the_start_with_its_place(settings: Settings, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(PROJECT / "rules", rules)
    text = (rules / "urgency.yaml").read_text(encoding="utf-8")
    (rules / "urgency.yaml").write_text(text.replace("outage: true", "outag: true", 1), encoding="utf-8")
    with pytest.raises(RulesRefused) as refused:
        open_parts(settings.model_copy(update={"rules": rules}))
    assert any("outage" in finding.zh and finding.line > 1 for finding in refused.value.findings)


def test_rules_without_a_catalogue_are_told(settings: Settings, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(
        PROJECT / "rules", rules, ignore=shutil.ignore_patterns("library", "urgency.yaml", "dispatch", "deadlines.yaml", "escalation.yaml", "warning.yaml")
    )
    with pytest.raises((BadSettings, RulesRefused), match="library"):
        open_parts(settings.model_copy(update={"rules": rules}))


def test_the_parts_answer_with_the_clock_they_were_given(settings: Settings) -> None:
    noon = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    parts = open_parts(settings, clock=lambda: noon)
    try:
        assert parts.desk.clock() == noon
        assert set(parts.channels) == {"短信", "电话", "弹屏"}
        assert parts.catalogue.tree.roots()
    finally:
        parts.book.close()


def test_demonstration_accounts_are_made_once_each_with_a_person(settings: Settings) -> None:
    open_database(settings.database_url)
    first = make_accounts()
    assert [account.username for account in first] == [username for username, _, _ in ACCOUNTS]
    assert [account.id for account in make_accounts()] == [account.id for account in first]
    assert all(account.person_id for account in first if account.username != "admin")
    assert check("wangge", DEMONSTRATION_PASSWORD) is not None
