"""Headers as other systems write them: renamed, above one another, twice, missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tickets.work_orders import GOOD, HEADER, csv_file, good
from tickets.files.read_table import read
from tickets.files.refused import FileRefused


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (["诉求内容", "编号"], ["text", "source_id"]),
        (["投诉件内容", "来电时间"], ["text", "time"]),
        (["主题", "详情", "区域"], ["title", "text", "address"]),
        (["text", "category", "phone"], ["text", "category", "phone"]),
        ([" 内 容 ", "工单编号（必填）", "时　间*"], ["text", "source_id", "time"]),
        (["ＴＥＸＴ", "Source_ID", "Time:"], ["text", "source_id", "time"]),
        (["诉求描述", "受理编号"], ["text", "source_id"]),
    ],
)
def test_headers_are_known_by_many_names(tmp_path: Path, headers: list[str], columns: list[str]) -> None:
    table = read(csv_file(tmp_path, [headers, ["甲"] * len(headers)]), more_headers={"text": ("诉求描述",), "source_id": ("受理编号",)})
    assert list(table.header.places) == columns


def test_a_header_of_config_that_names_no_column_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"import_headers.*txt.*text"):
        read(csv_file(tmp_path, [HEADER, GOOD]), more_headers={"txt": ("描述",)})


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    rows = [["示范区热线工单汇总表", "", "", "", "", ""], ["导出时间：2026-11-22", "", "", "", "", ""], HEADER, GOOD]
    table = read(csv_file(tmp_path, rows))
    assert (table.header_line, table.total) == (3, 1)
    (row,) = good(table)
    assert (row.number, row.line, row["source_id"]) == (1, 4, "B1")


def test_a_header_in_two_rows_is_read_as_one(tmp_path: Path) -> None:
    rows = [["工单编号", "诉求人", "", "诉求", ""], ["", "姓名", "电话", "标题", "内容"], ["B1", "李某", "15400000001", "停水", "停水两天"]]
    table = read(csv_file(tmp_path, rows))
    (row,) = good(table)
    assert dict(row.values) == {"source_id": "B1", "caller_name": "李某", "phone": "15400000001", "title": "停水", "text": "停水两天"}
    assert (row.number, row.line) == (1, 3)


def test_a_column_twice_is_told_and_nothing_is_lost(tmp_path: Path) -> None:
    rows = [["电话", "内容", "电话", "详情"], ["", "停水", "15400000002", "从昨天起"], ["15400000001", "停电", "15400000002", "停电"]]
    table = read(csv_file(tmp_path, rows))
    first, second = good(table)
    assert (first["phone"], first["text"]) == ("15400000002", "停水\n从昨天起")
    assert (second["phone"], second["text"]) == ("15400000001", "停电")
    assert {note[0] for note in table.notes} == {
        "「电话」(第 1 列)、「电话」(第 3 列) 是同一项，取第一个有内容的",
        "「内容」(第 2 列)、「详情」(第 4 列) 是同一项，都读",
    }


def test_a_repeated_header_between_the_rows_is_refused(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [HEADER, GOOD, HEADER, GOOD]))
    assert [row.number for row in good(table)] == [1, 3]


def test_no_text_column_names_what_is_there_and_what_would_do(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        read(csv_file(tmp_path, [["编号", "诉求内客", "来电"], ["1", "停水", "x"]]))
    assert refused.value.zh == (
        "in.csv: 找不到诉求内容一列；第 1 行的表头是：编号、诉求内客、来电；可用的表头：内容、诉求内容、投诉件内容、text，或 标题 + 详情；"
        "「诉求内客」若就是它，请改名为「诉求内容」，或在 config.yaml 的 import_headers 里写上这份文件的叫法"
    )
    assert refused.value.text("en").startswith("in.csv: no column holds the request text; the headers in row 1 are: 编号、诉求内客、来电")


def test_the_columns_wanted_may_be_others(tmp_path: Path) -> None:
    table = read(csv_file(tmp_path, [["text", "label"], ["停水", "供水"]]), columns={"text": ("text",), "label": ("label",)})
    assert dict(good(table)[0].values) == {"text": "停水", "label": "供水"}
