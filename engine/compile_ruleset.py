"""Translates a rule set into what durable-rules takes: a coding of the facts, and each rule's alternatives in that coding."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import count

from engine import compile_limits as limits
from engine import dnf
from engine.compile_coders import ChoiceCoder, NumberCoder, TextCoder, YesNoCoder
from engine.compile_facts import Coded, Coder, Cond, FactRefused
from engine.compile_shards import Alternative
from engine.condition import Condition, Test
from engine.dnf import Literal, TooWide
from engine.facts import Fact, FactValue
from engine.ruleset import Rule, RuleSet
from engine.tree import Tree

SLICE = "w"  # the property that says which stretch of time `at` lies in
MOST_ALTERNATIVES = 60_000  # of a whole rule set
Trees = Mapping[str, Tree]  # by `options_from`: library, areas


class CompileRefused(ValueError):
    """A rule cannot be given to the engine; `rule` is its id, `file` and `line` its place."""

    permanent = True

    def __init__(self, rule: Rule, why: Exception) -> None:
        self.rule, self.file, self.line = rule.id, rule.file, rule.line
        self.why = str(why)
        super().__init__(f"{rule.file}:{rule.line}: {rule.id}: {why}")


class Coding:
    """How the facts a rule set asks about become numbers and tags. `asked` are its facts' names."""

    def __init__(self, ruleset: RuleSet, facts: Mapping[str, Fact], trees: Trees) -> None:
        self._names = _names()
        self._boundaries = sorted({moment for rule in ruleset.rules for moment in (rule.effective.start, rule.effective.end) if moment is not None})
        self._coders: dict[str, Coder] = {}
        for place, name in enumerate(sorted({test.fact for test in tests(ruleset)})):
            self._coders[name] = self._coder(facts[name], f"f{place}", trees)
        for rule in ruleset.rules:
            for test in tests_of(rule):
                coder = self._coders[test.fact]
                if isinstance(coder, NumberCoder) and test.op != "missing":
                    try:
                        coder.widen(test.value)
                    except FactRefused as refused:
                        raise CompileRefused(rule, refused) from refused
        self.asked = tuple(self._coders)

    def _coder(self, fact: Fact, prop: str, trees: Trees) -> Coder:
        if fact.type == "text":
            return TextCoder(fact, prop, self._name)
        if fact.type == "number":
            return NumberCoder(fact, prop, self._name)
        if fact.type == "yesno":
            return YesNoCoder(fact, prop)
        return ChoiceCoder(fact, prop, self._name, trees.get(fact.options_from or "") if fact.type == "tree" else None)

    def _name(self, letter: str) -> str:
        return f"{letter}{next(self._names)}"

    def conditions(self, literals: tuple[Literal, ...]) -> tuple[Cond, ...]:
        """What must hold for all the literals to be as wanted, each condition once."""
        return tuple(dict.fromkeys(condition for literal in literals for condition in self._coders[literal.fact].ask(literal)))

    def in_force(self, rule: Rule) -> tuple[Cond, ...]:
        """The conditions on the stretch of time, for a rule with dates."""
        wanted: list[Cond] = []
        if rule.effective.start is not None:
            wanted.append(("gte", SLICE, self._boundaries.index(rule.effective.start) + 1))
        if rule.effective.end is not None:
            wanted.append(("lte", SLICE, self._boundaries.index(rule.effective.end)))
        return tuple(wanted)

    def ready(self) -> None:
        """Called once, after the last `conditions`."""
        for coder in self._coders.values():
            coder.ready()

    def encode(self, facts: Mapping[str, FactValue], at: datetime) -> Coded:
        """The checked facts (engine/compile_facts.py `checked`) and the instant as the engine sees them."""
        coded = Coded()
        coded.values[SLICE] = bisect_right(self._boundaries, at)
        for name, coder in self._coders.items():
            coder.encode(facts.get(name), coded)
        return coded


def _names() -> Iterator[int]:
    return count()


def tests_of(rule: Rule) -> Iterator[Test]:
    """Every question of the rule, in the order of writing."""
    yield from questions(rule.when)
    if rule.unless is not None:
        yield from questions(rule.unless)


def tests(ruleset: RuleSet) -> Iterator[Test]:
    """Every question of the rule set, in rank order."""
    for rule in ruleset.rules:
        yield from tests_of(rule)


def questions(condition: Condition) -> Iterator[Test]:
    """The questions inside a condition, in the order of writing."""
    if isinstance(condition, Test):
        yield condition
        return
    for part in condition.parts:
        yield from questions(part)


def compile_rules(ruleset: RuleSet, coding: Coding) -> tuple[Alternative, ...]:
    """Each rule's alternatives, named `r<rank>`. Raises CompileRefused for a rule that is too wide or too long."""
    made: list[Alternative] = []
    for rule in ruleset.rules:
        try:
            for way in dnf.of_rule(rule.when, rule.unless):
                conditions = (*coding.conditions(way), *coding.in_force(rule))
                if len(conditions) >= limits.MOST_CONDITIONS:
                    raise limits.LimitExceeded(
                        f"一种情形有 {len(conditions)} 个条件，最多 {limits.MOST_CONDITIONS - 1} 个 (too many conditions in one alternative)"
                    )
                made.append(Alternative(f"r{rule.rank}", rule.rank, conditions))
        except (TooWide, FactRefused, limits.LimitExceeded) as refused:
            raise CompileRefused(rule, refused) from refused
        if len(made) > MOST_ALTERNATIVES:
            raise CompileRefused(rule, limits.LimitExceeded(f"规则集展开后超过 {MOST_ALTERNATIVES} 种情形 (the set expands to too many alternatives)"))
    return tuple(made)
