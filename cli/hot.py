"""hot: the hot issues of a file of appeals, ranked, with place, people, span and words."""

from __future__ import annotations

import argparse
import csv
import sys
from datetime import datetime
from pathlib import Path

from cli.out_file import opened, out_path
from cli.progress import bar
from insights.hot import WINDOW, Read, Stream
from insights.hot_grow import at_once
from insights.hot_report import Issue, Told, ranked
from insights.hot_words import pairs
from tickets.domain.times import local
from tickets.files.dates import read_time
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused, RowRefused
from tickets.files.safe_cells import safe
from wiring.settings import load

COLUMNS = {
    "text": ("text", "内容", "诉求内容", "投诉件内容"),
    "title": ("title", "标题", "主题", "留言主题"),
    "detail": ("detail", "详情", "details", "留言详情"),
    "time": ("time", "时间", "来电时间", "留言时间", "created"),
    "who": ("phone", "电话", "来电电话", "联系电话", "手机", "user", "caller", "用户", "来电人", "留言用户"),
    "address": ("address", "地址", "区域", "事发地址"),
}
LEAST = 5
LONGEST = 1_000_000  # characters of a cell
SHOWN = 30  # rows of the printed table
DAY = 86_400.0


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "热点问题：把说同一件事的诉求归到一起，按人数排名 (hot issues: appeals about the same matter together, ranked by people)"
    hot = commands.add_parser("hot", help=about, description=about)
    hot.add_argument("file", metavar="FILE", help="CSV 或 XLSX，有内容和时间两列 (CSV or XLSX with text and time)")
    hot.add_argument("--out", metavar="OUT.csv", required=True, help="结果文件：row,issue (where the result goes)")
    hot.add_argument("--window", metavar="DAYS", type=_days, default=WINDOW, help=f"沉寂多少天后不再归入，默认 {WINDOW} (days of silence that end an issue)")
    hot.add_argument("--min", metavar="N", dest="least", type=_least, default=LEAST, help=f"至少多少件才算热点，默认 {LEAST} (appeals that make an issue)")
    hot.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when done, 2 when the file cannot be used, said in one sentence."""
    settings = load()
    try:
        out = out_path(args.out, Path(args.file))
        table = read(Path(args.file), Limits(settings.import_megabytes, settings.import_rows, LONGEST), columns=COLUMNS, needed=("text", "title", "detail"))
        if "time" not in table.header.places:
            raise FileRefused(f"{table.path.name}: 没有时间列，热点要看先后；请加一列「时间」", f"{table.path.name}: no column of times: add one called time")
        told, refused = _told(table)
        if not told:
            raise FileRefused(
                f"{table.path.name}: 没有一行既有内容又有时间，请核对这两列", f"{table.path.name}: no row has both text and time: check these columns"
            )
        stream = _formed(told, args.window, args.lang)
        issues = ranked(stream, told, args.least)
        _write(out, table.total, issues)
    except FileRefused as wrong:
        print(wrong.text(args.lang), file=sys.stderr)
        return 2
    for bad in refused:
        print(f"{table.path.name}: {bad.text(args.lang)}", file=sys.stderr)
    _print(issues, len(told), args.least, args.lang)
    return 0


def _told(table: Table) -> tuple[list[Told], list[BadRow]]:
    told, refused = [], []
    for row in table.rows():
        if isinstance(row, BadRow):
            refused.append(row)
            continue
        try:
            told.append(_one(row))
        except RowRefused as why:
            refused.append(BadRow(row.number, row.line, why.zh, why.en))
    return told, refused


def _one(row: Row) -> Told:
    title, text = row["title"], row["detail"] or row["text"]
    if not (title or text):
        raise RowRefused("没有内容", "has no text")
    at = read_time(row["time"])
    if at is None:
        raise RowRefused("没有时间，不能判断先后", "has no time")
    return Told(row.number, at, title, f"{row['address']}，{text}" if row["address"] else text, row["who"])


def _formed(told: list[Told], window: float, lang: str) -> Stream:
    reads = [Read(one.key, one.at.timestamp() / DAY, pairs(one.title, one.text)) for one in told]
    with bar("聚合" if lang == "zh" else "forming") as drawn:
        return at_once(reads, window, lambda done: drawn(done, len(reads)))


def _write(out: Path, total: int, issues: tuple[Issue, ...]) -> None:
    """One line a row; the issue is its rank, blank for a row in none."""
    rank = {key: place for place, one in enumerate(issues, 1) for key in one.members}
    with opened(out, encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["row", "issue"])
        sheet.writerows([row, rank.get(row, "")] for row in range(1, total + 1))


def _print(issues: tuple[Issue, ...], read_rows: int, least: int, lang: str) -> None:
    if not issues:
        print(f"{read_rows:,} appeals, no issue of {least} or more" if lang == "en" else f"{read_rows:,} 件诉求，没有达到 {least} 件的热点")
        return
    held = sum(one.size for one in issues)
    print(
        f"{read_rows:,} appeals, {len(issues):,} hot issues hold {held:,} of them"
        if lang == "en"
        else f"{read_rows:,} 件诉求，{len(issues):,} 个热点问题，共 {held:,} 件"
    )
    print("rank\tpeople\tappeals\trepeats\tspan\tplace\twords" if lang == "en" else "名次\t人数\t件数\t本人重复\t起止\t地点\t关键词")
    for place, one in enumerate(issues[:SHOWN], 1):
        span = f"{_date(one.first)}–{_date(one.last)}"
        print(f"{place}\t{one.people}\t{one.size}\t{one.repeats}\t{span}\t{safe(one.place) or '—'}\t{safe('、'.join(one.words)) or '—'}")
    if len(issues) > SHOWN:
        rest = len(issues) - SHOWN
        print(f"and {rest:,} more" if lang == "en" else f"另有 {rest:,} 个")


def _date(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d}"


def _days(word: str) -> float:
    try:
        days = float(word)
    except ValueError:
        days = -1.0
    if not 1 <= days <= 3650:
        raise argparse.ArgumentTypeError("天数要在 1 到 3650 之间 (between 1 and 3650 days)")
    return days


def _least(word: str) -> int:
    if not word.isdecimal() or not 2 <= int(word) <= 10_000:
        raise argparse.ArgumentTypeError("件数要在 2 到 10000 之间 (between 2 and 10000)")
    return int(word)
