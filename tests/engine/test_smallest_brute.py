"""The smallest change is as small as exhaustive search says, on generated rule sets, and every one shown holds on the engine."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import context, hit, reference
from engine.compile_ruleset import CompileRefused
from engine.condition import All, AnyOf, Condition, NoneOf, Test
from engine.decision import Decision
from engine.evaluate import Judge
from engine.facts import Facts, FactValue
from engine.ruleset import RuleSet
from engine.smallest import MOST_CHANGES, smallest
from tests.engine.rules_for_tests import FACTS, NAMES, do, make_rule, make_set

AT = datetime(2026, 6, 1, tzinfo=UTC)
KEYWORDS = ("停水", "停水通知", "通知", "水管")
TEXTS = tuple("，".join(words) or "无" for size in range(4) for words in itertools.combinations(("停水", "停水通知", "通知", "水管"), size))
DOMAIN: dict[str, tuple[FactValue | None, ...]] = {
    "text": (None, *TEXTS),
    "kind": (None, "咨询", "投诉", "求助"),
    "category": (None, "公用事业", "供水", "停水", "供电", "噪声"),
    "outage": (None, True, False),
    "households": (None, *(Decimal(number) for number in range(0, 8))),
}
TREES = context.trees(NAMES)

words = st.lists(st.sampled_from(KEYWORDS), min_size=1, max_size=2, unique=True).map(tuple)
nodes = st.lists(st.sampled_from(("公用事业", "供水", "停水", "供电", "噪声")), min_size=1, max_size=2, unique=True).map(tuple)
questions = st.one_of(
    st.builds(Test, st.just("text"), st.sampled_from(["has_any", "has_all"]), words),
    st.builds(Test, st.just("kind"), st.sampled_from(["eq", "ne"]), st.sampled_from(["咨询", "投诉"])),
    st.builds(Test, st.just("category"), st.just("in"), nodes),
    st.builds(Test, st.just("category"), st.just("ne"), st.sampled_from(("公用事业", "供水"))),
    st.builds(Test, st.just("households"), st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), st.sampled_from([Decimal(2), Decimal(4), Decimal(5)])),
    st.builds(Test, st.just("outage"), st.just("eq"), st.booleans()),
    st.builds(Test, st.sampled_from(["kind", "outage", "households", "category", "text"]), st.just("missing"), st.booleans()),
)
conditions = st.recursive(
    questions,
    lambda inner: st.builds(lambda box, parts: box(tuple(parts)), st.sampled_from([All, All, AnyOf, NoneOf]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=5,
)
actions = st.sampled_from([do("urgency", "特急"), do("urgency", "一般"), do("deadline", name="办结", within="3d"), do("deadline", name="签收", within="5m")])
tickets = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in DOMAIN.items()})
policies = st.sampled_from([("first", None), ("unique", None), ("unique", "deadline.name"), ("any", None), ("highest", None), ("collect", None)])


def wins(ruleset: RuleSet, rule_id: str, facts: Facts) -> bool:
    try:
        return rule_id in hit.apply(ruleset, reference.fired(ruleset, facts, FACTS, TREES, AT)).winners
    except hit.Disagreement:
        return False


def brute(ruleset: RuleSet, rule_id: str, facts: Mapping[str, FactValue | None]) -> int | None:
    """The least number of facts to change, trying every value of every one, two and three facts; None when three are not enough."""
    asked = sorted({test.fact for rule in ruleset.rules for test in asked_by(rule.when) + (asked_by(rule.unless) if rule.unless else [])})
    for size in range(MOST_CHANGES + 1):
        for names in itertools.combinations(asked, size):
            for values in itertools.product(*([value for value in DOMAIN[name] if value != facts[name]] for name in names)):
                after = {**facts, **dict(zip(names, values, strict=True))}
                if wins(ruleset, rule_id, {name: value for name, value in after.items() if value is not None}):
                    return size
    return None


def asked_by(condition: Condition) -> list[Test]:
    return [condition] if isinstance(condition, Test) else [test for part in condition.parts for test in asked_by(part)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(conditions, st.none() | questions, actions), min_size=1, max_size=4), policies, tickets, st.data())
def test_no_smaller_change_exists_and_each_one_holds(
    parts: list[tuple[Condition, Condition | None, object]], policy: tuple[str, str | None], ticket: dict[str, FactValue | None], data: st.DataObject
) -> None:
    rules = [make_rule(f"R-{place}", when, then, unless=unless) for place, (when, unless, then) in enumerate(parts)]  # type: ignore[arg-type]
    order = {"urgency": ("特急", "紧急", "一般")} if policy[0] == "highest" else None
    ruleset = make_set(*rules, hit=policy[0], per=policy[1], order=order)
    try:
        judge = Judge(ruleset, FACTS, TREES)
    except CompileRefused:
        return
    facts = {name: value for name, value in ticket.items() if value is not None}

    def decide(given: Facts) -> Decision:
        return judge.decide("ticket.registered", given, AT)

    rule = data.draw(st.sampled_from(rules)).id
    found = smallest(ruleset, rule, facts, FACTS, NAMES, AT, decide)
    least = brute(ruleset, rule, ticket)
    try:
        assert found.already == (least == 0)
        if least is None:
            assert not found.remedies
            assert found.never or found.least > MOST_CHANGES
        else:
            assert not found.never
            assert [len(one.changes) for one in found.remedies] == [least] * len(found.remedies)
            assert found.remedies or found.already
        for one in found.remedies:
            assert wins(ruleset, rule, one.facts)
            assert {change.fact for change in one.changes} == {name for name in {**facts, **one.facts} if facts.get(name) != one.facts.get(name)}
    finally:
        judge.close()
