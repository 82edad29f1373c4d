"""Points from a file of figures, and what is said of a file that cannot be used."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.installation import Call

HEAD = "ruleset: scoring\ntitle: x\nevent: period.closed\nhit: sum\nbasis: b\neffective: {from: 2026-01-01}\nrules:\n"
WEIGHTED = HEAD + "\n".join(
    f"  - {{id: {rule}, title: t, then: [{{score: {{indicator: {name}, weight: {weight}}}}}]}}"
    for rule, name, weight in (("W-1", "response_rate", "0.30"), ("W-2", "solved_rate", "0.35"), ("W-3", "satisfaction_rate", "0.35"))
)
TARGETS = (
    HEAD
    + """\
  - {id: T-1, title: t, then: [{score: {indicator: satisfaction_rate, full: 35, target: 98, per_point: 0.5, floor: 17.5, min_sample: 10, below: full}}]}
  - {id: T-2, title: t, then: [{score: {indicator: solved_rate, weight: 0.65, min_sample: 10, below: share}}]}
"""
)
CASES = (
    # rules, header, row, points
    (WEIGHTED, ["单位", "响应率", "解决率", "满意率"], ["甲", "100", "96.51", "98.71"], {"W-1": "30.00", "W-2": "33.78", "W-3": "34.55", "total": "98.33"}),
    (WEIGHTED, ["unit", "response_rate", "solved_rate", "satisfaction_rate"], ["甲", "100%", "５０", ""], {"W-2": "17.50", "W-3": "", "total": "47.50"}),
    (
        TARGETS,
        ["unit", "满意率", "满意率样本数", "solved_rate", "solved_rate_n"],
        ["甲", "63.33", "40", "100", "40"],
        {"T-1": "17.67", "T-2": "65.00"},
    ),  # 17.665
    (
        TARGETS,
        ["unit", "满意率", "满意率样本数", "solved_rate", "solved_rate_n"],
        ["甲", "98", "40", "0", "3"],
        {"T-1": "100.00", "T-2": "", "total": "100.00"},
    ),
    (TARGETS, ["unit", "满意率", "满意率样本数", "solved_rate", "solved_rate_n"], ["甲", "0", "9", "50", "10"], {"T-1": "35.00", "T-2": "32.50"}),
)
WRONG = (
    # header, row, what is said
    (["unit", "solved_rate"], ["12", "50"], "第 1 行：单位写的是数字「12」，应当是名称"),
    (["unit", "solved_rate"], ["", "50"], "第 1 行：没有单位名称"),
    (["unit", "solved_rate"], ["甲", "很好"], "第 1 行：解决率（solved_rate）应当是数字，写的是「很好」"),
    (["unit", "solved_rate"], ["甲", "100.5"], "第 1 行：解决率（solved_rate）是 100.5，应当在 0 到 100 之间"),
    (["unit", "solved_rate"], ["甲", "NaN"], "应当是数字"),
    (["unit", "overdue_count"], ["甲", "-1"], "应当在 0 到 ∞ 之间"),
    (["unit", "满义率"], ["甲", "50"], "第 2 列「满义率」规则不认识，是不是「满意率」？"),
    (["unit", "解决率", "solved_rate"], ["甲", "50", "51"], "是同一项，请只留一列"),
    (["unit", "unit_kind"], ["甲", "村局"], "没有「村局」，是不是「村居」？"),
    (["科目", "solved_rate"], ["甲", "50"], "找不到单位一列"),
)


def written(file: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows(rows)
    return file


def rules(folder: Path, text: str = WEIGHTED) -> Path:
    file = folder / "r.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def result(file: Path) -> dict[str, dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as read:
        return {row["unit"]: row for row in csv.DictReader(read)}


@pytest.mark.parametrize(("text", "header", "row", "points"), CASES)
def test_points_are_what_the_rules_say(call: Call, tmp_path: Path, text: str, header: list[str], row: list[str], points: dict[str, str]) -> None:
    facts = written(tmp_path / "f.csv", [header, row], "gb18030")
    code, _, err = call("score", "--rules", rules(tmp_path, text), "--facts", facts, "--out", tmp_path / "o.csv")
    assert code == 0, err
    got = result(tmp_path / "o.csv")["甲"]
    assert {name: got[name] for name in points} == points


@pytest.mark.parametrize(("header", "row", "said"), WRONG)
def test_what_cannot_be_used_is_said_in_one_sentence(call: Call, tmp_path: Path, header: list[str], row: list[str], said: str) -> None:
    code, _, err = call("score", "--rules", rules(tmp_path), "--facts", written(tmp_path / "f.csv", [header, row]), "--out", tmp_path / "o.csv")
    assert code == 2
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "o.csv").exists()


def test_a_unit_twice_an_empty_file_and_no_file_are_said(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    twice = written(tmp_path / "f.csv", [["unit", "solved_rate"], ["甲", "1"], ["甲", "2"]])
    assert "单位「甲」在第 1 行已经有了" in call("score", "--rules", rules(tmp_path), "--facts", twice, "--out", out)[2]
    assert "文件是空的" in call("score", "--rules", rules(tmp_path), "--facts", written(tmp_path / "e.csv", []), "--out", out)[2]
    assert "没有这个文件" in call("score", "--rules", rules(tmp_path), "--facts", tmp_path / "none.csv", "--out", out)[2]
    assert "没有这个规则文件" in call("score", "--rules", tmp_path / "none.yaml", "--facts", twice, "--out", out)[2]
    assert "会盖掉" in call("score", "--rules", rules(tmp_path), "--facts", twice, "--out", twice)[2]
    assert "要么写 --rules" in call("score")[2]
    assert "不是月份" in call("score", "--month", "2026-13")[2]


def test_a_rule_set_that_scores_nothing_or_holds_an_error_is_refused(call: Call, tmp_path: Path) -> None:
    facts = written(tmp_path / "f.csv", [["unit", "solved_rate"], ["甲", "1"]])
    code, _, err = call("score", "--rules", rules(tmp_path, WEIGHTED.replace("solved_rate", "solvd_rate")), "--facts", facts, "--out", tmp_path / "o.csv")
    assert (code, "solved_rate" in err) == (2, True)
    other = rules(tmp_path, HEAD.replace("period.closed", "ticket.accepted").replace("scoring", "dispatch") + "  []\n")
    assert call("score", "--rules", other, "--facts", facts, "--out", tmp_path / "o.csv")[0] == 2


def test_indicators_the_file_lacks_are_named(call: Call, tmp_path: Path) -> None:
    facts = written(tmp_path / "f.csv", [["unit", "solved_rate"], ["甲", "100"]])
    code, _, err = call("score", "--rules", rules(tmp_path), "--facts", facts, "--out", tmp_path / "o.csv")
    assert code == 0
    assert "W-1（response_rate）、W-3（satisfaction_rate）" in err
    assert result(tmp_path / "o.csv")["甲"]["total"] == "35.00"


def test_a_month_without_tickets_says_so_and_cannot_be_frozen_while_it_runs(call: Call) -> None:
    code, out, _ = call("score", "--month", "2026-10")
    assert (code, "2026-10：没有计入考核的工单" in out, "试算，未冻结" in out) == (0, True, True)
    assert call("score", "--month", "2026-10", "--verify")[0] == 2
    code, _, err = call("score", "--month", "2999-10", "--freeze")
    assert (code, "还没有过完" in err) == (2, True)
