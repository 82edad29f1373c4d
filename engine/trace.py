"""Why each rule did or did not fire, question by question: the engine's verdicts with the ticket's own values beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import overload

from engine import normalise
from engine.atoms import Atoms, Verdicts, both, either
from engine.compile_facts import Coded
from engine.condition import All, AnyOf, Condition, Similar, Test, TestValue
from engine.decision import Line, RuleVerdict, Verdict
from engine.facts import FactValue
from engine.ruleset import Rule, RuleSet


@dataclass(frozen=True)
class Answers:
    """What one evaluation left behind, enough to lay out any rule's lines later."""

    ruleset: RuleSet
    atoms: Atoms
    verdicts: Verdicts
    facts: Mapping[str, FactValue]
    coded: Coded
    at: datetime
    fired: Collection[int]  # ranks

    def of(self, rule: Rule, winners: Collection[str]) -> RuleVerdict:
        """One rule's verdict, all its questions with it."""
        when = self.line(rule.when)
        unless = None if rule.unless is None else self.line(rule.unless)
        return RuleVerdict(rule.id, rule.title.zh, self.outcome(rule, winners), when, unless)

    def outcome(self, rule: Rule, winners: Collection[str]) -> str:
        """won, lost, stopped, unmet, unknown or out_of_date, without laying out the lines."""
        if not (self.ruleset.effective.holds(self.at) and rule.effective.holds(self.at)):
            return "out_of_date"
        if rule.rank in self.fired:
            return "won" if rule.id in winners else "lost"
        when = self.atoms.when(rule, self.verdicts)
        return "unknown" if when is None else "stopped" if when else "unmet"

    def line(self, condition: Condition) -> Line:
        """A question with its answer, or a box with its parts."""
        if isinstance(condition, Test):
            return self._question(condition)
        parts = tuple(self.line(part) for part in condition.parts)
        if isinstance(condition, All):
            return Line("all", both(part.verdict for part in parts), parts=parts)
        found = either(part.verdict for part in parts)
        if isinstance(condition, AnyOf):
            return Line("any", found, parts=parts)
        return Line("none", None if found is None else not found, parts=parts)

    def _question(self, test: Test) -> Line:
        verdict = self.verdicts.of(self.atoms.number(test))
        actual = self.facts.get(test.fact)
        return Line(test.op, verdict, test.fact, plain(test.value), actual, self._words(test, verdict), test.line)

    def _words(self, test: Test, verdict: Verdict) -> tuple[str, ...]:
        if isinstance(test.value, Similar):
            return self.coded.near.get((test.fact, test.value), ())
        found = self.coded.found.get(test.fact, frozenset())
        if not found or test.op not in {"has_any", "has_all"} or (test.op == "has_any" and not verdict):
            return ()
        wanted = test.value if isinstance(test.value, tuple) else (str(test.value),)
        return tuple(word for word in wanted if normalise.text(word) in found)


def plain(value: TestValue) -> object:
    """What is asked for, in plain JSON."""
    if isinstance(value, Similar):
        return {"to": list(value.to), "min": value.min}
    return list(value) if isinstance(value, tuple) else value


class Trace(Sequence[RuleVerdict]):
    """The verdict on every rule, in rank order. The engine has given its answers already; a rule's lines are laid out when they are read.

    A thousand rules have thousands of lines and a reader wants a few of them. Equal to any sequence with the same verdicts.
    """

    def __init__(self, answers: Answers, winners: Collection[str]) -> None:
        self._answers = answers
        self._winners = frozenset(winners)
        self._made: dict[int, RuleVerdict] = {}

    def outcomes(self) -> tuple[tuple[str, str], ...]:
        """Rule id and outcome of every rule, in rank order, without laying out the lines."""
        return tuple((rule.id, self._answers.outcome(rule, self._winners)) for rule in self._answers.ruleset.rules)

    def __len__(self) -> int:
        return len(self._answers.ruleset.rules)

    @overload
    def __getitem__(self, place: int) -> RuleVerdict: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[RuleVerdict, ...]: ...
    def __getitem__(self, place: int | slice) -> RuleVerdict | tuple[RuleVerdict, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        rule = self._answers.ruleset.rules[place]
        if rule.rank not in self._made:
            self._made[rule.rank] = self._answers.of(rule, self._winners)
        return self._made[rule.rank]

    def __iter__(self) -> Iterator[RuleVerdict]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash((self._answers.ruleset.version, self._answers.at, len(self)))

    def __repr__(self) -> str:
        return f"Trace({list(self)!r})"
