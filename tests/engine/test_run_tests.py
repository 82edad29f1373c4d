"""A rule set's own tests: they hold, or say in a sentence what was expected and what came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine.condition import ALWAYS, AnyOf
from engine.decision import Decision
from engine.facts import Facts
from engine.hit import Disagreement, Picked, apply
from engine.reference import fired, trees_of, verdicts
from engine.ruleset import Effective, RuleSet, RuleTest
from engine.run_tests import Decide, TestResult, run
from tests.engine.clocks import CALENDAR
from tests.engine.rules_for_tests import FACTS, NAMES, do, has, is_, make_rule, make_set


def slowly(ruleset: RuleSet) -> Decide:
    """Decides by the slow evaluator and the hit policy, without durable-rules."""

    def decide(name: str, event: str, facts: Facts, at: datetime) -> Decision:
        assert name == ruleset.name
        rules = fired(ruleset, facts, FACTS, trees_of(NAMES), at)
        try:
            picked, agreed, reason = apply(ruleset, rules), True, ""
        except Disagreement as apart:
            picked, agreed, reason = Picked((), (), False), False, apart.zh
        return Decision(
            name, "", event, at.isoformat(), tuple(rule.id for rule in rules), picked.winners, picked.actions, picked.by_else, agreed, reason, reason, "",
            tuple(facts.items()), verdicts(ruleset, facts, FACTS, trees_of(NAMES), at),
        )  # fmt: skip

    return decide


def results(ruleset: RuleSet) -> list[TestResult]:
    return run(ruleset, slowly(ruleset), CALENDAR, FACTS)


def of_rule(given: Mapping[str, object], expect: bool | None = None, **raw: object) -> RuleTest:
    return RuleTest(given, raw, 12, expect)


CHAIN = do("chain", [{"at": "开始", "send": ["短信"], "to": ["承办人"]}, {"at": "到期", "send": ["短信", "电话"], "to": ["承办人", "上级单位"]}])
SLOW_CHAIN = do("chain", [{"spent": "50%", "send": ["短信"], "to": ["承办人"]}, {"after": "3d", "send": ["电话"], "to": ["承办人"]}])
TEN_MINUTES = do("deadline", name="派单", within="10m", clock="自然时")
THREE_DAYS = do("deadline", name="办结", within="3d", clock="工作日")
RULE = make_rule("U-010", AnyOf((is_("outage", True), has("停水"))), do("urgency", "特急"), TEN_MINUTES, THREE_DAYS, CHAIN, unless=is_("kind", "咨询"))
MORNING = ["2026-11-23T09:00", "2026-11-23T09:05"]

OF_A_RULE: list[tuple[RuleTest, str]] = [
    # the test, and the words of its sentence: 通过 when it holds
    (of_rule({"outage": True}, True), "通过"),
    (of_rule({"text": "停水", "kind": "投诉"}, True), "通过"),
    (of_rule({"text": "停水", "kind": "咨询"}, False), "通过"),
    (of_rule({}, False), "通过"),
    (of_rule({"outage": None}, False), "通过"),  # null is unknown
    (of_rule({"outage": False, "text": "路灯"}, True), "应当命中，实际不命中（不成立）"),
    (of_rule({}, True), "应当命中，实际不命中（缺少事实，无法判断）"),
    (of_rule({"text": "停水", "kind": "咨询"}, True), "应当命中，实际不命中（成立，但被例外条件拦下）"),
    (of_rule({"outage": True}, False), "应当不命中，实际命中"),
    (of_rule({"outage": True}, at="2026-10-01T23:55", due={"派单": "2026-10-02T00:05"}), "通过"),
    (of_rule({"outage": True}, at="2026-10-01T23:55", due={"派单": "2026-10-02T00:06"}), "时限「派单」应当 2026-10-02T00:06 到期，实际 2026-10-02T00:05"),
    (of_rule({"outage": True}, at="2026-09-30T16:00", due={"办结": "2026-10-10T16:00"}), "通过"),  # a make-up Saturday
    (of_rule({"outage": True}, at="2026-10-01T23:55", due={"签收": "2026-10-02T00:05"}), "应当有时限「签收」"),
    (of_rule({"outage": True}, clock=MORNING, sends=["09:00 短信 承办人", "09:05 短信+电话 承办人+上级单位"]), "通过"),
    (of_rule({"outage": True}, clock=MORNING, met="2026-11-23T09:04:59", sends=["09:00 短信 承办人"]), "通过"),
    (of_rule({"outage": True}, clock=MORNING, met="2026-11-23T09:05", sends=["09:00 短信 承办人"]), "通过"),  # met at the very due time
    (of_rule({"outage": True}, clock=MORNING, met="2026-11-23T09:00", sends=[]), "通过"),
    (of_rule({"outage": True}, clock=MORNING, sends=["2026-11-23T09:00 短信 承办人", "2026-11-23 09:05 短信+电话 承办人+上级单位"]), "通过"),
    (
        of_rule({"outage": True}, clock=MORNING, sends=["09:00 短信 承办人"]),
        "应当发送 09:00 短信 承办人，实际发送 09:00 短信 承办人；09:05 短信+电话 承办人+上级单位",
    ),
    (of_rule({"outage": True}, clock=MORNING, met="2026-11-23T09:00", sends=["09:00 短信 承办人"]), "实际发送 什么也不发"),
    (of_rule({}, clock=MORNING, sends=["09:00 短信 承办人"]), "实际发送 什么也不发"),  # a rule that does not fire sends nothing
    # what is wrong with the test itself
    (of_rule({"outag": True}, True), "given 里的「outag」不是已声明的事实，是不是「outage」？"),
    (of_rule({"kind": "投拆"}, True), "kind 没有选项「投拆」，是不是「投诉」？"),
    (of_rule({"category": "火星"}, True), "category 没有选项「火星」"),
    (of_rule({"outage": "是"}, True), "outage 应当是true 或 false，写的是「是」"),
    (of_rule({"households": "许多"}, True), "households 应当是数字"),
    (of_rule({"households": Decimal("NaN")}, True), "households 应当是数字"),
    (of_rule({"text": True}, True), "text 应当是文字"),
    (of_rule({"outage": True}), "测试没有写预期"),
    (of_rule({"outage": True}, True, expects="hit"), "测试里不认识「expects」"),
    (of_rule({"outage": True}, sends=[]), "写了 sends 就要写 clock"),
    (of_rule({"outage": True}, due={"派单": "2026-10-02"}), "写了 due 就要写 at"),
    (of_rule({"outage": True}, True, at="明天"), "「明天」不是时间"),
    (of_rule({"outage": True}, True, event="ticket.moved"), "规则集不听事件「ticket.moved」"),
    (of_rule({"outage": True}, at="2026-10-01", due="派单"), "due 应当是"),
    (of_rule({"outage": True}, clock=["2026-10-01T09:00"], sends=[]), "clock 应当是"),
]


@pytest.mark.parametrize(("test", "words"), OF_A_RULE)
def test_a_rules_test_holds_or_says_why_not(test: RuleTest, words: str) -> None:
    rule = make_rule("U-010", RULE.when, *RULE.then, unless=RULE.unless, tests=(test,))
    (result,) = results(make_set(rule))
    assert words in result.zh
    assert result.ok is (words == "通过")
    assert (result.file, result.line, result.rule) == ("rules/x.yaml", 12, "U-010")
    assert result.text() == f"rules/x.yaml:12: U-010: {result.zh}"


def test_a_rules_test_judges_the_rule_and_not_the_policy() -> None:
    first = make_rule("A", ALWAYS, do("urgency", "特急"))
    second = make_rule("B", is_("outage", True), do("urgency", "一般"), tests=(of_rule({"outage": True}, True),))
    assert [one.ok for one in results(make_set(first, second, hit="first"))] == [True]
    assert [one.ok for one in results(make_set(first, second, hit="unique"))] == [True]


A = make_rule("A", is_("outage", True), do("urgency", "特急"), TEN_MINUTES)
B = make_rule("B", has("停水"), do("urgency", "一般"))

OF_A_SET: list[tuple[str, dict[str, object], dict[str, object], str]] = [
    # policy, given, expected, the sentence
    ("collect", {"outage": True, "text": "停水"}, {"hit": ["B", "A"]}, "通过"),
    ("first", {"outage": True, "text": "停水"}, {"hit": ["A"]}, "通过"),
    ("first", {"outage": True, "text": "停水"}, {"hit": "A"}, "通过"),
    ("first", {"outage": True, "text": "停水"}, {"hit": ["B"]}, "应当由 B 裁定，实际由 A 裁定"),
    ("first", {"outage": True, "text": "停水"}, {"hit": ["A", "B"]}, "应当由 A、B 裁定，实际由 A 裁定"),
    ("first", {"text": "路灯"}, {"hit": "else"}, "通过"),
    ("first", {"outage": True}, {"hit": "else"}, "应当没有规则适用（else），实际由 A 裁定"),
    ("first", {"text": "路灯"}, {"hit": ["A"]}, "应当由 A 裁定，实际由 else 裁定"),
    ("first", {"outage": True}, {"hit": ["C"]}, "hit 里的「C」不是本规则集的规则"),
    ("unique", {"outage": True, "text": "停水"}, {"hit": ["A"]}, "实际由 无 裁定；只应有一条规则适用，却有 2 条：A、B"),
    ("first", {"outage": True}, {"hit": ["A"], "at": "2026-10-01T23:55", "due": {"派单": "2026-10-02T00:05"}}, "通过"),
    ("first", {"text": "路灯"}, {"hit": "else", "at": "2026-10-09T10:00", "due": {"派单": "2026-10-09T11:00"}}, "通过"),
    ("first", {"text": "停水"}, {"at": "2026-10-09T10:00", "due": {"派单": "2026-10-09T11:00"}}, "应当有时限「派单」"),
]


@pytest.mark.parametrize(("policy", "given", "raw", "words"), OF_A_SET)
def test_a_sets_test_holds_or_says_who_won_instead(policy: str, given: dict[str, object], raw: dict[str, object], words: str) -> None:
    hour = do("deadline", name="派单", within="1h", clock="自然时")
    (result,) = results(make_set(A, B, hit=policy, otherwise=(hour,), tests=(of_rule(given, **raw),)))
    assert words in result.zh
    assert result.ok is (words == "通过")
    assert result.rule == "x"


def test_without_rules_or_else_a_set_that_decides_nothing_can_be_expected() -> None:
    assert [one.ok for one in results(make_set(A, tests=(of_rule({"outage": False}, hit=[]),)))] == [True]
    assert [one.ok for one in results(make_set(A, otherwise=(do("urgency", "一般"),), tests=(of_rule({"outage": False}, hit=[]),)))] == [False]


def test_links_after_the_first_day_are_named_with_their_date() -> None:
    clock = ["2026-11-27T14:10", "2026-12-01T14:10", "工作日"]
    sends = ["2026-11-30T14:10 短信 承办人", "2026-12-04T14:10 电话 承办人"]
    rule = make_rule("E", ALWAYS, SLOW_CHAIN, tests=(of_rule({}, clock=clock, sends=sends), of_rule({}, clock=clock, sends=["14:10 短信 承办人", sends[1]])))
    holds, fails = results(make_set(rule, event="deadline.started"))
    assert holds.ok, holds.zh
    assert "实际发送 2026-11-30T14:10 短信 承办人" in fails.zh


SCORING = (
    make_rule("K-010", ALWAYS, do("score", indicator="households", weight=Decimal("0.5"))),
    make_rule("K-020", ALWAYS, do("score", indicator="rate", weight=Decimal("0.5"), min_sample=10, below="share")),
)
POINTS = [
    ({"households": 100, "rate": 50.55, "rate_n": 10}, {"K-010": 50.0, "K-020": 25.28, "total": 75.28}, "通过"),
    ({"households": 100, "rate": 50, "rate_n": 10}, {"K-020": 24.99}, "K-020 应当得 24.99 分，实际 25.00 分"),
    ({"households": 100, "rate": 50, "rate_n": 9}, {"K-010": 100, "total": 100}, "通过"),
    ({"households": 100, "rate": 50, "rate_n": 9}, {"K-020": 25}, "样本不足，分值已分摊"),
    ({"rate": 50, "rate_n": 10}, {"K-010": 25}, "没有得分"),
    ({"text_n": 10}, {"K-010": 25}, "「text_n」不是已声明的事实"),
    ({"households": 100}, [50], "points 应当是"),
]


@pytest.mark.parametrize(("given", "points", "words"), POINTS)
def test_points_are_expected_by_rule_and_in_total(given: dict[str, object], points: object, words: str) -> None:
    (result,) = results(make_set(*SCORING, hit="sum", event="period.closed", tests=(of_rule(given, points=points),)))
    assert words in result.zh
    assert result.ok is (words == "通过")


SUMMER, WINTER = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(("start", "end"), [(SUMMER, None), (None, SUMMER), (SUMMER, WINTER), (None, None)])
def test_a_rule_is_tested_while_it_is_in_force(start: datetime | None, end: datetime | None) -> None:
    rule = make_rule("A", is_("outage", True), tests=(of_rule({"outage": True}, True),), effective=Effective(start, end))
    assert [one.ok for one in results(make_set(rule))] == [True]
    late = make_rule("A", is_("outage", True), tests=(of_rule({"outage": True}, True, at="2027-01-01"),), effective=Effective(start, WINTER))
    (result,) = results(make_set(late))
    assert not result.ok
    assert "不在有效期" in result.zh


def test_results_come_in_the_order_of_the_file_rules_first() -> None:
    one, two = of_rule({"outage": True}, True), of_rule({"outage": False}, False)
    found = results(make_set(make_rule("A", is_("outage", True), tests=(one, two)), tests=(of_rule({"outage": True}, hit=["A"]),)))
    assert [(each.rule, each.ok) for each in found] == [("A", True), ("A", True), ("x", True)]
    assert found[0].text("en") == "rules/x.yaml:12: A: holds"
