"""The engine's own verdict on every single question, and the and/or/not that put them together again.

Each distinct question is one tiny rule in a second durable-rules set. What that set answers, combined here by Kleene's three
values, must agree with what the rules answered; it is also the trace that auditors and the "why not" page read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.compile_ruleset import Coding, tests
from engine.compile_shards import Alternative
from engine.condition import All, AnyOf, Condition, NoneOf, Test
from engine.decision import Verdict
from engine.dnf import Literal, Want
from engine.ruleset import Rule, RuleSet

Key = tuple[str, str, object]


class Atoms:
    """The distinct questions of a rule set. `alternatives` are their tiny rules: `a<n>` is true, `u<n>` says that fact n is unknown."""

    def __init__(self, ruleset: RuleSet, coding: Coding) -> None:
        self._number: dict[Key, int] = {}
        self._fact: list[int] = []
        self._missing: list[bool | None] = []  # what a `missing` question asks for; None for the others
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
            self._missing.append(bool(test.value) if test.op == "missing" else None)
            if test.op != "missing":
                conditions = coding.conditions((Literal(test.fact, test.op, test.value, Want.TRUE),))
                made.append(Alternative(f"a{number}", len(facts) + number + 1, conditions))
        self.alternatives: tuple[Alternative, ...] = tuple(made)
        self._index = _Index(ruleset.rules, self.number)

    def number(self, test: Test) -> int:
        """The question's number; the same for every place that asks the same."""
        return self._number[key_of(test)]

    def verdicts(self, fired: Iterable[str]) -> list[Verdict]:
        """From the names of the tiny rules that fired, the verdict on each question by its number."""
        true: set[int] = set()
        unknown: set[int] = set()
        for name in fired:
            (true if name[0] == "a" else unknown).add(int(name[1:]))
        return [
            (number in true or (None if fact in unknown else False)) if missing is None else (fact in unknown) is missing
            for number, (fact, missing) in enumerate(zip(self._fact, self._missing, strict=True))
        ]

    def fires(self, rule: Rule, verdicts: list[Verdict]) -> bool:
        """Whether the rule fires: `when` is true and `unless` is not."""
        return self.judge(rule.when, verdicts) is True and (rule.unless is None or self.judge(rule.unless, verdicts) is not True)

    def candidates(self, verdicts: list[Verdict]) -> list[Rule]:
        """The rules that could fire at all, in rank order; each of the others needs a question that was not answered yes."""
        return self._index.candidates(verdicts)

    def judge(self, condition: Condition, verdicts: list[Verdict]) -> Verdict:
        """And, or and not over the questions' verdicts, as Kleene has them."""
        if isinstance(condition, Test):
            return verdicts[self.number(condition)]
        if isinstance(condition, All):
            return both(self.judge(part, verdicts) for part in condition.parts)
        found = either(self.judge(part, verdicts) for part in condition.parts)
        return found if isinstance(condition, AnyOf) else None if found is None else not found


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

    def candidates(self, verdicts: list[Verdict]) -> list[Rule]:
        places = set(self._always)
        for question, rules in self._by_question.items():
            if verdicts[question] is True:
                places.update(rules)
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
