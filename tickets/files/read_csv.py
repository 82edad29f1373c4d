"""Reads the records of a CSV one by one, in whatever encoding and with whatever separator it was saved; flat memory."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from tickets.files.refused import FileRefused

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 16
LONGEST_RECORD = 4_000_000  # characters held in memory at once; a longer record is passed over, not kept
SEPARATORS = ",;\t"
ENDS = ("\n", "\r")


@dataclass(frozen=True)
class Record:
    """One record of a table: its cells, or (with `zh`) why it could not be read. `line` is where it begins, from 1."""

    line: int
    cells: tuple[object, ...]
    zh: str = ""
    en: str = ""


def encoding_of(path: Path) -> str:
    """A byte-order mark decides, then UTF-8, then GB18030, each strictly over the whole file: detectors guess wrong. FileRefused for neither."""
    with path.open("rb") as file:
        head = file.read(4)
    marked = next((name for mark, name in BOMS if head.startswith(mark)), None)
    reached = 0
    for name in (marked,) if marked else ("utf-8", "gb18030"):
        line = _broken_at(path, name)
        if line == 0:
            return name
        reached = max(reached, line)
    raise FileRefused(
        f"{path.name}:{reached}: 从这一行起既不是 UTF-8 也不是 GB18030 文本，请用 Excel 另存为「CSV UTF-8」",
        f"{path.name}:{reached}: from this line on neither UTF-8 nor GB18030 text: save it as CSV UTF-8",
    )


def _broken_at(path: Path, name: str) -> int:
    """0 when the whole file is of that encoding, else the first line that is not."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    line = 1
    with path.open("rb") as file:
        while True:
            chunk = file.read(CHUNK)
            try:
                line += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
            if not chunk:
                return 0


def records(path: Path, encoding: str, separator: str) -> Iterator[Record]:
    """Every record, blank lines left out. A cell whose quotes do not pair costs its own line alone: reading goes on at the next line."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_RECORD * 2))
    lines = _Lines(path, encoding)
    try:
        while (first := lines.next()) is not None:
            if first.strip("\r\n"):
                yield _record(lines, first, separator)
    finally:
        lines.close()


def _record(lines: _Lines, first: str, separator: str) -> Record:
    begin, held, size, broken = lines.number, [first], len(first), False
    last, inside = first, _open_after(first, separator, inside=False)
    while inside or not last.endswith(ENDS):
        piece = lines.next()
        if piece is None:
            broken = inside
            break
        size += len(piece)
        if size <= LONGEST_RECORD:
            held.append(piece)
        broken = inside and _badly_closed(piece, separator)
        if broken:
            break
        last, inside = piece, _open_after(piece, separator, inside=inside)
    if broken:
        lines.back_to(begin, held[1:] if size <= LONGEST_RECORD else None)
        return Record(begin, (), "引号没有配对，请给这一格补上或去掉引号", "a quote is not closed: close or remove it")
    if size > LONGEST_RECORD:
        return Record(begin, (), f"这一行超过 {LONGEST_RECORD:,} 个字符，请核对是否贴错了内容", f"the row has more than {LONGEST_RECORD:,} characters")
    return Record(begin, tuple(next(csv.reader(held, delimiter=separator))))


def _open_after(line: str, separator: str, *, inside: bool) -> bool:
    """Whether a quoted cell is still open at the end of the line."""
    place = 0
    while (place := line.find('"', place)) >= 0:
        if inside and line[place + 1 : place + 2] == '"':
            place += 1  # a doubled quote is a quote within the cell
        elif inside:
            inside = False
        elif place == 0 or line[place - 1] == separator:
            inside = True
        place += 1
    return inside


def _badly_closed(line: str, separator: str) -> bool:
    """Whether the quote that ends a cell of several lines is followed by something else than the next cell: then it was meant to open one."""
    place = 0
    while (place := line.find('"', place)) >= 0:
        if line[place + 1 : place + 2] != '"':
            return line[place + 1 : place + 2] not in (separator, "\r", "\n", "")
        place += 2
    return False


class _Lines:
    """The physical lines of a file, and a way back. A line beyond LONGEST_RECORD comes in pieces; only the last of them has the line's end."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._path, self._encoding = path, encoding
        self._file: TextIO = self._open()
        self._again: deque[str] = deque()
        self._begins = True
        self.number = 0

    def _open(self) -> TextIO:
        return self._path.open(encoding=self._encoding, newline="")

    def next(self) -> str | None:
        """The next line or piece of one; None at the end."""
        piece = self._again.popleft() if self._again else self._file.readline(LONGEST_RECORD)
        if not piece:
            return None
        self.number += self._begins
        self._begins = piece.endswith(ENDS)
        return piece

    def back_to(self, number: int, held: list[str] | None) -> None:
        """Goes on after line `number`: from memory when the pieces since are held, else from the file."""
        if held is not None:
            self._again.extendleft(reversed(held))
        else:
            self._file.close()
            self._file, self._again = self._open(), deque()
            self.number, self._begins = 0, True
            while (self.number < number or not self._begins) and self.next() is not None:
                pass
        self.number, self._begins = number, True

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
