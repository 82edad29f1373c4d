"""What past tickets make of a rule set: hits, wins, lines that never decide, and what only `else` caught."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import context, reference
from engine.condition import All, AnyOf, Condition, Test
from engine.coverage import Coverage, Covered, WrongVersion
from engine.decision import Line, Verdict
from engine.evaluate import Judge
from engine.facts import FactValue
from engine.ruleset import Effective, RuleSet
from tests.engine.rules_for_tests import FACTS, NAMES, do, has, is_, make_rule, make_set
from tests.engine.test_smallest_brute import conditions, questions, tickets

AT = datetime(2026, 6, 1, tzinfo=UTC)
TREES = context.trees(NAMES)
SET = make_set(
    make_rule("A", All((is_("category", "供水"), has("停水", "没水"))), do("urgency", "特急"), unless=is_("kind", "咨询")),
    make_rule("B", AnyOf((is_("outage", True), Test("households", "gte", Decimal(50)))), do("urgency", "紧急")),
    make_rule("C", All((is_("category", "噪声"), is_("kind", "投诉"))), do("urgency", "一般")),
    otherwise=(do("urgency", "一般"),),
)
PAST: list[tuple[str, dict[str, FactValue]]] = [
    ("t1", {"category": "停水", "text": "家里停水", "kind": "投诉"}),  # A: category and text decide, and kind: a 咨询 would have stopped it
    ("t2", {"category": "停水", "text": "水费贵"}),  # only A's text stands in the way
    ("t3", {"category": "供电", "text": "停水", "outage": True}),  # B wins by outage
    ("t4", {"category": "噪声", "text": "广场舞"}),  # C fails for want of a kind: else
    ("t5", {"text": "你好"}),  # else
]


def run(ruleset: RuleSet, cases: list[tuple[str, dict[str, FactValue]]], into: Coverage | None = None) -> Coverage:
    coverage = into or Coverage(ruleset, FACTS, NAMES)
    judge = Judge(ruleset, FACTS, TREES)
    for place, (name, facts) in enumerate(cases):
        coverage.add(name, judge.decide("ticket.registered", facts, AT + timedelta(days=place)), facts)
    judge.close()
    return coverage


def decided(covered: Covered) -> dict[str, list[str | None]]:
    return {rule.id: [line.case for line in rule.lines] for rule in covered.rules}


def test_hits_wins_and_the_last_hit_are_counted() -> None:
    covered = run(SET, PAST).covered()
    assert [(rule.id, rule.hits, rule.wins, rule.last_case) for rule in covered.rules] == [("A", 1, 1, "t1"), ("B", 1, 1, "t3"), ("C", 0, 0, None)]
    assert covered.rules[1].last_hit == (AT + timedelta(days=2)).isoformat()
    assert covered.never_hit == ("C",)
    assert (covered.cases, covered.otherwise, covered.samples) == (5, 3, ("t2", "t4", "t5"))


def test_a_line_decides_when_its_opposite_alone_would_turn_the_rule() -> None:
    covered = run(SET, PAST).covered()
    assert decided(covered) == {"A": ["t1", "t1", "t1"], "B": ["t1", "t1"], "C": ["t1", "t4"]}
    assert covered.idle_lines == ()


def test_a_line_that_never_matters_is_told() -> None:
    always = make_set(make_rule("A", AnyOf((has("停水"), has("停水", "没水"))), do("urgency", "特急")))
    covered = run(always, [("t1", {"text": "停水"}), ("t2", {"text": "又停水"})]).covered()
    assert [line.zh for _, line in covered.idle_lines] == ["诉求内容 出现“停水”", "诉求内容 出现“停水”或“没水”"]  # one covers for the other
    assert next(line.en for _, line in covered.idle_lines) == "Request text mentions “停水”"


def test_a_rule_that_lost_is_hit_but_has_not_won() -> None:
    two = make_set(make_rule("A", has("停水"), do("urgency", "特急")), make_rule("B", has("停"), do("urgency", "一般")))
    covered = run(two, [("t1", {"text": "停水"}), ("t2", {"text": "停电"})]).covered()
    assert [(rule.hits, rule.wins) for rule in covered.rules] == [(1, 1), (2, 1)]


def test_rules_out_of_date_decide_nothing() -> None:
    ended = make_set(make_rule("A", has("停水"), do("urgency", "特急"), effective=Effective(None, AT)))
    assert decided(run(ended, [("t1", {"text": "停水"})]).covered()) == {"A": [None]}


def test_partial_runs_merge_to_the_whole_run_through_json() -> None:
    first, second = run(SET, PAST[:3]), Coverage(SET, FACTS, NAMES)
    judge = Judge(SET, FACTS, TREES)
    for place, (name, facts) in enumerate(PAST[3:], start=3):
        second.add(name, judge.decide("ticket.registered", facts, AT + timedelta(days=place)), facts)
    judge.close()
    merged = Coverage.loads(first.dumps(), SET, FACTS, NAMES)
    merged.merge(Coverage.loads(second.dumps(), SET, FACTS, NAMES))
    assert merged.covered() == run(SET, PAST).covered()
    assert json.loads(merged.dumps())["else"] == 3


def test_counts_of_another_version_are_refused() -> None:
    other = make_set(make_rule("Z", has("停"), do("urgency", "一般")))
    with pytest.raises(WrongVersion, match="另一个版本"):
        Coverage.loads(run(SET, PAST).dumps(), other, FACTS, NAMES)
    with pytest.raises(WrongVersion, match="不能合并"):
        run(SET, PAST).merge(Coverage(other, FACTS, NAMES))


def test_its_size_does_not_grow_with_the_tickets() -> None:
    few, many = run(SET, PAST), run(SET, PAST * 40)
    assert len(many.dumps()) <= len(few.dumps()) + 200  # more digits, and no more than twenty samples


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(conditions, st.none() | questions), min_size=1, max_size=3), tickets)
def test_the_decisive_lines_are_those_of_the_reference(pairs: list[tuple[Condition, Condition | None]], ticket: dict[str, FactValue | None]) -> None:
    facts = {name: value for name, value in ticket.items() if value is not None}
    ruleset = make_set(*(make_rule(f"R-{place}", when, do("urgency", "一般"), unless=unless) for place, (when, unless) in enumerate(pairs)))
    covered = run(ruleset, [("t", facts)]).covered()
    for rule in ruleset.rules:
        whole = reference.judge(rule, facts, FACTS, TREES)
        when, unless = whole.parts[0], whole.parts[1] if rule.unless is not None else None
        leaves = count(when) + (count(unless) if unless else 0)
        expected = [any(turned(when, unless, place, other) != (whole.verdict is True) for other in (True, False)) for place in range(leaves)]
        assert [case is not None for case in decided(covered)[rule.id]] == expected


def count(line: Line) -> int:
    return 1 if line.fact else sum(count(part) for part in line.parts)


def turned(when: Line, unless: Line | None, place: int, other: bool) -> bool:
    """Whether the rule fires when the answer at `place` is `other`, put together from the reference's lines."""
    left = [place]
    fires = again(when, left, other) is True
    return (unless is None or again(unless, left, other) is not True) and fires


def again(line: Line, left: list[int], other: bool) -> Verdict:
    if line.fact:
        left[0] -= 1
        return other if left[0] == -1 else line.verdict
    parts = [again(part, left, other) for part in line.parts]
    if line.op == "all":
        return reference.both(parts)
    return reference.either(parts) if line.op == "any" else reference.opposite(reference.either(parts))
