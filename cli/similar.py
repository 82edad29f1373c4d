"""similar FILE --text T: past appeals of anybody's file that are like some words, scored and explained."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cli.progress import track
from insights.similar_file import FoundRow, Past, in_rows, places_of
from tickets.domain.mask import in_text
from tickets.domain.times import local, stored
from tickets.files.columns import WORK_ORDER
from tickets.files.dates import read_time
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused, RowRefused
from tickets.files.safe_cells import safe
from tickets.store.names import aliases_from_database
from wiring.names import current_names, database_ready
from wiring.settings import Settings, load

COLUMNS = {name: WORK_ORDER[name] for name in ("text", "title", "time", "address")}
LONGEST = 1_000_000  # characters of a cell, as for the library
SHOWN, EXCERPT = 10, 60


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "一诉多办：文件里与一段话相似的以往诉求，附分数和理由 (similar past appeals of a file, scored and explained)"
    command = commands.add_parser("similar", help=about, description=about)
    command.add_argument("file", metavar="FILE", help="CSV 或 XLSX；UTF-8、GB18030 或带 BOM 的 UTF-16 (CSV or XLSX)")
    command.add_argument("--text", metavar="T", required=True, help="诉求的话 (the words of the appeal)")
    command.add_argument("--area", metavar="A", default="", help="地点，如小区、村居；名录里没有的按字面找 (a place: estate, village)")
    command.add_argument("--days", metavar="N", help="只看最近 N 天，从文件里最新的一行往前数 (only the last N days before the newest row)")
    command.add_argument("--most", metavar="N", default=str(SHOWN), help=f"最多列几件，默认 {SHOWN} (how many at most)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the file was searched, something found or not; 2 when the call or the file will not do."""
    try:
        text, days, most = args.text.strip(), _number("--days", args.days), _number("--most", args.most)
        if not text:
            raise FileRefused("--text: 没有内容，请写诉求的话，如 --text 水管爆裂", "--text: nothing in it: write the words of the appeal")
        settings = load()
        table = read(Path(args.file), Limits(settings.import_megabytes, settings.import_rows, LONGEST), settings.import_headers, columns=_columns(settings))
        past, undated = _past(table, args.lang)
        past = _recent(past, days, table)
        found = in_rows(text, past, _places(settings, args.area.strip()), most or SHOWN)
    except FileRefused as refused:
        print(refused.text(args.lang), file=sys.stderr)
        return 2
    _print(found, len(past), undated, args.lang)
    return 0


def _columns(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Those read here, and every other a mapping of config.yaml may speak of."""
    return {**COLUMNS, **{name: WORK_ORDER[name] for name in settings.import_headers if name in WORK_ORDER}}


def _number(option: str, given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 100_000):
        raise FileRefused(f"{option} {given}: 应是 1 到 99999 的整数", f"{option} {given}: should be a whole number from 1 to 99999")
    return int(given)


def _past(table: Table, lang: str) -> tuple[list[Past], int]:
    """The readable rows, and how many of them have no time; what cannot be read is told on stderr."""
    past, undated = [], 0
    for row in track(table.rows(), table.total, "读取" if lang == "zh" else "read"):
        if isinstance(row, BadRow):
            print(f"{table.path.name}: {row.text(lang)}", file=sys.stderr)
            continue
        at = _time(row, table, lang)
        undated += at is None
        past.append(Past(row.number, row["title"], row["text"], row["address"], at))
    if not past:
        raise FileRefused(f"{table.path.name}: 没有一行能读", f"{table.path.name}: no row can be read")
    return past, undated


def _time(row: Row, table: Table, lang: str) -> datetime | None:
    try:
        at = read_time(row["time"])
        return None if at is None else stored(at)
    except RowRefused as refused:
        where = f"第 {row.line} 行：{refused.zh}，按没有时间对待" if lang == "zh" else f"line {row.line}: {refused.en}; taken as without a time"
        print(f"{table.path.name}: {where}", file=sys.stderr)
        return None


def _recent(past: list[Past], days: int | None, table: Table) -> list[Past]:
    if days is None:
        return past
    newest = max((one.at for one in past if one.at is not None), default=None)
    if newest is None:
        raise FileRefused(f"--days: {table.path.name} 里没有一行有时间，去掉 --days 再试", f"--days: no row of {table.path.name} has a time: leave it out")
    return [one for one in past if one.at is not None and one.at >= newest - timedelta(days=days)]


def _places(settings: Settings, area: str) -> tuple[tuple[str, tuple[float, str]], ...]:
    if not area:
        return ()
    names = current_names(settings)
    return places_of(area, names.areas, aliases_from_database() if database_ready(settings) else ())


def _print(found: Sequence[FoundRow], rows: int, undated: int, lang: str) -> None:
    if not found:
        print(f"{rows:,} rows searched, nothing like it" if lang == "en" else f"查了 {rows:,} 行，没有相似的诉求")
        return
    print("row\tscore\tdate\tdays\tplace\twords\ttext" if lang == "en" else "行\t分\t日期\t几天前\t地点\t相同的话\t内容")
    for one in found:
        past = one.one
        day = "" if past.at is None else f"{local(past.at):%Y-%m-%d}"
        text = " ".join(f"{past.title} {past.text}".split())
        words = " ".join(one.words)
        cells = (past.row, f"{one.parts.whole:.1f}", day, "" if one.days is None else one.days, one.parts.place, safe(words), safe(in_text(text)[:EXCERPT]))
        print("\t".join(map(str, cells)))
    tail = f"，其中 {undated:,} 行没有时间" if undated else ""
    print(f"{len(found)} of {rows:,} rows" if lang == "en" else f"查了 {rows:,} 行{tail}，列出最相似的 {len(found)} 件")
