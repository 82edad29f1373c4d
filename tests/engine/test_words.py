"""Conditions, verdicts and decisions as sentences, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine import words
from engine.condition import ALWAYS, All, AnyOf, Condition, NoneOf, Similar, Test
from engine.facts import FactValue
from engine.hit import apply
from engine.reference import fired, judge, trees_of, verdicts
from engine.ruleset import Action, RuleSet
from engine.say_actions import PHRASES, action
from tests.engine.rules_for_tests import FACTS, NAMES, do, has, is_, like, make_rule, make_set

AT = datetime(2026, 11, 23, tzinfo=UTC)
TREES = trees_of(NAMES)

CONDITIONS: list[tuple[Condition, str, str]] = [
    (has("停水", "停电"), "诉求内容 出现“停水”或“停电”", "Request text mentions “停水” or “停电”"),
    (Test("text", "has_all", ("小区", "停水")), "诉求内容 同时出现“小区”和“停水”", "Request text mentions “小区” and “停水”"),
    (like("没有暖气"), "诉求内容 近似“没有暖气”（相似度不低于 80）", "Request text is like “没有暖气” (at least 80 of 100)"),
    (is_("kind", "咨询"), "诉求性质 是 咨询", "Kind is 咨询"),
    (Test("kind", "ne", "咨询"), "诉求性质 不是 咨询", "Kind is not 咨询"),
    (Test("kind", "in", ("咨询", "求助")), "诉求性质 是 咨询、求助 之一", "Kind is 咨询 or 求助"),
    (is_("category", "供水"), "诉求类别 属于 供水", "Category lies within 供水"),
    (Test("category", "ne", "供水"), "诉求类别 不属于 供水", "Category lies outside 供水"),
    (is_("outage", True), "正在中断 为 是", "Service is out is yes"),
    (Test("households", "gte", Decimal(100)), "影响户数 不少于 100", "Households is at least 100"),
    (Test("rate", "lt", Decimal("1.50")), "解决率 小于 1.5", "Solved rate is less than 1.5"),
    (Test("kind", "missing", True), "没有诉求性质", "Kind is missing"),
    (Test("kind", "missing", False), "有诉求性质", "Kind is known"),
    (ALWAYS, "总是", "always"),
    (All((is_("kind", "咨询"), is_("outage", False))), "诉求性质 是 咨询；正在中断 为 否", "Kind is 咨询; Service is out is no"),
    (AnyOf((is_("kind", "咨询"), is_("outage", True))), "满足之一（诉求性质 是 咨询；正在中断 为 是）", "any of (Kind is 咨询; Service is out is yes)"),
    (NoneOf((is_("kind", "咨询"),)), "都不满足（诉求性质 是 咨询）", "none of (Kind is 咨询)"),
]


@pytest.mark.parametrize(("condition", "zh", "en"), CONDITIONS)
def test_a_condition_is_said(condition: Condition, zh: str, en: str) -> None:
    assert words.condition(condition, FACTS, "zh") == zh
    assert words.condition(condition, FACTS, "en") == en


ANSWERS: list[tuple[Test, dict[str, FactValue], str, str]] = [
    (has("停水", "停电"), {"text": "停电了"}, "诉求内容 出现“停水”或“停电”：是（找到“停电”）", "Request text mentions “停水” or “停电”: yes (found “停电”)"),
    (has("停水"), {"text": "长长的原话"}, "诉求内容 出现“停水”：否", "Request text mentions “停水”: no"),  # a citizen's words are not repeated
    (is_("category", "供水"), {"category": "噪声"}, "诉求类别 属于 供水：否（实际 噪声）", "Category lies within 供水: no (it is 噪声)"),
    (is_("outage", True), {}, "正在中断 为 是：未知（没有这项事实）", "Service is out is yes: unknown (not known)"),
    (Test("households", "gte", Decimal(100)), {"households": 20}, "影响户数 不少于 100：否（实际 20）", "Households is at least 100: no (it is 20)"),
]


@pytest.mark.parametrize(("test", "facts", "zh", "en"), ANSWERS)
def test_an_answer_is_said_with_what_it_was_answered_from(test: Test, facts: dict[str, FactValue], zh: str, en: str) -> None:
    line = judge(test, facts, FACTS, TREES)
    assert words.sentence(line, FACTS, "zh") == zh
    assert words.sentence(line, FACTS, "en") == en


def test_a_box_is_said_with_its_verdict() -> None:
    line = judge(AnyOf((has("停水"), is_("outage", True))), {"outage": True}, FACTS, TREES)
    assert (words.sentence(line, FACTS), words.sentence(line, FACTS, "en")) == ("满足之一：是", "any of: yes")


UTILITIES = All((Test("category", "in", ("供水", "供电")), AnyOf((is_("outage", True), has("停水", "停电")))))
URGENT = (do("urgency", "特急"), do("deadline", name="派单", within="10m", clock="自然时"))


def decided(ruleset: RuleSet, facts: dict[str, FactValue]) -> tuple[str, str]:
    picked = apply(ruleset, fired(ruleset, facts, FACTS, TREES, AT))
    return words.reason(ruleset, picked, verdicts(ruleset, facts, FACTS, TREES, AT), FACTS)


REASONS: list[tuple[Condition, dict[str, FactValue], str, str]] = [
    # the condition, the facts, why
    (UTILITIES, {"category": "供水", "text": "家里停水"}, "诉求类别 属于 供水；诉求内容 出现“停水”", "Category lies within 供水; Request text mentions “停水”"),
    (UTILITIES, {"category": "供水", "outage": True}, "诉求类别 属于 供水；正在中断 为 是", "Category lies within 供水; Service is out is yes"),
    (
        UTILITIES,
        {"category": "停水", "outage": True},
        "诉求类别「停水」属于 供水、供电 之一；正在中断 为 是",
        "Category “停水” lies within 供水 or 供电; Service is out is yes",
    ),
    (Test("households", "gte", Decimal(100)), {"households": 320}, "影响户数 320，不少于 100", "Households is 320, which is at least 100"),
    (Test("kind", "in", ("咨询", "求助")), {"kind": "求助"}, "诉求性质 是 求助", "Kind is 求助"),
    (NoneOf((is_("kind", "咨询"),)), {"kind": "投诉"}, "诉求性质 不是 咨询", "Kind is not 咨询"),
    (
        NoneOf((Test("kind", "in", ("咨询", "求助")), is_("outage", True), Test("category", "in", ("供水", "供电")), has("停水", "停电"))),
        {"kind": "投诉", "outage": False, "category": "噪声", "text": "太吵"},
        "诉求性质 不是 咨询、求助 之一；正在中断 为 否；诉求类别 不属于 供水、供电 之一；诉求内容 没有出现“停水”或“停电”",
        "Kind is not 咨询 or 求助; Service is out is no; Category lies outside 供水 or 供电; Request text does not mention “停水” or “停电”",
    ),
    (
        NoneOf((Test("households", "gte", Decimal(100)), Test("kind", "missing", True))),
        {"households": 20, "kind": "投诉"},
        "影响户数 小于 100；有诉求性质",
        "Households is less than 100; Kind is known",
    ),
    (
        NoneOf((AnyOf((is_("kind", "咨询"), is_("outage", True))),)),
        {"kind": "投诉", "outage": False},
        "并非「满足之一（诉求性质 是 咨询；正在中断 为 是）」",
        "not: any of (Kind is 咨询; Service is out is yes)",
    ),
    (Test("text", "similar", Similar(("没有暖气", "漏水"), 80)), {"text": "家里没有暖气"}, "诉求内容 近似“没有暖气”", "Request text is like “没有暖气”"),
    (ALWAYS, {}, "按规则「规则U-010」", "by the rule “Rule U-010”"),
]


@pytest.mark.parametrize(("condition", "facts", "zh", "en"), REASONS)
def test_a_decision_says_what_it_was_decided_from(condition: Condition, facts: dict[str, FactValue], zh: str, en: str) -> None:
    reason = decided(make_set(make_rule("U-010", condition, *URGENT)), facts)
    assert reason == (f"{zh}；因此：特急，派单时限 10分钟（自然时）", f"{en}; therefore: urgency 特急, 派单 within 10 minutes (自然时)")


def test_when_nothing_applies_the_reason_says_so() -> None:
    rule = make_rule("U-010", is_("outage", True), *URGENT)
    assert decided(make_set(rule, otherwise=(do("urgency", "一般"),)), {}) == (
        "没有规则适用；按一般情况：一般",
        "No rule applies; so the ordinary case holds: urgency 一般",
    )
    assert decided(make_set(rule), {}) == ("没有规则适用", "No rule applies")


def test_many_winners_are_told_shortly() -> None:
    rules = [make_rule(f"S-{number}", is_("outage", True), do("urgency", "特急")) for number in range(5)]
    zh, en = decided(make_set(*rules, hit="collect"), {"outage": True})
    assert zh.endswith("。另有 2 条规则适用")
    assert zh.count("因此") == 3
    assert en.endswith(". 2 more rules apply")


OUTCOMES: list[tuple[dict[str, FactValue], str]] = [
    ({"outage": True}, "U-010 规则U-010：命中（正在中断 为 是）"),
    ({"outage": False}, "U-010 规则U-010：不成立（正在中断 为 是：否（实际 否））"),
    ({}, "U-010 规则U-010：缺少事实，无法判断（正在中断 为 是：未知（没有这项事实））"),
    ({"outage": True, "kind": "咨询"}, "U-010 规则U-010：成立，但被例外条件拦下（诉求性质 是 咨询）"),
]


@pytest.mark.parametrize(("facts", "zh"), OUTCOMES)
def test_how_a_rule_fared_is_said_with_what_decided_it(facts: dict[str, FactValue], zh: str) -> None:
    ruleset = make_set(make_rule("U-010", All((is_("outage", True),)), unless=is_("kind", "咨询")))
    (verdict,) = verdicts(ruleset, facts, FACTS, TREES, AT)
    assert words.outcome(verdict, FACTS) == zh


def test_a_broken_none_is_blamed_on_what_held() -> None:
    ruleset = make_set(make_rule("U-010", NoneOf((is_("kind", "咨询"), is_("outage", True)))))
    (verdict,) = verdicts(ruleset, {"kind": "咨询", "outage": False}, FACTS, TREES, AT)
    assert words.outcome(verdict, FACTS, "en") == "U-010 规则U-010: does not apply (Kind is 咨询: yes (it is 咨询))"


ACTIONS: list[tuple[Action, str, str]] = [
    (do("urgency", "特急"), "特急", "urgency 特急"),
    (do("deadline", name="办结", within="3d", clock="工作日"), "办结时限 3个工作日", "办结 within 3 working days (工作日)"),
    (do("deadline", name="办结", within="24h", clock="自然时"), "办结时限 24小时（自然时）", "办结 within 24 hours (自然时)"),
    (do("dispatch", to=["归口科室"]), "派给 归口科室", "dispatch to 归口科室"),
    (
        Action("dispatch", {"to": ["属地物业企业"], "or": ["住建局/物业科"], "assist": ["属地社区书记"]}),
        "派给 属地物业企业（找不到时 住建局/物业科），协办 属地社区书记",
        "dispatch to 属地物业企业 (else 住建局/物业科), assisted by 属地社区书记",
    ),
    (do("chain", [{"at": "开始"}, {"at": "到期"}]), "升级链 2 环", "a chain of 2 links"),
    (do("review", chain=["科室负责人", "分管领导"]), "逐级审核 科室负责人→分管领导", "review by 科室负责人→分管领导"),
    (do("supervise", level="重点督办", by=["热线中心/督办科"]), "重点督办，由 热线中心/督办科 督办", "supervision 重点督办 by 热线中心/督办科"),
    (do("warn", to=["住建局"]), "预警 住建局", "warn 住建局"),
    (do("survey", send=["短信"], after="1h"), "1小时后短信回访", "survey by 短信 after 1 hour"),
    (do("survey", send=["电话"], after="0m"), "电话回访", "survey by 电话"),
    (do("mediate", by=["属地网格员"]), "由 属地网格员 上门调解", "mediation by 属地网格员"),
    (
        Action("exclude", {"from": "all", "reason": "诉求超出政策", "approve": ["热线中心/考核科"]}),
        "从全部指标剔除（诉求超出政策），须 热线中心/考核科 批准",
        "excluded from all rates (诉求超出政策), once 热线中心/考核科 approves",
    ),
    (Action("exclude", {"from": ["solved_rate"], "reason": "未接通"}), "从solved_rate剔除（未接通）", "excluded from solved_rate (未接通)"),
    (do("score", indicator="rate", weight=1), "按 rate 计分", "points for rate"),
    (do("ring", bell="一"), "ring bell 一", "ring bell 一"),  # a kind that has no words yet
]


@pytest.mark.parametrize(("one", "zh", "en"), ACTIONS)
def test_an_action_is_said(one: Action, zh: str, en: str) -> None:
    assert (action(one), action(one, "en")) == (zh, en)


def test_every_action_of_the_language_has_words() -> None:
    said = {one.kind for one, _, _ in ACTIONS}
    assert set(PHRASES) <= said
