"""What a unit, a section or a person scores: points per rule, decimal, rounded half up, and their total.

Forms (docs: LANGUAGE.md, family scoring):
  {indicator, weight}                               the rate (0 to 100) times the weight
  {indicator, full, target, per_point, floor, cap}  full marks at the target, per_point off for each point below, never under the floor
  {indicator, above, per_point, cap, bonus: true}   per_point for each point above, never over the cap
  {indicator, each, floor, cap, bonus: true}        so much for each one, never under the floor (or over the cap)
With `min_sample`, an indicator drawn from fewer cases (the fact `<indicator>_n`) is not judged: `below: share` shares its points out
over the other rules in proportion, `below: full` gives full marks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from engine.facts import Facts
from engine.reference import decimal
from engine.ruleset import Action, RuleSet

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
SAMPLE = "_n"  # response_rate_n is how many cases response_rate was drawn from


class ScoreRefused(ValueError):
    """A score action that cannot be computed; the sentence names the rule."""

    permanent = True


@dataclass(frozen=True)
class Score:
    """`points` by rule id, two places; `shared` are rules whose points went to the others for want of cases; `unknown` are rules whose
    indicator is not known and which therefore give no points. When all had to be shared there is nobody to share with: only bonuses remain."""

    points: Mapping[str, Decimal]
    total: Decimal
    shared: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One rule's score action with its numbers read."""

    rule: str
    indicator: str
    numbers: Mapping[str, Decimal]
    bonus: bool
    below: str

    @property
    def full(self) -> Decimal:
        """The most a rule that is no bonus gives: its part of the total."""
        return self.numbers.get("full", self.numbers.get("weight", Decimal(0)) * HUNDRED)


def points(ruleset: RuleSet, facts: Facts, winners: Collection[str] | None = None) -> Score:
    """The points of the rules that won (all of them when not said), each rounded half up to two places, then added.

    `facts` hold the indicators by name and, for `min_sample`, the number of cases as `<indicator>_n`; a missing count is no case.
    """
    parts = [part for rule in ruleset.rules if winners is None or rule.id in winners for action in rule.then if (part := read(rule.id, action)) is not None]
    thin = {part.rule for part in parts if _thin(part, facts)}
    shared = [part for part in parts if part.rule in thin and part.below == "share" and not part.bonus]
    kept = [part for part in parts if part not in shared]
    base = sum((part.full for part in kept if not part.bonus), Decimal(0))
    # 分摊：the parts without enough cases hand their marks to the others, in proportion to what those are worth
    whole = base + sum((part.full for part in shared), Decimal(0))
    found: dict[str, Decimal] = {}
    unknown: list[str] = []
    for part in kept:
        value = facts.get(part.indicator)
        if part.rule in thin:
            earned = part.full if part.below == "full" and not part.bonus else Decimal(0)
        elif value is None:
            unknown.append(part.rule)
            continue
        else:
            earned = _earned(part, decimal(value))
        found[part.rule] = found.get(part.rule, Decimal(0)) + _round(earned * whole / base if shared and base and not part.bonus else earned)
    return Score(found, _round(sum(found.values(), Decimal(0))), tuple(part.rule for part in shared), tuple(unknown))


def read(rule: str, action: Action) -> _Part | None:
    """A score action's numbers; None for an action of another kind, ScoreRefused for one of no known form."""
    if action.kind != "score":
        return None
    words = {"indicator", "bonus", "below"}
    try:
        numbers = {key: decimal(value) for key, value in action.args.items() if key not in words and value is not None}
    except ValueError as problem:
        raise ScoreRefused(f"{rule}: {problem}") from problem
    forms = [form for form in ("weight", "target", "above", "each") if form in numbers]
    if len(forms) != 1 or ("full" in numbers) != ("target" in numbers) or (forms[0] in ("target", "above") and "per_point" not in numbers):
        raise ScoreRefused(
            f"{rule}: 得分应当写成 weight，或 full、target、per_point，或 above、per_point，或 each 之一 (one form of score, with all its numbers)"
        )
    return _Part(rule, str(action.args["indicator"]), numbers, action.args.get("bonus") is True, str(action.args.get("below") or "share"))


def _thin(part: _Part, facts: Facts) -> bool:
    """True when the indicator asks for more cases than there were."""
    if "min_sample" not in part.numbers:
        return False
    return decimal(facts.get(part.indicator + SAMPLE, 0)) < part.numbers["min_sample"]


def _earned(part: _Part, value: Decimal) -> Decimal:
    """The points before sharing and rounding, between floor and cap."""
    given = part.numbers
    if "weight" in given:
        earned = value * given["weight"]
    elif "target" in given:
        earned = given["full"] - max(given["target"] - value, Decimal(0)) * given["per_point"]
        earned = max(earned, given.get("floor", Decimal(0)))
    elif "above" in given:
        earned = max(value - given["above"], Decimal(0)) * given["per_point"]
    else:
        earned = value * given["each"]
    if "floor" in given:
        earned = max(earned, given["floor"])
    return min(earned, given["cap"]) if "cap" in given else earned


def _round(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)
