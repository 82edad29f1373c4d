"""What the rules make of the facts on the page: every rule's verdict, the chosen rule in full, the smallest change, and why the winner won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from admin.log_today import destination
from admin.tryout_bench import Bench
from admin.tryout_ladder import Ladder, ladder
from admin.tryout_lines import SHAPES_OF, LineShown, RuleRow, asked_facts, keywords, leaves, shown
from engine import context, hit, reference
from engine.decision import Decision, RuleVerdict
from engine.facts import Facts, FactValue
from engine.ruleset import Action, Rule
from engine.say_actions import action as say_action
from engine.smallest import Decide, WhyNot, smallest
from tickets.store.alarms import raise_alarm, standing
from tickets.store.connect import transaction

MOST_LISTED = 13  # rules shown at once; the others fold
APART = "引擎与复算不一致"
log = structlog.get_logger("tryout")


@dataclass(frozen=True)
class Card:
    """The chosen rule in full. `to` is where it would send (empty for other actions), `then` all it asks for, in words."""

    id: str
    title: str
    basis: str
    shape: str
    when: LineShown | None
    unless: LineShown | None
    to: str
    then: tuple[str, ...]
    reads: frozenset[str]
    good: tuple[str, ...]
    bad: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Everything the page says. `state` is ok, clash (the hit policy refused, the engine is right) or apart (engine and conditions disagree)."""

    decision: Decision
    state: str
    alarm: str
    rows: tuple[RuleRow, ...]
    card: Card
    why_not: WhyNot | None
    ladder: Ladder
    outcome: str
    otherwise: str
    winner: str

    @property
    def listed(self) -> tuple[RuleRow, ...]:
        return tuple(row for row in self.rows if row.listed)

    @property
    def folded(self) -> tuple[RuleRow, ...]:
        return tuple(row for row in self.rows if not row.listed)


def answer(bench: Bench, facts: Mapping[str, FactValue], at: datetime, event: str, rule_id: str, lang: str) -> Answer:
    """The whole answer for one set at that instant (aware). The chosen rule is `rule_id`, else the winner, else the nearest.

    FactRefused when a fact is not of its type; ValueError for an event the set does not listen to.
    """
    ruleset = bench.ruleset
    known = {name: value for name, value in facts.items() if name in bench.facts}
    decision = bench.book.decide(ruleset.name, event, known, at)
    state = compared(bench, decision, known, at)
    trace = tuple(decision.trace)
    winner = decision.winners[0] if decision.winners and state == "ok" else ""
    chosen = _chosen(trace, rule_id, winner)
    rows = _rows(bench, trace, chosen, lang)
    card = _card(bench, next(one for one in trace if one.rule == chosen), decision, lang)
    why_not = None
    if state != "apart":
        why_not = smallest(ruleset, chosen, known, bench.facts, bench.names, at, _decide(bench, event, at), questions=bench.questions)
    return Answer(
        decision=decision,
        state=state,
        alarm=_alarm(bench, decision, at) if state == "apart" else "",
        rows=rows,
        card=card,
        why_not=why_not,
        ladder=ladder(bench, decision, rows, chosen, lang),
        outcome=outcome(decision, bench, lang),
        otherwise=said(tuple(("else", one) for one in ruleset.otherwise), decision, bench, lang),
        winner=winner,
    )


def compared(bench: Bench, decision: Decision, facts: Mapping[str, FactValue], at: datetime) -> str:
    """The engine's decision held against the conditions read one by one (engine/reference.py): ok, clash or apart."""
    trees = context.trees(bench.names)
    alone = reference.verdicts(bench.ruleset, facts, bench.facts, trees, at)
    fired = {one.rule for one in alone if one.outcome == "won"}
    rules = [rule for rule in bench.ruleset.rules if rule.id in fired]
    if tuple(rule.id for rule in rules) != decision.fired:
        return "apart"
    mine = {one.rule: "won" if one.outcome in ("won", "lost") else one.outcome for one in decision.trace}
    if mine != {one.rule: one.outcome for one in alone}:
        return "apart"
    try:
        picked = hit.apply(bench.ruleset, rules) if bench.ruleset.effective.holds(at) else hit.Picked((), (), False)
    except hit.Disagreement:
        return "clash" if not decision.agreed else "apart"
    return "ok" if decision.agreed and picked.winners == decision.winners and picked.by_else == decision.by_else else "apart"


