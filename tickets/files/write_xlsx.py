"""Writes a workbook of one sheet, its header frozen and filterable; no cell can become a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from tickets.files.safe_cells import safe

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (10, 60)  # of a column, in characters
Line = Sequence[object]


def workbook(name: str, titles: Sequence[str], lines: Iterable[Line]) -> bytes:
    """The bytes of a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = name[:31]
    sheet.append([_cell(title) for title in titles])
    widths = [len(title) * 2 for title in titles]
    for line in lines:
        cells = [_cell(cell) for cell in line]
        widths = [max(width, len(str(cell)) * 2) for width, cell in zip(widths, cells, strict=True)]
        sheet.append(cells)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, width in enumerate(widths):
        sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(width + 2, WIDTHS[0]), WIDTHS[1])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: object) -> object:
    return safe(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value
