"""派单目录 as a sheet: one row a category, written so that reading it back unchanged changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.suggest import nearest
from tickets.files.read_table import Limits, Row, read
from tickets.files.refused import BadRow, FileRefused, HeaderMissing
from tickets.files.safe_cells import STARTS, safe

TITLES = ("一级类别", "上级类别", "类别", "关键词", "归口", "部门专属", "样例")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "top": ("一级类别",),
    "above": ("上级类别",),
    "name": ("类别", "category", "末级类别"),
    "keywords": ("关键词", "keywords"),
    "section": ("归口", "归口科室", "section"),
    "reserved": ("部门专属", "reserved"),
    "samples": ("样例", "samples"),
}
LIMITS = Limits(megabytes=5, rows=5_000, cell=10_000)
YES, NO = ("是", "1", "yes", "true", "y", "department"), ("否", "", "0", "no", "false", "n")
MOST_KEYWORDS, LONGEST_KEYWORD, MOST_SAMPLES, LONGEST_SAMPLE = 300, 40, 50, 500
LINE = "\n"


@dataclass(frozen=True)
class Leaf:
    """A last category. `path` leads to it in `file`; `section` and `reserved` count what is inherited, `own_…` what is written there."""

    file: str
    path: tuple[str | int, ...]
    name: str
    above: tuple[str, ...]
    keywords: tuple[str, ...]
    samples: tuple[str, ...]
    section: str
    reserved: bool
    own_section: bool
    own_reserved: bool


@dataclass(frozen=True)
class Wanted:
    """What a row asks of a leaf; None: the file has no such column, it stays as it is."""

    keywords: tuple[str, ...] | None = None
    section: str | None = None
    reserved: bool | None = None
    samples: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Imported:
    """What a file asks for: by name of the leaf, and the rows refused with their sentences."""

    wanted: Mapping[str, Wanted]
    refused: tuple[BadRow, ...]
    total: int


class CellWrong(Exception):
    """What one row asks for cannot be; one sentence in Chinese and in English."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.zh, self.en = zh, en


def cells(leaf: Leaf) -> tuple[str, ...]:
    """The row of a leaf, in the order of TITLES. Keywords are parted by 、, and by line breaks where one of them holds a 、."""
    mark = LINE if any("、" in word for word in leaf.keywords) else "、"
    return (
        leaf.above[0] if leaf.above else "",
        leaf.above[-1] if len(leaf.above) > 1 else "",
        leaf.name,
        mark.join(leaf.keywords),
        leaf.section,
        "是" if leaf.reserved else "否",
        LINE.join(leaf.samples),
    )


def read_file(path: Path, leaves: Iterable[Leaf], sections: Iterable[str], grassroots: frozenset[str]) -> Imported:
    """Reads a CSV or XLSX of the catalogue against the leaves there are. FileRefused when the file as a whole cannot be used.

    A cell that is as `cells` wrote it asks for nothing, whatever marks its words hold.
    """
    try:
        table = read(path, LIMITS, columns=COLUMNS, needed=("name",))
    except HeaderMissing:
        raise FileRefused(
            f"{path.name}: 找不到“类别”一列；请先导出目录，在导出的表里改，表头不要动",
            f"{path.name}: there is no column 类别 (category): export the catalogue and edit that file, its header untouched",
        ) from None
    by_name, known = {leaf.name: leaf for leaf in leaves}, tuple(sections)
    wanted: dict[str, Wanted] = {}
    refused: list[BadRow] = []
    for row in table.rows():
        if isinstance(row, BadRow):
            refused.append(row)
            continue
        try:
            name, asked = _row(row, by_name, known, grassroots, tuple(table.header.places))
            if name in wanted:
                raise CellWrong(f"类别“{name}”在文件里出现了两次，只用第一行", f"the category {name} stands in the file twice; the first row counts")
            wanted[name] = asked
        except CellWrong as wrong:
            refused.append(BadRow(row.number, row.line, wrong.zh, wrong.en))
    return Imported(wanted, tuple(refused), table.total)


