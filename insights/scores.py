"""A period's scores by the rule set `scoring`: from the rates to points for every unit, section and person, as two texts that can be made again.

Nothing of the formula is here: which indicator weighs what, targets, floors, shares for small samples and bonuses stand in the rules, and
engine/score.py computes them in decimals, rounded half up.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from engine import canonical, context, score
from engine.book import RuleBook
from engine.decision import Decision
from engine.facts import FactValue
from engine.rerun import from_canonical
from engine.ruleset import RuleSet
from insights.rates import INDICATORS, Case, Rates
from tickets.domain.period import Period, month
from tickets.domain.score_sheet import PERSON, SCORED_AS, SECTION, UNIT, Drawn, fingerprint
from tickets.ports import RulesThen
from tickets.store.rate_rows import Who
from tickets.store.score_subjects import Subject, Subjects

RULES, EVENT = "scoring", "period.closed"


class NotScored(Exception):
    """The period cannot be scored; the sentence says why."""

    permanent = True


class Asked(Protocol):
    """Rules that decide and say by which version: the rules in force, or a book of one old version."""

    def asked(self, ruleset: str, event: str, facts: Mapping[str, FactValue], at: datetime) -> tuple[Decision, RulesThen]: ...


def last_moment(period: Period) -> datetime:
    """When a period's rules are asked: its last moment, so that rules of the next month have no say."""
    return period.until - timedelta(microseconds=1)


def points(rules: Asked, ruleset: str, facts: Mapping[str, FactValue], at: datetime) -> tuple[score.Score, RuleSet, RulesThen]:
    """What these figures score under the rules in force at `at`. NotScored when the rules are not in force then or give no reliable answer."""
    decision, then = rules.asked(ruleset, EVENT, dict(facts), at)
    asked = then.ruleset(ruleset)
    if not asked.effective.holds(at):
        raise NotScored(f"考核规则「{ruleset}」在 {at:%Y-%m-%d} 未生效，请核对 effective (the rules are not in force then)")
    if not decision.agreed:
        raise NotScored(f"考核规则「{ruleset}」没有可靠的判定：{decision.reason} (the engine and its cross-check disagree)")
    return score.points(asked, dict(facts), decision.winners), asked, then


def written(rates: Rates, subjects: Subjects) -> str:
    """What was counted, as canonical JSON: every case of every figure with its ticket, section and person, and the names they had."""
    cases = {
        name: [
            [case.who.ticket, case.who.section or 0, case.who.person or 0, case.unit or 0, int(case.good), str(case.amount)]
            for case in rates.cases.get(name, ())
        ]
        for name in INDICATORS
    }
    told = {
        UNIT: _named(subjects.units, {row[3] for rows in cases.values() for row in rows}),
        SECTION: _named(subjects.sections, {row[1] for rows in cases.values() for row in rows}),
        PERSON: _named(subjects.people, {row[2] for rows in cases.values() for row in rows}),
    }
    return canonical.dumps({"period": rates.period.key, "subjects": told, "cases": cases})


def _named(known: Mapping[int, Subject], used: Collection[object]) -> list[list[object]]:
    return [[one.id, one.name, one.group, one.unit, one.kind] for key, one in known.items() if key in used]


def read_back(facts: str) -> tuple[Rates, Subjects]:
    """The rates and names of a text that `written` made."""
    said = json.loads(facts)
    cases = {
        name: tuple(
            Case(Who(ticket, section or None, person or None, "", ""), unit or None, bool(good), Decimal(amount))
            for ticket, section, person, unit, good, amount in rows
        )
        for name, rows in said["cases"].items()
    }
    told = {kind: {row[0]: Subject(*row) for row in rows} for kind, rows in said["subjects"].items()}
    return Rates(month(said["period"]), cases), Subjects(told[UNIT], told[SECTION], told[PERSON])


def draw(rates: Rates, subjects: Subjects, rules: Asked) -> Drawn:
    """The period scored by the rules in force at its end. NotScored when there are none."""
    facts = written(rates, subjects)
    return result_of(facts, rules, rates, subjects)


def again(facts: str, canonical_text: str, context_text: str) -> Drawn:
    """The same once more from what was kept: the facts, and the rule set with what it was read with. The bytes are the same."""
    known, names = context.loads(context_text)
    ruleset = from_canonical(canonical_text, known, names)
    book = RuleBook([ruleset], known, names)
    try:
        return result_of(facts, book, *read_back(facts))
    finally:
        book.close()


