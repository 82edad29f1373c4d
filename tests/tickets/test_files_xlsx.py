"""Workbooks as offices keep them, and as an attacker would make them."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.tickets.work_orders import GOOD, HEADER, bad, good, repacked, rows_of, shared_strings, xlsx_file
from tickets.files.dates import read_time
from tickets.files.read_table import Limits, read
from tickets.files.refused import FileRefused

SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_reads_like_a_csv(tmp_path: Path) -> None:
    table = read(xlsx_file(tmp_path, [HEADER, GOOD]))
    (row,) = good(table)
    assert (table.kind, row.number, row.line) == ("XLSX", 1, 2)
    assert [row[column] for column in ("source_id", "title", "text", "time", "address", "phone")] == GOOD


def test_a_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path: Path) -> None:
    assert good(read(xlsx_file(tmp_path, [HEADER, GOOD], name="in.csv")))[0]["source_id"] == "B1"


def test_merged_titles_and_two_row_headers(tmp_path: Path) -> None:
    rows = [
        ["示范区工单汇总表", None, None, None],
        ["工单编号", "诉求人", None, "诉求内容"],
        [None, "姓名", "电话", None],
        ["B1", "李某", 15400000001, "停水两天"],
    ]
    table = read(xlsx_file(tmp_path, rows, merged=("A1:D1", "A2:A3", "B2:C2", "D2:D3")))
    (row,) = good(table)
    assert dict(row.values) == {"source_id": "B1", "caller_name": "李某", "phone": "15400000001", "text": "停水两天"}
    assert (table.header_line, row.number, row.line) == (2, 1, 4)


def test_numbers_dates_and_booleans_become_text(tmp_path: Path) -> None:
    rows = [["编号", "内容", "时间"], [20261122001, True, datetime(2026, 11, 22, 8, 10)], [1.5, "停水", date(2026, 11, 22)], ["3", 7.0, 46348.340277777777]]  # noqa: DTZ001
    found = good(read(xlsx_file(tmp_path, rows)))
    assert [(row["source_id"], row["text"]) for row in found] == [("20261122001", "是"), ("1.5", "停水"), ("3", "7")]
    assert [str(read_time(row["time"])) for row in found] == ["2026-11-22 00:10:00+00:00", "2026-11-21 16:00:00+00:00", "2026-11-22 00:10:00+00:00"]


def test_an_id_that_lost_its_digits_as_a_number_is_refused(tmp_path: Path) -> None:
    found = rows_of(xlsx_file(tmp_path, [["编号", "内容"], [202611220000000123, "停水"], ["202611220000000124", "停水"]]))
    assert [row["source_id"] for row in good(found)] == ["202611220000000124"]
    assert "设为文本" in bad(found)[0].zh


def test_the_first_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    table = read(xlsx_file(tmp_path, [], [["说明"], ["本表每日更新"]], [HEADER, GOOD], [HEADER, GOOD, GOOD]))
    assert (table.sheet, table.total) == ("Sheet2", 1)


def test_an_empty_workbook_and_one_without_a_header_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="工作簿是空的"):
        read(xlsx_file(tmp_path, [], []))
    with pytest.raises(FileRefused, match="第 2 行的表头是：甲、乙"):
        read(xlsx_file(tmp_path, [["说明"], ["甲", "乙"], ["1", "2"]]))
    with pytest.raises(FileRefused, match="只有表头"):
        read(xlsx_file(tmp_path, [HEADER]))


def test_a_formula_gives_its_stored_value_and_one_without_is_refused(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [["编号", "内容"], ["B1", "=A2&A3"], ["B2", '="停"&"水"'], ["B3", "停水"]])
    repacked(file, SHEET, b"<f>A2&amp;A3</f><v />", b"<f>A2&amp;A3</f><v>99</v>")
    found = rows_of(file)
    assert [(row["source_id"], row["text"]) for row in good(found)] == [("B1", "99"), ("B3", "停水")]
    assert bad(found)[0].zh == "「内容」是公式而文件里没有存它的结果，请在 Excel 里打开并保存一次"


def test_a_spreadsheet_error_costs_its_row_alone(tmp_path: Path) -> None:
    found = rows_of(xlsx_file(tmp_path, [["编号", "内容"], ["B1", "#REF!"], ["B2", "停水"]]))
    assert [row["source_id"] for row in good(found)] == ["B2"]
    assert "#REF!" in bad(found)[0].zh


def test_blank_rows_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    found = rows_of(xlsx_file(tmp_path, [HEADER, GOOD, [None] * 6, ["B2", *GOOD[1:]], [" "]]))
    assert [(row.number, row.line) for row in good(found)] == [(1, 2), (3, 4)]
    assert [(row.number, row.zh) for row in bad(found)] == [(2, "这一行是空的")]


def test_a_megabyte_in_one_cell_costs_that_row_alone(tmp_path: Path) -> None:
    file = shared_strings(xlsx_file(tmp_path, [HEADER, GOOD, ["B2", "长", "换我", *GOOD[3:]], ["B3", *GOOD[1:]]]))
    repacked(file, "xl/sharedStrings.xml", "换我".encode(), ("水" * 1_000_000).encode())
    found = rows_of(file)
    assert [row["source_id"] for row in good(found)] == ["B1", "B3"]
    assert bad(found)[0].zh.startswith("「内容」有 1,000,000 个字符")


def test_a_small_file_that_claims_billions_of_cells_is_read_in_a_moment(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEADER, GOOD])
    repacked(file, SHEET, b'<dimension ref="A1:F2" />', b'<dimension ref="A1:XFD1048576" />')
    repacked(file, SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>')
    assert file.stat().st_size < 8_000
    began = time.thread_time()
    found = rows_of(file)
    assert time.thread_time() - began < 20
    assert [row["source_id"] for row in good(found)] == ["B1"]


def test_a_size_claimed_too_small_loses_no_row(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEADER, GOOD, ["B2", *GOOD[1:]]])
    repacked(file, SHEET, b'<dimension ref="A1:F3" />', b'<dimension ref="A1:A1" />')
    assert [row["source_id"] for row in good(rows_of(file))] == ["B1", "B2"]


def test_a_row_numbered_beyond_any_sheet_is_refused(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEADER, GOOD])
    repacked(file, SHEET, b"</sheetData>", b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>')
    with pytest.raises(FileRefused, match="1,048,576"):
        read(file)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [HEADER, GOOD])
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/zeros.bin", b"\0" * 5_000_000)
    assert file.stat().st_size < 20_000
    with pytest.raises(FileRefused, match="压缩炸弹"):
        read(file, Limits(megabytes=1))


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_outside_entities_are_refused_and_never_read(tmp_path: Path, part: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    file = shared_strings(xlsx_file(tmp_path, [HEADER, GOOD]))
    hostile = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><worksheet>&e;</worksheet>'
    with pytest.raises(FileRefused, match="外部实体") as refused:
        read(repacked(file, part, b"", hostile.encode()))
    assert "机密" not in str(refused.value)
    with pytest.raises(FileRefused):  # hidden from the first look by another encoding
        read(repacked(file, part, b"", f'<?xml version="1.0" encoding="UTF-16"?>{hostile}'.encode("utf-16")))


@pytest.mark.parametrize("cut", [30, 200, 2000, -40])
def test_a_damaged_workbook_is_refused_in_a_sentence(tmp_path: Path, cut: int) -> None:
    file = xlsx_file(tmp_path, [HEADER, GOOD])
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(FileRefused, match="XLSX") as refused:
        read(file)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "sheet",
    [b"<worksheet><sheetData><row r='1'><c r='!!1'><v>1</v></c></row>", b"no xml at all", b"<worksheet><sheetData><row r='x'/></sheetData></worksheet>"],
)
def test_a_sheet_that_is_no_sheet_is_refused_in_a_sentence(tmp_path: Path, sheet: bytes) -> None:
    with pytest.raises(FileRefused):
        read(repacked(xlsx_file(tmp_path, [HEADER, GOOD]), SHEET, b"", sheet))


def test_another_zip_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w") as parts:
        parts.writestr("readme.txt", "hello")
    with pytest.raises(FileRefused, match="XLSX"):
        read(tmp_path / "in.xlsx")
