"""Hot issues from the command line, on rows of our own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli.installation import Call
from tests.insights.test_hot import MATTERS, appeals

HEADER = ["编号", "标题", "详情", "时间", "电话"]


def rows() -> list[list[str]]:
    return [[str(one.key), one.title, one.text, one.at.strftime("%Y-%m-%d %H:%M:%S"), one.who] for _, one in appeals(others=120)]


def write(file: Path, encoding: str) -> Path:
    if file.suffix == ".xlsx":
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for row in [HEADER, *rows()]:
            sheet.append(row)
        book.save(file)
        return file
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([HEADER, *rows()])
    return file


@pytest.mark.parametrize(("name", "encoding"), [("a.csv", "utf-8"), ("a.csv", "gb18030"), ("a.xlsx", "")])
def test_hot_issues_of_a_file(call: Call, tmp_path: Path, name: str, encoding: str) -> None:
    code, out, _ = call("hot", write(tmp_path / name, encoding), "--out", tmp_path / "out.csv")
    assert code == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["row"] for row in found] == [str(number) for number in range(1, len(rows()) + 1)]
    for matter in MATTERS:
        issues = [row["issue"] for row, (name_, _) in zip(found, appeals(others=120), strict=True) if name_ == matter]
        assert max(issues.count(one) for one in set(issues) - {""}) >= 0.85 * len(issues)
    assert "柳荫苑" in out
    assert "人数" in out


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        ("标题\n停水\n", [], "时间"),
        ("甲,乙\n1,2\n", [], "标题"),
        ("标题,时间\n停水,去年冬天\n", [], "没有一行"),
        ("标题,时间\n停水,2026-01-01\n", ["--window", "0"], "天数"),
        ("标题,时间\n停水,2026-01-01\n", ["--min", "一"], "件数"),
    ],
)
def test_wrong_input_is_one_sentence(call: Call, tmp_path: Path, content: str, more: list[str], words: str) -> None:
    file = tmp_path / "a.csv"
    file.write_text(content, encoding="utf-8")
    code, _, err = call("hot", file, "--out", tmp_path / "out.csv", *more)
    assert code == 2
    assert words in err


def test_a_row_without_a_time_is_told_and_the_rest_goes_on(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("title,time\n停水,2026-01-01\n停电,\n", encoding="utf-8")
    code, out, err = call("hot", file, "--out", tmp_path / "out.csv", "--lang", "en")
    assert (code, "no issue of 5" in out) == (0, True)
    assert "no time" in err
