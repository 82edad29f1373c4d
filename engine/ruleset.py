"""A rule set as it stands after loading: checked, typed, frozen, with the line each thing was written on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.condition import ALWAYS, Condition
from engine.facts import Label


@dataclass(frozen=True)
class Action:
    """One checked action. `kind` is its YAML key (urgency, deadline, dispatch, chain …); `args` its plain, normalised data.

    A bare value (`{urgency: 特急}`) is held as {"value": "特急"}. Durations stay as text such as "10m" (engine/spans.py reads
    them); numbers are Decimal; addresses are lists of str even where the YAML had one string.
    """

    kind: str
    args: Mapping[str, object]
    line: int = 0


@dataclass(frozen=True)
class Effective:
    """Half-open [from, to) in Asia/Shanghai; None is open-ended."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.start is None or at >= self.start) and (self.end is None or at < self.end)


@dataclass(frozen=True)
class RuleTest:
    """A test under a rule (`expect` hit or miss) or under the set; `raw` keeps the keys of the set's kind (hit, due, sends, points …)."""

    given: Mapping[str, object]
    raw: Mapping[str, object]
    line: int
    expect: bool | None = None

    __test__ = False


@dataclass(frozen=True)
class Rule:
    """One rule. `rank` is its place in (priority, definition) order, from 1."""

    id: str
    title: Label
    when: Condition
    then: tuple[Action, ...]
    unless: Condition | None = None
    priority: int = 0
    rank: int = 0
    basis: str = ""
    effective: Effective = Effective()
    tests: tuple[RuleTest, ...] = ()
    line: int = 0
    file: str = ""


@dataclass(frozen=True)
class HitPolicy:
    """`name` is first, unique, any, highest, collect or sum; `per` is the path of `{unique: deadline.name}`; `order` the lists of `order:`."""

    name: str
    per: str | None = None
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class RuleSet:
    """A whole family. `version` is the SHA-256 (hex) of the canonical JSON; `rules` are in rank order."""

    name: str
    title: Label
    events: tuple[str, ...]
    hit: HitPolicy
    rules: tuple[Rule, ...]
    otherwise: tuple[Action, ...] = ()
    basis: str = ""
    effective: Effective = Effective()
    tests: tuple[RuleTest, ...] = ()
    version: str = ""
    canonical: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)  # `for`, `total`
    file: str = ""

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id; KeyError when there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


__all__ = ["ALWAYS", "Action", "Effective", "HitPolicy", "Rule", "RuleSet", "RuleTest"]
