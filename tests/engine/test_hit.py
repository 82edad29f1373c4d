"""Who has the say when several rules fire."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.condition import ALWAYS
from engine.hit import Disagreement, Picked, apply, higher, value_at
from engine.ruleset import Action, Rule, RuleSet
from tests.engine.rules_for_tests import do, make_rule, make_set

URGENCY = {"urgency": ("特急", "紧急", "一般")}


def rule(name: str, *then: Action) -> Rule:
    return make_rule(name, ALWAYS, *then)


def pick(ruleset: RuleSet, *names: str) -> Picked:
    return apply(ruleset, [ruleset.rule(name) for name in names])


def urgent(name: str, value: str) -> Rule:
    return rule(name, do("urgency", value))


def deadline(name: str, of: str, within: str = "5m") -> Rule:
    return rule(name, do("deadline", name=of, within=within))


CASES = [
    # policy, its settings, rules that fired, winners
    ("first", {}, [urgent("A", "一般"), urgent("B", "特急")], ["A"]),
    ("unique", {}, [urgent("A", "一般")], ["A"]),
    ("unique", {"per": "deadline.name"}, [deadline("A", "签收"), deadline("B", "办结")], ["A", "B"]),
    ("unique", {"per": "deadline.name"}, [deadline("A", "签收"), urgent("B", "特急"), urgent("C", "特急")], ["A", "B", "C"]),
    ("any", {}, [urgent("A", "特急"), urgent("B", "特急")], ["A"]),
    ("highest", {"order": URGENCY}, [urgent("A", "一般"), urgent("B", "特急"), urgent("C", "紧急")], ["B"]),
    ("highest", {"order": URGENCY}, [urgent("A", "特急"), urgent("B", "特急")], ["A"]),  # equal height: the earlier rank
    ("highest", {"order": URGENCY}, [rule("A", do("dispatch", to=["甲"])), urgent("B", "一般")], ["B"]),  # no value is lowest
    (
        "highest",
        {"order": {"supervise.level": ("提级督办", "重点督办", "关注")}},
        [rule("A", do("supervise", level="关注")), rule("B", do("supervise", level="重点督办"))],
        ["B"],
    ),
    ("collect", {}, [urgent("A", "一般"), urgent("B", "特急")], ["A", "B"]),
    ("sum", {}, [rule("A", do("score", weight=Decimal("0.3"))), rule("B", do("score", weight=Decimal("0.7")))], ["A", "B"]),
]


@pytest.mark.parametrize(("policy", "settings", "rules", "winners"), CASES)
def test_the_policy_keeps_the_right_rules(policy: str, settings: dict[str, object], rules: list[Rule], winners: list[str]) -> None:
    ruleset = make_set(*rules, hit=policy, otherwise=(do("urgency", "一般"),), **settings)  # type: ignore[arg-type]
    picked = pick(ruleset, *(one.id for one in rules))
    assert list(picked.winners) == winners
    assert [owner for owner, _ in picked.actions] == [one.id for one in rules if one.id in winners for _ in one.then]
    assert not picked.by_else


@pytest.mark.parametrize("policy", ["first", "unique", "any", "highest", "collect", "sum"])
def test_when_no_rule_fires_else_speaks(policy: str) -> None:
    ruleset = make_set(urgent("A", "特急"), hit=policy, order=URGENCY, otherwise=(do("urgency", "一般"), do("survey", send=["短信"])))
    picked = pick(ruleset)
    assert (picked.winners, picked.by_else) == ((), True)
    assert [(owner, action.kind) for owner, action in picked.actions] == [("else", "urgency"), ("else", "survey")]


DISAGREE = [
    ("unique", None, [urgent("A", "特急"), urgent("B", "特急")], ("A", "B"), "只应有一条规则适用，却有 2 条：A、B"),
    (
        "unique",
        "deadline.name",
        [deadline("A", "办结"), deadline("B", "签收"), deadline("C", "办结")],
        ("A", "C"),
        "「办结」只应由一条规则给出，却由 A、C 给出",
    ),
    ("unique", "deadline.name", [rule("A", do("deadline", name="办结"), do("deadline", name="办结"))], ("A",), "「办结」只应由一条规则给出"),
    ("any", None, [urgent("A", "特急"), urgent("B", "特急"), urgent("C", "一般")], ("A", "C"), "A 与 C 结论不一致"),
    ("any", None, [deadline("A", "办结", "3d"), deadline("B", "办结", "7d")], ("A", "B"), "结论不一致"),
]


@pytest.mark.parametrize(("policy", "per", "rules", "ids", "words"), DISAGREE)
def test_disagreement_is_an_error_that_names_the_rules(policy: str, per: str | None, rules: list[Rule], ids: tuple[str, ...], words: str) -> None:
    ruleset = make_set(*rules, hit=policy, per=per)
    with pytest.raises(Disagreement, match=words) as raised:
        pick(ruleset, *(one.id for one in rules))
    assert raised.value.rules == ids
    assert raised.value.permanent
    assert all(name in raised.value.en for name in ids)


def test_under_any_the_order_of_actions_and_the_line_are_no_disagreement() -> None:
    one = make_rule("A", ALWAYS, Action("urgency", {"value": "特急"}, 3), Action("dispatch", {"to": ["甲"], "or": ["乙"]}, 4))
    two = make_rule("B", ALWAYS, Action("dispatch", {"or": ["乙"], "to": ["甲"]}, 9), Action("urgency", {"value": "特急"}, 8))
    assert pick(make_set(one, two, hit="any"), "A", "B").winners == ("A",)


def test_a_level_only_rises() -> None:
    ruleset = make_set(hit="collect", order={"supervise.level": ("提级督办", "重点督办", "关注")})
    levels = ("提级督办", "重点督办", "关注")
    for one, other in itertools.product(levels, levels):
        assert higher(ruleset, "supervise.level", one, other) == levels[min(levels.index(one), levels.index(other))]


PATHS = [
    (do("urgency", "特急"), "urgency", "特急"),
    (do("urgency", "特急"), "deadline.name", None),
    (do("deadline", name="办结"), "deadline.name", "办结"),
    (do("deadline", name="办结"), "deadline.within", None),
    (do("supervise", level="关注", once={"category": 2}), "supervise.once.category", 2),
    (do("supervise", level="关注"), "supervise.level.more", None),
]


@pytest.mark.parametrize(("action", "path", "value"), PATHS)
def test_a_path_leads_to_its_value_or_to_nothing(action: Action, path: str, value: object) -> None:
    assert value_at(action, path) == value


policies = st.sampled_from(["first", "highest", "collect", "sum"])
values = st.lists(st.sampled_from(["特急", "紧急", "一般"]), min_size=1, max_size=6)


@given(policies, values, st.randoms(use_true_random=False))
def test_the_order_in_which_rules_fire_changes_nothing(policy: str, urgencies: list[str], random: object) -> None:
    rules = [urgent(f"R{number}", value) for number, value in enumerate(urgencies)]
    ruleset = make_set(*rules, hit=policy, order=URGENCY)
    names = [one.id for one in rules]
    expected = pick(ruleset, *names)
    random.shuffle(names)  # type: ignore[attr-defined]
    assert pick(ruleset, *names) == expected
    assert set(expected.winners) <= set(names)


@given(values)
def test_nothing_that_fired_is_higher_than_the_highest(urgencies: list[str]) -> None:
    order = URGENCY["urgency"]
    ruleset = make_set(*(urgent(f"R{number}", value) for number, value in enumerate(urgencies)), hit="highest", order=URGENCY)
    picked = apply(ruleset, ruleset.rules)
    assert picked.actions[0][1].args["value"] == min(urgencies, key=order.index)


@given(values)
def test_any_agrees_exactly_when_all_ask_the_same(urgencies: list[str]) -> None:
    ruleset = make_set(*(urgent(f"R{number}", value) for number, value in enumerate(urgencies)), hit="any")
    if len(set(urgencies)) == 1:
        assert apply(ruleset, ruleset.rules).winners == ("R0",)
    else:
        with pytest.raises(Disagreement):
            apply(ruleset, ruleset.rules)
