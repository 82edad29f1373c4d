"""What past tickets make of a rule set: which rules were never hit, which lines never decided anything, what only `else` caught.

Tickets are added one by one and forgotten; partial counts of several runs can be merged. A line is decisive for a ticket when the
opposite answer to it alone (an unknown one answered either way) would have made the rule fire, or not fire.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import canonical, context, words
from engine.atoms import Numbered, Verdicts, both, either
from engine.condition import All, AnyOf, Condition, Test
from engine.decision import Decision, Verdict
from engine.facts import Fact, Facts
from engine.names import Names
from engine.ruleset import Rule, RuleSet
from engine.smallest_questions import Questions

MOST_SAMPLES = 20  # ids kept of tickets that only `else` caught
Shape = int | tuple[type, tuple["Shape", ...]]  # a condition with its lines' places in it, from 0


class WrongVersion(ValueError):
    """Counts of another version of the rule set cannot be added to these."""

    permanent = True


@dataclass(frozen=True)
class LineCover:
    """One condition line: `where` is when or unless, `line` its line in the file, `case` a ticket it decided (None: never)."""

    where: str
    line: int
    zh: str
    en: str
    case: str | None


@dataclass(frozen=True)
class RuleCover:
    """One rule: how often it fired, how often it had the say, and when (ISO 8601, UTC) and for which ticket it last fired."""

    id: str
    title: str
    hits: int
    wins: int
    last_hit: str | None
    last_case: str | None
    lines: tuple[LineCover, ...]


@dataclass(frozen=True)
class Covered:
    """The whole set over `cases` tickets; `otherwise` were caught by `else` alone, `samples` are ids of some of them."""

    cases: int
    rules: tuple[RuleCover, ...]
    otherwise: int
    samples: tuple[str, ...]

    @property
    def never_hit(self) -> tuple[str, ...]:
        return tuple(rule.id for rule in self.rules if not rule.hits)

    @property
    def idle_lines(self) -> tuple[tuple[str, LineCover], ...]:
        """Lines that never decided anything, of rules that were hit: the others have nothing to show for any line."""
        return tuple((rule.id, line) for rule in self.rules if rule.hits for line in rule.lines if line.case is None)


@dataclass
class _Count:
    hits: int = 0
    wins: int = 0
    last_hit: str | None = None
    last_case: str | None = None
    decided: list[str | None] = field(default_factory=list)  # by line, a ticket it decided

    def add(self, other: _Count) -> None:
        self.hits, self.wins = self.hits + other.hits, self.wins + other.wins
        if other.last_hit is not None and (self.last_hit is None or other.last_hit > self.last_hit):
            self.last_hit, self.last_case = other.last_hit, other.last_case
        self.decided = [mine if mine is not None else theirs for mine, theirs in zip(self.decided, other.decided, strict=True)]


class Coverage:
    """Counts for one version of one rule set. Its size depends on the rules, not on how many tickets are added."""

    def __init__(self, ruleset: RuleSet, factbook: Mapping[str, Fact], names: Names) -> None:
        self.ruleset = ruleset
        self._factbook = factbook
        self._questions = Questions(ruleset, factbook, context.trees(names))
        self._cases = 0
        self._otherwise = 0
        self._samples: list[str] = []
        self._lines = {rule.id: tuple(_lines(rule)) for rule in ruleset.rules}
        self._shapes = {rule.id: _shapes(rule) for rule in ruleset.rules}
        self._asked = {rule.id: tuple(_leaves(*self._questions.numbered(rule))) for rule in ruleset.rules}
        self._counts = {rule.id: _Count(decided=[None] * len(self._lines[rule.id])) for rule in ruleset.rules}
        self._open = {rule.id for rule in ruleset.rules if self._lines[rule.id]}  # rules with lines that have not decided yet
        self._always, self._near = self._indexed()

    def add(self, case_id: str, decision: Decision, facts: Facts) -> None:
        """One ticket, with the decision that this version gives it (its trace is not needed) and the facts it was given."""
        self._cases += 1
        if decision.by_else:
            self._otherwise += 1
            if len(self._samples) < MOST_SAMPLES:
                self._samples.append(case_id)
        for rule in decision.fired:
            count = self._counts[rule]
            count.hits += 1
            count.wins += rule in decision.winners
            if count.last_hit is None or decision.at >= count.last_hit:
                count.last_hit, count.last_case = decision.at, case_id
        if self._open:
            self._decide_lines(case_id, facts, datetime.fromisoformat(decision.at))

    def merge(self, other: Coverage) -> None:
        """Adds the counts of another run of the same version. WrongVersion otherwise."""
        if other.ruleset.version != self.ruleset.version or set(other._counts) != set(self._counts):
            raise WrongVersion(f"{self.ruleset.name} 的版本不同，不能合并覆盖统计 (coverage of another version of {self.ruleset.name})")
        self._cases += other._cases
        self._otherwise += other._otherwise
        self._samples = [*self._samples, *other._samples][:MOST_SAMPLES]
        for rule, count in self._counts.items():
            count.add(other._counts[rule])
        self._settle()

    def covered(self) -> Covered:
        """What the tickets so far say, in rank order."""
        return Covered(self._cases, tuple(self._cover(rule) for rule in self.ruleset.rules), self._otherwise, tuple(self._samples))

    def dumps(self) -> str:
        """The counts as canonical JSON, for `loads`."""
        rules = {rule: [count.hits, count.wins, count.last_hit, count.last_case, count.decided] for rule, count in self._counts.items()}
        return canonical.dumps({"version": self.ruleset.version, "cases": self._cases, "else": self._otherwise, "samples": self._samples, "rules": rules})

    @classmethod
    def loads(cls, text: str, ruleset: RuleSet, factbook: Mapping[str, Fact], names: Names) -> Coverage:
        """The counts that `dumps` wrote, of the same version of the set. WrongVersion otherwise."""
        data: dict[str, Any] = json.loads(text)
        read = cls(ruleset, factbook, names)
        if data.get("version") != ruleset.version or set(data["rules"]) != set(read._counts):
            raise WrongVersion(f"这份覆盖统计属于 {ruleset.name} 的另一个版本 (coverage of another version of {ruleset.name})")
        read._cases, read._otherwise, read._samples = data["cases"], data["else"], list(data["samples"])
        read._counts = {rule: _Count(*counts) for rule, counts in data["rules"].items()}
        read._settle()
        return read

    def _settle(self) -> None:
        self._open = {rule for rule, count in self._counts.items() if any(case is None for case in count.decided)}

    def _decide_lines(self, case_id: str, facts: Facts, at: datetime) -> None:
        if not self.ruleset.effective.holds(at):
            return
        verdicts = self._questions.verdicts(facts)
        places = set(self._always)
        for number in verdicts.true:
            places.update(self._near.get(number, ()))
        for place in places:
            rule = self.ruleset.rules[place]
            if rule.id in self._open and rule.effective.holds(at):
                self._decide(rule, case_id, verdicts)

    def _decide(self, rule: Rule, case_id: str, verdicts: Verdicts) -> None:
        answers = [verdicts.of(number) for number in self._asked[rule.id]]
        decided = self._counts[rule.id].decided
        for place in decisive(self._shapes[rule.id], answers):
            if decided[place] is None:
                decided[place] = case_id
        if all(case is not None for case in decided):
            self._open.discard(rule.id)

    def _cover(self, rule: Rule) -> RuleCover:
        count = self._counts[rule.id]
        lines = tuple(
            LineCover(where, test.line, words.condition(test, self._factbook), words.condition(test, self._factbook, "en"), case)
            for (where, test), case in zip(self._lines[rule.id], count.decided, strict=True)
        )
        return RuleCover(rule.id, rule.title.zh, count.hits, count.wins, count.last_hit, count.last_case, lines)

    def _indexed(self) -> tuple[list[int], dict[int, list[int]]]:
        """By question, the rules of which a line could be decisive: where two parts of an `all` fail, no single line decides."""
        always: list[int] = []
        near: dict[int, list[int]] = {}
        for place, rule in enumerate(self.ruleset.rules):
            when = self._questions.numbered(rule)[0]
            parts = when[1] if not isinstance(when, int) and when[0] is All else (when,)
            needed = sorted((numbers for part in parts if (numbers := self._questions.needed(part)) is not None), key=len)
            if len(needed) < 2:
                always.append(place)
            for number in {one for numbers in needed[:2] for one in numbers} if len(needed) > 1 else ():
                near.setdefault(number, []).append(place)
        return always, near


def decisive(shapes: tuple[Shape, Shape | None], answers: list[Verdict]) -> list[int]:
    """The places of the lines whose opposite answer alone would turn whether the rule fires."""
    fires = _fires(shapes, answers)
    found: list[int] = []
    for place, answer in enumerate(answers):
        for other in (True, False):
            if other is not answer:
                answers[place] = other
                if _fires(shapes, answers) != fires:
                    found.append(place)
                    break
        answers[place] = answer
    return found


def _fires(shapes: tuple[Shape, Shape | None], answers: list[Verdict]) -> bool:
    when, unless = shapes
    return _verdict(when, answers) is True and (unless is None or _verdict(unless, answers) is not True)


def _verdict(shape: Shape, answers: list[Verdict]) -> Verdict:
    if isinstance(shape, int):
        return answers[shape]
    box, parts = shape
    if box is All:
        return both(_verdict(part, answers) for part in parts)
    found = either(_verdict(part, answers) for part in parts)
    return found if box is AnyOf else None if found is None else not found


def _lines(rule: Rule) -> Iterator[tuple[str, Test]]:
    yield from (("when", test) for test in _tests(rule.when))
    if rule.unless is not None:
        yield from (("unless", test) for test in _tests(rule.unless))


def _tests(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from _tests(part)


def _leaves(*numbered: Numbered | None) -> Iterator[int]:
    for one in numbered:
        if isinstance(one, int):
            yield one
        elif one is not None:
            yield from _leaves(*one[1])


def _shapes(rule: Rule) -> tuple[Shape, Shape | None]:
    places = iter(range(10**9))

    def shape(condition: Condition) -> Shape:
        return next(places) if isinstance(condition, Test) else (type(condition), tuple(shape(part) for part in condition.parts))

    when = shape(rule.when)
    return when, None if rule.unless is None else shape(rule.unless)
