"""What is wrong with a rule set beyond its spelling, found exactly and shown on a ticket: rules that never apply or never have their turn,
overlaps, gaps, disagreements, lines that do nothing, totals, chains out of order, facts that nobody asks.

A claim that something can happen comes with a witness that the independent evaluator (engine/reference.py) confirmed; a claim that
something cannot is proven over all tickets and moments. docs/analysis.md says what each kind means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from engine.analyse_chain import Spans, chains
from engine.analyse_order import Ranking, gaps, never
from engine.analyse_pairs import Pairs
from engine.analyse_parts import parts
from engine.analyse_study import Study
from engine.analyse_whole import total, unasked
from engine.facts import Fact
from engine.findings import Finding, in_order
from engine.names import Names
from engine.ruleset import Rule, RuleSet

EIGHT_HOURS = timedelta(hours=8)


def analyse(
    ruleset: RuleSet,
    facts: Mapping[str, Fact],
    names: Names,
    *,
    changed: Collection[str] | None = None,
    asked: Collection[str] | None = None,
    deadlines: Spans | None = None,
    working_day: timedelta = EIGHT_HOURS,
    progress: Callable[[int, int], None] | None = None,
) -> list[Finding]:
    """Every finding about the rule set; with `changed` (rule ids) only those that involve these rules, and those of the whole set.

    `asked` are the facts that forms ask or that other rule sets decide (None: not checked). `deadlines` says, by name, how long the
    deadlines last that chains belong to: (within, clock), see `spans_of`; `working_day` is how long a day is on a working clock.
    `progress` is told (rules done, rules in all).
    """
    study = Study(ruleset, facts, names, None if changed is None else frozenset(changed))
    hit = ruleset.hit.name
    ranking = Ranking(study) if hit in ("first", "highest") else None
    pairs = Pairs(study) if hit in ("unique", "any", "collect") else None
    for done, rule in enumerate(ruleset.rules, start=1):
        if study.asked(rule):
            never(study, rule)
            parts(study, rule)
            chains(study, rule, deadlines or {}, working_day)
        _against_others(rule, ranking, pairs)
        if progress is not None:
            progress(done, len(ruleset.rules))
    gaps(study)
    total(study)
    if asked is not None:
        unasked(study, frozenset(asked))
    return list(in_order(study.findings))


def _against_others(rule: Rule, ranking: Ranking | None, pairs: Pairs | None) -> None:
    if ranking is not None:
        ranking.shadow(rule)
    if pairs is not None and pairs.hit.name == "collect":
        pairs.adds_nothing(rule)
    elif pairs is not None:
        pairs.check(rule)


def spans_of(sets: Mapping[str, RuleSet]) -> dict[str, list[tuple[str, str]]]:
    """By deadline name, how long it lasts and on which clock, wherever a rule or an `else` of these sets starts it."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for ruleset in sets.values():
        for action in (*ruleset.otherwise, *(action for rule in ruleset.rules for action in rule.then)):
            if action.kind == "deadline":
                found.setdefault(str(action.args["name"]), {}).setdefault((str(action.args["within"]), str(action.args["clock"])))
    return {name: list(spans) for name, spans in found.items()}
