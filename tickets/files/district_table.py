"""Reads one CSV of a district into lines of named cells, and says what is wrong with the file itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine import suggest
from tickets.files.district_faults import Fault

# Columns of each file; a name with "?" may be left out, a cell with "*" in COLUMNS_EMPTY may be blank.
COLUMNS: dict[str, tuple[str, ...]] = {
    "areas.csv": ("name", "level", "parent?", "aliases?"),
    "units.csv": ("address", "kind", "superior?", "receiving_post?"),
    "posts.csv": ("unit", "post", "role?", "receiving?", "area?"),
    "people.csv": ("code", "name", "phone"),
    "holdings.csv": ("unit", "post", "person", "rank?"),
    "shifts.csv": ("unit", "post", "person", "weekdays", "from", "to"),
    "absences.csv": ("person", "from", "to", "reason?"),
    "services.csv": ("area", "role", "unit"),
}
OPTIONAL_FILES = ("shifts.csv", "absences.csv", "services.csv")  # a small district may have none of these
NOT_NAMES = ("code", "phone", "rank", "weekdays", "from", "to", "aliases", "receiving", "person", "reason")
MISSPELT = 75  # of 100: a column as like another as this is that one misspelt, not a column of the office's own
LONGEST_CELL = 1000  # characters; aliases are the longest list
MOST_BYTES = 50_000_000
CHINESE = {
    "名称": "name", "姓名": "name", "级别": "level", "层级": "level", "上级区域": "parent", "别名": "aliases",
    "地址": "address", "单位": "unit", "类型": "kind", "上级": "superior", "接收岗位": "receiving_post", "岗位": "post", "角色": "role",
    "接收": "receiving", "区域": "area", "工号": "code", "电话": "phone", "手机": "phone", "人员": "person", "次序": "rank",
    "星期": "weekdays", "开始": "from", "结束": "to", "事由": "reason",
}  # fmt: skip


@dataclass(frozen=True)
class Cells:
    """One line: its number in the file and its cells by column, trimmed; an optional column that is not there reads ""."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")


def nearest(word: str, names: Iterable[str]) -> tuple[str, str]:
    """The tail of a sentence, Chinese and English, that offers the right name nearest to `word`; empty when none is near."""
    found = suggest.nearest(word, list(names))
    return ("", "") if found is None else (f"；最接近的是「{found}」", f"; nearest: {found}")


def read_table(folder: Path, file: str, faults: list[Fault]) -> list[Cells]:
    """The lines of `file` in `folder`; what is wrong is added to `faults`, and lines that cannot be used are left out."""
    path = folder / file
    if not path.is_file():
        if file not in OPTIONAL_FILES:
            faults.append(Fault(file, 1, f"没有这个文件，请把它放进 {folder.name}/", f"the file is missing: put it into {folder.name}/"))
        return []
    raw = path.read_bytes()
    text = _decode(file, raw, faults)
    if text is None:
        return []
    if not text.strip():
        faults.append(Fault(file, 1, "文件是空的，至少要有表头", "the file is empty: it needs at least a header"))
        return []
    return _lines(file, text, faults)


def _decode(file: str, raw: bytes, faults: list[Fault]) -> str | None:
    if len(raw) > MOST_BYTES:
        faults.append(Fault(file, 1, f"文件超过 {MOST_BYTES // 1_000_000} MB", f"the file is larger than {MOST_BYTES // 1_000_000} MB"))
        return None
    reached = 0
    for encoding in ("utf-8-sig", "gb18030"):  # a BOM decides, then UTF-8, then GB18030; detectors guess wrong
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            reached = max(reached, error.start)
            continue
        if "\x00" not in text:
            return text
        reached = max(reached, raw.find(b"\x00"))
    line = raw.count(b"\n", 0, reached) + 1
    zh = f"第 {line} 行起既不是 UTF-8 也不是 GB18030 文本，请另存为 CSV UTF-8"
    faults.append(Fault(file, 1, zh, f"from line {line} on neither UTF-8 nor GB18030 text: save it as CSV UTF-8"))
    return None


def _lines(file: str, text: str, faults: list[Fault]) -> list[Cells]:
    csv.field_size_limit(max(csv.field_size_limit(), MOST_BYTES))  # a huge cell is told as one fault, not as a file that is no CSV
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[Cells] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            here, line = line, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not header:
                header = [CHINESE.get(name, name.lower()) for name in cells]
                if not _header_fits(file, here, header, faults):
                    return []
                continue
            if len(cells) > len(header) and any(cells[len(header) :]):
                faults.append(Fault(file, here, f"有 {len(cells)} 格，表头只有 {len(header)} 列", f"{len(cells)} cells under {len(header)} columns"))
                continue
            found = Cells(here, dict(zip(header, cells, strict=False)))
            if _cells_fit(file, found, faults):
                rows.append(found)
    except csv.Error as error:
        faults.append(Fault(file, line, f"不是合法的 CSV：{error}", f"not CSV: {error}"))
        return []
    if not rows and file not in OPTIONAL_FILES and not any(fault.file == file for fault in faults):
        faults.append(Fault(file, 1, "只有表头，没有一行内容", "only a header, no line"))
    return rows


def _header_fits(file: str, line: int, header: list[str], faults: list[Fault]) -> bool:
    wanted = COLUMNS[file]
    missing = [column for column in wanted if not column.endswith("?") and column not in header]
    for column in missing:
        zh, en = nearest(column, [name for name in header if name not in {known.rstrip("?") for known in wanted}])
        faults.append(Fault(file, line, f"缺少列「{column}」{zh}", f"the column {column} is missing{en}"))
    absent = [column.rstrip("?") for column in wanted if column.endswith("?") and column.rstrip("?") not in header]
    meant = [
        (name, near) for name in header if name not in {known.rstrip("?") for known in wanted} and (near := suggest.nearest(name, absent, MISSPELT)) is not None
    ]
    for name, near in meant if not missing else ():  # a misspelt optional column would be left out without a word
        faults.append(Fault(file, line, f"没有「{name}」这一列；最接近的是「{near}」", f"there is no column {name}; nearest: {near}"))
    double = {name for name in header if name and header.count(name) > 1}
    for name in sorted(double):
        faults.append(Fault(file, line, f"列「{name}」出现了两次", f"the column {name} appears twice"))
    return not missing and not double and not meant


def _cells_fit(file: str, cells: Cells, faults: list[Fault]) -> bool:
    before = len(faults)
    for wanted in COLUMNS[file]:
        column = wanted.rstrip("?")
        value = cells[column]
        if not value and column == wanted:
            faults.append(Fault(file, cells.line, f"「{column}」没有填写", f"{column} is blank"))
        elif len(value) > LONGEST_CELL:
            faults.append(Fault(file, cells.line, f"「{column}」超过 {LONGEST_CELL} 个字", f"{column} is longer than {LONGEST_CELL} characters"))
        elif column not in NOT_NAMES and re.fullmatch(r"[\d.,+\-/ ]+", value):
            faults.append(Fault(file, cells.line, f"「{column}」应是名称，却是数字「{value}」", f"{column} should be a name, not the number {value}"))
        elif any(ord(char) < 32 for char in value):
            faults.append(Fault(file, cells.line, f"「{column}」里有换行或控制字符", f"{column} holds a line break or control character"))
    return len(faults) == before
