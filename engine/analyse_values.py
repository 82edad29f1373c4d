"""What a rule gives: the values it names and whether two rules ask for the same."""

from __future__ import annotations

from engine.hit import Disagreement, apply, comparable, value_at
from engine.ruleset import HitPolicy, Rule, RuleSet


def values_of(rule: Rule, path: str) -> list[object]:
    """The values at a path such as deadline.name that the rule's actions give, in order; one given twice stands twice."""
    return [value for action in rule.then if (value := value_at(action, path)) is not None]


def conclusion(rule: Rule) -> tuple[str, ...]:
    """What the rule asks for, as the hit policy `any` compares it: equal for two rules that ask for the same."""
    return tuple(comparable(rule.then))


def clash(hit: HitPolicy, *rules: Rule) -> bool:
    """Whether the hit policy refuses these rules together: asked of the policy itself."""
    try:
        apply(RuleSet("", rules[0].title, (), hit, rules), rules)
    except Disagreement:
        return True
    return False
