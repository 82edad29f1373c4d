"""The analysis against every ticket there is: 5,000 generated small rule sets, no false claim and no missed one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from engine import reference
from engine.analyse import analyse
from engine.analyse_values import conclusion, values_of
from engine.condition import AnyOf, Condition, Test
from engine.dnf import Want, inside
from engine.findings import Finding
from engine.hit import height
from engine.normalise import text
from engine.ruleset import Rule, RuleSet
from engine.score import read
from tests.engine.analyse_small import FACTS, MOMENTS, NAMES, TREES, Maker, Tickets, sum_or

SETS, BATCH = 5_000, 250
Claim = tuple[object, ...]  # kind, level, rule, and what else tells it: the other rules, the line, the value
_TICKETS: dict[tuple[str, ...], Tickets] = {}


@pytest.mark.parametrize("start", range(0, SETS, BATCH))
def test_the_analysis_says_all_that_is_true_and_nothing_else(start: int) -> None:
    for seed in range(start, start + BATCH):
        maker = Maker(seed)
        ruleset = maker.ruleset()
        tickets = _TICKETS.setdefault(maker.used, Tickets(maker.used))
        findings = analyse(ruleset, FACTS, NAMES)
        said, truth = {_claim(finding) for finding in findings}, set(_truth(ruleset, tickets))
        assert said == truth, f"seed {seed}: only said {said - truth}, only true {truth - said}\n{ruleset}"
        for finding in findings:
            _witness_shows(finding, ruleset, tickets)
        if seed % 25 == 0:
            _evaluator_agrees(ruleset, tickets)


def _claim(finding: Finding) -> Claim:
    if finding.kind in ("重叠", "分歧"):
        return (finding.kind, finding.level, finding.rule, finding.others)
    if finding.kind == "包含" and not finding.others:
        return (finding.kind, finding.level, finding.rule, (finding.line, "关键词" in finding.zh))
    if finding.kind == "恒假" and "这一项" in finding.zh:
        return (finding.kind, finding.level, finding.rule, finding.line)
    if finding.kind == "空档":
        return (finding.kind, finding.level, finding.rule, *re.findall("没有规则给出「(.*?)」", finding.zh))
    return (finding.kind, finding.level, finding.rule, ())


def _truth(ruleset: RuleSet, tickets: Tickets) -> Iterator[Claim]:
    fires = {rule.id: tickets.fires(rule, ruleset) for rule in ruleset.rules}
    for rule in ruleset.rules:
        if not fires[rule.id]:
            yield ("恒假", "error", rule.id, ())
            continue
        yield from _inside(rule, tickets)
        if rule.unless is not None and not tickets.judge(rule.when)[0] & tickets.judge(rule.unless)[0]:
            yield ("恒假", "warning", rule.id, ())
    policy = ruleset.hit.name
    if policy in ("first", "highest"):
        yield from _shadows(ruleset, fires)
    if policy in ("unique", "any"):
        yield from _pairs(ruleset, fires)
    if policy == "collect":
        for rule in ruleset.rules:
            if fires[rule.id] and any(_adds_nothing(rule, other, fires) for other in ruleset.rules):
                yield ("包含", "warning", rule.id, ())
    yield from _gaps(ruleset, tickets, fires)
    if policy == "sum" and _totals(ruleset, tickets, fires) != {ruleset.extra["total"]}:
        yield ("总分", "error", ruleset.name, ())


def _shadows(ruleset: RuleSet, fires: dict[str, int]) -> Iterator[Claim]:
    def key(rule: Rule) -> tuple[object, ...]:
        return (height(ruleset.hit.order, rule) if ruleset.hit.name == "highest" else (), rule.rank)

    for rule in ruleset.rules:
        better = [other for other in ruleset.rules if key(other) < key(rule)]
        alike = [other for other in better if conclusion(rule) == conclusion(other) and ruleset.hit.name == "highest"]
        if fires[rule.id] and not fires[rule.id] & ~sum_or(fires[other.id] for other in better):
            harmless = not fires[rule.id] & ~sum_or(fires[other.id] for other in alike)
            yield ("遮蔽", "warning" if harmless else "error", rule.id, ())


def _pairs(ruleset: RuleSet, fires: dict[str, int]) -> Iterator[Claim]:
    per = ruleset.hit.per
    for rule in ruleset.rules:
        others = []
        for other in ruleset.rules[: rule.rank - 1]:
            unequal = ruleset.hit.name == "any" and conclusion(rule) != conclusion(other)
            both_give = ruleset.hit.name == "unique" and (per is None or bool(set(values_of(rule, per)) & set(values_of(other, per))))
            if (unequal or both_give) and fires[rule.id] & fires[other.id]:
                others.append(other.id)
        if others:
            yield ("分歧" if ruleset.hit.name == "any" else "重叠", "error", rule.id, tuple(others))
        if per is not None and fires[rule.id] and len(set(values_of(rule, per))) < len(values_of(rule, per)):
            yield ("重叠", "error", rule.id, ())


def _adds_nothing(rule: Rule, other: Rule, fires: dict[str, int]) -> bool:
    within = rule.id != other.id and conclusion(rule) == conclusion(other) and not fires[rule.id] & ~fires[other.id]
    return within and not (fires[rule.id] == fires[other.id] and rule.rank < other.rank)


def _gaps(ruleset: RuleSet, tickets: Tickets, fires: dict[str, int]) -> Iterator[Claim]:
    if ruleset.hit.name != "unique" or ruleset.otherwise:
        return
    used = {test.fact for test in _tests(ruleset)}
    known = tickets.whole & ~sum_or(tickets.missing[name] for name in used)
    force, some = tickets.force(ruleset.effective), sum_or(fires.values())
    if force & known & ~some:
        yield ("空档", "error", ruleset.name)
    elif force & ~some:
        yield ("空档", "warning", ruleset.name)
    elif ruleset.hit.per is not None:
        for value in dict.fromkeys(value for rule in ruleset.rules for value in values_of(rule, ruleset.hit.per)):
            if force & known & ~sum_or(fires[rule.id] for rule in ruleset.rules if value in values_of(rule, ruleset.hit.per)):
                yield ("空档", "warning", ruleset.name, value)


def _totals(ruleset: RuleSet, tickets: Tickets, fires: dict[str, int]) -> set[Decimal]:
    used = {test.fact for test in _tests(ruleset)}
    known = tickets.force(ruleset.effective) & ~sum_or(tickets.missing[name] for name in used)
    found = {Decimal(0): known}
    for rule in ruleset.rules:
        part = read(rule.id, rule.then[0])
        assert part is not None
        split: dict[Decimal, int] = {}
        for points, where in found.items():
            for more, there in ((points + (0 if part.bonus else part.full), where & fires[rule.id]), (points, where & ~fires[rule.id])):
                split[more] = split.get(more, 0) | there
        found = {points: where for points, where in split.items() if where}
    return set(found) or {Decimal(str(ruleset.extra["total"]))}


def _inside(rule: Rule, tickets: Tickets) -> Iterator[Claim]:
    for condition, want in ((rule.when, Want.TRUE), (rule.unless, Want.NOT_TRUE)):
        if condition is not None:
            yield from _idle(rule, condition, want, tickets)


def _idle(rule: Rule, condition: Condition, want: Want, tickets: Tickets) -> Iterator[Claim]:
    if isinstance(condition, Test):
        words = [text(word) for word in condition.value] if isinstance(condition.value, tuple) and condition.fact == "text" else []
        several = len(set(words)) < len(words) or any(one != other and one in other for one in words for other in words)
        if several:
            yield ("包含", "warning", rule.id, (condition.line, True))
        return
    anyone, inner = inside(condition, want)
    ways = [_where(part, inner, tickets) for part in condition.parts]
    gone: set[int] = set()
    for place in reversed(range(len(ways))):
        line = _line(condition.parts[place])
        if not ways[place]:
            gone.add(place)
            if isinstance(condition, AnyOf) and want is Want.TRUE:
                yield ("恒假", "warning", rule.id, line)
            continue
        rest = [other for at, other in enumerate(ways) if at != place and at not in gone and other]
        if any(not (ways[place] & ~other if anyone else other & ~ways[place]) for other in rest):
            gone.add(place)
            yield ("包含", "warning", rule.id, (line, False))
    for part in condition.parts:
        yield from _idle(rule, part, inner, tickets)


def _where(condition: Condition, want: Want, tickets: Tickets) -> int:
    true, false = tickets.judge(condition)
    return {Want.TRUE: true, Want.FALSE: false, Want.NOT_TRUE: tickets.whole & ~true, Want.NOT_FALSE: tickets.whole & ~false}[want]


def _line(condition: Condition) -> int:
    return condition.line if isinstance(condition, Test) else _line(condition.parts[0])


def _tests(ruleset: RuleSet) -> Iterator[Test]:
    def walk(condition: Condition) -> Iterator[Test]:
        if isinstance(condition, Test):
            yield condition
        else:
            for part in condition.parts:
                yield from walk(part)

    for rule in ruleset.rules:
        yield from walk(rule.when)
        if rule.unless is not None:
            yield from walk(rule.unless)


def _evaluator_agrees(ruleset: RuleSet, tickets: Tickets) -> None:
    """The bit masks above say what the independent evaluator says, ticket by ticket."""
    fires = {rule.id: tickets.fires(rule, ruleset) for rule in ruleset.rules}
    for place in range(0, len(tickets.all), 7):
        facts, at = tickets.all[place]
        given = {name: value for name, value in facts.items() if value is not None}
        fired = {rule.id for rule in reference.fired(ruleset, given, FACTS, TREES, at)}
        assert fired == {rule_id for rule_id, mask in fires.items() if mask >> place & 1}


def _witness_shows(finding: Finding, ruleset: RuleSet, tickets: Tickets) -> None:
    """The ticket of a finding does what the finding says; who shadows a rule does so everywhere."""
    if finding.kind == "遮蔽":
        mine, others = (sum_or(tickets.fires(ruleset.rule(one), ruleset) for one in ids) for ids in ((finding.rule,), finding.others))
        assert not mine & ~others
    if finding.witness is None:
        assert finding.kind not in ("遮蔽", "空档", "分歧", "总分")
        assert finding.kind != "重叠" or not finding.others
        return
    moments = [datetime.fromisoformat(finding.at)] if finding.at else [at for at in MOMENTS if ruleset.effective.holds(at)]
    for at in moments:
        fired = {rule.id for rule in reference.fired(ruleset, finding.witness, FACTS, TREES, at)}
        if finding.kind == "空档":
            assert not fired or "没有规则给出" in finding.zh
        elif finding.kind == "总分":
            assert set(finding.others) <= fired
        else:
            assert finding.rule in fired
            assert fired & set(finding.others)
