"""An import survives whatever dies: each row becomes one ticket once, counts agree with rows, and two processes never mix."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.databases import shut
from tests.tickets.conftest import book, calendar, clock, desk, loaded, make_appeal
from tests.tickets.fakes import FixedClock
from tests.wiring.import_dies import DIED
from tickets.actions import import_file
from tickets.actions.intake import open_ticket
from tickets.domain.times import stored
from tickets.files.refused import FileRefused
from tickets.ports import Desk
from tickets.store import imports
from tickets.store.connect import open_database
from tickets.store.desk_models import ImportRow, ImportRun
from tickets.store.imports import Run
from tickets.store.models import Ticket
from wiring import import_work
from wiring.import_work import ImportWork, files, make_preview, mapping
from wiring.settings import Settings, load

__all__ = ["book", "calendar", "clock", "desk", "loaded"]
ROWS = 12


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"SUDA_HOME": str(tmp_path)})


def csv_of(count: int = ROWS, head: str = "工单编号,诉求内容,电话") -> bytes:
    """Good rows with numbers of their own, but row 3 has no words and row 5 repeats row 4."""
    lines = [f"W-{4 if number == 5 else number},{'' if number == 3 else f'花园小区停水第{number}天'},1540001{number:04d}" for number in range(1, count + 1)]
    return "\n".join([head, *lines]).encode("gb18030")


def sent(settings: Settings, desk: Desk, content: bytes, name: str = "工单.csv") -> Run:
    key, digest, _ = files(settings).keep(BytesIO(content))
    run = imports.begin(key, name, digest, 7, desk.clock())
    make_preview(settings, desk, run)
    return again(run)


def again(run: Run) -> Run:
    found = imports.by_key(run.key)
    assert found is not None
    return found


def finished(settings: Settings, desk: Desk, run: Run) -> Run:
    work = ImportWork(settings, desk)
    while work.turn():
        pass
    return again(run)


def test_a_preview_says_what_will_happen_and_writes_nothing(desk: Desk, settings: Settings) -> None:
    known = open_ticket(desk, make_appeal("花园小区停水", source_id="W-7"))
    run = sent(settings, desk, csv_of())
    report = run.report
    assert (run.state, run.total, report["refused"], report["repeated"]) == ("preview", ROWS, 1, 2)
    assert [one["column"] for one in report["columns"]] == ["source_id", "text", "phone"]  # type: ignore[attr-defined]
    first = {one["line"]: one for one in report["first"]}  # type: ignore[attr-defined]
    assert (first[2]["state"], first[4]["state"], first[6]["same_as"], first[8]["ticket"]) == ("taken", "refused", 5, known.ticket)
    assert first[2]["unit"]
    assert first[2]["person"]
    assert first[2]["limits"]
    assert Ticket.select().count() == 1


def test_a_confirmed_import_takes_each_row_once_and_counts_what_became_of_it(desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "AT_ONCE", 5)
    run = sent(settings, desk, csv_of())
    assert imports.confirm(run.id, 7, desk.clock())
    done = finished(settings, desk, run)
    assert (done.state, done.done, done.taken, done.repeated, done.refused) == ("done", ROWS, ROWS - 2, 1, 1)
    assert Ticket.select().count() == ROWS - 2
    count, rows = imports.lines(run.id, ("refused",))
    assert (count, rows[0].line) == (1, 4)
    assert "诉求内容" in rows[0].zh
    assert imports.lines(run.id, ("taken", "manual"))[1][0].ticket == Ticket.get(Ticket.source_id == "W-1").number


def test_killed_in_the_middle_of_a_row_the_next_claim_finishes_it_once(desk: Desk, settings: Settings, clock: FixedClock, database: str) -> None:
    run = sent(settings, desk, csv_of())
    imports.confirm(run.id, 7, desk.clock())
    command = [sys.executable, "-m", "tests.wiring.import_dies", database, str(settings.home), "8"]
    shut()
    died = subprocess.run(command, capture_output=True, text=True, check=False)
    open_database(database)
    assert died.returncode == DIED, died.stderr
    assert (again(run).state, again(run).done, Ticket.select().count()) == ("running", 7, 5)
    assert ImportWork(settings, desk)._some_rows() == 0  # its lease is not over
    clock.now += imports.LEASE + timedelta(seconds=1)
    done = finished(settings, desk, run)
    assert (done.state, done.done, done.taken, done.repeated, done.refused) == ("done", ROWS, ROWS - 2, 1, 1)
    assert Ticket.select().count() == ROWS - 2
    assert ImportRow.select().where(ImportRow.run == run.id).count() == ROWS


def test_a_process_whose_lease_was_taken_over_writes_nothing_more(desk: Desk, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "AT_ONCE", 3)
    run = sent(settings, desk, csv_of())
    imports.confirm(run.id, 7, desk.clock())
    slow = ImportWork(settings, desk)
    slow._some_rows()
    clock.now += imports.LEASE + timedelta(seconds=1)
    taken_over = imports.claim("other", desk.clock())
    assert taken_over is not None
    slow._some_rows()
    assert again(run).done == 3
    assert Ticket.select().count() == 2


def test_of_two_who_confirm_one_is_first_and_a_preview_thrown_away_cannot_be_confirmed(desk: Desk, settings: Settings) -> None:
    run = sent(settings, desk, csv_of())
    assert [imports.confirm(run.id, account, desk.clock()) for account in (7, 8)] == [True, False]
    assert again(run).confirmed_by == 7
    assert not imports.drop(run.id)
    other = sent(settings, desk, csv_of(3))
    assert imports.drop(other.id)
    assert not imports.confirm(other.id, 8, desk.clock())
    assert imports.same_file(run.sha256) == again(run)
    assert imports.same_file(other.sha256) is None


def test_too_many_faults_in_a_row_stop_it_and_it_goes_on_where_it_was(desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "FAILED_IN_A_ROW", 2)
    run = sent(settings, desk, csv_of())
    imports.confirm(run.id, 7, desk.clock())
    with monkeypatch.context() as broken:
        broken.setattr(import_file, "open_ticket", lambda *_: 1 // 0)
        stopped = finished(settings, desk, run)
    assert (stopped.state, stopped.taken) == ("failed", 0)
    assert "连续 2 行出错" in stopped.error
    assert imports.confirm(run.id, 8, desk.clock())
    done = finished(settings, desk, run)
    assert (done.state, done.done, done.taken, done.repeated, done.refused) == ("done", ROWS, ROWS - 2, 1, 1)


def test_an_unknown_header_is_explained_and_the_file_read_anew(desk: Desk, settings: Settings) -> None:
    run = sent(settings, desk, csv_of(head="流水,群众说的话,联系方式"))
    assert "找不到诉求内容一列" in run.report["problem"]["zh"]  # type: ignore[index]
    assert "工单.csv" in run.report["problem"]["zh"]  # type: ignore[index]
    make_preview(settings, desk, run, {"群众说的话": "text", "流水": "source_id"})
    assert (again(run).total, again(run).report["repeated"], mapping(again(run))["流水"]) == (ROWS, 1, "source_id")
    imports.confirm(run.id, 7, desk.clock())
    assert finished(settings, desk, run).taken == ROWS - 2


@pytest.mark.parametrize(("content", "why"), [(b"", "空的"), (b"PK\x03\x04nonsense", "XLSX"), ("诉求内容\n".encode(), "没有一行内容")])
def test_a_file_that_is_none_is_refused_by_its_own_name(desk: Desk, settings: Settings, content: bytes, why: str) -> None:
    with pytest.raises(FileRefused) as refused:
        sent(settings, desk, content, "坏文件.csv")
    assert why in refused.value.zh
    assert refused.value.zh.startswith("坏文件.csv")


def test_one_row_too_many_is_refused(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="超过 100,000 行"):
        sent(load({"SUDA_HOME": str(tmp_path)}), desk, b"text\n" + b"x\n" * 100_001)


def test_after_thirty_days_file_and_rows_go_and_the_counts_stay(desk: Desk, settings: Settings, clock: FixedClock) -> None:
    run = sent(settings, desk, csv_of(3))
    imports.confirm(run.id, 7, desk.clock())
    finished(settings, desk, run)
    clock.now += imports.KEPT + timedelta(hours=2)
    work = ImportWork(settings, desk)
    assert (work.turn(), work.turn()) == (1, 0)
    assert not files(settings).path(run.key).exists()
    assert (again(run).taken, again(run).report, ImportRow.select().count()) == (2, {"cleared": True}, 0)


def test_a_large_file_is_previewed_by_the_jobs_process(desk: Desk, settings: Settings) -> None:
    key, digest, _ = files(settings).keep(BytesIO(csv_of(4)))
    run = imports.begin(key, "大.csv", digest, 7, desk.clock())
    broken = imports.begin(files(settings).keep(BytesIO(b""))[0], "空.csv", "0" * 64, 7, desk.clock())
    finished(settings, desk, run)
    assert (again(run).state, again(run).total) == ("preview", 4)
    assert again(broken).state == "failed"
    assert "空.csv: 文件是空的" in again(broken).error
    assert ImportRun.select().where(ImportRun.at == stored(desk.clock())).count() == 2