def _row(row: Row, leaves: Mapping[str, Leaf], sections: Sequence[str], grassroots: frozenset[str], given: tuple[str, ...]) -> tuple[str, Wanted]:
    name = _bare(row["name"])
    leaf = leaves.get(name)
    if leaf is None:
        near = nearest(name, list(leaves))
        zh = f"目录里没有末级类别“{name[:30]}”" + (f"；最接近的是“{near}”" if near else "") + "；新增类别请在规则工作台的目录文件里加"
        raise CellWrong(zh, f"no such category: {name[:30]}" + (f"; nearest: {near}" if near else "") + "; add new ones in the workbench")
    before = dict(zip(COLUMNS, cells(leaf), strict=True))
    new = {column for column in given if row[column] != str(safe(before[column])).strip() and row[column] != before[column].strip()}
    section = _bare(row["section"]) if "section" in new else None
    reserved = _yes(row["reserved"]) if "reserved" in new else None
    if section is not None or reserved is not None:
        check_place(leaf, section, reserved, sections, grassroots)
    return name, Wanted(
        keywords=keywords(split_words(row["keywords"])) if "keywords" in new else None,
        section=section if section != leaf.section else None,
        reserved=reserved if reserved != leaf.reserved else None,
        samples=samples(row["samples"].splitlines()) if "samples" in new else None,
    )


def check_place(leaf: Leaf, section: str | None, reserved: bool | None, sections: Sequence[str], grassroots: frozenset[str]) -> None:
    """Refuses a section that does not exist, and department-only work at the grassroots; the sentences are for a clerk."""
    to = leaf.section if section is None else section
    if section is not None and section not in sections:
        near = nearest(section, sections)
        raise CellWrong(
            f"“{leaf.name}”的归口“{section[:40]}”不在名录里" + (f"；最接近的是“{near}”" if near else ""),
            f"there is no section {section[:40]} in the directory" + (f"; nearest: {near}" if near else ""),
        )
    held = leaf.reserved if reserved is None else reserved
    if held and to in grassroots:
        raise CellWrong(
            f"“{leaf.name}”是部门专属事项，不能归口到基层“{to}”（国办函〔2025〕66号）",
            f"{leaf.name} is for departments alone and cannot go to the grassroots ({to})",
        )
    if reserved is False and leaf.reserved and not leaf.own_reserved:
        raise CellWrong(f"“{leaf.name}”的部门专属是上级类别定的，请改上级类别", f"{leaf.name} inherits being reserved: change the category above it")


def keywords(given: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, none twice; refused when one is too long or there are too many."""
    return _words(given, MOST_KEYWORDS, LONGEST_KEYWORD, ("关键词", "keywords"))


def samples(given: Iterable[str]) -> tuple[str, ...]:
    """The same for samples, one a line."""
    return _words(given, MOST_SAMPLES, LONGEST_SAMPLE, ("样例", "samples"))


def _words(given: Iterable[str], most: int, longest: int, what: tuple[str, str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(word for part in given if (word := _bare(part))))
    if len(found) > most:
        raise CellWrong(f"{what[0]}有 {len(found)} 个，最多 {most} 个", f"{len(found)} {what[1]}, at most {most}")
    for word in found:
        if len(word) > longest:
            raise CellWrong(f"{what[0]}“{word[:20]}…”超过 {longest} 个字，是不是少了分隔的“、”", f"{word[:20]}… is longer than {longest} characters")
        if not word.isprintable():
            raise CellWrong(f"{what[0]}“{word[:20]}”里有看不见的字符", f"{word[:20]} holds characters nobody can see")
    return found


def split_words(cell: str) -> list[str]:
    """Keywords as people part them: by lines where there are any, else by 、 , ; in either width."""
    return cell.splitlines() if LINE in cell else re.split("[、，,;；]", cell)


def _bare(word: str) -> str:
    """Without the ' that an export puts before what could be a formula."""
    word = word.strip()
    return word[1:] if word.startswith("'") and word[1:].startswith(STARTS) else word


def _yes(word: str) -> bool:
    if word.lower() in YES:
        return True
    if word.lower() in NO:
        return False
    raise CellWrong(f"“部门专属”只能写 是 或 否，不能是“{word[:20]}”", f"reserved is yes or no, not {word[:20]}")
