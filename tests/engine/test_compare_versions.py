"""What changed between two versions of a rule set, rule by rule, in the words an approver reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.compare_versions import RuleChange, SetChange, compare, say
from engine.folder import Vocabulary
from engine.ruleset import RuleSet
from tests.engine.rule_files import load_text, world

HEAD = "ruleset: draft\ntitle: {zh: 派单, en: Dispatch}\nevent: ticket.accepted\nhit: first\nbasis: 《办法》第九条\n"
WATER = """\
  - id: D-010
    title: 停水派水务局
    basis: 《办法》第十二条
    when: {all: [{category: 供水}, {text: {has_any: [停水, 水管爆裂]}}], any: [{households: {gt: 50}}, {outage: true}]}
    then: [{dispatch: {to: 水务局/管网科, assist: [城市管理局/执法二队]}}]
    tests: [{given: {category: 供水, text: 停水, households: 60}, expect: hit}]
"""
NOISE = "  - {id: D-012, title: 噪声, when: {category: 噪声}, then: [{dispatch: {to: 城市管理局/执法二队}}]}\n"
OTHER = "  - {id: D-014, title: 其余, priority: 5, then: [{dispatch: {to: 热线中心/人工派单席}}]}\n"
OLD = HEAD + "rules:\n" + WATER + NOISE + OTHER


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def read(words: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(words, tmp_path_factory.mktemp("drafts"))


class Reader:
    """Loads a text as a rule set and compares two."""

    def __init__(self, words: Vocabulary, home: Path) -> None:
        self.words = words
        self.home = home

    def set(self, text: str) -> RuleSet:
        loaded = load_text(text, self.home, self.words)
        assert not loaded.errors, [error.text() for error in loaded.errors]
        return loaded.sets["draft"]

    def compare(self, old: str, new: str, lang: str = "zh") -> SetChange:
        return compare(self.set(old), self.set(new), self.words.facts, self.words.facts, lang)


def only(change: SetChange) -> RuleChange:
    assert (len(change.rules), change.same) == (1, 2)
    return change.rules[0]


EDITS = [
    # what is edited, the new text, the lines an approver reads under the rule
    ("a keyword more", "[停水, 水管爆裂]", "[停水, 水管爆裂, 没有自来水]", ["条件 · 诉求内容：＋没有自来水"]),
    ("a keyword for another", "[停水, 水管爆裂]", "[停水, 没水]", ["条件 · 诉求内容：＋没水、－水管爆裂"]),
    ("a threshold", "{gt: 50}", "{gte: 50}", ["条件 · 任一 · 影响户数：大于 50 → 不少于 50"]),
    ("one option becomes two", "{category: 供水}", "{category: [供水, 供电]}", ["条件 · 诉求类别：＋供电"]),
    ("a line more", "{category: 供水},", "{category: 供水}, {kind: 投诉},", ["条件：＋诉求性质 是 投诉"]),
    ("a line less", "{category: 供水}, ", "", ["条件：－诉求类别 属于 供水"]),
    ("a line of a box less", ", {outage: true}]", "]", ["条件 · 任一：－正在中断 为 是"]),
    (
        "a box of another kind",
        "any: [{households",
        "none: [{households",
        ["条件：－满足之一（影响户数 大于 50；正在中断 为 是）", "条件：＋都不满足（影响户数 大于 50；正在中断 为 是）"],
    ),
    (
        "the same lines in another order",
        "{category: 供水}, {text: {has_any: [停水, 水管爆裂]}}",
        "{text: {has_any: [停水, 水管爆裂]}}, {category: 供水}",
        None,
    ),
    (
        "an exception",
        "    then: [{dispatch: {to: 水务局",
        "    unless: {text: {has_any: [停水通知]}}\n    then: [{dispatch: {to: 水务局",
        ["除非：＋诉求内容 出现“停水通知”"],
    ),
    ("sent elsewhere", "{to: 水务局/管网科,", "{to: 热线中心/人工派单席,", ["则 · 派往：水务局/管网科 → 热线中心/人工派单席"]),
    ("a helper more", "[城市管理局/执法二队]", "[城市管理局/执法二队, 热线中心/人工派单席]", ["则 · 协办：＋热线中心/人工派单席"]),
    ("no helper", ", assist: [城市管理局/执法二队]", "", ["则 · 协办：－城市管理局/执法二队"]),
    ("the title", "停水派水务局", "停水一律派水务局", ["名称：停水派水务局 → 停水一律派水务局"]),
    ("the basis", "第十二条", "第十三条", ["依据：《办法》第十二条 → 《办法》第十三条"]),
    ("the dates", "    basis: 《办法》第十二条", "    effective: {from: 2026-03-01}\n    basis: 《办法》第十二条", ["生效：＋自 2026-03-01"]),
    (
        "an example",
        "households: 60}, expect: hit}]",
        "households: 60}, expect: hit}, {given: {category: 噪声, text: 停水}, expect: miss}]",
        ["样例：＋诉求类别 噪声，诉求内容 停水 → 不命中"],
    ),
]


@pytest.mark.parametrize(("name", "before", "after", "lines"), EDITS, ids=[edit[0] for edit in EDITS])
def test_one_edit_is_told_in_its_own_words(read: Reader, name: str, before: str, after: str, lines: list[str] | None) -> None:
    assert before in OLD
    change = read.compare(OLD, OLD.replace(before, after, 1))
    rule = only(change)
    assert (rule.id, rule.kind, rule.badge) == ("D-010", "changed", "修改")
    said = say(change)[2:]
    if lines is None:
        assert len(said) == 1
        assert said[0].startswith("  条件：")
    else:
        assert said == [f"  {line}" for line in lines]


def test_the_same_text_is_no_change(read: Reader) -> None:
    change = read.compare(OLD, OLD.replace("  - id: D-010", "  # a comment\n  - id: D-010"))
    assert (change.rules, change.head, change.same) == ((), (), 3)
    assert say(change) == ["draft 派单：改 0 条，增 0 条，删 0 条，其余 3 条不变"]


def test_one_move_is_one_move(read: Reader) -> None:
    change = read.compare(OLD, HEAD + "rules:\n" + NOISE + WATER + OTHER)
    assert only(change).kind == "moved"
    assert say(change)[1:] == ["移动 D-012 噪声（《办法》第九条）", "  顺序：第 2 条 → 第 1 条，在 D-010 之前"]


def test_a_new_rule_and_a_removed_one_say_what_they_do(read: Reader) -> None:
    change = read.compare(OLD, (HEAD + "rules:\n" + WATER + OTHER).replace("id: D-014", "id: D-015"))
    assert [(rule.kind, rule.id) for rule in change.rules] == [("added", "D-015"), ("removed", "D-012"), ("removed", "D-014")]
    assert change.same == 1
    removed = change.removed[0]
    assert [(field.label, field.before) for field in removed.fields] == [("条件", "诉求类别 属于 噪声"), ("则 · 派单", "派给 城市管理局/执法二队")]


def test_the_head_of_a_set_is_compared(read: Reader) -> None:
    change = read.compare(OLD, OLD.replace("hit: first", "hit: collect\nelse: [{dispatch: {to: 热线中心/人工派单席}}]"))
    assert [(field.label, field.before, field.after) for field in change.head] == [
        ("裁决方式", "首个", "全部"),
        ("兜底 · 派单", "", "派给 热线中心/人工派单席"),
    ]


def test_a_priority_that_moves_a_rule_says_both(read: Reader) -> None:
    change = read.compare(OLD, OLD.replace("title: 噪声,", "title: 噪声, priority: 7,"))
    assert [(rule.id, rule.kind) for rule in change.rules] == [("D-012", "changed")]
    assert [field.label for field in change.changed[0].fields] == ["优先级", "顺序"]


def test_a_whole_set_may_come_or_go(read: Reader) -> None:
    one, facts = read.set(OLD), read.words.facts
    assert len(compare(None, one, {}, facts).added) == 3
    assert len(compare(one, None, facts, {}).removed) == 3
    with pytest.raises(ValueError, match="没有可比较"):
        compare(None, None, facts, facts)


def test_in_english(read: Reader) -> None:
    change = read.compare(OLD, OLD.replace("{gt: 50}", "{gte: 50}").replace("[停水, 水管爆裂]", "[停水]"), "en")
    assert say(change, "en") == [
        "draft Dispatch: 1 changed, 0 new, 0 removed, 2 the same",
        "changed D-010 停水派水务局 (《办法》第十二条)",
        "  When · Request text: －水管爆裂",
        "  When · any of · 影响户数: is more than 50 → is at least 50",
    ]


def test_a_deadline_and_a_score_are_compared_field_by_field(read: Reader) -> None:
    limit = "ruleset: draft\ntitle: 时限\nevent: ticket.dispatched\nhit: {unique: deadline.name}\nbasis: 规程\nrules:\n  - id: T-1\n    title: 办结\n    then: [{deadline: {name: 办结, from: 待签收, until: 待审核, within: 4h, clock: 自然时}}]\n"
    assert say(read.compare(limit, limit.replace("within: 4h", "within: 2h")))[2:] == ["  则 · 时限：4小时 → 2小时"]
    score = "ruleset: draft\ntitle: 考核\nevent: period.closed\nhit: sum\nbasis: 规程\nrules:\n  - {id: S-1, title: 解决率, then: [{score: {indicator: solved_rate, weight: 0.30}}]}\n"
    assert say(read.compare(score, score.replace("0.30", "0.25")))[2:] == ["  则 · 权重：0.3 → 0.25"]


def test_it_is_plain_data(read: Reader) -> None:
    change = read.compare(OLD, OLD.replace("[停水, 水管爆裂]", "[停水]"))
    data = json.loads(json.dumps(change.plain(), ensure_ascii=False))
    assert data["changed"][0]["fields"][0]["removed"] == ["水管爆裂"]


@given(st.permutations(range(6)))
def test_taking_the_moved_rules_out_leaves_the_old_order(read: Reader, order: Sequence[int]) -> None:
    rules = [f"  - {{id: R-{number}, title: 规则, then: [{{dispatch: {{to: 热线中心/人工派单席}}}}]}}\n" for number in range(6)]
    change = read.compare(HEAD + "rules:\n" + "".join(rules), HEAD + "rules:\n" + "".join(rules[number] for number in order))
    moved = {int(rule.id[2:]) for rule in change.changed}
    stay = [number for number in order if number not in moved]
    assert stay == sorted(stay)
    assert len(moved) == 6 - longest_rising(order)
    assert change.same == 6 - len(moved)


def longest_rising(order: Sequence[int]) -> int:
    """By trying every subset."""
    subsets = ([number for place, number in enumerate(order) if mask >> place & 1] for mask in range(1 << len(order)))
    return max(len(one) for one in subsets if one == sorted(one))
