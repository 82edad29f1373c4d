"""One evaluation laid out for reading, in an auditor's order: the facts of then, each condition, the actions, why not the other rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from admin.log_editions import Edition
from admin.log_today import destination, said
from engine import words
from engine.condition import Condition, Test
from engine.decision import Decision, Line, RuleVerdict
from engine.facts import Fact, Label
from engine.names import Names
from engine.ruleset import Rule, RuleSet
from tickets.domain.mask import in_text
from web.show.decision import Asked, keywords, why
from web.show.highlight import Piece, pieces

NEAREST = 6  # other rules shown at once
LONG = 24  # a fact longer than this takes the whole width


@dataclass(frozen=True)
class FactShown:
    """A fact with its value as it was; `asked` when the rule that decided had asked for it."""

    label: str
    pieces: tuple[Piece, ...]
    asked: bool
    long: bool


@dataclass(frozen=True)
class RuleShown:
    """A rule with every question. `to` says what it would do; `why` what kept it from deciding, empty for one that did."""

    rule: str
    title: str
    basis: str
    outcome: str
    why: str
    to: str
    lines: tuple[Asked, ...]
    unless: tuple[Asked, ...]


@dataclass(frozen=True)
class Shown:
    """Everything the page says of the decision itself. `not_listed` counts the other rules left out; `named` those that name the unit asked for."""

    facts: tuple[FactShown, ...]
    unknown: int
    won: tuple[RuleShown, ...]
    actions: tuple[str, ...]
    to: str
    reason: str
    others: tuple[RuleShown, ...]
    not_listed: int
    units: tuple[str, ...]
    named: tuple[RuleShown, ...]
    compared: int


def show(decision: Decision, edition: Edition | None, factbook: Mapping[str, Fact], names: Names, lang: str, *, not_to: str = "", whole: bool = False) -> Shown:
    """The decision in the reader's language. `edition` is the rule set of that day, None when it is not kept; `not_to` a unit that did not get it."""
    known = edition.facts if edition is not None else factbook
    trace = tuple(decision.trace)
    ruleset = edition.ruleset if edition is not None else None
    base = why(decision, known, lang)
    order = [one.rule for one in (*base.others, *base.folded)]
    reasons = {one.rule: one.why for one in (*base.others, *base.folded)}
    verdicts = {one.rule: one for one in trace}

    def shown(verdict: RuleVerdict) -> RuleShown:
        return _rule(verdict, reasons.get(verdict.rule, ""), decision, ruleset, known, names, lang)

    listed = order if whole else order[:NEAREST]
    asked = {line.fact for one in trace if one.outcome == "won" and one.when is not None for line in _leaves(one)}
    return Shown(
        facts=_facts(decision, known, asked, lang),
        unknown=sum(1 for fact in known.values() if fact.name not in dict(decision.facts) and not fact.personal),
        won=tuple(shown(one) for one in trace if one.outcome == "won"),
        actions=said(decision.actions, lang),
        to=destination(decision.actions, decision, names.section_of),
        reason=in_text(decision.reason_en if lang == "en" and decision.reason_en else decision.reason),
        others=tuple(shown(verdicts[rule]) for rule in listed),
        not_listed=len(order) - len(listed),
        units=_units(ruleset),
        named=tuple(shown(verdicts[rule]) for rule in order if rule in _naming(ruleset, not_to)) if not_to else (),
        compared=len(trace),
    )


def _rule(verdict: RuleVerdict, reason: str, decision: Decision, ruleset: RuleSet | None, known: Mapping[str, Fact], names: Names, lang: str) -> RuleShown:
    laid_out = why(replace(decision, trace=(replace(verdict, outcome="won"),)), known, lang)
    rule = next((one for one in ruleset.rules if one.id == verdict.rule), None) if ruleset is not None else None
    then = tuple((verdict.rule, action) for action in rule.then) if rule is not None else ()
    return RuleShown(
        rule=verdict.rule,
        title=rule.title.say(lang) if rule is not None else verdict.title,
        basis=(rule.basis or decision.basis) if rule is not None else "",
        outcome=verdict.outcome,
        why=reason,
        to=destination(then, decision, names.section_of) or "，".join(said(then, lang)),
        lines=laid_out.lines,
        unless=laid_out.unless,
    )


def _facts(decision: Decision, known: Mapping[str, Fact], asked: set[str], lang: str) -> tuple[FactShown, ...]:
    marked = keywords(decision)
    found = []
    for name, value in decision.facts:
        text = in_text(words.value(value, lang))
        fact = known.get(name)
        label = fact.label.say(lang) if fact is not None else name
        is_text = fact is not None and fact.type == "text"
        found.append((name not in asked, is_text, FactShown(label, pieces(text, marked if is_text else ()), name in asked, is_text or len(text) > LONG)))
    return tuple(one for _, _, one in sorted(found, key=lambda entry: entry[:2]))


def _leaves(verdict: RuleVerdict) -> list[Line]:
    found: list[Line] = []
    waiting = [side for side in (verdict.when, verdict.unless) if side is not None]
    while waiting:
        line = waiting.pop()
        if line.parts:
            waiting += line.parts
        else:
            found.append(line)
    return found


def _addresses(args: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for key in ("to", "or", "assist"):
        value = args.get(key)
        found += [value] if isinstance(value, str) else [str(one) for one in value] if isinstance(value, list | tuple) else []
    return found


def _units(ruleset: RuleSet | None) -> tuple[str, ...]:
    """The units (without their sections) that the set's dispatches name, for the question why not one of them."""
    rules = ruleset.rules if ruleset is not None else ()
    named = [address.split("/")[0] for rule in rules for action in rule.then if action.kind == "dispatch" for address in _addresses(action.args)]
    return tuple(sorted(set(named)))


def _naming(ruleset: RuleSet | None, unit: str) -> frozenset[str]:
    rules = ruleset.rules if ruleset is not None else ()
    return frozenset(
        rule.id
        for rule in rules
        if any(address.split("/")[0] == unit for action in rule.then if action.kind == "dispatch" for address in _addresses(action.args))
    )


def with_unknown(factbook: Mapping[str, Fact], rule: Rule) -> Mapping[str, Fact]:
    """The facts with those a rule asks about that are no longer declared: they are called by their own names."""
    known = dict(factbook)
    for condition in (rule.when, rule.unless):
        for test in _tests(condition):
            known.setdefault(test.fact, Fact(test.fact, Label(test.fact), "number" if test.op in ("gt", "gte", "lt", "lte") else "choice"))
    return known


def _tests(condition: Condition | None) -> list[Test]:
    if condition is None:
        return []
    return [condition] if isinstance(condition, Test) else [test for part in condition.parts for test in _tests(part)]
