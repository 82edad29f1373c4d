"""similar FILE --text T: on a file of any district, in any encoding, and every wrong call answered with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.installation import Call
from tests.tickets.work_orders import csv_file, xlsx_file

ROWS = [
    ["编号", "标题", "内容", "时间", "地址"],
    ["1", "水管爆裂", "谷雨苑三号楼水管爆裂，水漫到楼道，打过13800000000没人管", "2026-11-01 08:00", "谷雨苑"],
    ["2", "路灯不亮", "广场东边的路灯坏了半个月", "2026-11-20 08:00", ""],
    ["3", "又爆管", "东站小区水管爆裂，路上都是水", "2026-11-21 08:00", "东站小区"],
    ["4", "工资", "工地拖欠工资三个月", "2026-02-30 08:00", ""],
]


def found(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()[1:-1]]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "xlsx"])
def test_the_most_like_come_first_with_score_words_and_time(call: Call, tmp_path: Path, encoding: str) -> None:
    file = xlsx_file(tmp_path, ROWS) if encoding == "xlsx" else csv_file(tmp_path, ROWS, encoding)
    code, out, err = call("similar", file, "--text", "楼道里水管爆裂了")
    assert code == 0
    rows = found(out)
    assert [row[0] for row in rows] == ["1", "3"]
    assert float(rows[0][1]) > float(rows[1][1])
    assert rows[0][2:4] == ["2026-11-01", "20"]
    assert "水管爆裂" in rows[0][5]
    assert "13800000000" not in out
    assert "第 5 行" in err
    assert "不存在" in err


def test_a_place_counts_whether_the_district_knows_it_or_not(call: Call, tmp_path: Path) -> None:
    file = csv_file(tmp_path, ROWS)
    for area, first, where in (("东站小区", "3", "同在东站小区"), ("广场东边", "2", "同在广场东边")):
        code, out, _ = call("similar", file, "--text", "水管爆裂，路灯坏了", "--area", area)
        assert code == 0
        assert (found(out)[0][0], found(out)[0][4]) == (first, where)
        assert found(out)[1][4] == ""


def test_days_are_counted_back_from_the_newest_row(call: Call, tmp_path: Path) -> None:
    file = csv_file(tmp_path, ROWS)
    code, out, _ = call("similar", file, "--text", "水管爆裂", "--days", "10", "--lang", "en")
    assert code == 0
    assert [row[0] for row in found(out)] == ["3"]
    assert call("similar", file, "--text", "完全无关")[1].startswith("查了 4 行，没有相似的诉求")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--text", " "), "--text: 没有内容"),
        (("--text", "水", "--days", "0"), "--days 0: 应是"),
        (("--text", "水", "--days", "x"), "--days x: 应是"),
        (("--text", "水", "--most", "0"), "--most 0: 应是"),
        ((), "缺少 --text"),
    ],
)
def test_a_wrong_call_is_one_sentence(call: Call, tmp_path: Path, more: tuple[str, ...], words: str) -> None:
    code, out, err = call("similar", csv_file(tmp_path, ROWS), *more)
    assert (code, out) == (2, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_a_file_that_will_not_do_is_one_sentence(call: Call, tmp_path: Path) -> None:
    for file in (tmp_path / "none.csv", csv_file(tmp_path, [["甲"], ["1"]], name="b.csv"), csv_file(tmp_path, [["内容"], ["水管"]], name="c.csv")):
        code, out, err = call("similar", file, "--text", "水管", "--days", "3")
        assert (code, out) == (2, "")
        assert file.name in err
