"""What the scoring rules in force ask of a rate: its target and its least sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from engine.ruleset import RuleSet
from insights.month_rates import Told
from insights.rates import INDICATORS

CLOSED = "period.closed"


@dataclass(frozen=True)
class Aim:
    """The target of an indicator, None where no rule sets one, and from how many cases on its rate says something."""

    target: Decimal | None = None
    least: int = 1

    def enough(self, told: Told) -> bool:
        """Whether so many cases may be shown as a rate."""
        return told.value is not None and told.total >= self.least

    def reached(self, name: str, told: Told) -> bool:
        """Whether the target is reached; a rate without a target reaches it always."""
        if self.target is None or told.value is None:
            return True
        return told.value >= self.target if INDICATORS[name].better == "high" else told.value <= self.target


def aims(rulesets: Iterable[RuleSet]) -> dict[str, Aim]:
    """By indicator, from every `score` action of the rule sets that close a period; of several rules the strictest sample, the first target."""
    found: dict[str, Aim] = {}
    for ruleset in rulesets:
        if CLOSED not in ruleset.events:
            continue
        for said in (action.args for rule in ruleset.rules for action in rule.then if action.kind == "score"):
            name = str(said.get("indicator", ""))
            before = found.get(name, Aim())
            target = before.target if before.target is not None else _decimal(said.get("target"))
            found[name] = Aim(target, max(before.least, int(str(said.get("min_sample") or 1))))
    return found


def _decimal(said: object) -> Decimal | None:
    return None if said is None else Decimal(str(said))
