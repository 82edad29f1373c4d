"""Why the winner won, by the hit policy of its set: the order of trial, the order list, the one mind, the sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from admin.tryout_bench import Bench
from admin.tryout_lines import RuleRow
from engine import hit
from engine.decision import Decision
from engine.ruleset import Rule
from engine.say_actions import action as say_action
from engine.score import ScoreRefused, points

MOST_STEPS = 6
MOST_TOLD = 12


@dataclass(frozen=True)
class Step:
    """One rule on the ladder: `word` is the catalogue's word for how it fared (tryout.step_…)."""

    rule: str
    shape: str
    word: str


@dataclass(frozen=True)
class Told:
    """One rule under another policy than the first: what it asks for, and its points where points are added."""

    rule: str
    title: str
    says: str
    won: bool
    points: str = ""


@dataclass(frozen=True)
class Ladder:
    """`policy` is the hit policy; `steps` the ladder of 首个; `orders` the lists of 就高; `told` the rules that fired under the others."""

    policy: str
    steps: tuple[Step, ...] = ()
    told: tuple[Told, ...] = ()
    orders: tuple[tuple[str, tuple[tuple[str, bool], ...]], ...] = ()
    total: str = ""
    more: int = 0


def ladder(bench: Bench, decision: Decision, rows: tuple[RuleRow, ...], chosen: str, lang: str) -> Ladder:
    """How the policy came to its winners."""
    policy = bench.ruleset.hit.name
    if policy == "first":
        return Ladder(policy, steps=_steps(decision, rows, chosen))
    fired = [bench.ruleset.rule(rule) for rule in decision.fired]
    scores, total = _points(bench, decision)
    told = tuple(
        Told(rule.id, rule.title.say(lang), "，".join(say_action(one, lang) for one in rule.then), rule.id in decision.winners, scores.get(rule.id, ""))
        for rule in fired[:MOST_TOLD]
    )
    return Ladder(policy, told=told, orders=_orders(bench, fired) if policy == "highest" else (), total=total, more=len(fired) - len(told))


def _steps(decision: Decision, rows: tuple[RuleRow, ...], chosen: str) -> tuple[Step, ...]:
    """The rules worth a step: the chosen one, those not known, the winner and what it kept from deciding, in order of trial."""
    winner = decision.winners[0] if decision.winners else ""
    weight = {"won": 5, "hit": 3, "stopped": 2, "unknown": 1}
    worth = {row.id: 9 if row.id == chosen else weight.get(row.shape, 0) for row in rows if row.listed or row.id == chosen}
    kept = sorted((rule for rule, value in worth.items() if value), key=lambda rule: -worth[rule])[:MOST_STEPS]
    steps, passed = [], False
    for row in rows:
        if row.id not in kept:
            continue
        word = row.shape if row.id == winner or row.shape != "hit" else "hit_later" if passed else "hit"
        steps.append(Step(row.id, row.shape, word))
        passed = passed or row.id == winner
    return tuple(steps)


def _orders(bench: Bench, fired: list[Rule]) -> tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]:
    """Each `order` list, highest first, with the values that rules gave marked."""
    given = {path: {str(hit.value_at(action, path)) for rule in fired for action in rule.then} for path in bench.ruleset.hit.order}
    return tuple((path, tuple((value, value in given[path]) for value in values)) for path, values in bench.ruleset.hit.order.items())


def _points(bench: Bench, decision: Decision) -> tuple[Mapping[str, str], str]:
    if bench.ruleset.hit.name != "sum":
        return {}, ""
    try:
        score = points(bench.ruleset, dict(decision.facts), decision.winners)
    except ScoreRefused:
        return {}, ""
    return {rule: f"{value:.2f}" for rule, value in score.points.items()}, f"{Decimal(score.total):.2f}"
