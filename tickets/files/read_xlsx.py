"""Reads the rows of an Excel workbook one by one, within limits that a bomb cannot pass."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.workbook import Workbook

from tickets.files.read_csv import CHUNK, Record
from tickets.files.refused import FileRefused

UNPACKED = 4  # times the file's own limit: what the parts of a workbook may take together
MOST_PARTS = 5_000
MOST_COLUMNS = 128  # read of each row; a made-up cell in column XFD costs nothing
MOST_ROWS = 1_048_576  # of a sheet, by Excel's own limit
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
Rows = Iterator[tuple[int, tuple[object, ...]]]
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Formula:
    """A cell whose formula was saved without its result."""

    text: str


def check_parts(path: Path, megabytes: int) -> bool:
    """Looks at the parts without unpacking them: FileRefused for a broken file, a bomb, or a part that names outside entities.

    Answers whether a sheet holds formulas.
    """
    most = megabytes * UNPACKED
    try:
        with ZipFile(path) as parts:
            listed = parts.infolist()
            if sum(part.file_size for part in listed) > most * 1_000_000 or len(listed) > MOST_PARTS:
                raise FileRefused(
                    f"{path.name}: 解开后超过 {most} MB，可能是压缩炸弹；请分成几个文件，或另存为 CSV",
                    f"{path.name}: unpacks to more than {most} MB: split it, or save it as CSV",
                )
            if any(b"<!DOCTYPE" in parts.open(part).read(4096).upper() for part in listed if part.filename.endswith((".xml", ".rels"))):
                raise FileRefused(
                    f"{path.name}: 含有外部实体声明，正常的工作簿没有；请从原系统重新导出", f"{path.name}: declares outside entities: export it again"
                )
            return any(_holds(parts, part.filename, b"<f") for part in listed if part.filename.startswith("xl/worksheets/"))
    except (BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise _broken(path, error) from error


def _holds(parts: ZipFile, name: str, mark: bytes) -> bool:
    tail = b""
    with parts.open(name) as part:
        while chunk := part.read(CHUNK):
            if mark + b">" in (whole := tail + chunk) or mark + b" " in whole:
                return True
            tail = chunk[-8:]
    return False


def sheets(path: Path) -> tuple[str, ...]:
    """The names of the sheets with cells, in order."""
    with _Book(path, values=True) as book:
        return tuple(sheet.title for sheet in book.worksheets)


def records(path: Path, sheet: str, formulas: bool) -> Iterator[Record]:
    """Every row of the sheet that is not blank; `line` is its number there. FileRefused when the workbook turns out to be broken."""
    with ExitStack() as stack:
        rows = _rows(path, stack.enter_context(_Book(path, values=True)), sheet)
        if formulas:
            rows = _with_formulas(rows, _rows(path, stack.enter_context(_Book(path, values=False)), sheet))
        for line, row in rows:
            if row.count(None) < len(row):  # said first, and in C: a gap of a million rows passes in a moment
                yield Record(line, row)


def _with_formulas(found: Rows, written: Rows) -> Rows:
    for (line, row), (_, asked) in zip(found, written, strict=True):
        yield line, tuple(_result(value, formula) for value, formula in zip_longest(row, asked))


def _result(value: object, formula: object) -> object:
    """The value a cell shows; where the program that wrote the file stored none, the formula itself."""
    return Formula(formula) if value is None and isinstance(formula, str) and formula.startswith("=") else value


def _rows(path: Path, book: Workbook, sheet: str) -> Rows:
    worksheet = book[sheet]
    worksheet.reset_dimensions()  # the size a file claims may be too small, or billions of cells
    rows = worksheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    line = 0
    while True:
        try:
            row = next(rows, None)
        except Exception as error:  # whatever openpyxl meets in a broken or made-up sheet
            raise _broken(path, error) from error
        if row is None:
            return
        line += 1
        if line > MOST_ROWS:
            raise FileRefused(f"{path.name}: 「{sheet}」超过 {MOST_ROWS:,} 行，Excel 没有这么多行", f"{path.name}: {sheet} has more than {MOST_ROWS:,} rows")
        yield line, row


class _Book:
    """An open workbook that is closed again, whatever happens."""

    def __init__(self, path: Path, *, values: bool) -> None:
        self._path, self._values = path, values

    def __enter__(self) -> Workbook:
        self._file = self._path.open("rb")
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")  # unknown extensions, dates out of range: said per row
        try:
            self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=self._values)
        except Exception as error:  # whatever openpyxl meets in a broken or made-up workbook
            self._file.close()
            raise _broken(self._path, error) from error
        return self._book

    def __exit__(self, *_: object) -> None:
        self._book.close()
        self._file.close()


def _broken(path: Path, error: Exception) -> FileRefused:
    return FileRefused(
        f"{path.name}: 不是能读的 XLSX 工作簿（{type(error).__name__}），请用 Excel 打开后另存为 .xlsx 或 CSV",
        f"{path.name}: not a readable XLSX workbook ({type(error).__name__}): open it in Excel and save it as .xlsx or CSV",
    )
