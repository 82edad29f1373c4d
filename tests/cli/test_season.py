"""season FILE from the command line, on files of our own."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from cli.season import OUT
from tests.cli.installation import Call
from tests.insights.season_years import lunar_tops, planted

Rows = list[list[str]]


def write(file: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def appeals(years: float, shape: str = "%Y-%m-%d 08:30") -> Rows:
    """Rows of two categories: wages before Spring Festival, and noise all year."""
    table = planted(years, [lunar_tops("春节", -14), None], base=4, times=3)
    rows = []
    for place, name in enumerate(("欠薪", "噪声")):
        for week in range(table.weeks):
            for number in range(int(table.counts[week, place])):
                rows.append([(table.first + timedelta(days=7 * week + number % 7)).strftime(shape), name])
    return rows


def told(out: Path) -> list[dict[str, str]]:
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("shape", "encoding"), [("%Y-%m-%d 08:30", "gb18030"), ("%m/%d/%Y 08:30:00 AM", "utf-8")])
def test_peaks_are_written(call: Call, tmp_path: Path, shape: str, encoding: str) -> None:
    file = write(tmp_path / "past.csv", [["何时", "哪类"], *appeals(4, shape)], encoding)
    out = tmp_path / "out.csv"
    code, said, _ = call("season", file, "--out", out, "--as-of", "2026-11-23", "--time-column", "何时", "--category-column", "哪类")
    assert code == 0
    assert "2 个类别，未来一年 1 个高峰" in said
    (peak,) = told(out)
    assert tuple(peak) == OUT
    assert (peak["category"], peak["years"]) == ("欠薪", "4")
    assert peak["peak_start"] <= "2027-01-23" <= peak["peak_end"]
    assert float(peak["low"]) <= float(peak["expected"]) <= float(peak["high"])
    assert float(peak["expected"]) > 1.5 * float(peak["usual"])
    assert "农历" in peak["because"]


def test_too_little_is_said_and_nothing_foretold(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "past.csv", [["时间", "类别"], *appeals(2)])
    code, said, _ = call("season", file, "--out", tmp_path / "out.csv")
    assert (code, told(tmp_path / "out.csv")) == (0, [])
    assert "2 个类别的记录不满 3 年，不作预测" in said


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([], [], "文件是空的"),
        ([["时间", "类别"]], [], "只有表头"),
        ([["时间", "类别"], ["17", "噪声"]], [], "第 2 行：时间「17」看不懂"),
        ([["时间", "类别"], ["2026-02-30", "噪声"]], [], "不存在"),
        ([["时间", "类别"], ["03/04/2020", "噪声"]], [], "分不清月和日"),
        ([["时间", "类别"], ["2026-02-03", ""]], [], "没有类别"),
        ([["时间", "类别"], ["1991-01-01", "噪声"], ["2099-01-01", "噪声"]], [], "相隔六十年以上"),
        ([["甲", "乙"], ["1", "2"]], [], "找不到时间和类别两列"),
        ([["时间", "乙"], ["2020-01-01", "2"]], [], "找不到类别一列"),
        ([["时间", "类别"], ["2020-01-01", "噪声"]], ["--as-of", "20"], "--as-of 20: 不是日期"),
        ([["时间", "类别"], ["2020-01-01", "噪声"]], ["--as-of", "2020-02-30"], "不是日期"),
        ([["时间", "类别"], ["2020-01-01", "噪声"]], ["--as-of", "2019-01-01"], "没有满一周的记录"),
    ],
)
def test_wrong_input_is_one_sentence(call: Call, tmp_path: Path, rows: Rows, more: list[str], words: str) -> None:
    file = write(tmp_path / "odd.csv", rows)
    code, said, wrong = call("season", file, "--out", tmp_path / "out.csv", *more)
    assert (code, said, len(wrong.splitlines())) == (2, "", 1)
    assert words in wrong
    assert not (tmp_path / "out.csv").exists()


def test_rows_that_cannot_be_used_are_told_and_left_out(call: Call, tmp_path: Path) -> None:
    file = write(tmp_path / "past.csv", [["时间", "类别"], ["12", "噪声"], *appeals(1)])
    code, _, wrong = call("season", file, "--out", tmp_path / "out.csv", "--lang", "en")
    assert code == 0
    assert wrong.strip() == "past.csv:2: cannot read the time 12: write it like 2026-11-22 08:10"
