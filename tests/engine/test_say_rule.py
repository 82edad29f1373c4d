"""A rule as one sentence, in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.condition import ALWAYS, All, AnyOf, Condition, NoneOf, Test
from engine.say_rule import say_condition, say_rule
from tests.engine.rules_for_tests import FACTS, do, has, is_, make_rule

WATER, QUERY, OUT = is_("category", "供水"), is_("kind", "咨询"), is_("outage", True)

CONDITIONS: list[tuple[Condition, str, str]] = [
    (WATER, "诉求类别 属于 供水", "Category lies within 供水"),
    (All((WATER, has("停水"))), "诉求类别 属于 供水，且 诉求内容 出现“停水”", "Category lies within 供水, and Request text mentions “停水”"),
    (AnyOf((QUERY, OUT)), "诉求性质 是 咨询，或 正在中断 为 是", "Kind is 咨询, or Service is out is yes"),
    (
        All((WATER, AnyOf((QUERY, OUT)))),
        "诉求类别 属于 供水，且 （诉求性质 是 咨询，或 正在中断 为 是）",
        "Category lies within 供水, and (Kind is 咨询, or Service is out is yes)",
    ),
    (
        AnyOf((All((WATER, OUT)), QUERY)),
        "（诉求类别 属于 供水，且 正在中断 为 是），或 诉求性质 是 咨询",
        "(Category lies within 供水, and Service is out is yes), or Kind is 咨询",
    ),
    (NoneOf((QUERY, OUT)), "并非（诉求性质 是 咨询，或 正在中断 为 是）", "not (Kind is 咨询, or Service is out is yes)"),
    (NoneOf((All((WATER, OUT)),)), "并非（诉求类别 属于 供水，且 正在中断 为 是）", "not (Category lies within 供水, and Service is out is yes)"),
    (AnyOf((All((WATER, OUT)),)), "诉求类别 属于 供水，且 正在中断 为 是", "Category lies within 供水, and Service is out is yes"),
]


@pytest.mark.parametrize(("asked", "zh", "en"), CONDITIONS)
def test_conditions_read_aloud(asked: Condition, zh: str, en: str) -> None:
    assert say_condition(asked, FACTS) == zh
    assert say_condition(asked, FACTS, "en") == en


def test_a_rule_is_one_sentence() -> None:
    heat = make_rule("R-1", All((WATER, has("停暖"))), do("dispatch", to=["供热公司"]), unless=QUERY)
    assert say_rule(heat, FACTS) == "当 诉求类别 属于 供水，且 诉求内容 出现“停暖” 时，派给 供热公司；除非 诉求性质 是 咨询。"
    assert say_rule(heat, FACTS, "en") == "When Category lies within 供水, and Request text mentions “停暖”: dispatch to 供热公司; unless Kind is 咨询."


def test_a_rule_without_conditions_and_one_with_two_actions() -> None:
    both = make_rule("R-2", ALWAYS, do("urgency", "特急"), do("dispatch", to=["供热公司"]))
    assert say_rule(both, FACTS) == "总是：特急，并派给 供热公司。"
    assert say_rule(both, FACTS, "en") == "Always: urgency 特急, and dispatch to 供热公司."
    idle = make_rule("R-3", Test("households", "gte", Decimal(100)))
    assert say_rule(idle, FACTS) == "当 影响户数 不少于 100 时，不做任何事。"
