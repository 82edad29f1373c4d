"""The slow reader of rules: three values, every operator, and why."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.condition import ALWAYS, All, AnyOf, Condition, NoneOf, Similar, Test
from engine.decision import Line, Verdict
from engine.facts import FactValue
from engine.reference import both, either, fired, judge, opposite, trees_of, verdicts
from engine.ruleset import Effective
from tests.engine.rules_for_tests import FACTS, NAMES, do, has, is_, like, make_rule, make_set

TREES = trees_of(NAMES)
AT = datetime(2026, 11, 23, tzinfo=UTC)


def ask(condition: Condition, **facts: FactValue) -> Line:
    line = judge(condition, facts, FACTS, TREES)
    assert isinstance(line, Line)
    return line


D = Decimal
QUESTIONS: list[tuple[Test, FactValue, Verdict]] = [
    # the question, the fact's value, the answer
    (has("停水", "停电"), "小区停水三天", True),
    (has("停水", "停电"), "路灯不亮", False),
    (has("停水"), "停 水\n了", True),  # white space does not hide a word
    (has("ABC"), "ａｂｃ号楼", True),  # full width, capitals
    (has("停水通知"), "停水", False),  # a text inside the word is not the word
    (has("停水"), "", False),  # an empty text is known
    (Test("text", "has_all", ("小区", "停水")), "小区停水", True),
    (Test("text", "has_all", ("小区", "停水")), "小区停电", False),
    (like("没有暖气"), "家里没有暖气", True),
    (like("没有暖气", 75), "家里没暖气了", True),  # 3 of 4 characters in place
    (like("没有暖气", 90), "家里没暖气了", False),
    (like("家里没有暖气"), "暖气", False),  # shorter than the phrase
    (is_("kind", "咨询"), "咨询", True),
    (is_("kind", "咨询"), "投诉", False),
    (Test("kind", "ne", "咨询"), "投诉", True),
    (Test("kind", "in", ("咨询", "求助")), "求助", True),
    (Test("kind", "in", ("咨询", "求助")), "投诉", False),
    (is_("category", "公用事业"), "停水", True),  # a node and all beneath it
    (is_("category", "供水"), "供水", True),
    (is_("category", "停水"), "供水", False),  # not what lies above
    (Test("category", "in", ("供电", "供水")), "停水", True),
    (Test("category", "ne", "公用事业"), "停水", False),
    (Test("category", "ne", "公用事业"), "噪声", True),
    (is_("category", "公用事业"), "不在树中", False),
    (is_("outage", True), True, True),
    (is_("outage", True), False, False),
    (is_("outage", False), False, True),
    (Test("households", "gte", D(100)), 100, True),
    (Test("households", "gte", D(100)), 99, False),
    (Test("households", "gt", D(100)), 100, False),
    (Test("households", "lte", D(100)), 100, True),
    (Test("households", "lt", D(100)), 100, False),
    (Test("households", "eq", D(100)), D("100.0"), True),
    (Test("households", "ne", D(100)), 101, True),
    (Test("rate", "gte", D("96.51")), D("96.51"), True),  # decimals, not binary floats
    (Test("rate", "gte", D("0.3")), D("0.1") + D("0.2"), True),
    (Test("rate", "lt", D("96.51")), D("96.509"), True),
    (Test("kind", "missing", True), "咨询", False),
    (Test("kind", "missing", False), "咨询", True),
]


@pytest.mark.parametrize(("question", "value", "answer"), QUESTIONS)
def test_a_question_is_answered(question: Test, value: FactValue, answer: Verdict) -> None:
    line = ask(question, **{question.fact: value})
    assert (line.verdict, line.actual, line.op) == (answer, value, question.op)


@pytest.mark.parametrize(("question", "value", "answer"), QUESTIONS)
def test_without_the_fact_the_answer_is_unknown_but_for_missing(question: Test, value: FactValue, answer: Verdict) -> None:
    line = ask(question)
    assert line.actual is None
    assert line.verdict is (question.value if question.op == "missing" else None)


WORDS = [
    (has("停水", "停电", "停气"), "停电又停水", ("停水", "停电")),  # in the rule's order
    (has("ＡＢ"), "ab", ("ＡＢ",)),  # as the rule writes it
    (Test("text", "has_all", ("停水", "停电")), "停水", ("停水",)),
    (Test("text", "similar", Similar(("没有暖气", "停水"), 80)), "没有暖气", ("没有暖气",)),
    (has("停水"), "噪声", ()),
]


@pytest.mark.parametrize(("question", "text", "words"), WORDS)
def test_the_words_found_are_named(question: Test, text: str, words: tuple[str, ...]) -> None:
    assert ask(question, text=text).words == words


T, F, U = True, False, None
KLEENE = [
    # two verdicts, and, or
    (T, T, T, T),
    (T, F, F, T),
    (T, U, U, T),
    (F, F, F, F),
    (F, U, F, U),
    (U, U, U, U),
]


@pytest.mark.parametrize(("one", "other", "conjunction", "disjunction"), KLEENE)
def test_kleene_in_both_orders(one: Verdict, other: Verdict, conjunction: Verdict, disjunction: Verdict) -> None:
    assert both([one, other]) is both([other, one]) is conjunction
    assert either([one, other]) is either([other, one]) is disjunction


def test_the_empty_boxes_and_unknown() -> None:
    assert (both([]), either([]), opposite(U), opposite(T), opposite(F)) == (True, False, None, False, True)
    assert (ask(ALWAYS).verdict, ask(AnyOf(())).verdict, ask(NoneOf(())).verdict) == (True, False, True)


verdict_lists = st.lists(st.sampled_from([True, False, None]), max_size=6)


@given(verdict_lists, verdict_lists)
def test_de_morgan_holds_in_three_values(some: list[Verdict], more: list[Verdict]) -> None:
    assert opposite(both(some)) is either(opposite(one) for one in some)
    assert opposite(either(some)) is both(opposite(one) for one in some)
    assert both(some + more) is both([both(some), both(more)])
    assert either(some + more) is either([either(some), either(more)])


leaves = st.sampled_from([is_("outage", True), is_("kind", "咨询"), Test("households", "gte", D(5)), Test("kind", "missing", True)])
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves, lambda inner: st.builds(lambda box, parts: box(tuple(parts)), st.sampled_from([All, AnyOf, NoneOf]), st.lists(inner, max_size=3)), max_leaves=8
)
known = st.fixed_dictionaries({}, optional={"outage": st.booleans(), "kind": st.sampled_from(["咨询", "投诉"]), "households": st.integers(0, 9)})
FILLED = {"outage": (True, False), "kind": ("咨询", "投诉"), "households": (0, 5)}


def asks_missing(condition: Condition) -> bool:
    return condition.op == "missing" if isinstance(condition, Test) else any(asks_missing(part) for part in condition.parts)


@given(conditions.filter(lambda condition: not asks_missing(condition)), known)
def test_what_is_certain_stays_so_whatever_the_unknown_turns_out_to_be(condition: Condition, facts: dict[str, FactValue]) -> None:
    before = ask(condition, **facts).verdict
    names = [name for name in FILLED if name not in facts]
    for values in itertools.product(*(FILLED[name] for name in names)):
        after = ask(condition, **facts, **dict(zip(names, values, strict=True))).verdict
        assert after is not None
        if before is not None:
            assert after is before


@given(conditions, known)
def test_none_is_the_opposite_of_any(condition: Condition, facts: dict[str, FactValue]) -> None:
    assert ask(NoneOf((condition,)), **facts).verdict is opposite(ask(condition, **facts).verdict)
    assert ask(All((condition,)), **facts).verdict is ask(AnyOf((condition,)), **facts).verdict is ask(condition, **facts).verdict


RULES = [
    # what the rule asks, its unless, facts, how it stands
    (is_("outage", True), None, {"outage": True}, "won"),
    (is_("outage", True), None, {"outage": False}, "unmet"),
    (is_("outage", True), None, {}, "unknown"),
    (is_("outage", True), is_("kind", "咨询"), {"outage": True, "kind": "咨询"}, "stopped"),
    (is_("outage", True), is_("kind", "咨询"), {"outage": True, "kind": "投诉"}, "won"),
    (is_("outage", True), is_("kind", "咨询"), {"outage": True}, "won"),  # an unknown exception stops nothing
    (NoneOf((is_("kind", "咨询"),)), None, {}, "unknown"),  # but none over an unknown does not fire
    (is_("outage", True), is_("kind", "咨询"), {"outage": False, "kind": "咨询"}, "unmet"),
    (ALWAYS, None, {}, "won"),
]


@pytest.mark.parametrize(("when", "unless", "facts", "outcome"), RULES)
def test_a_rule_fires_only_when_true_and_not_stopped(when: Condition, unless: Condition | None, facts: dict[str, FactValue], outcome: str) -> None:
    rule = make_rule("A", when, do("urgency", "特急"), unless=unless)
    (verdict,) = verdicts(make_set(rule), facts, FACTS, TREES, AT)
    assert verdict.outcome == outcome
    assert (judge(rule, facts, FACTS, TREES).verdict is True) is (outcome == "won")
    assert [one.id for one in fired(make_set(rule), facts, FACTS, TREES, AT)] == (["A"] if outcome == "won" else [])


DATES = [
    # from, to, in force at AT (2026-11-23 00:00 UTC)
    (None, None, True),
    (AT, None, True),  # from is included
    (None, AT, False),  # to is not
    (datetime(2026, 11, 24, tzinfo=UTC), None, False),
    (None, datetime(2026, 11, 24, tzinfo=UTC), True),
]


@pytest.mark.parametrize(("start", "end", "holds"), DATES)
@pytest.mark.parametrize("of_the_set", [True, False])
def test_outside_its_dates_a_rule_does_not_fire(start: datetime | None, end: datetime | None, holds: bool, of_the_set: bool) -> None:
    dates = Effective(start, end)
    ruleset = make_set(make_rule("A", ALWAYS, effective=None if of_the_set else dates), effective=dates if of_the_set else None)
    assert [one.outcome for one in verdicts(ruleset, {}, FACTS, TREES, AT)] == ["won" if holds else "out_of_date"]
