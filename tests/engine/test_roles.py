"""roles.yaml: each role says how it is found, and what is wrong is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import folder

GOOD = """上级单位: {find: superior, role: 分管领导}
属地网格员: {find: area_post, level: 网格, role: 网格员, grassroots: true, else: 属地网格长}
属地网格长: {find: area_post, level: 村居, role: 网格长, grassroots: true}
"""


def load(folder_: Path, text: str) -> folder.Loaded:
    (folder_ / "roles.yaml").write_text(text, encoding="utf-8")
    return folder.load([folder_])


def test_a_role_may_name_the_one_that_stands_in_for_it(tmp_path: Path) -> None:
    loaded = load(tmp_path, GOOD)
    assert not loaded.errors
    assert loaded.roles["属地网格员"].otherwise == "属地网格长"
    assert loaded.roles["上级单位"].post == "分管领导"


@pytest.mark.parametrize(
    ("line", "place", "words"),
    [
        ("甲: {find: unit, else: 乙}", 4, "没有这个角色「乙」"),
        ("甲: {find: unit, else: 甲}", 4, "else 绕成了圈：甲→甲"),
        ("甲: {find: unit, role: 班长}", 4, "find: unit 不用「role」"),
        ("甲: {find: nowhere}", 4, "find"),
    ],
)
def test_a_role_that_leads_nowhere_is_refused_at_its_line(tmp_path: Path, line: str, place: int, words: str) -> None:
    errors = load(tmp_path, GOOD + line + "\n").errors
    assert [(error.line, words in error.zh) for error in errors] == [(place, True)]
