"""The engine's own verdict on every single question, and the and/or/not that put them together again.

Each distinct question is one tiny rule in a second durable-rules set. What that set answers, combined here by Kleene's three
values, must agree with what the rules answered; it is also the trace that auditors and the "why not" page read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from engine.compile_ruleset import Coding, tests
from engine.compile_shards import Alternative
from engine.condition import All, AnyOf, Condition, NoneOf, Test
from engine.decision import Verdict
from engine.dnf import Literal, Want
from engine.ruleset import Rule, RuleSet

Key = tuple[str, str, object]
Numbered = int | tuple[type, tuple["Numbered", ...]]  # a condition with its questions' numbers in their places


class Atoms:
    """The distinct questions of a rule set. `alternatives` are their tiny rules: `a<n>` is true, `u<n>` says that fact n is unknown."""

    def __init__(self, ruleset: RuleSet, coding: Coding) -> None:
        self._number: dict[Key, int] = {}
        self._fact: list[int] = []
        self._missing: dict[int, bool] = {}  # what a `missing` question asks for
        made: list[Alternative] = []
        facts = {name: place for place, name in enumerate(coding.asked)}
        for name, place in facts.items():
            made.append(Alternative(f"u{place}", place + 1, coding.conditions((Literal(name, "missing", True, Want.TRUE),))))
        for test in tests(ruleset):
            key = key_of(test)
            if key in self._number:
                continue
            number = self._number[key] = len(self._number)
            self._fact.append(facts[test.fact])
            if test.op == "missing":
                self._missing[number] = bool(test.value)
            else:
                conditions = coding.conditions((Literal(test.fact, test.op, test.value, Want.TRUE),))
                made.append(Alternative(f"a{number}", len(facts) + number + 1, conditions))
        self.alternatives: tuple[Alternative, ...] = tuple(made)
        self._index = _Index(ruleset.rules, self.number)
        self._numbered: dict[int, tuple[Numbered, Numbered | None]] = {
            rule.rank: (self._numbers(rule.when), None if rule.unless is None else self._numbers(rule.unless)) for rule in ruleset.rules
        }

    def number(self, test: Test) -> int:
        """The question's number; the same for every place that asks the same."""
        return self._number[key_of(test)]

    def verdicts(self, fired: Iterable[str]) -> Verdicts:
        """From the names of the tiny rules that fired, the verdict on each question."""
        true: set[int] = set()
        unknown: set[int] = set()
        for name in fired:
            (true if name[0] == "a" else unknown).add(int(name[1:]))
        for number, missing in self._missing.items():
            if (self._fact[number] in unknown) is missing:
                true.add(number)
        return Verdicts(true, unknown, self._fact, self._missing)

    def fires(self, rule: Rule, verdicts: Verdicts) -> bool:
        """Whether the rule fires: `when` is true and `unless` is not."""
        when, unless = self._numbered[rule.rank]
        return judge(when, verdicts) is True and (unless is None or judge(unless, verdicts) is not True)

    def when(self, rule: Rule, verdicts: Verdicts) -> Verdict:
        """The verdict on the rule's `when` alone."""
        return judge(self._numbered[rule.rank][0], verdicts)

    def candidates(self, verdicts: Verdicts) -> list[Rule]:
        """The rules that could fire at all, in rank order; each of the others needs a question that was not answered yes."""
        return self._index.candidates(verdicts)

    def _numbers(self, condition: Condition) -> Numbered:
        if isinstance(condition, Test):
            return self.number(condition)
        return (type(condition), tuple(self._numbers(part) for part in condition.parts))


@dataclass(frozen=True)
class Verdicts:
    """The engine's verdict on each question of one evaluation, by the question's number."""

    true: set[int]
    unknown: set[int]  # facts, by their number
    fact: list[int]
    missing: dict[int, bool]

    def of(self, number: int) -> Verdict:
        """True, False, or None when the fact is unknown; whether a fact is missing is always known."""
        if number in self.true:
            return True
        return None if self.fact[number] in self.unknown and number not in self.missing else False


def judge(condition: Numbered, verdicts: Verdicts) -> Verdict:
    """And, or and not over the questions' verdicts, as Kleene has them."""
    if isinstance(condition, int):
        return verdicts.of(condition)
    box, parts = condition
    if box is All:
        return both(judge(part, verdicts) for part in parts)
    found = either(judge(part, verdicts) for part in parts)
    return found if box is AnyOf else None if found is None else not found


def both(verdicts: Iterable[Verdict]) -> Verdict:
    """True when all are true, false when one is false, else unknown."""
    answer: Verdict = True
    for verdict in verdicts:
        if verdict is False:
            return False
        if verdict is None:
            answer = None
    return answer


def either(verdicts: Iterable[Verdict]) -> Verdict:
    """True when one is true, false when all are false, else unknown."""
    answer: Verdict = False
    for verdict in verdicts:
        if verdict is True:
            return True
        if verdict is None:
            answer = None
    return answer


def key_of(test: Test) -> Key:
    """What makes it the same question as another; True, 1 and Decimal(1) are equal to Python and are told apart here."""
    return (test.fact, test.op, (type(test.value).__name__, test.value))


class _Index:
    """By question, the rules that cannot fire unless it, or another of their few, is answered yes."""

    def __init__(self, rules: tuple[Rule, ...], number: Callable[[Test], int]) -> None:
        self._rules = rules
        self._always: list[int] = []
        self._by_question: dict[int, list[int]] = {}
        for place, rule in enumerate(rules):
            needed = _needed(rule.when)
            if needed is None:
                self._always.append(place)
                continue
            for question in {number(test) for test in needed}:
                self._by_question.setdefault(question, []).append(place)

    def candidates(self, verdicts: Verdicts) -> list[Rule]:
        places = set(self._always)
        for question in verdicts.true:
            places.update(self._by_question.get(question, ()))
        return [self._rules[place] for place in sorted(places)]


def _needed(condition: Condition) -> tuple[Test, ...] | None:
    """Questions of which at least one is answered yes whenever the condition is true; None when nothing is known."""
    if isinstance(condition, Test):
        return (condition,)
    if isinstance(condition, NoneOf):
        return None
    needed = [_needed(part) for part in condition.parts]
    if isinstance(condition, All):
        known = [tests for tests in needed if tests is not None]
        return min(known, key=len) if known else None
    if any(tests is None for tests in needed):
        return None
    return tuple(test for tests in needed if tests is not None for test in tests)
