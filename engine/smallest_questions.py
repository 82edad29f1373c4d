"""Answers a rule set's questions for changed facts, quickly and over and over: which rules would fire if this were so?

The search for the smallest change asks this thousands of times; the engine itself confirms what the search finds. Each question
is answered once for each value of its fact, and only rules that could fire at all are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from engine import normalise, reference
from engine.atoms import Key, Numbered, Verdicts, judge, key_of
from engine.condition import All, Condition, NoneOf, Similar, Test
from engine.dnf import Alternative, Literal, Want, of_rule
from engine.facts import Fact, Facts, FactValue
from engine.ruleset import Rule, RuleSet
from engine.similar import Phrases
from engine.tree import Tree

MOST_KEPT = 4096  # values whose answers are kept
LONGEST_KEPT = 500  # characters; a longer text is rarely asked about twice
_MET: dict[Want, tuple[bool | None, ...]] = {
    Want.TRUE: (True,),
    Want.FALSE: (False,),
    Want.NOT_TRUE: (False, None),
    Want.NOT_FALSE: (True, None),
}
NEGATED = {Want.TRUE: Want.NOT_TRUE, Want.NOT_TRUE: Want.TRUE, Want.FALSE: Want.NOT_FALSE, Want.NOT_FALSE: Want.FALSE}
Answer = Callable[[object], bool]  # of a prepared value


class Questions:
    """The distinct questions of a rule set, numbered, with its rules indexed by them."""

    def __init__(self, ruleset: RuleSet, factbook: Mapping[str, Fact], trees: Mapping[str, Tree]) -> None:
        self.ruleset = ruleset
        self.factbook = factbook
        self._trees = trees
        self._number: dict[Key, int] = {}
        self._answer: list[Answer | None] = []
        self._fact_of: list[int] = []
        self._place: dict[str, int] = {}
        self._missing: dict[int, bool] = {}
        self._by_fact: dict[str, list[int]] = {}
        self._kept: dict[tuple[str, str, object], frozenset[int]] = {}
        self._ways: dict[int, tuple[Alternative, ...]] = {}
        self._numbered = {rule.rank: (self._numbers(rule.when), None if rule.unless is None else self._numbers(rule.unless)) for rule in ruleset.rules}
        self._always: list[int] = []
        self._by_question: dict[int, list[int]] = {}
        for place, rule in enumerate(ruleset.rules):
            needed = self.needed(self._numbered[rule.rank][0])
            if needed is None:
                self._always.append(place)
            for number in needed or ():
                self._by_question.setdefault(number, []).append(place)

    def tree(self, fact: Fact) -> Tree:
        """The tree a tree fact's values come from; an empty one for other facts."""
        return self._trees.get(fact.options_from or "", Tree(()))

    def ways(self, rule: Rule) -> tuple[Alternative, ...]:
        """The separate ways in which the rule fires. Raises dnf.TooWide."""
        if rule.rank not in self._ways:
            self._ways[rule.rank] = of_rule(rule.when, rule.unless)
        return self._ways[rule.rank]

    def holds(self, literal: Literal, value: FactValue | None) -> bool:
        """Whether the question is answered as wanted for that value (None: unknown)."""
        if literal.op == "missing":
            return ((value is None) == literal.value) in _MET[literal.want]
        if value is None:
            return None in _MET[literal.want]
        answer = self._answer[self._number[literal.key]]
        return answer is not None and answer(self.prepared(literal.fact, value)) in _MET[literal.want]

    def verdicts(self, facts: Facts) -> Verdicts:
        """The verdict on every question for those facts."""
        true: set[int] = set()
        unknown: set[int] = set()
        for name, place in self._place.items():
            value = facts.get(name)
            true |= self._yes(name, value)
            if value is None:
                unknown.add(place)
        return Verdicts(true, unknown, self._fact_of, self._missing)

    def fired(self, facts: Facts, at: datetime) -> tuple[Rule, ...]:
        """The rules in force at that instant that fire, in rank order."""
        if not self.ruleset.effective.holds(at):
            return ()
        verdicts = self.verdicts(facts)
        places = set(self._always)
        for number in verdicts.true:
            places.update(self._by_question.get(number, ()))
        rules = (self.ruleset.rules[place] for place in sorted(places))
        return tuple(rule for rule in rules if rule.effective.holds(at) and self._fires(rule, verdicts))

    def numbered(self, rule: Rule) -> tuple[Numbered, Numbered | None]:
        """The rule's `when` and `unless` with the questions' numbers in their places."""
        return self._numbered[rule.rank]

    def prepared(self, name: str, value: FactValue) -> object:
        """The value as its questions take it: text normalised, a number exact, a tree's node with all above it."""
        fact = self.factbook[name]
        if fact.type == "text":
            return normalise.text(str(value))
        if fact.type == "number":
            return reference.decimal(value)
        if fact.type == "tree":
            tree = self.tree(fact)
            return frozenset(tree.path(str(value)) if str(value) in tree else (str(value),))
        return value

    def _fires(self, rule: Rule, verdicts: Verdicts) -> bool:
        when, unless = self._numbered[rule.rank]
        return judge(when, verdicts) is True and (unless is None or judge(unless, verdicts) is not True)

    def _yes(self, name: str, value: FactValue | None) -> frozenset[int]:
        key = (name, type(value).__name__, value)
        if isinstance(value, str) and len(value) > LONGEST_KEPT:
            return frozenset(self._answers(name, value))
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = frozenset(self._answers(name, value))
        return self._kept[key]

    def _answers(self, name: str, value: FactValue | None) -> Iterable[int]:
        prepared = None if value is None else self.prepared(name, value)
        for number in self._by_fact[name]:
            answer = self._answer[number]
            if answer is None:
                if (value is None) is self._missing[number]:
                    yield number
            elif value is not None and answer(prepared):
                yield number

    def _numbers(self, condition: Condition) -> Numbered:
        if isinstance(condition, Test):
            return self._number_of(condition)
        return (type(condition), tuple(self._numbers(part) for part in condition.parts))

    def _number_of(self, test: Test) -> int:
        key = key_of(test)
        if key not in self._number:
            number = self._number[key] = len(self._answer)
            self._place.setdefault(test.fact, len(self._place))
            self._fact_of.append(self._place[test.fact])
            self._by_fact.setdefault(test.fact, []).append(number)
            if test.op == "missing":
                self._missing[number] = bool(test.value)
                self._answer.append(None)
            else:
                self._answer.append(answerer(test, self.factbook[test.fact]))
        return self._number[key]

    def needed(self, condition: Numbered) -> tuple[int, ...] | None:
        """Questions of which one is answered yes whenever the condition is true; None when nothing is known."""
        if isinstance(condition, int):
            return (condition,)
        box, parts = condition
        if box is NoneOf:
            return None
        needed = [self.needed(part) for part in parts]
        if box is All:
            known = [numbers for numbers in needed if numbers is not None]
            return min(known, key=len) if known else None
        return None if any(numbers is None for numbers in needed) else tuple(number for numbers in needed for number in numbers or ())


def answerer(test: Test, fact: Fact) -> Answer:
    """The question as a function of a prepared value."""
    value = test.value
    if fact.type == "text":
        if isinstance(value, Similar):
            phrases = Phrases(value)
            return lambda text: bool(phrases.near(str(text)))
        words = tuple(normalise.text(word) for word in (value if isinstance(value, tuple) else (str(value),)))
        if test.op == "has_all":
            return lambda text: all(word and word in str(text) for word in words)
        return lambda text: any(word and word in str(text) for word in words)
    if fact.type == "number":
        compare, limit = reference.NUMERIC[test.op], reference.decimal(value)
        return lambda number: compare(reference.decimal(number), limit)
    wanted = frozenset(value) if isinstance(value, tuple) else frozenset((value,))
    if fact.type == "tree":
        within: Answer = lambda path: isinstance(path, frozenset) and not wanted.isdisjoint(path)  # noqa: E731 - one line says it
    else:
        within = lambda one: one in wanted  # noqa: E731
    return (lambda one: not within(one)) if test.op == "ne" else within
