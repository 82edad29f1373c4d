"""Finds the header of a table and which column means what, however the district's other system calls it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.suggest import nearest
from tickets.files.refused import FileRefused, HeaderMissing

# Our columns and what files call them, the surest name first. COMMANDS: text, or title + detail.
WORK_ORDER: dict[str, tuple[str, ...]] = {
    "text": ("text", "诉求内容", "投诉件内容", "内容", "content", "detail", "详情"),
    "title": ("title", "标题", "主题", "诉求标题"),
    "source_id": ("source_id", "工单编号", "编号", "工单号"),
    "time": ("time", "时间", "来电时间"),
    "address": ("address", "地址", "区域"),
    "phone": ("phone", "电话", "来电电话", "手机"),
    "category": ("category", "类别", "诉求类型"),
    "kind": ("kind", "诉求性质", "性质"),
    "caller_name": ("caller_name", "姓名", "诉求人", "来电人"),
}
ALSO = {"detail": "text"}  # in config.yaml `detail` may be named apart; both are read as the text
HEADER_WITHIN = 15  # rows from the top in which a header is looked for: titles, print dates and notes stand above it
SHOWN = 12
OFFERED = "内容、诉求内容、投诉件内容、text，或 标题 + 详情"


@dataclass(frozen=True)
class Header:
    """Which columns were found. `places` gives each of our columns its places in the row (from 0), the surest first; `rows` is how many
    rows the header takes, `at` the first of them (from 0)."""

    at: int
    rows: int
    names: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @property
    def width(self) -> int:
        """How many columns the table has, unnamed ones at the end not counted."""
        return max((place + 1 for place, name in enumerate(self.names) if name), default=0)


def plain(header: str) -> str:
    """A header as it is compared: half-width, lower case, no blanks, no 「(必填)」 or 「*」 beside it."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", header)).lower()
    return re.sub(r"\([^()]*\)$", "", text).strip("*:;,.#\ufeff") or text


def known(more: Mapping[str, Sequence[str]], columns: Mapping[str, Sequence[str]] = WORK_ORDER) -> dict[str, tuple[str, int]]:
    """Plain header -> (our column, how sure: 0 is surest), config.yaml's `import_headers` added. FileRefused for a column we do not have."""
    found: dict[str, tuple[str, int]] = {}
    for column, headers in columns.items():
        for rank, header in enumerate(headers):
            found.setdefault(plain(header), (column, rank))
    for name, headers in more.items():
        column = ALSO.get(name, name)
        if column not in columns:
            near = nearest(name, list(columns)) or "、".join(columns)
            raise FileRefused(
                f"config.yaml: import_headers: 没有「{name}」这一列，应是 {near}", f"config.yaml: import_headers: no column {name}; did you mean {near}?"
            )
        for rank, header in enumerate(headers):
            found[plain(header)] = (column, len(columns[column]) + rank)
    return found


def find(rows: Sequence[Sequence[str]], words: Mapping[str, tuple[str, int]], needed: Sequence[str] = ("text", "title")) -> Header | None:
    """The header among the first rows: the one row, or two rows of merged cells, with the most known columns; None when no row has one of `needed`."""
    best: tuple[int, int, int] = (0, 0, 0)
    header: Header | None = None
    for at in range(min(len(rows), HEADER_WITHIN)):
        for height in (1, 2):
            names = _names(rows[at : at + height]) if at + height <= len(rows) else ()
            places = _places(names, words)
            score = (sum(map(len, places.values())), -height, -at)
            if score > best and any(column in places for column in needed):
                best, header = score, Header(at, height, names, places)
    return header


def _names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """One name a column: of two rows the lower one, and where that is blank (merged downward) the upper one."""
    width = max((len(row) for row in rows), default=0)
    cells = [[row[place].strip() if place < len(row) else "" for row in rows] for place in range(width)]
    return tuple(next((cell for cell in reversed(column) if cell), "") for column in cells)


def _places(names: Sequence[str], words: Mapping[str, tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for place, name in enumerate(names):
        if plain(name) in words:
            column, rank = words[plain(name)]
            found.setdefault(column, []).append((rank, place))
    return {column: tuple(place for _, place in sorted(ranked)) for column, ranked in found.items()}


def doubles(header: Header) -> tuple[tuple[str, str], ...]:
    """A sentence (Chinese, English) for each of our columns that the file has twice."""
    out = []
    for column, places in header.places.items():
        if len(places) < 2:
            continue
        names = "、".join(f"「{header.names[place]}」(第 {place + 1} 列)" for place in sorted(places))
        how = ("都读", "all of them are read") if column == "text" else ("取第一个有内容的", "the first that is filled counts")
        out.append((f"{names} 是同一项，{how[0]}", f"columns {', '.join(str(place + 1) for place in sorted(places))} all mean {column}: {how[1]}"))
    return tuple(out)


def nothing_found(where: str, rows: Sequence[Sequence[str]], words: Mapping[str, tuple[str, int]]) -> FileRefused:
    """Why no header would do: the headers the file seems to have, and the ones that would."""
    at, row = max(enumerate(rows[:HEADER_WITHIN]), key=lambda pair: (len(_places(pair[1], words)), min(sum(map(bool, pair[1])), 2), -pair[0]))
    names = [cell.strip()[:30] for cell in row if cell.strip()]
    shown = "、".join(names[:SHOWN]) + (f" 等 {len(names)} 个" if len(names) > SHOWN else "")
    texts = [header for header, (column, _) in words.items() if column == "text"]
    near = next(((name, match) for name in names if (match := nearest(plain(name), texts)) is not None), None)
    zh, en = ("", "") if near is None else (f"；「{near[0]}」若就是它，请改名为「{near[1]}」", f"; if {near[0]} is the one, rename it to {near[1]}")
    return HeaderMissing(
        f"{where}: 找不到诉求内容一列；第 {at + 1} 行的表头是：{shown}；可用的表头：{OFFERED}{zh}，或在 config.yaml 的 import_headers 里写上这份文件的叫法",
        f"{where}: no column holds the request text; the headers in row {at + 1} are: {shown}; use text, or title + detail{en}, or name yours in "
        "config.yaml under import_headers",
        tuple(names),
    )