def result_of(facts: str, rules: Asked, rates: Rates, subjects: Subjects) -> Drawn:
    """The result text of these facts."""
    at = last_moment(rates.period)
    _, ruleset, then = points(rules, RULES, {}, at)
    wanted = ruleset.extra.get("for") or [UNIT]
    scores = [line for kind in SCORED_AS if kind in wanted for line in _scores(kind, rates, subjects, rules, at, ruleset.version)]  # type: ignore[operator]
    result = {
        "period": rates.period.key,
        "ruleset": ruleset.name,
        "version": ruleset.version,
        "context": then.context_hash,
        "facts": fingerprint(facts),
        "rules": _rules(ruleset),
        "scores": scores,
    }
    return Drawn(rates.period.key, facts, canonical.dumps(result), ruleset.name, ruleset.version, then.context_hash, ruleset.canonical, then.context)


def _scores(kind: str, rates: Rates, subjects: Subjects, rules: Asked, at: datetime, version: str) -> list[dict[str, object]]:
    known, key = {UNIT: (subjects.units, "unit"), SECTION: (subjects.sections, "section"), PERSON: (subjects.people, "person")}[kind]
    parts = rates.by(key)
    return [_line(kind, subject, parts[subject.id], rules, at, version) for subject in known.values() if subject.id in parts]


def _line(kind: str, subject: Subject, rates: Rates, rules: Asked, at: datetime, version: str) -> dict[str, object]:
    facts: dict[str, FactValue] = {**rates.facts(), "scored_as": kind, **({"unit_kind": subject.kind} if subject.kind else {})}
    got, ruleset, _ = points(rules, RULES, facts, at)
    if ruleset.version != version:
        raise NotScored("考核规则在计算时换了版本，请再算一次 (the rules changed meanwhile: try again)")
    figures = rates.figures()
    return {
        "as": kind,
        "id": subject.id,
        "name": subject.name,
        "group": subject.group,
        "unit": subject.unit,
        "facts": {name: str(figure.value) for name, figure in figures.items() if figure.value is not None},
        "counts": {name: [figure.good, figure.total] for name, figure in figures.items()},
        "points": {rule: str(value) for rule, value in got.points.items()},
        "shared": list(got.shared),
        "unknown": list(got.unknown),
        "total": str(got.total),
    }


def _rules(ruleset: RuleSet) -> list[dict[str, object]]:
    found = []
    for rule in ruleset.rules:
        for action in rule.then:
            part = score.read(rule.id, action)
            if part is not None:
                numbers = {name: str(value) for name, value in part.numbers.items()}
                basis = rule.basis or ruleset.basis
                line = {
                    "id": rule.id,
                    "title": rule.title.zh,
                    "basis": basis,
                    "indicator": part.indicator,
                    "numbers": numbers,
                    "bonus": part.bonus,
                    "below": part.below,
                }
                found.append(line)
    return found


def without(facts: str, excluded: Mapping[str, Collection[int]], canonical_text: str, context_text: str) -> Drawn:
    """The same period by the same rules with tickets taken out of both sides: by the figure's name, or `all`."""
    rates, subjects = read_back(facts)
    fewer = rates.without(excluded)
    return again(written(fewer, subjects), canonical_text, context_text)


def total_without(facts: str, excluded: Mapping[str, Collection[int]], canonical_text: str, context_text: str, scored_as: str, key: int) -> Decimal | None:
    """What one unit, section or person would have with these tickets taken out, by the same rules; None when nothing would be left of him."""
    rates, subjects = read_back(facts)
    known, by = {UNIT: (subjects.units, "unit"), SECTION: (subjects.sections, "section"), PERSON: (subjects.people, "person")}[scored_as]
    fewer = rates.without(excluded).by(by).get(key)
    if fewer is None or key not in known:
        return None
    facts_known, names = context.loads(context_text)
    ruleset = from_canonical(canonical_text, facts_known, names)
    book = RuleBook([ruleset], facts_known, names)
    try:
        return Decimal(str(_line(scored_as, known[key], fewer, book, last_moment(rates.period), ruleset.version)["total"]))
    finally:
        book.close()