def one_away(bench: Bench, facts: Mapping[str, FactValue], at: datetime, event: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the rules that a single change would make win; tried on the engine like every smallest change."""
    known = {name: value for name, value in facts.items() if name in bench.facts}
    tried = _decide(bench, event, at)
    found = []
    for rule_id in ids:
        one = smallest(bench.ruleset, rule_id, known, bench.facts, bench.names, at, tried, most=1, questions=bench.questions)
        if one.remedies and len(one.remedies[0].changes) == 1:
            found.append(rule_id)
    return tuple(found)


def outcome(decision: Decision, bench: Bench, lang: str) -> str:
    """What would happen, short: where it goes, else what is asked for."""
    return said(decision.actions, decision, bench, lang)


def said(actions: tuple[tuple[str, Action], ...], decision: Decision, bench: Bench, lang: str) -> str:
    """Actions, short: where a dispatch goes, else each in words."""
    return destination(actions, decision, bench.names.section_of) or "，".join(say_action(one, lang) for _, one in actions)


def _decide(bench: Bench, event: str, at: datetime) -> Decide:
    def tried(changed: Facts) -> Decision:
        return bench.book.decide(bench.ruleset.name, event, changed, at, trace=False)

    return tried


def _chosen(trace: tuple[RuleVerdict, ...], rule_id: str, winner: str) -> str:
    if any(one.rule == rule_id for one in trace):
        return rule_id
    return winner or max(trace, key=_nearness).rule


def _nearness(verdict: RuleVerdict) -> float:
    """The share of its questions that came true."""
    asked = [leaf for leaf in leaves(verdict.when) if leaf.op != "missing"]
    return sum(1 for leaf in asked if leaf.verdict) / len(asked) if asked else 0.0


def _rows(bench: Bench, trace: tuple[RuleVerdict, ...], chosen: str, lang: str) -> tuple[RuleRow, ...]:
    order = {"won": 4.0, "lost": 3.0, "stopped": 2.0, "unknown": 0.1, "unmet": 0.0, "out_of_date": -1.0}
    weight = {one.rule: order[one.outcome] + _nearness(one) + (9 if one.rule == chosen else 0) for one in trace}
    best = sorted((rule for rule in weight if weight[rule] > 0.1 or len(trace) <= MOST_LISTED), key=lambda rule: -weight[rule])[:MOST_LISTED]
    return tuple(
        RuleRow(one.rule, bench.ruleset.rule(one.rule).title.say(lang), SHAPES_OF[one.outcome], _lacks(bench, one, lang), one.rule in best) for one in trace
    )


def _lacks(bench: Bench, verdict: RuleVerdict, lang: str) -> str:
    if verdict.outcome != "unknown":
        return ""
    missing = next((leaf.fact for leaf in leaves(verdict.when) if leaf.verdict is None), "")
    return bench.facts[missing].label.say(lang) if missing else ""


def _card(bench: Bench, verdict: RuleVerdict, decision: Decision, lang: str) -> Card:
    rule = bench.ruleset.rule(verdict.rule)
    good, bad = keywords(verdict, bench.facts)
    return Card(
        rule.id,
        rule.title.say(lang),
        rule.basis or bench.ruleset.basis,
        SHAPES_OF[verdict.outcome],
        None if verdict.when is None else shown(verdict.when, bench.facts, lang),
        None if verdict.unless is None else shown(verdict.unless, bench.facts, lang),
        destination(_owned(rule), decision, bench.names.section_of),
        tuple(say_action(one, lang) for one in rule.then),
        asked_facts(verdict),
        good,
        bad,
    )


def _owned(rule: Rule) -> tuple[tuple[str, Action], ...]:
    return tuple((rule.id, one) for one in rule.then)


def _alarm(bench: Bench, decision: Decision, at: datetime) -> str:
    """Raises the alarm once until somebody clears it; answers its words. Ids alone: no word of a citizen."""
    text = f"规则集 {bench.ruleset.name} 版本 {decision.version[:12]}：引擎成立 {'、'.join(decision.fired) or '无'}，与逐条复算不一致"
    with transaction():
        if not standing(APART, text):
            raise_alarm(APART, text, at)
    log.error("engine and reference disagree", ruleset=bench.ruleset.name, version=decision.version[:12])
    return text


__all__ = ["Answer", "answer", "compared", "one_away", "outcome"]
