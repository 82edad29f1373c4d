"""From a row to an appeal, and out again without a formula."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.facts import Fact, Label
from tests.tickets.work_orders import GOOD, HEADER, csv_file, good
from tickets.files.appeals import appeal_of, wanted
from tickets.files.read_table import read
from tickets.files.refused import RowRefused
from tickets.files.safe_cells import safe

FACTS = {
    "text": Fact("text", Label("诉求内容"), "text"),
    "households": Fact("households", Label("影响户数"), "number"),
    "reworks": Fact("reworks", Label("重办次数"), "number", derived={"count": "moves"}),
}


def test_a_row_becomes_an_appeal(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [HEADER, GOOD]))
    appeal = appeal_of(good(table)[0], table.digest)
    assert (appeal.source, appeal.source_id, appeal.title, appeal.text, appeal.phone) == ("12345", "B1", *GOOD[1:3], GOOD[5])
    assert str(appeal.appealed_at) == "2026-11-22 00:10:00+00:00"


def test_without_a_number_the_file_and_the_row_stand_in(tmp_path: Path) -> None:
    first, same, other = (
        read(csv_file(tmp_path, [["内容"], ["停水"], [text]], name=f"{name}.csv")) for name, text in (("a", "停电"), ("b", "停电"), ("c", "停气"))
    )
    ids = [[appeal_of(row, table.digest).source_id for row in good(table)] for table in (first, same, other)]
    assert ids[0] == ids[1] == [f"{first.digest[:16]}-1", f"{first.digest[:16]}-2"]
    assert not set(ids[0]) & set(ids[2])


def test_columns_named_after_facts_become_answers(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [["内容", "影响户数", "重办次数"], ["停水", "120", "9"]]), columns=wanted(FACTS))
    assert appeal_of(good(table)[0], table.digest).answers == {"households": "120"}


def test_a_kind_the_rules_do_not_know_is_left_out(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [["内容", "诉求性质"], ["停水", "投诉"], ["停水", "诉求举报类"]]))
    assert [appeal_of(row, table.digest, ("投诉",)).kind for row in good(table)] == ["投诉", ""]


def test_an_impossible_date_refuses_the_row(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [["内容", "时间"], ["停水", "2026-02-30 08:11"]]))
    with pytest.raises(RowRefused, match=r"2026-02-30 08:11.*不存在"):
        appeal_of(good(table)[0], table.digest)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_written_as_text(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("value", ["停水=没水", "", 3, -1.5, None])
def test_everything_else_is_written_as_it_is(value: object) -> None:
    assert safe(value) == value
