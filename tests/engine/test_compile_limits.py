"""Nothing beyond durable-rules' limits is handed over, and what is handed over builds quickly."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal

import pytest

from bench.generate import DAY, FACTS, TREES, as_set
from engine import compile_limits as limits
from engine.compile_limits import EngineRule, LimitExceeded, verify
from engine.compile_ruleset import CompileRefused
from engine.condition import All, AnyOf, Condition, NoneOf, Test
from engine.evaluate import Judge
from engine.facts import Label
from engine.ruleset import Rule

ANCHOR = ("tag", "t", 1)


def rule(number: int, *conditions: tuple[str, str, int]) -> EngineRule:
    return EngineRule(f"r{number}#1", 1, conditions)


REFUSED: list[tuple[str, Callable[[], list[EngineRule]], str]] = [
    ("no anchor", lambda: [rule(1, ("nex", "k1", 1))], "no positive anchor"),  # a bare $nex loops for ever
    ("no condition", lambda: [rule(1)], "no positive anchor"),  # $and: [] hangs
    ("children", lambda: [rule(n, ANCHOR, ("tag", f"k{n}", 1)) for n in range(481)], "children under a node"),
    ("nex", lambda: [rule(n, ANCHOR, ("nex", f"k{n}", 1)) for n in range(121)], "nex under a node"),
    ("same", lambda: [rule(n, ANCHOR) for n in range(251)], "identical conditions"),
    ("rules", lambda: [rule(n, ("tag", f"g{n % 32}", 1), ("tag", f"k{n}", 1)) for n in range(4001)], "too many rules"),
    ("long", lambda: [rule(1, *(("tag", f"k{n}", 1) for n in range(61)))], "too many conditions"),
    ("twice", lambda: [rule(1, ANCHOR), rule(1, ANCHOR)], "name twice"),
    ("big number", lambda: [rule(1, ANCHOR, ("gt", "f1", 2**53 + 1))], "2\\^53"),
    ("no whole number", lambda: [rule(1, ANCHOR, ("gt", "f1", True))], "2\\^53"),
    ("priority", lambda: [EngineRule("r1#1", 65_536, (ANCHOR,))], "priority"),
    ("reserved name", lambda: [rule(1, ANCHOR, ("tag", "sid", 1))], "collide"),
    ("hash", lambda: [rule(1, ("tag", "costarring", 1), ("tag", "liquid", 1))], "collide"),  # a known pair under FNV-1a
]


@pytest.mark.parametrize(("name", "rules", "sentence"), REFUSED, ids=[case[0] for case in REFUSED])
def test_every_limit_is_refused(name: str, rules: Callable[[], list[EngineRule]], sentence: str) -> None:
    with pytest.raises(LimitExceeded, match=sentence):
        verify(rules())


def test_the_hash_is_the_one_that_durable_rules_uses() -> None:
    assert limits.fnv("sid") == 3_593_476_751  # the constant in its source


def make(number: int, when: Condition) -> Rule:
    return Rule(f"L-{number}", Label("界限"), when, (), rank=number, file="limits.yaml", line=number)


TOO_MUCH: list[tuple[Condition, str]] = [
    (NoneOf(tuple(Test("text", "has_any", (f"词{n}",)) for n in range(70))), "too many conditions"),
    (AnyOf(tuple(Test("text", "has_any", (f"词{n}",)) for n in range(65))), "请拆成几条规则"),
    (Test("households", "gt", Decimal("1e16")), "2\\^53"),
    (Test("households", "gt", Decimal("1e999")), "households"),
]


@pytest.mark.parametrize(("when", "sentence"), TOO_MUCH)
def test_a_rule_that_cannot_fit_is_refused_with_its_place(when: Condition, sentence: str) -> None:
    with pytest.raises(CompileRefused, match=sentence) as refused:
        Judge(as_set((make(1, when),)), FACTS, TREES)
    assert (refused.value.rule, refused.value.file, refused.value.line) == ("L-1", "limits.yaml", 1)


BUILD = """
import sys
from decimal import Decimal
from bench.generate import DAY, FACTS, TREES, Maker, as_set
from engine import reference
from engine.condition import All, NoneOf, Test
from engine.evaluate import Judge
from engine.facts import Label
from engine.ruleset import Rule

SHAPES = {
    "keywords": lambda n: Test("text", "has_any", (f"词{n}号",)),
    "thresholds": lambda n: Test("households", "gt", Decimal(n)),
    "absences": lambda n: NoneOf((Test("text", "has_any", (f"词{n}号",)),)),
    "identical": lambda n: Test("kind", "eq", "投诉"),
    "always": lambda n: All(()),
    "random": None,
}
shape = SHAPES[sys.argv[1]]
maker = Maker(7)
when = shape or (lambda n: maker.condition(2))
ruleset = as_set(tuple(Rule(f"B-{n}", Label("x"), when(n), (), rank=n) for n in range(1, 601)))
judge = Judge(ruleset, FACTS, TREES)
every = {"text": "".join(f"词{n}号" for n in range(1, 601)), "households": 10_000, "kind": "投诉"}
for facts in ({}, every, maker.ticket()):
    assert judge.match(facts, DAY) == tuple(rule.id for rule in reference.fired(ruleset, facts, FACTS, TREES, DAY)), facts
"""


@pytest.mark.parametrize("shape", ["keywords", "thresholds", "absences", "identical", "always", "random"])
def test_an_accepted_set_of_600_rules_builds_and_answers_in_its_own_process(shape: str) -> None:
    """In a process of its own, since what durable-rules cannot hold hangs or kills; one fact sets off every rule at once."""
    done = subprocess.run([sys.executable, "-c", BUILD, shape], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_condition_that_can_never_hold_builds_and_never_fires() -> None:
    judge = Judge(as_set((make(1, AnyOf(())), make(2, All((Test("outage", "eq", True), NoneOf((Test("outage", "eq", True),))))))), FACTS, TREES)
    assert judge.match({"outage": True}, DAY) == ()
    judge.close()
