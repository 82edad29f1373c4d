"""dispatch FILE: takes a file of work orders in: decides, assigns, starts clocks, queues messages, row by row."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TextIO

from cli.dispatch_report import Outcome, as_json, report
from cli.out_file import opened, out_path
from cli.progress import track
from tickets.actions.intake import open_ticket
from tickets.actions.manual import NoManualDesk
from tickets.domain.appeal import AppealRefused
from tickets.files.appeals import appeal_of, wanted
from tickets.files.dates import read_time
from tickets.files.read_table import Limits, Row, Table, read
from tickets.files.refused import BadRow, FileRefused, RowRefused
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import database
from wiring.desk import open_parts, utc_now
from wiring.settings import Settings, load

FAILED_IN_A_ROW = 20  # then it is not the rows: the database is away or the disk full
_log = logging.getLogger("suda.dispatch")


class _Stopped(Exception):
    """The import cannot go on; what was done stays."""


class _Undone(Exception):
    """Ends a rehearsal: everything written is rolled back."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    command = commands.add_parser(
        "dispatch",
        help="导入工单并派单 (import work orders and dispatch them)",
        description="导入 CSV 或 XLSX 工单：逐行判定、派到人、起计时、排消息；坏行各有一句说明，好行照办；同一编号只成一张工单。"
        " (Imports work orders: decides, assigns, starts clocks, queues messages; each bad row gets its sentence, good rows go through.)",
    )
    command.add_argument("file", metavar="FILE", help="CSV 或 XLSX；UTF-8、GB18030 或带 BOM 的 UTF-16 (CSV or XLSX)")
    command.add_argument("--out", metavar="FILE.jsonl", help="逐行结果，每行一个 JSON (one JSON object a row)")
    command.add_argument("--dry-run", action="store_true", help="演练：在一个事务里做完再撤销，不保存、不通知；其间其他写入要等 (rehearse, save nothing)")
    command.add_argument("--as-of", metavar="T", help="以此刻为准，如 2026-11-22T08:10，默认现在 (the time it is done at; Asia/Shanghai without a zone)")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the file was read, refused rows or not; 2 when it is unusable as a whole; 1 when rows failed for a reason of our own."""
    try:
        return _run(args, load())
    except FileRefused as refused:
        print(refused.text(args.lang), file=sys.stderr)
        return 2


def _run(args: argparse.Namespace, settings: Settings) -> int:
    clock = _clock(args.as_of)
    out = None if args.out is None else out_path(args.out, Path(args.file))
    parts = open_parts(settings, clock=clock)
    try:
        desk = parts.desk
        limits = Limits(settings.import_megabytes, settings.import_rows, settings.import_cell)
        table = read(Path(args.file), limits, settings.import_headers, columns=wanted(desk.rules.facts))
        outcomes: list[Outcome] = []
        stopped = ""
        with ExitStack() as stack:
            sheet = stack.enter_context(opened(out)) if out is not None else None
            try:
                _all_rows(desk, table, outcomes, sheet, rehearse=args.dry_run, label="派单" if args.lang == "zh" else "dispatch")
            except (_Stopped, NoManualDesk) as why:
                stopped = str(why)
            except KeyboardInterrupt:
                stopped = "中断：其余的行没有处理；再运行一次即可，已有的工单不会重复 (interrupted: run it again, no ticket is made twice)"
    finally:
        parts.book.close()
        database.close()
    print(report(table, outcomes, args.lang, rehearsed=args.dry_run))
    if stopped:
        print(stopped, file=sys.stderr)
    return 1 if stopped or any(outcome.failed for outcome in outcomes) else 0


def _clock(as_of: str | None) -> Callable[[], datetime]:
    if as_of is None:
        return utc_now
    try:
        at = read_time(as_of)
    except RowRefused as refused:
        raise FileRefused(f"--as-of: {refused.zh}", f"--as-of: {refused.en}") from None
    if at is None:
        raise FileRefused("--as-of: 没有写时间，如 2026-11-22T08:10", "--as-of: no time given, such as 2026-11-22T08:10")
    return lambda: at


def _all_rows(desk: Desk, table: Table, outcomes: list[Outcome], sheet: TextIO | None, *, rehearse: bool, label: str) -> None:
    def go() -> None:
        for outcome in track(_each(desk, table), table.total, label):
            outcomes.append(outcome.light())
            if sheet is not None:
                sheet.write(json.dumps(as_json(outcome), ensure_ascii=False) + "\n")

    if not rehearse:
        go()
        return
    try:
        with transaction():
            go()
            raise _Undone
    except _Undone:
        pass  # everything was shown, nothing was kept


def _each(desk: Desk, table: Table) -> Iterator[Outcome]:
    """One outcome a row, in order. A row that fails for a reason of our own is told and logged; too many in a row end the import."""
    kind = desk.rules.facts.get("kind")
    kinds = kind.options if kind is not None else ()
    failed = 0
    for row in table.rows():
        outcome = _one(desk, row, table.digest, kinds)
        yield outcome
        failed = failed + 1 if outcome.failed else 0
        if failed >= FAILED_IN_A_ROW:
            raise _Stopped(
                f"{table.path.name}: 到第 {row.number} 行已连续 {failed} 行出错，先停下；已派出的不受影响，查看日志，修好后再运行一次即可"
                f" ({failed} rows in a row failed, stopping; what was dispatched stays, run it again once mended)"
            )


def _one(desk: Desk, row: Row | BadRow, digest: str, kinds: tuple[str, ...]) -> Outcome:
    if isinstance(row, BadRow):
        return Outcome(row.number, row.line, zh=row.zh, en=row.en)
    known = row["source_id"]
    try:
        return Outcome(row.number, row.line, known, opened=open_ticket(desk, appeal_of(row, digest, kinds)))
    except RowRefused as refused:
        return Outcome(row.number, row.line, known, zh=refused.zh, en=refused.en)
    except AppealRefused as refused:
        zh, _, en = str(refused).rpartition(" (")
        return Outcome(row.number, row.line, known, zh=zh or en, en=en.removesuffix(")"))
    except NoManualDesk:
        raise
    except Exception as error:  # one strange row must not keep the other good rows from going through
        _log.exception("row failed: row=%s", row.number)
        name = type(error).__name__
        return Outcome(
            row.number, row.line, known, zh=f"程序出错（{name}），这一行没有保存，已记入日志", en=f"failed ({name}): nothing of it was saved", failed=True
        )
