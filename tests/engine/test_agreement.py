"""durable-rules, its atoms and the independent evaluator give the same answer; and a broken compiler would be noticed."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.agree import compare
from bench.generate import DAY, FACTS, KINDS, SCRAPS, STEPS, THRESHOLDS, TREE, TREES, WORDS, as_set
from engine import reference
from engine.compile_ruleset import CompileRefused
from engine.condition import All, AnyOf, Condition, NoneOf, Similar, Test
from engine.evaluate import Judge
from engine.facts import FactValue, Label
from engine.ruleset import Rule

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(tuple)
kinds = st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True).map(tuple)
nodes = st.lists(st.sampled_from(tuple(TREE.nodes)), min_size=1, max_size=3, unique=True).map(tuple)
questions = st.one_of(
    st.builds(Test, st.sampled_from(["text", "note"]), st.sampled_from(["has_any", "has_all"]), words),
    st.builds(Test, st.just("text"), st.just("similar"), st.builds(Similar, words, st.sampled_from([0, 50, 80, 100]))),
    st.builds(Test, st.just("kind"), st.sampled_from(["eq", "ne"]), st.sampled_from(KINDS)),
    st.builds(Test, st.just("kind"), st.just("in"), kinds),
    st.builds(Test, st.just("category"), st.sampled_from(["eq", "ne"]), st.sampled_from(tuple(TREE.nodes))),
    st.builds(Test, st.just("category"), st.just("in"), nodes),
    st.builds(Test, st.sampled_from(["households", "rate"]), st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), st.sampled_from(THRESHOLDS)),
    st.builds(Test, st.sampled_from(["outage", "secret"]), st.just("eq"), st.booleans()),
    st.builds(Test, st.sampled_from(sorted(FACTS)), st.just("missing"), st.booleans()),
)
conditions = st.recursive(
    questions,
    lambda inner: st.builds(lambda box, parts: box(tuple(parts)), st.sampled_from([All, AnyOf, NoneOf]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)
numbers = st.one_of(st.builds(lambda near, step: near + step, st.sampled_from(THRESHOLDS), st.sampled_from(STEPS)), st.integers(-5, 1000))
tickets = st.fixed_dictionaries(
    {},
    optional={
        "text": st.lists(st.sampled_from(SCRAPS), max_size=5).map("".join),
        "note": st.text(max_size=8).filter(lambda text: text.isprintable()),
        "kind": st.sampled_from([*KINDS, "从未有过"]),
        "category": st.sampled_from([*TREE.nodes, "从未有过"]),
        "outage": st.booleans(),
        "secret": st.booleans(),
        "households": numbers,
        "rate": numbers,
    },
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(st.tuples(conditions, st.none() | conditions), min_size=1, max_size=5), st.lists(tickets, min_size=1, max_size=8))
def test_engine_atoms_and_reader_agree(pairs: list[tuple[Condition, Condition | None]], facts: list[dict[str, FactValue]]) -> None:
    ruleset = as_set(tuple(Rule(f"H-{rank}", Label("假设"), when, (), unless, rank=rank) for rank, (when, unless) in enumerate(pairs, start=1)))
    try:
        judge = Judge(ruleset, FACTS, TREES)
    except CompileRefused:
        return
    for one in facts:
        decision = judge.decide("ticket.registered", one, DAY)
        assert decision.agreed
        assert decision.fired == judge.match(one, DAY) == tuple(rule.id for rule in reference.fired(ruleset, one, FACTS, TREES, DAY))
        assert tuple(decision.trace) == reference.verdicts(ruleset, one, FACTS, TREES, DAY)
    judge.close()


@pytest.mark.parametrize("seed", range(9000, 9008))
def test_generated_rule_sets_agree_on_generated_tickets(seed: int) -> None:
    """The full run is `python -m bench.agree`: a million decisions."""
    assert compare(seed)[1] == []


THRESHOLD_CASES = [(op, step) for op in ("eq", "ne", "gt", "gte", "lt", "lte") for step in ("-1", "-1e-20", "0", "1e-20", "1")]


@pytest.mark.parametrize(("op", "step"), THRESHOLD_CASES)
def test_at_the_threshold_and_a_hair_beside_it(op: str, step: str) -> None:
    asked, actual = Decimal("2.50"), Decimal("2.5") + Decimal(step)
    judge = Judge(as_set((Rule("T-1", Label("阈值"), Test("rate", op, asked), (), rank=1),)), FACTS, TREES)
    assert bool(judge.match({"rate": actual}, DAY)) == reference.NUMERIC[op](actual, asked)
    assert judge.match({}, DAY) == ()
    judge.close()


# A compiler with one fault planted in it, run in a process of its own: some faults make durable-rules hang or die.
MUTANTS = {
    "the anchor is dropped": "shards.definition = lambda rule, real=shards.definition: real(replace(rule, conditions=rule.conditions[1:] or rule.conditions))",
    "or is given to the engine": "shards.definition = lambda rule, real=shards.definition: real(rule).replace('$and', '$or')",
    "a field is left out of the fact": "shards.Shard.body = lambda self, coded, real=shards.Shard.body: (real(self, coded) or '').replace('\"f2\":', '\"zz\":')",
    "unknown is taken for no": "coders.YesNoCoder.encode = lambda self, value, into: into.values.__setitem__(self.prop, coders.YES if value else coders.NO)",
    "more than becomes at least": "shards._OPERATORS['gt'] = '$gte'",
    "an unknown number counts as small": "numbers.UNKNOWN_HIGH = numbers.UNKNOWN_LOW",
    "a word inside a word is not seen": "keywords.Keywords.hits = lambda self, text, real=keywords.Keywords.hits: frozenset(sorted(real(self, text), key=len)[-1:])",
    "unless stops only what is false": "dnf._RULES[dnf.All, dnf.Want.NOT_TRUE] = ('or', dnf.Want.FALSE)",
}
HUNT = """
from dataclasses import replace
from bench.agree import compare
from bench.generate import DAY, FACTS, TREES, as_set
from engine import compile_coders as coders, compile_numbers as numbers, compile_shards as shards, dnf, keywords
from engine.condition import ALWAYS, Test
from engine.evaluate import Judge
from engine.facts import Label
from engine.ruleset import Rule
{fault}
bare = Rule("M-1", Label("x"), ALWAYS, (), Test("text", "has_any", ("停水",)), rank=1)
decision = Judge(as_set((bare,)), FACTS, TREES).decide("e", {{}}, DAY)
if decision.fired != ("M-1",) or not decision.agreed:
    print("a rule that only asks for absence:", decision.reason)
    raise SystemExit(3)
for seed in range(1, 41):
    wrong = compare(seed)[1]
    if wrong:
        print(wrong[0])
        raise SystemExit(3)
"""


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_caught(name: str) -> None:
    try:
        done = subprocess.run([sys.executable, "-c", HUNT.format(fault=MUTANTS[name])], capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        assert "anchor" in name  # a bare $nex loops for ever: the time limit is what catches it
        return
    assert done.returncode != 0, f"{name}: nobody noticed"
    # a disagreement, a crash, or the canary's self-test, which refuses to build the set
    assert done.returncode == 3 or done.returncode < 0 or "HostFailed" in done.stderr, done.stderr[-1000:]


def test_the_hunt_finds_nothing_without_a_fault() -> None:
    done = subprocess.run([sys.executable, "-c", HUNT.format(fault="").replace("41", "6")], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-1000:]
