"""Reads the tests of a rule and of a rule set: checked against the facts, kept raw for engine/run_tests.py."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from decimal import Decimal

from engine import expect
from engine.actions import EVENTS
from engine.calendar import CLOCKS
from engine.expect import Scope
from engine.facts import Fact, FactValue
from engine.nodes import Fields, Node, Value, plain
from engine.parse_condition import option, quantity
from engine.ruleset import RuleTest

FIELDS = ("given", "name", "at", "event", "expect", "hit", "due", "clock", "met", "sends", "points")
SAMPLE = "_n"  # solved_rate_n is how many cases solved_rate was drawn from
SENDS = re.compile(r"(\d{4}-\d\d-\d\d[ T])?\d\d:\d\d(:\d\d)? \S.*\Z", re.DOTALL)


def load_tests(node: Node, scope: Scope, *, ids: Collection[str] = (), of_rule: bool = False) -> tuple[RuleTest, ...]:
    """The tests under a rule (`of_rule`), or those of the whole set, whose `hit` and `points` name `ids`."""
    found = [_test(item, scope, ids, of_rule) for item in expect.items(node, scope, "tests", "tests", empty=True) or ()]
    return tuple(test for test in found if test is not None)


def _test(node: Node, scope: Scope, ids: Collection[str], of_rule: bool) -> RuleTest | None:
    box = expect.fields(node, scope, FIELDS, "测试", "a test", needed=("given",))
    if box is None or "given" not in box.fields:
        return None
    expected = expect.one_of(box.fields["expect"], scope, ("hit", "miss"), "expect 的值", "value of expect:") if "expect" in box.fields else None
    if "expect" in box.fields and not of_rule:
        scope.error(box.line_of("expect"), "expect 属于规则的测试；规则集的测试写 hit", "expect belongs to a rule's test; a set's test has hit")
    for key in ("hit", "points"):
        if key in box.fields and of_rule:
            scope.error(
                box.line_of(key),
                f"{key} 属于规则集的测试；规则的测试写 expect: hit 或 miss",
                f"{key} belongs to a set's test; a rule's test has expect: hit or miss",
            )
    if not any(key in box.fields for key in ("expect", "hit", "due", "sends", "points")):
        scope.error(box, "测试没有写期望（expect、hit、due、sends 或 points）", "the test expects nothing (expect, hit, due, sends or points)")
    if "sends" in box.fields and "clock" not in box.fields:
        scope.error(box.line_of("sends"), "写了 sends 还要写 clock: [开始, 到期]", "sends needs clock: [start, due]")
    given = _given(box.fields["given"], scope)
    for key, check in _CHECKS.items():
        if key in box.fields:
            check(box.fields[key], scope)
    if not of_rule:
        _check_ids(box, ids, scope)
    raw = {key: plain(value) for key, value in box.fields.items() if key not in ("given", "expect")}
    return RuleTest(given, raw, box.line, None if expected is None else expected == "hit")


def _given(node: Node, scope: Scope) -> dict[str, FactValue]:
    """The facts of a test; `null` says that one is unknown, like leaving it out."""
    if not isinstance(node, Fields):
        scope.wrong(node, "given 应当是映射（事实: 值）", "given must be a mapping (fact: value)")
        return {}
    facts = scope.vocabulary.facts
    given: dict[str, FactValue] = {}
    for name, value in node.fields.items():
        if isinstance(value, Value) and value.value is None and name in facts:
            continue
        fact = facts.get(name)
        if fact is None and name.endswith(SAMPLE) and (base := facts.get(name.removesuffix(SAMPLE))) is not None and base.type == "number":
            fact = Fact(name, base.label, "number", min=Decimal(0))
        if fact is None:
            scope.unknown(node.line_of(name), "事实", "fact", name, facts)
            continue
        found = fact_value(fact, value, scope)
        if found is not None:
            given[name] = found
    return given


def fact_value(fact: Fact, node: Node, scope: Scope) -> FactValue | None:
    """A value that the fact can have, within its `min` and `max`."""
    if fact.type == "yesno":
        return expect.yes_no(node, scope, fact.name, fact.name)
    if fact.type == "text":
        if isinstance(node, Value) and isinstance(node.value, str):
            return node.value  # a text may be empty
        return expect.text(node, scope, fact.name, fact.name)
    if fact.type != "number":
        return option(fact, node, scope)
    found = quantity(fact, node, scope)
    if found is not None and ((fact.min is not None and found < fact.min) or (fact.max is not None and found > fact.max)):
        low, high = ("" if limit is None else str(limit) for limit in (fact.min, fact.max))
        scope.wrong(node, f"「{fact.name}」应当在 {low or '…'} 到 {high or '…'} 之间", f"{fact.name} must be between {low or '…'} and {high or '…'}")
        return None
    return found


def _check_ids(box: Fields, ids: Collection[str], scope: Scope) -> None:
    hit = box.get("hit")
    if hit is not None and not (isinstance(hit, Value) and hit.value == "else"):
        for item in expect.items(expect.one_or_more(hit), scope, "hit", "hit", empty=True) or ():
            expect.one_of(item, scope, ids, "规则", "rule")
    points = box.get("points")
    if isinstance(points, Fields):
        for name, value in points.fields.items():
            if name not in ids and name != "total":
                scope.unknown(points.line_of(name), "规则", "rule", name, ids)
            expect.number(value, scope, "points", "points")
    elif points is not None:
        scope.wrong(points, "points 应当是「规则: 分数」", "points must be rule: points")


def _check_due(node: Node, scope: Scope) -> None:
    if not isinstance(node, Fields) or not node.fields:
        scope.wrong(node, "due 应当是「时限: 时刻」", "due must be deadline: time")
        return
    for value in node.fields.values():
        expect.moment(value, scope, "due", "due")


def _check_clock(node: Node, scope: Scope) -> None:
    listed = expect.items(node, scope, "clock", "clock") or ()
    times = [expect.moment(item, scope, "clock", "clock") for item in listed[:2]]
    if len(listed) == 3:
        expect.one_of(listed[2], scope, CLOCKS, "时钟", "clock:")
    if len(listed) not in (2, 3):
        scope.error(node, "clock 应当是 [开始, 到期]，不是自然时的再写时钟", "clock must be [start, due], then the clock when it is not 自然时")
    elif times[0] is not None and times[1] is not None and times[1] < times[0]:
        scope.error(node, "clock 颠倒：到期早于开始", "clock is reversed: due comes before start")


def _check_sends(node: Node, scope: Scope) -> None:
    for item in expect.items(node, scope, "sends", "sends", empty=True) or ():
        word = expect.text(item, scope, "sends", "sends")
        if word is not None and not SENDS.match(word):
            scope.wrong(item, "sends 的一项应当如「09:05 电话 承办人」", "an item of sends must look like 09:05 电话 承办人")


_CHECKS: dict[str, Callable[[Node, Scope], object]] = {
    "name": lambda node, scope: expect.text(node, scope, "name", "name"),
    "at": lambda node, scope: expect.moment(node, scope, "at", "at"),
    "met": lambda node, scope: expect.moment(node, scope, "met", "met"),
    "event": lambda node, scope: expect.one_of(node, scope, tuple(EVENTS), "事件", "event"),
    "due": _check_due,
    "clock": _check_clock,
    "sends": _check_sends,
}
