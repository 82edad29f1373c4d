"""Work-order files for tests: real CSV bytes and real XLSX workbooks."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow

HEADER = ["工单编号", "标题", "内容", "时间", "地址", "电话"]
GOOD = ["B1", "单元门坏了", "单元门关不上", "2026-11-22 08:10", "花园小区", "15400000001"]


def csv_file(folder: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", separator: str = ",", name: str = "in.csv") -> Path:
    """The rows as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    file = folder / name
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def xlsx_file(folder: Path, *sheets: Sequence[Sequence[object]], merged: Sequence[str] = (), name: str = "in.xlsx") -> Path:
    """Each list of rows as a sheet of one workbook; `merged` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        for cells in merged if number == 0 else ():
            sheet.merge_cells(cells)
    book.save(folder / name)
    return folder / name


def repacked(file: Path, part: str, old: bytes, new: bytes) -> Path:
    """The same workbook with `old` replaced in one of its parts; `old` empty replaces the whole part."""
    with zipfile.ZipFile(file) as source:
        parts = {info.filename: source.read(info) for info in source.infolist()}
    assert old in parts[part]
    parts[part] = new if not old else parts[part].replace(old, new)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return file


def shared_strings(file: Path) -> Path:
    """The same workbook with its texts in a part of their own, as Excel itself saves them."""
    with zipfile.ZipFile(file) as source:
        parts = {info.filename: source.read(info).decode() for info in source.infolist()}
    texts: list[str] = []

    def number(found: re.Match[str]) -> str:
        texts.append(found[1])
        return f't="s"><v>{len(texts) - 1}</v>'

    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(r't="inlineStr"><is><t>(.*?)</t></is>', number, parts[sheet])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return file


def rows_of(file: Path, limits: Limits | None = None) -> list[Row | BadRow]:
    """Every row of the file."""
    return list(read(file, limits).rows())


def good(found: Sequence[Row | BadRow] | Table) -> list[Row]:
    """The rows that could be read."""
    return [row for row in (found.rows() if isinstance(found, Table) else found) if isinstance(row, Row)]


def bad(found: Sequence[Row | BadRow] | Table) -> list[BadRow]:
    """The rows that were refused."""
    return [row for row in (found.rows() if isinstance(found, Table) else found) if isinstance(row, BadRow)]
