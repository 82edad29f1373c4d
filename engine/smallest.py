"""The smallest change to a ticket that would give a rule the say, each one tried on the engine before it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from engine import context
from engine.calendar import SHANGHAI
from engine.decision import Decision
from engine.facts import Fact, Facts, FactValue
from engine.names import Names
from engine.ruleset import Effective, Rule, RuleSet
from engine.say_actions import action
from engine.smallest_questions import Questions
from engine.smallest_search import Found, Search
from engine.smallest_words import change, together

MOST_CHANGES = 3  # facts to change together; more is no explanation
MOST_TRIED = 12  # changes tried on the engine
Decide = Callable[[Facts], Decision]
Want = Literal["wins", "fires"]


@dataclass(frozen=True)
class Change:
    """One fact's change: `before` None is unknown, `after` None is left empty. `zh` and `en` say it without the fact's name."""

    fact: str
    before: FactValue | None
    after: FactValue | None
    zh: str
    en: str


@dataclass(frozen=True)
class Remedy:
    """Changes that suffice together, confirmed by the engine. `facts` are all facts after them; `outcome` is what then happens."""

    changes: tuple[Change, ...]
    facts: Mapping[str, FactValue]
    zh: str
    en: str
    outcome: str
    outcome_en: str = ""


@dataclass(frozen=True)
class WhyNot:
    """How a rule could have had the say. `remedies` are all of the same size, each enough alone.

    Without remedies `zh` and `en` tell why: it wins already (`already`), no change of facts can help (`never`), or more than three
    facts would have to change. `least` is a number of facts under which nothing suffices.
    """

    rule: str
    want: Want
    remedies: tuple[Remedy, ...]
    zh: str
    en: str
    already: bool = False
    never: bool = False
    least: int = 0


def smallest(
    ruleset: RuleSet,
    rule_id: str,
    facts: Facts,
    factbook: Mapping[str, Fact],
    names: Names,
    at: datetime,
    decide: Decide,
    *,
    want: Want = "wins",
    most: int = 3,
    questions: Questions | None = None,
) -> WhyNot:
    """Up to `most` alternatives of the fewest facts to change so that the rule wins (or only fires) at that instant (aware).

    `decide` is the engine's decision on given facts, of the same rule set at the same instant. KeyError for a rule the set does not
    have. `questions` can be given when several rules of one set are asked about.
    """
    rule = ruleset.rule(rule_id)
    known = {name: value for name, value in facts.items() if name in factbook and value is not None}
    late = _not_in_force(ruleset, rule, at)
    if late is not None:
        return WhyNot(rule_id, want, (), *late, never=True)
    if _reached(decide(known), rule_id, want):
        return WhyNot(rule_id, want, (), f"{rule_id} 已经{_wins(want, 'zh')}", f"{rule_id} {_wins(want, 'en')} already", already=True)
    search = Search(questions or Questions(ruleset, factbook, context.trees(names)), rule, known, at, fires_only=want == "fires")
    remedies = _confirmed(search, rule, known, factbook, decide, want, most)
    if remedies:
        count = len(remedies[0].changes)
        zh = "只改一处就够" if count == 1 else f"只改一处不够，要同时改 {count} 处"
        en = "one change is enough" if count == 1 else f"no single change is enough: {count} together are"
        return WhyNot(rule_id, want, remedies, zh, en, least=count)
    return _hopeless(search, rule, want)


def say(found: WhyNot, lang: str = "zh") -> list[str]:
    """The answer for a terminal: one line, and one more for each alternative."""
    zh = lang == "zh"
    if found.already:
        return []
    head = "最小改动：" if zh else "Smallest change: "
    several = not found.remedies or len(found.remedies[0].changes) > 1
    lines: list[str] = []
    for one in found.remedies:
        start = "或：" if zh else "Or: "
        if not lines:
            start = head + ((found.zh + "：" if zh else found.en + ": ") if several else "")
        lines.append(start + (f"{one.zh}；改后：{one.outcome}" if zh else f"{one.en}; then: {one.outcome_en}"))
    return lines or [head + (found.zh if zh else found.en)]


def _confirmed(search: Search, rule: Rule, facts: Facts, factbook: Mapping[str, Fact], decide: Decide, want: Want, most: int) -> tuple[Remedy, ...]:
    """The answers of the smallest size that hold on the engine, at most one of a kind."""
    kept: dict[tuple[tuple[str, str], ...], Remedy] = {}
    size, tried = 0, 0
    for found in search.found():
        kind = tuple((name, edit.manner) for name, edit in found.edits)
        if len(found.edits) > (size or MOST_CHANGES) or tried >= MOST_TRIED or len(kept) >= most:
            break
        if kind in kept or (kept and any(manner == "forget" for _, manner in kind)):
            continue
        tried += 1
        decision = decide(found.facts)
        if _reached(decision, rule.id, want):
            size = len(found.edits)
            kept[kind] = _remedy(found, rule, facts, factbook, decision, want)
        else:
            search.unsure = True  # the engine is right, the search was not: nothing is claimed from it
    return tuple(kept.values())


def _reached(decision: Decision, rule_id: str, want: Want) -> bool:
    return rule_id in (decision.fired if want == "fires" else decision.winners)


def _remedy(found: Found, rule: Rule, facts: Facts, factbook: Mapping[str, Fact], decision: Decision, want: Want) -> Remedy:
    changes = tuple(
        Change(name, facts.get(name), edit.value, *(change(factbook[name], facts.get(name), edit, lang) for lang in ("zh", "en"))) for name, edit in found.edits
    )
    asked = [one for owner, one in decision.actions if owner == rule.id] or (list(rule.then) if want == "fires" else [])
    return Remedy(
        changes,
        found.facts,
        together(((factbook[one.fact], one.zh) for one in changes), "zh"),
        together(((factbook[one.fact], one.en) for one in changes), "en"),
        "，".join(action(one) for one in asked),
        ", ".join(action(one, "en") for one in asked),
    )


def _not_in_force(ruleset: RuleSet, rule: Rule, at: datetime) -> tuple[str, str] | None:
    """Why the dates alone keep the rule out, whatever the facts."""
    for who_zh, who_en, dates in (("规则集", "the rule set", ruleset.effective), (rule.id, rule.id, rule.effective)):
        if not dates.holds(at):
            return _dates(who_zh, who_en, dates, at)
    return None


def _dates(who_zh: str, who_en: str, dates: Effective, at: datetime) -> tuple[str, str]:
    if dates.start is not None and at < dates.start:
        day = _day(dates.start)
        return f"{who_zh} 自 {day} 起施行，当时未生效，改什么都不会轮到", f"{who_en} holds from {day} on and was not yet in force: no change would help"
    day = _day(dates.end)
    return f"{who_zh} 到 {day} 为止，当时已失效，改什么都不会轮到", f"{who_en} ended on {day} and was no longer in force: no change would help"


def _day(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d" if (local.hour, local.minute) == (0, 0) else "%Y-%m-%d %H:%M")


def _wins(want: Want, lang: str) -> str:
    return {("wins", "zh"): "胜出", ("wins", "en"): "wins", ("fires", "zh"): "命中", ("fires", "en"): "fires"}[want, lang]


def _hopeless(search: Search, rule: Rule, want: Want) -> WhyNot:
    """Nothing was found: because nothing can be, or because it would take too many changes."""
    if search.over and search.least <= MOST_CHANGES and not search.unsure:
        if search.shadows:
            others = list(search.shadows)[:3]
            one_of = " 之一" if len(others) > 1 else ""
            zh = f"{rule.id} 永远轮不到：凡是它成立的情形，{'、'.join(others)}{one_of} 也成立，轮不到它裁定"
            en = f"{rule.id} can never win: whenever it applies, {' or '.join(others)} applies too and has the say"
        else:
            zh, en = f"{rule.id} 的条件自相矛盾，永远不会成立", f"the conditions of {rule.id} contradict each other: it can never apply"
        return WhyNot(rule.id, want, (), zh, en, never=True, least=search.least)
    least = max(search.least, 1)
    if least > MOST_CHANGES:
        zh, en = f"改 {MOST_CHANGES} 处也不够，至少要同时改 {least} 处", f"{MOST_CHANGES} changes are not enough: at least {least} would be needed"
    else:
        zh, en = "在限定的步数内没有找到能让它胜出的改动", "no change was found within the bounds of the search"
    return WhyNot(rule.id, want, (), zh, en, least=least)
