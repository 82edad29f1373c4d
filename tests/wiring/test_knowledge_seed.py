"""The demonstration's knowledge: every row is good, it is taken in once, and the questions people ask find the right entry."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.knowledge_search import search
from tests.cli.installation import seeded
from tests.databases import shut
from tests.tickets.fakes import FixedClock
from tickets.files.knowledge import read_file
from tickets.store import knowledge
from wiring.desk import Parts, open_parts
from wiring.knowledge_seed import FILE, seed_knowledge
from wiring.settings import load

__all__ = ["seeded"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ASKED = {
    "租房子能不能提公积金": "K0001",
    "我打过12345想问问现在办到哪一步了": "K0018",
    "家里闻到煤气味道很害怕": "K0015",
    "取暖费在哪里交": "K0004",
    "外地看病怎么报销": "K0026",
    "居住证快到期了要不要续": "K0010",
    "燃气公司上门安检要钱吗": "K0014",
}


@pytest.fixture(scope="module")
def parts(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    home = tmp_path_factory.mktemp("knowledge")
    shutil.copy(seeded, home / "suda.sqlite3")
    opened = open_parts(load({"SUDA_HOME": str(home)}), clock=FixedClock(NOON))
    seed_knowledge(opened.settings, opened.desk)
    yield opened
    opened.book.close()
    shut()


def test_every_row_is_good_and_taken_in_once(parts: Parts) -> None:
    names = parts.desk.rules.names
    sheet = read_file(parts.settings.directory / FILE, names.categories.nodes, names.units)
    assert sheet.refused == ()
    assert len(knowledge.entries()) == len(sheet.wanted) >= 40
    assert seed_knowledge(parts.settings, parts.desk) == 0
    assert all("（示范）" in one.basis and one.valid_until and not any(char * 7 in one.answer for char in "0123456789") for one in knowledge.entries())


@pytest.mark.parametrize(("asked", "code"), ASKED.items())
def test_what_people_say_finds_the_entry(parts: Parts, asked: str, code: str) -> None:
    assert code in [one.entry.code for one in search(asked, "", 2, NOON)]


@pytest.mark.parametrize("asked", ["你好", "水管爆了满街都是水", "zzzz", "，。"])
def test_what_no_entry_answers_finds_none(parts: Parts, asked: str) -> None:
    assert search(asked, "", 5, NOON) == ()
