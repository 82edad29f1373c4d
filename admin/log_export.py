"""The filtered log as a workbook: who exported it, when and by which filters stands in its first lines and beneath every printed page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from tickets.domain.times import local
from tickets.files.safe_cells import safe
from tickets.store.evaluation_log import Entry

MOST = 10_000  # rows; a workbook of more opens slowly and is no longer read
WIDTHS = (22, 17, 14, 10, 68, 34, 16, 10, 12, 10)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(entries: Iterable[Entry], marks: Sequence[str], heads: Sequence[str], row: Callable[[Entry], Sequence[object]]) -> bytes:
    """The bytes of an XLSX file. `marks` are the lines above the table (who, when, filters, what was left out), `heads` its columns."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("判定日志")
    for number, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJ"[number]].width = width
    sheet.oddFooter.center.text = " ".join(marks[:1]).replace("&", "＆")[:200]  # & begins a code in a footer
    sheet.freeze_panes = f"A{len(marks) + 2}"
    for mark in marks:
        sheet.append([_cell(sheet, mark, italic=True)])
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for entry in entries:
        sheet.append([safe(_clean(value)) for value in row(entry)])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def local_millis(entry: Entry) -> str:
    """2026-11-23 09:34:30.377 on the district's clock."""
    return local(entry.at).strftime("%Y-%m-%d %H:%M:%S.") + f"{entry.at.microsecond // 1000:03d}"


def _cell(sheet: WriteOnlyWorksheet, text: str, *, bold: bool = False, italic: bool = False) -> Cell:
    cell = WriteOnlyCell(sheet, value=str(safe(_clean(text))))
    cell.font = Font(bold=bold, italic=italic)
    return cell


def _clean(value: object) -> object:
    """Without the control characters that a workbook cannot hold."""
    return "".join(letter for letter in value if letter.isprintable()) if isinstance(value, str) else value
