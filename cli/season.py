"""season FILE --out OUT.csv: which categories have a season ahead, from anybody's file of times and categories."""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from cli.out_file import opened, out_path
from cli.progress import track
from engine.calendar import Calendar
from insights.season import Outlook, because, outlooks
from insights.season_calendar import YearShape
from insights.season_peaks import LEAST_YEARS
from insights.season_weeks import TooLong, Weekly, weekly
from tickets.domain.times import local
from tickets.files.read_table import Limits, Table, read
from tickets.files.refused import BadRow, FileRefused, HeaderMissing, RowRefused
from tickets.files.safe_cells import safe
from tickets.files.slash_dates import TimeColumn
from wiring.settings import PROJECT, load

HEADERS: dict[str, tuple[str, ...]] = {
    "time": ("time", "时间", "来电时间", "诉求时间", "登记时间", "受理时间", "日期", "date", "created"),
    "category": ("category", "类别", "诉求类别", "诉求类型", "label", "标签", "type"),
}
OUT = ("category", "peak_start", "peak_end", "expected", "low", "high", "usual", "years", "because")
LIMITS = Limits(megabytes=2_000, rows=5_000_000, cell=1_000_000)
SAID = 5  # refused rows that are told one by one
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    about = "季节预测：每个类别未来一年的高峰，写成 CSV (seasons: each category's peaks in the year ahead)"
    more = f"OUT: {','.join(OUT)}。件数都是整个高峰期的合计；区间含十之八九 (figures are of the whole peak; the interval holds nine of ten)"
    season = commands.add_parser("season", help=about, description=f"{about}。{more}")
    season.add_argument("file", metavar="FILE", help="CSV 或 XLSX，有时间和类别两列 (CSV or XLSX with a time and a category)")
    season.add_argument("--out", metavar="OUT.csv", required=True, help="结果文件 (where the result goes)")
    season.add_argument(
        "--as-of", metavar="DATE", help="站在哪一天看，只用此前的记录；默认是文件最后一天之后 (the day to stand on; default: after the file's last day)"
    )
    season.add_argument("--time-column", metavar="NAME", help="时间一列的表头 (header of the time)")
    season.add_argument("--category-column", metavar="NAME", help="类别一列的表头 (header of the category)")
    season.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the peaks are written, 2 when the file cannot be used, said in one sentence."""
    try:
        as_of = _as_of(args.as_of)
        out = out_path(args.out, Path(args.file))
        table = _table(args)
        counts = _counts(table, args.lang)
        laid, asked = _laid(table, counts, as_of), as_of
    except FileRefused as refused:
        print(refused.text(args.lang), file=sys.stderr)
        return 2
    home = load().rules / "calendar"
    year = YearShape.of(Calendar.load([home if home.is_dir() else PROJECT / "rules" / "calendar"]).data)
    found = list(track(outlooks(laid, year), len(laid.names), "预测" if args.lang == "zh" else "forecast"))
    with opened(out, encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(OUT)
        for one in found:
            sheet.writerows(_rows(one, year, args.lang))
    _say(found, laid, asked, out, args.lang)
    return 0


def _as_of(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        if _DAY.fullmatch(written.strip()):
            return date.fromisoformat(written.strip())
    except ValueError:
        pass  # looks like a day, but no calendar has it
    raise FileRefused(f"--as-of {written}: 不是日期，请写成 2026-11-23", f"--as-of {written}: no date: write it like 2026-11-23")


def _table(args: argparse.Namespace) -> Table:
    named = {"time": args.time_column, "category": args.category_column}
    columns = {column: (named[column],) if named[column] else headers for column, headers in HEADERS.items()}
    name = Path(args.file).name
    try:
        table = read(Path(args.file), LIMITS, columns=columns, needed=tuple(columns))
    except HeaderMissing as missing:
        shown = "、".join(missing.headers[:12])
        raise FileRefused(
            f"{name}: 找不到时间和类别两列；表头是：{shown}；请用 --time-column 和 --category-column 写上这份文件的叫法",
            f"{name}: no column of times and categories; the headers are: {shown}; name yours with --time-column and --category-column",
        ) from None
    for column, zh, option in (("time", "时间", "--time-column"), ("category", "类别", "--category-column")):
        if column not in table.header.places:
            shown = "、".join(part for part in table.header.names if part)[:200]
            raise FileRefused(
                f"{name}: 找不到{zh}一列；表头是：{shown}；请用 {option} 写上这份文件的叫法",
                f"{name}: no column of {column}; the headers are: {shown}; name yours with {option}",
            )
    return table


def _counts(table: Table, lang: str) -> dict[str, Counter[date]]:
    """Appeals per category and local day. Rows without a readable time or a category are told and left out; FileRefused when none is left."""
    counts: dict[str, Counter[date]] = defaultdict(Counter)
    refused: list[BadRow] = []
    times = TimeColumn(row["time"] for row in table.rows() if not isinstance(row, BadRow))
    for row in track(table.rows(), table.total, "读取" if lang == "zh" else "read"):
        if isinstance(row, BadRow):
            refused.append(row)
            continue
        try:
            at = times.read(row["time"])
            if at is None:
                raise RowRefused("没有时间", "there is no time")
            if not row["category"]:
                raise RowRefused("没有类别", "there is no category")
        except RowRefused as wrong:
            refused.append(BadRow(row.number, row.line, wrong.zh, wrong.en))
            continue
        counts[row["category"]][local(at).date()] += 1
    if not counts:
        first = refused[0]
        raise FileRefused(
            f"{table.path.name}: 没有一行能用；第 {first.line} 行：{first.zh}", f"{table.path.name}: no row can be used; line {first.line}: {first.en}"
        )
    for bad in refused[:SAID]:
        print(f"{table.path.name}:{bad.line}: {bad.text(lang)}", file=sys.stderr)
    if len(refused) > SAID:
        print(f"… {len(refused):,} rows were left out" if lang == "en" else f"……共 {len(refused):,} 行没有用上", file=sys.stderr)
    return counts


def _laid(table: Table, counts: Mapping[str, Mapping[date, int]], as_of: date | None) -> Weekly:
    last = max(day for per_day in counts.values() for day in per_day)
    end = as_of or last + timedelta(days=1)
    try:
        laid = weekly(counts, end, last=min(last, end - timedelta(days=1)))
    except TooLong as long:
        raise FileRefused(
            f"{table.path.name}: 最早 {long.first}、最晚 {long.last}，相隔六十年以上，请核对时间一列",
            f"{table.path.name}: the times run from {long.first} to {long.last}, more than sixty years: check the column of times",
        ) from None
    if not laid.weeks:
        raise FileRefused(
            f"{table.path.name}: {end} 之前没有满一周的记录，请换一个 --as-of", f"{table.path.name}: no whole week lies before {end}: choose another --as-of"
        )
    return laid


def _rows(one: Outlook, year: YearShape, lang: str) -> list[list[object]]:
    return [
        [
            safe(one.name),
            peak.start.isoformat(),
            peak.end.isoformat(),
            f"{peak.expected:.1f}",
            f"{peak.low:.0f}",
            f"{peak.high:.0f}",
            f"{peak.usual:.1f}",
            one.years,
            because(peak, year, lang),
        ]
        for peak in one.peaks
    ]


def _say(found: list[Outlook], laid: Weekly, as_of: date | None, out: Path, lang: str) -> None:
    peaks = sum(len(one.peaks) for one in found)
    short = [one for one in found if not one.enough]
    day = as_of or laid.end
    if lang == "en":
        print(f"Seen from {day}: {laid.weeks} weeks on record, {len(found)} categories, {peaks} peaks in the year ahead → {out}")
        if short:
            print(f"{len(short)} categories have less than {LEAST_YEARS} years of record: nothing is foretold for them, only rules by the calendar can warn.")
        return
    print(f"站在 {day} 看：{laid.weeks} 周记录，{len(found)} 个类别，未来一年 {peaks} 个高峰 → {out}")
    if short:
        print(f"{len(short)} 个类别的记录不满 {LEAST_YEARS} 年，不作预测；这些类别只能由按日历的规则预警。")
