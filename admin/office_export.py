"""A list of the back office as a file: CSV that Excel opens in Chinese, or XLSX; no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response

from tickets.domain.times import local
from tickets.files.safe_cells import safe
from tickets.files.write_xlsx import XLSX, Line, workbook

BOM = "\ufeff"  # without it Excel reads UTF-8 as the system's own encoding


def as_csv(name: str, titles: Sequence[str], lines: Iterable[Line], at: datetime) -> Response:
    """UTF-8 with a BOM, CRLF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe(title) for title in titles])
    writer.writerows([safe(cell) for cell in line] for line in lines)
    return _sent(out.getvalue().encode("utf-8-sig"), f"{name}-{_day(at)}.csv", "text/csv; charset=utf-8")


def as_xlsx(name: str, titles: Sequence[str], lines: Iterable[Line], at: datetime) -> Response:
    """One sheet, its header frozen and filterable."""
    return _sent(workbook(name, titles, lines), f"{name}-{_day(at)}.xlsx", XLSX)


def _day(at: datetime) -> str:
    return local(at).strftime("%Y%m%d")


def _sent(content: bytes, file: str, kind: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=file)
    return answer
