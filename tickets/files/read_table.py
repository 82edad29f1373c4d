"""Reads a CSV or XLSX file of work orders row by row: finds its encoding, its header and its columns, and gives every bad row its sentence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from pathlib import Path

from tickets.files import columns as col
from tickets.files import read_csv, read_xlsx
from tickets.files.read_csv import Record
from tickets.files.refused import BadRow, FileRefused, RowRefused

EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number; an ID stored as a longer one has lost its end
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")
BLANK_RUN = 200  # blank rows in the middle are told one by one; a longer gap is no part of the table and is passed over


@dataclass(frozen=True)
class Limits:
    """What a file may have at most: megabytes on disk, data rows, characters in a cell."""

    megabytes: int = 50
    rows: int = 100_000
    cell: int = 20_000


@dataclass(frozen=True)
class Row:
    """A row that could be read: its values by our column, trimmed text, "" where blank. `number` counts data rows from 1, `line` is its place."""

    number: int
    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


@dataclass(frozen=True)
class Table:
    """A file that can be read. `total` is the number of data rows, bad ones included; `notes` are (Chinese, English) remarks on the columns.

    `rows()` reads them anew each time, in order. `kind` says in words what the file turned out to be; `digest` is its SHA-256 (hex).
    """

    path: Path
    kind: str
    sheet: str
    header: col.Header
    header_line: int
    total: int
    notes: tuple[tuple[str, str], ...]
    digest: str
    rows: Callable[[], Iterator[Row | BadRow]]


def read(
    path: Path,
    limits: Limits | None = None,
    more_headers: Mapping[str, Sequence[str]] | None = None,
    *,
    columns: Mapping[str, Sequence[str]] = col.WORK_ORDER,
    needed: Sequence[str] = ("text", "title"),
) -> Table:
    """Opens a CSV or XLSX file, told apart by its first bytes, and reads it through once, so that nothing breaks half-way.

    `columns` are the columns wanted with the headers they go by, `more_headers` config.yaml's own; one of `needed` must be there.
    Raises FileRefused, one sentence, when the file as a whole cannot be used.
    """
    most = limits or Limits()
    words = col.known(more_headers or {}, columns)
    head = _head(path, most)
    source = _workbook(path, most, words, needed) if head.startswith(read_xlsx.ZIP) else _text(path, words, needed)
    reader = _Reader(source, most)
    total = sum(1 for _ in reader.rows(count_only=True))
    if total > most.rows:
        raise FileRefused(
            f"{path.name}: 超过 {most.rows:,} 行，请分成几个文件（上限见 config.yaml 的 import_rows）",
            f"{path.name}: more than {most.rows:,} rows: split it (config.yaml, import_rows)",
        )
    if total == 0:
        raise FileRefused(f"{path.name}: 只有表头，没有一行内容", f"{path.name}: only a header, no row")
    return Table(path, source.kind, source.sheet, source.header, source.header_line, total, col.doubles(source.header), _digest(path), reader.rows)


@dataclass(frozen=True)
class _Source:
    kind: str
    sheet: str
    header: col.Header
    header_line: int
    header_end: int
    records: Callable[[], Iterator[Record]]
    is_text: bool  # in text a cell beyond the header means that cells have moved; in a sheet blank rows show as a gap between the lines


def _head(path: Path, most: Limits) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        why = {FileNotFoundError: ("没有这个文件", "no such file"), IsADirectoryError: ("是文件夹，不是文件", "is a folder")}
        zh, en = why.get(type(error), ("打不开这个文件", "cannot be opened"))
        raise FileRefused(f"{path}: {zh}，请核对路径", f"{path}: {en}: check the path") from None
    if size == 0 or not head.strip():
        raise FileRefused(f"{path.name}: 文件是空的", f"{path.name}: the file is empty")
    if size > most.megabytes * 1_000_000:
        raise FileRefused(f"{path.name}: 超过 {most.megabytes} MB，请分成几个文件", f"{path.name}: larger than {most.megabytes} MB: split it")
    if head.startswith(read_xlsx.OLD_EXCEL):
        raise FileRefused(
            f"{path.name}: 是旧版 .xls 或加了密码的工作簿，请另存为不加密的 .xlsx", f"{path.name}: an old .xls or encrypted workbook: save it as a plain .xlsx"
        )
    return head


def _text(path: Path, words: Mapping[str, tuple[str, int]], needed: Sequence[str]) -> _Source:
    encoding = read_csv.encoding_of(path)
    tops = {mark: list(islice(read_csv.records(path, encoding, mark), col.HEADER_WITHIN)) for mark in read_csv.SEPARATORS}
    found = {mark: col.find([_words(record) for record in top], words, needed) for mark, top in tops.items()}
    # the separator under which most columns are known; of none, the one that parts the most cells
    mark = max(tops, key=lambda one: (_score(found[one]), max((len(record.cells) for record in tops[one]), default=0)))
    top, header = tops[mark], found[mark]
    if not top:
        raise FileRefused(f"{path.name}: 文件是空的", f"{path.name}: the file is empty")
    if any("\x00" in cell for record in top[:1] for cell in _words(record)):
        raise FileRefused(f"{path.name}: 是二进制文件或没有标记的 UTF-16，请另存为 CSV UTF-8", f"{path.name}: binary or unmarked UTF-16: save it as CSV UTF-8")
    if header is None:
        raise col.nothing_found(path.name, [_words(record) for record in top], words)
    kind = f"CSV · {encoding.upper().removesuffix('-SIG')} · {'制表符 tab' if mark == chr(9) else mark}"
    skip = header.at + header.rows
    return _Source(kind, "", header, *_lines(header, top), lambda: islice(read_csv.records(path, encoding, mark), skip, None), is_text=True)


def _lines(header: col.Header, top: Sequence[Record]) -> tuple[int, int]:
    """The first and the last line of the header."""
    return top[header.at].line, top[header.at + header.rows - 1].line


def _score(header: col.Header | None) -> int:
    return 0 if header is None else sum(map(len, header.places.values()))


def _workbook(path: Path, most: Limits, words: Mapping[str, tuple[str, int]], needed: Sequence[str]) -> _Source:
    formulas = read_xlsx.check_parts(path, most.megabytes)
    first: list[list[str]] = []
    for sheet in read_xlsx.sheets(path):
        top = list(islice(read_xlsx.records(path, sheet, formulas), col.HEADER_WITHIN))
        header = col.find([_words(record) for record in top], words, needed)
        if header is not None:
            again = partial(_below, path, sheet, formulas, header.at + header.rows)
            return _Source("XLSX", sheet, header, *_lines(header, top), again, is_text=False)
        first = first or [_words(record) for record in top]
    if not first:
        raise FileRefused(f"{path.name}: 工作簿是空的，没有一张表有内容", f"{path.name}: the workbook is empty")
    raise col.nothing_found(path.name, first, words)


def _below(path: Path, sheet: str, formulas: bool, skip: int) -> Iterator[Record]:
    return islice(read_xlsx.records(path, sheet, formulas), skip, None)


def _words(record: Record) -> list[str]:
    return [str(cell).strip()[:200] if cell is not None else "" for cell in record.cells]


@dataclass(frozen=True)
class _Reader:
    source: _Source
    most: Limits

    def rows(self, count_only: bool = False) -> Iterator[Row | BadRow]:
        """Every data row; blank ones at the end are left out. With `count_only` cells are not looked at, and reading stops beyond the limit."""
        number, torn, last = 0, False, self.source.header_end
        blanks: list[int] = []
        for record in self.source.records():
            if not self.source.is_text:
                blanks += range(last + 1, min(record.line, last + BLANK_RUN + 2))
            last = record.line
            if not record.zh and not any(cell is not None and str(cell).strip() for cell in record.cells):
                blanks += [last] * (len(blanks) <= BLANK_RUN)
                continue
            for line in blanks if len(blanks) <= BLANK_RUN else ():
                number += 1
                yield BadRow(number, line, "这一行是空的", "the row is blank")
            blanks = []
            number += 1
            torn = bool(record.zh) or (torn and len(record.cells) < self.source.header.width)
            if torn and not record.zh:  # what follows a broken quote may be the rest of that cell, and no appeal
                yield BadRow(
                    number,
                    record.line,
                    "缺了几列，像是上一处没有配对的引号的后半句",
                    "too few cells: it looks like the rest of the cell whose quote is not closed",
                )
                continue
            yield BadRow(number, record.line, "", "") if count_only else self._row(number, record)
            if count_only and number > self.most.rows:
                return

    def _row(self, number: int, record: Record) -> Row | BadRow:
        header = self.source.header
        try:
            if record.zh:
                raise RowRefused(record.zh, record.en)
            extra = [cell for cell in record.cells[header.width :] if cell not in (None, "")]
            if extra and self.source.is_text:
                raise RowRefused(
                    f"有 {len(record.cells)} 格，表头只有 {header.width} 列；内容里有分隔符时请用引号括起来",
                    f"{len(record.cells)} cells under {header.width} columns: put text that holds the separator into quotes",
                )
            values = {column: self._value(column, places, record.cells) for column, places in header.places.items()}
        except RowRefused as refused:
            return BadRow(number, record.line, refused.zh, refused.en)
        if all(not value or col.plain(value) == col.plain(header.names[header.places[column][0]]) for column, value in values.items()) and any(values.values()):
            return BadRow(number, record.line, "这一行是重复的表头", "the row repeats the header")
        return Row(number, record.line, values)

    def _value(self, column: str, places: Sequence[int], cells: Sequence[object]) -> str:
        filled = [(place, cells[place]) for place in places if place < len(cells) and cells[place] not in (None, "")]
        found = [text for place, cell in filled if (text := self._cell(self.source.header.names[place], column, cell))]
        return "\n".join(dict.fromkeys(found)) if column == "text" else next(iter(found), "")

    def _cell(self, name: str, column: str, cell: object) -> str:
        if isinstance(cell, read_xlsx.Formula):
            raise RowRefused(
                f"「{name}」是公式而文件里没有存它的结果，请在 Excel 里打开并保存一次",
                f"{name} is a formula stored without its result: open and save it in Excel",
            )
        text = _plain(cell).strip()
        if "\x00" in text:
            raise RowRefused(f"「{name}」里有无法保存的字符（NUL），请删去", f"{name} holds a NUL character: remove it")
        if len(text) > self.most.cell:
            raise RowRefused(
                f"「{name}」有 {len(text):,} 个字符，最多 {self.most.cell:,}；请核对是否贴错了内容",
                f"{name} has {len(text):,} characters, at most {self.most.cell:,}",
            )
        if text in ERRORS and not self.source.is_text:
            raise RowRefused(f"「{name}」是 Excel 的错误值 {text}，请改正公式", f"{name} is the spreadsheet error {text}: correct the formula")
        if column == "source_id" and isinstance(cell, int | float) and abs(cell) >= EXACT:
            raise RowRefused(
                f"「{name}」存成了数字，十五位以后的数已丢失；请把这一列设为文本再导出",
                f"{name} was stored as a number and has lost its last digits: export the column as text",
            )
        return text


def _plain(cell: object) -> str:
    """A cell of a sheet as text: whole numbers without .0, times in ISO."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else f"{cell:.10f}".rstrip("0")
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
