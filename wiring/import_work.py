"""Files of appeals, in the background: previews of large ones, and imports a few rows at a time so that nothing else waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

import structlog

from tickets.actions.import_file import TakenOver, keep, take
from tickets.actions.manual import NoManualDesk
from tickets.files.read_table import Limits, Row, Table
from tickets.files.refused import BadRow, FileRefused, HeaderMissing
from tickets.ports import Desk
from tickets.store import imports
from tickets.store.imports import BROKEN, REFUSED, Line, Run
from tickets.store.uploads import Uploads
from wiring.import_preview import Report, kinds_of, open_file, preview, read_row
from wiring.settings import Settings

AT_ONCE = 40  # rows of one turn
FAILED_IN_A_ROW = 20  # then it is not the rows: a fault of the program, or the disk is full
SWEEP_EVERY = timedelta(hours=1)
_log = structlog.get_logger("imports")


@dataclass
class _Hand:
    """The import in hand. Its rows are read anew when they are lost."""

    run: Run
    token: str
    rows: Iterator[Row | BadRow] | None = None
    table: Table | None = None
    through: set[int] = field(default_factory=set)
    failed: int = 0


class ImportWork:
    """One a process. A process that dies leaves its import to the next one that asks, once the lease is over."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings, self._desk = settings, desk
        self._hand: _Hand | None = None
        self._next_sweep: datetime | None = None

    def turn(self) -> int:
        """A preview, some rows of an import, now and then the sweep; answers how much was done."""
        return self._preview_one() + self._some_rows() + self._sweep()

    def _preview_one(self) -> int:
        run = imports.to_preview()
        if run is None:
            return 0
        try:
            make_preview(self._settings, self._desk, run)
        except FileRefused as refused:
            imports.cannot_read(run.id, str(refused))
        except Exception as fault:
            imports.cannot_read(run.id, f"程序出错（{type(fault).__name__}），已记下 (a fault of the program, recorded)")
            raise
        return 1

    def _some_rows(self) -> int:
        if self._hand is None:
            token = uuid4().hex
            run = imports.claim(token, self._desk.clock())
            if run is None:
                return 0
            self._hand = _Hand(run, token)
        hand = self._hand
        try:
            return self._go_on(hand)
        except TakenOver:
            _log.warning("import taken over", run=hand.run.id)
            self._hand = None
        except (FileRefused, NoManualDesk) as refused:
            self._end(hand, str(refused))
        except Exception:
            hand.rows = None  # the same process goes on where it was, once the database is back
            raise
        return 1

    def _go_on(self, hand: _Hand) -> int:
        if hand.rows is None or hand.table is None:
            hand.table = open_run(self._settings, self._desk, hand.run)
            hand.rows, hand.through = hand.table.rows(), imports.through(hand.run.id)
        kinds, done = kinds_of(self._desk), 0
        for row in hand.rows:
            if row.number in hand.through:
                continue
            _, appeal, wrong = read_row(row, hand.table.digest, kinds)
            if appeal is not None:
                line = take(self._desk, hand.run.id, hand.token, row.number, row.line, appeal)
            else:
                line = keep(self._desk, hand.run.id, hand.token, Line(row.number, row.line, REFUSED, zh=wrong.zh, en=wrong.en))
            hand.failed = hand.failed + 1 if line.state == BROKEN else 0
            if hand.failed >= FAILED_IN_A_ROW:
                self._end(hand, f"到第 {row.line} 行已连续 {hand.failed} 行出错，先停下；修好后再导入即可，已派出的不会重复 (too many rows failed in a row)")
                return 1
            done += 1
            if done >= AT_ONCE:
                return done
        self._end(hand)
        return done + 1

    def _end(self, hand: _Hand, why: str = "") -> None:
        imports.finish(hand.run.id, hand.token, self._desk.clock(), why)
        _log.info("import ended", run=hand.run.id, failed=bool(why))
        self._hand = None

    def _sweep(self) -> int:
        at = self._desk.clock()
        if self._next_sweep is not None and at < self._next_sweep:
            return 0
        self._next_sweep = at + SWEEP_EVERY
        gone = imports.old(at)
        for run_id, key in gone:
            imports.clear(run_id)
            files(self._settings).remove(key)
        return len(gone)


def files(settings: Settings) -> Uploads:
    """Where the files lie: beside the photos, swept by their own rule."""
    return Uploads(settings.home / "imports")


def open_run(settings: Settings, desk: Desk, run: Run) -> Table:
    """The file of a run with its headers as they were understood; FileRefused when it cannot be used, or has been removed."""
    path = files(settings).path(run.key)
    if not path.is_file():
        raise FileRefused("文件已按期删除，请重新上传", "the file has been removed: send it again")
    limits = Limits(settings.import_megabytes, settings.import_rows, settings.import_cell)
    return open_file(desk, path, run.name, limits, settings.import_headers, mapping(run))


def make_preview(settings: Settings, desk: Desk, run: Run, mapped: dict[str, str] | None = None) -> None:
    """Makes the preview and keeps it; FileRefused for a file that cannot be used at all. `mapped` are headers as somebody explained them.

    Where nothing says what the citizen wants, the preview asks which header does.
    """
    asked = mapping(run) if mapped is None else mapped
    explained = Run(**{**run.__dict__, "report": {"mapped": asked}})
    total, report = 0, Report()
    try:
        table = open_run(settings, desk, explained)
        total, report = table.total, preview(desk, table, desk.clock())
    except HeaderMissing as missing:
        if not missing.headers:
            raise
        columns = [{"header": header, "column": asked.get(header, "")} for header in missing.headers]
        report = {"problem": {"zh": missing.zh, "en": missing.en}, "columns": columns}
    imports.previewed(run.id, total, {**report, "mapped": asked})


def mapping(run: Run) -> dict[str, str]:
    """Header -> our column, as somebody explained it."""
    found = run.report.get("mapped")
    return {str(header): str(column) for header, column in found.items()} if isinstance(found, dict) else {}
