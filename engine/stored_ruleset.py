"""A rule set as it was when a ticket was judged, read back from its canonical JSON for a re-run or a comparison.

Names of units, roles and statuses are not checked again: the directory of that day is gone, and the set passed its checks
then. Facts and trees are needed, because they say how a condition is read. Every line is 0: the JSON has no lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine import canonical
from engine.expect import Scope
from engine.facts import Fact
from engine.findings import Finding, Report, RulesRefused
from engine.load_ruleset import Part, load_ruleset
from engine.names import Names
from engine.nodes import Fields
from engine.ruleset import RuleSet
from engine.vocabulary import Vocabulary


class _EveryName(frozenset[str]):
    """A set that any name belongs to."""

    def __contains__(self, _: object) -> bool:
        return True


class _EveryStatus(tuple[str, ...]):
    """Statuses any word belongs to."""

    def __contains__(self, _: object) -> bool:
        return True


def read_stored(text: str, facts: Mapping[str, Fact], names: Names, file: str = "") -> RuleSet:
    """The set whose canonical JSON this is, with the same version; RulesRefused when it is not one under these facts."""
    report = Report()
    lenient = replace(names, units=_EveryName(), roles=frozenset(), statuses=_EveryStatus())
    node = canonical.loads(text)
    if not isinstance(node, Fields):
        raise RulesRefused([Finding(file, 1, "rules", "这不是一个规则集", "this is no rule set")])
    scope = Scope(report, file, "rules", Vocabulary(facts, lenient))
    ruleset = load_ruleset([Part(node, scope)])
    if ruleset is None:
        raise RulesRefused(report.findings)
    return ruleset
