"""Knowledge entries from a sheet: one row an entry, each bad row with its sentence, the good ones ready to be written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.suggest import nearest
from tickets.domain.times import local
from tickets.files.dates import read_time
from tickets.files.read_table import Limits, Row, read
from tickets.files.refused import BadRow, RowRefused
from tickets.store.knowledge import Wanted

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "编号"),
    "title": ("title", "标题", "问题", "事项"),
    "answer": ("answer", "答复", "答案", "内容", "解答"),
    "category": ("category", "类别"),
    "words": ("words", "检索词", "关键词"),
    "basis": ("basis", "依据", "政策依据"),
    "unit": ("unit", "责任单位", "单位"),
    "valid_until": ("valid_until", "有效期至", "有效期"),
}
TITLES = ("编号", "标题", "答复", "类别", "检索词", "依据", "责任单位", "有效期至")
LIMITS = Limits(megabytes=5, rows=5_000, cell=4_000)
LONGEST = {"code": 20, "title": 120, "answer": 2_000, "category": 60, "words": 300, "basis": 200, "unit": 120}
CALLED = {"code": "编号", "title": "标题", "answer": "答复", "category": "类别", "words": "检索词", "basis": "依据", "unit": "责任单位"}
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
FOREVER = ("长期", "长期有效", "永久", "-", "—")


@dataclass(frozen=True)
class Sheet:
    """What a file holds: entries to write, rows refused, and the number of both."""

    wanted: tuple[Wanted, ...]
    refused: tuple[BadRow, ...]
    total: int


def read_file(path: Path, categories: Collection[str], units: Collection[str]) -> Sheet:
    """Reads a CSV or XLSX file; FileRefused when it cannot be used as a whole. `categories` and `units` are the names there are."""
    table = read(path, LIMITS, columns=COLUMNS, needed=("title",))
    wanted: list[Wanted] = []
    refused: list[BadRow] = []
    seen: dict[str, int] = {}
    for row in table.rows():
        if isinstance(row, BadRow):
            refused.append(row)
            continue
        try:
            one = _entry(row, categories, units)
            for key in filter(None, (one.code, one.title)):
                if key in seen:
                    raise RowRefused(f"与第 {seen[key]} 行是同一条", f"the same entry as in row {seen[key]}")
                seen[key] = row.line
            wanted.append(one)
        except RowRefused as wrong:
            refused.append(BadRow(row.number, row.line, wrong.zh, wrong.en))
    return Sheet(tuple(wanted), tuple(refused), table.total)


def until(written: str) -> datetime | None:
    """The moment from which an entry no longer holds, of the last day on which it does; None for none. Aware. RowRefused for no date."""
    if not written.strip() or written.strip() in FOREVER:
        return None
    at = read_time(written)
    if at is None:
        return None
    here = local(at)
    return at + timedelta(days=1) if (here.hour, here.minute, here.second) == (0, 0, 0) else at


def plain(text: str, name: str) -> str:
    """A cell as it may be kept: lines trimmed, blank ones gone; RowRefused when it is too long or holds what nobody can see."""
    lines = [line.strip() for line in text.replace("\r", "\n").split("\n")]
    whole = ("\n" if name == "answer" else " ").join(line for line in lines if line)
    if len(whole) > LONGEST[name]:
        raise RowRefused(f"{CALLED[name]}有 {len(whole):,} 个字，最多 {LONGEST[name]:,}", f"{name} has {len(whole):,} characters, at most {LONGEST[name]:,}")
    if not whole.replace("\n", "").isprintable():
        raise RowRefused(f"{CALLED[name]}里有看不见的字符，请删去", f"{name} holds an invisible character: remove it")
    return whole


def _entry(row: Row, categories: Collection[str], units: Collection[str]) -> Wanted:
    cells = {name: plain(row[name], name) for name in LONGEST}
    cells["code"] = cells["code"].removeprefix("'")  # an export's own guard
    for name in ("title", "answer"):
        if not cells[name]:
            raise RowRefused(f"没有{CALLED[name]}", f"no {name}")
    if cells["code"] and not CODE.match(cells["code"]):
        raise RowRefused(f"编号「{cells['code']}」只能用字母、数字和短横线", f"the code {cells['code']} may hold letters, digits and dashes only")
    _known(cells["category"], categories, "类别", "category", "目录里没有", "not in the catalogue")
    _known(cells["unit"], units, "责任单位", "unit", "名录里没有", "not in the directory")
    at = until(row["valid_until"])
    return Wanted(**cells, valid_until=None if at is None else at.replace(tzinfo=None))


def _known(word: str, names: Collection[str], zh: str, en: str, no_zh: str, no_en: str) -> None:
    if word and word not in names:
        near = nearest(word, names)
        raise RowRefused(
            f"{zh}「{word}」{no_zh}" + (f"，是不是「{near}」" if near else ""), f"{en} {word} is {no_en}" + (f": did you mean {near}?" if near else "")
        )
