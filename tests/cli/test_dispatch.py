"""The main job as it is called: a file in, tickets with named people out, a sentence for every row that would not do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli import dispatch, dispatch_report
from tests.cli.installation import Call, objects
from tests.tickets.work_orders import csv_file, xlsx_file
from tickets.domain.appeal import Opened
from tickets.store.connect import open_database
from tickets.store.models import Deadline, Outbox, Ticket

AS_OF = "2026-11-23T09:00"
HEADER = ["工单编号", "标题", "内容", "时间", "地址", "电话"]
ROWS = [
    HEADER,
    ["A1", "小区停水", "我们小区从昨天开始停水，老人没法做饭", "2026-11-22 08:10", "", "15400000013"],
    ["A2", "拖欠工资", "工地拖欠工资三个月，老板不接电话", "2026-11-22 08:11", "", ""],
    ["A3", "日期不对", "路灯不亮", "2026-02-30 08:11", "", ""],
    ["A1", "小区停水", "我们小区从昨天开始停水，老人没法做饭", "2026-11-22 08:10", "", "15400000013"],
    ["A5", "太长", "水" * 1_000_000, "2026-11-22 08:10", "", ""],
    ["A6", "", "", "2026-11-22 08:10", "", ""],
    ["A7", "看不懂", "你好谢谢再见，联系15400000099", "", "", ""],
]
KEYS = {
    "row",
    "ticket",
    "source_id",
    "category",
    "confidence",
    "area",
    "urgency",
    "unit",
    "section",
    "post",
    "person",
    "manual",
    "assist",
    "ruleset",
    "rule",
    "deadlines",
    "messages",
    "status",
    "ms",
    "reason",
}


def counted(home: Path) -> tuple[int, int, int]:
    database = open_database(f"sqlite:///{home / 'suda.sqlite3'}")
    try:
        return Ticket.select().count(), Deadline.select().count(), Outbox.select().count()
    finally:
        database.close()


def test_a_file_is_dispatched_row_by_row(call: Call, home: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, ROWS, "gb18030")
    code, out, err = call("dispatch", file, "--out", tmp_path / "o.jsonl", "--as-of", AS_OF)
    assert (code, err) == (0, "")
    found = objects(tmp_path / "o.jsonl")
    assert [one["row"] for one in found] == [1, 2, 3, 4, 5, 6, 7]
    first, second, third, fourth, fifth, sixth, seventh = found
    assert set(first) == set(second) == KEYS
    assert (first["urgency"], first["source_id"], first["status"]) == ("特急", "A1", "待签收")
    assert {"name": "派单", "due": "2026-11-23T09:10:00+08:00"} in first["deadlines"]  # type: ignore[operator]
    assert first["person"]
    assert first["messages"]
    assert "不存在" in str(third["error"])
    assert fourth["duplicate_of"] == first["ticket"]
    assert set(fourth) == {*KEYS, "duplicate_of"}
    assert "1,000,000 个字符" in str(fifth["error"])
    assert "没有诉求内容" in str(sixth["error"])
    assert (seventh["manual"], seventh["status"]) == (True, "已受理")
    whole = json.dumps(found, ensure_ascii=False) + out
    assert "15400000013" not in whole
    assert "15400000099" not in whole
    assert "in.csv（CSV · GB18030 · ,，表头在第 1 行）：7 行" in out
    assert "派出 2 · 人工派单席 1 · 重复 1 · 拒收 3" in out
    assert "  人工：诉求类别无法判断 1" in out
    assert "in.csv:4: 第 3 行: 时间「2026-02-30 08:11」不存在" in out
    assert "p99" in out
    assert counted(home)[0] == 3


def test_the_same_file_again_makes_no_second_ticket(call: Call, home: Path, tmp_path: Path) -> None:
    file = xlsx_file(tmp_path, [["内容"], ["我们小区停水两天了"], ["路灯不亮"]])  # without numbers: the file and the row stand in
    assert call("dispatch", file)[0] == 0
    before = counted(home)
    code, out, _ = call("dispatch", file, "--lang", "en")
    assert code == 0
    assert "dispatched 0 · manual desk 0 · repeats 2 · refused 0" in out
    assert counted(home) == before
    assert before[0] == 2


def test_a_rehearsal_shows_everything_and_keeps_nothing(call: Call, home: Path, tmp_path: Path) -> None:
    code, out, _ = call("dispatch", csv_file(tmp_path, ROWS), "--out", tmp_path / "o.jsonl", "--dry-run", "--as-of", AS_OF)
    assert code == 0
    assert "演练" in out
    found = objects(tmp_path / "o.jsonl")
    assert found[0]["ticket"] == found[3]["duplicate_of"] == "20261123-0001"
    assert counted(home) == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.xlsx", None, "没有这个文件"),
        ("empty.csv", b"", "文件是空的"),
        ("odd.csv", "甲,乙\n1,2\n".encode(), "找不到诉求内容一列"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n\xff\xfe\x00\x81", "UTF-8"),
    ],
)
def test_an_unusable_file_is_refused_in_one_sentence(call: Call, home: Path, tmp_path: Path, name: str, content: bytes | None, words: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, out, err = call("dispatch", tmp_path / name)
    assert (code, out) == (2, "")
    assert words in err
    assert name in err
    assert err.count("\n") == 1
    assert counted(home) == (0, 0, 0)


def test_options_that_cannot_be_are_refused_before_anything_happens(call: Call, home: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, ROWS)
    for words in (("--as-of", "2026-02-30"), ("--as-of", ""), ("--out", file), ("--out", tmp_path / "nowhere" / "o.jsonl"), ("--out", tmp_path)):
        code, _, err = call("dispatch", file, *words)
        assert code == 2
        assert words[0] in err
    assert file.read_text(encoding="utf-8").startswith("工单编号")
    assert counted(home) == (0, 0, 0)


def test_a_row_that_fails_for_our_own_reason_is_told_and_the_others_go_through(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = dispatch.open_ticket

    def failing(desk: object, appeal: object) -> Opened:
        if getattr(appeal, "source_id", "") == "A1":
            raise ZeroDivisionError("15400000013")
        return real(desk, appeal)  # type: ignore[arg-type]

    monkeypatch.setattr(dispatch, "open_ticket", failing)
    code, out, _ = call("dispatch", csv_file(tmp_path, ROWS[:3]))
    assert code == 1
    assert "程序出错（ZeroDivisionError）" in out
    assert "15400000013" not in out
    assert counted(home)[0] == 1


def test_rows_that_keep_failing_end_the_import(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> Opened:
        raise OSError("disk full")

    monkeypatch.setattr(dispatch, "open_ticket", failing)
    code, out, err = call("dispatch", csv_file(tmp_path, [["内容"], *([["停水"]] * 50)]))
    assert code == 1
    assert f"连续 {dispatch.FAILED_IN_A_ROW} 行出错" in err
    assert f"拒收 {dispatch.FAILED_IN_A_ROW}" in out


def test_an_interrupted_import_says_what_was_done(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = dispatch.open_ticket

    def interrupted(desk: object, appeal: object) -> Opened:
        if getattr(appeal, "source_id", "") == "A2":
            raise KeyboardInterrupt
        return real(desk, appeal)  # type: ignore[arg-type]

    monkeypatch.setattr(dispatch, "open_ticket", interrupted)
    code, out, err = call("dispatch", csv_file(tmp_path, ROWS), "--out", tmp_path / "o.jsonl")
    assert code == 1
    assert "派出 1 ·" in out
    assert "再运行一次" in err
    assert [one["row"] for one in objects(tmp_path / "o.jsonl")] == [1]
    assert counted(home)[0] == 1


def test_a_broken_model_or_database_address_is_told_in_one_sentence(call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = csv_file(tmp_path, ROWS)
    (home / "library.model").write_bytes(b"not a model")
    code, out, err = call("dispatch", file)
    assert (code, out) == (2, "")
    assert "library train" in err
    monkeypatch.setenv("SUDA_DATABASE", "mysql://somewhere/suda")
    code, out, err = call("dispatch", file)
    assert (code, out) == (2, "")
    assert "postgresql://" in err
    assert err.count("\n") == 1


def test_an_installation_that_was_never_set_up_says_what_to_run(call: Call, home: Path, tmp_path: Path) -> None:
    (home / "suda.sqlite3").unlink()
    for words in (("dispatch", csv_file(tmp_path, ROWS)), ("explain", "20261123-0001"), ("users", "list")):
        code, out, err = call(*words)
        assert (code, out) == (2, "")
        assert "run.py migrate" in err


def test_percentiles_are_by_nearest_rank() -> None:
    times = [float(number) for number in range(1, 101)]
    assert [dispatch_report._share(times, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert dispatch_report._share([7.0], 0.99) == 7.0
