"""Answers a rule by reading it, question by question: the slow, independent evaluator that the fast engine is checked against.

Shares nothing with the compiler but the normalising of text (engine/normalise.py) and RapidFuzz. Kleene's three values: True, False,
and None for unknown; a question about a missing fact is unknown, and only what is true fires or stops a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from rapidfuzz import fuzz

from engine import normalise
from engine.condition import All, AnyOf, Condition, Similar, Test, TestValue
from engine.decision import Line, RuleVerdict, Verdict
from engine.facts import Fact, Facts, FactValue
from engine.names import Names
from engine.ruleset import Rule, RuleSet
from engine.tree import Tree

FactBook = Mapping[str, Fact]
Trees = Mapping[str, Tree]  # by `options_from`: library, areas

NUMERIC: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "eq": lambda actual, asked: actual == asked,
    "ne": lambda actual, asked: actual != asked,
    "gt": lambda actual, asked: actual > asked,
    "gte": lambda actual, asked: actual >= asked,
    "lt": lambda actual, asked: actual < asked,
    "lte": lambda actual, asked: actual <= asked,
}


def trees_of(names: Names) -> Trees:
    """The trees that facts name in `options_from`."""
    return {"library": names.categories, "areas": names.areas}


def judge(asked: Rule | Condition, facts: Facts, factbook: FactBook, trees: Trees) -> Line:
    """The verdict on a condition, question by question; of a Rule, on `when` and not known `unless` together.

    For a rule the line's verdict is True exactly when it fires; its parts are `when` and, where there is one, `unless`.
    """
    if isinstance(asked, Rule):
        when = judge(asked.when, facts, factbook, trees)
        if asked.unless is None:
            return Line("rule", when.verdict, line=asked.line, parts=(when,))
        unless = judge(asked.unless, facts, factbook, trees)
        return Line("rule", False if unless.verdict is True else when.verdict, line=asked.line, parts=(when, unless))
    if isinstance(asked, Test):
        return _question(asked, facts.get(asked.fact), factbook[asked.fact], trees)
    parts = tuple(judge(part, facts, factbook, trees) for part in asked.parts)
    verdicts = [part.verdict for part in parts]
    if isinstance(asked, All):
        return Line("all", both(verdicts), parts=parts)
    if isinstance(asked, AnyOf):
        return Line("any", either(verdicts), parts=parts)
    return Line("none", opposite(either(verdicts)), parts=parts)


def both(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene's and: one false is enough for false; otherwise one unknown makes it unknown."""
    seen = list(verdicts)
    return False if any(one is False for one in seen) else None if any(one is None for one in seen) else True


def either(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene's or: one true is enough for true; otherwise one unknown makes it unknown."""
    seen = list(verdicts)
    return True if any(one is True for one in seen) else None if any(one is None for one in seen) else False


def opposite(verdict: Verdict) -> Verdict:
    """Kleene's not: what is unknown stays unknown."""
    return None if verdict is None else not verdict


def verdict(rule: Rule, facts: Facts, factbook: FactBook, trees: Trees, *, in_force: bool = True) -> RuleVerdict:
    """How one rule stands before the hit policy: `won` when it fires, else unmet, unknown, stopped or out_of_date."""
    whole = judge(rule, facts, factbook, trees)
    when, unless = whole.parts[0], whole.parts[1] if rule.unless is not None else None
    if not in_force:
        outcome = "out_of_date"
    elif when.verdict is None:
        outcome = "unknown"
    elif when.verdict is False:
        outcome = "unmet"
    else:
        outcome = "won" if whole.verdict else "stopped"
    return RuleVerdict(rule.id, rule.title.zh, outcome, when, unless)


def verdicts(ruleset: RuleSet, facts: Facts, factbook: FactBook, trees: Trees, at: datetime) -> tuple[RuleVerdict, ...]:
    """Every rule of the set at that instant, in rank order, before the hit policy."""
    set_holds = ruleset.effective.holds(at)
    return tuple(verdict(rule, facts, factbook, trees, in_force=set_holds and rule.effective.holds(at)) for rule in ruleset.rules)


def fired(ruleset: RuleSet, facts: Facts, factbook: FactBook, trees: Trees, at: datetime) -> tuple[Rule, ...]:
    """The rules that fire at that instant, in rank order."""
    won = {one.rule for one in verdicts(ruleset, facts, factbook, trees, at) if one.outcome == "won"}
    return tuple(rule for rule in ruleset.rules if rule.id in won)


def _question(test: Test, actual: FactValue | None, fact: Fact, trees: Trees) -> Line:
    asked = plain(test.value)
    if test.op == "missing":
        return Line("missing", (actual is None) == test.value, test.fact, asked, actual, line=test.line)
    if actual is None:
        return Line(test.op, None, test.fact, asked, line=test.line)
    words: tuple[str, ...] = ()
    if fact.type == "text":
        answer, words = _text(test.op, test.value, str(actual))
    elif fact.type == "number":
        answer = NUMERIC[test.op](decimal(actual), decimal(test.value))
    elif fact.type == "tree":
        answer = _tree(test.op, test.value, str(actual), trees.get(fact.options_from or "", Tree(())))
    else:
        answer = actual in test.value if isinstance(test.value, tuple) else actual == test.value
        answer = not answer if test.op == "ne" else answer
    return Line(test.op, answer, test.fact, asked, actual, words, test.line)


def _text(op: str, value: TestValue, actual: str) -> tuple[bool, tuple[str, ...]]:
    """The answer and the words, as the rule writes them, that were found in the text."""
    text = normalise.text(actual)
    if isinstance(value, Similar):
        near = tuple(phrase for phrase in value.to if _near(normalise.text(phrase), text, value.min))
        return bool(near), near
    wanted = value if isinstance(value, tuple) else (str(value),)
    found = tuple(word for word in wanted if normalise.text(word) and normalise.text(word) in text)
    return (len(found) == len(wanted) if op == "has_all" else bool(found)), found


def _near(phrase: str, text: str, least: int) -> bool:
    """RapidFuzz would compare a short text with a piece of the phrase: a text shorter than the phrase is never similar."""
    return bool(phrase) and len(text) >= len(phrase) and fuzz.partial_ratio(phrase, text) >= least


def _tree(op: str, value: TestValue, actual: str, tree: Tree) -> bool:
    """A node stands for itself and for all beneath it."""
    nodes = value if isinstance(value, tuple) else (str(value),)
    within = any(node == actual or tree.holds(node, actual) for node in nodes)
    return not within if op == "ne" else within


def decimal(value: object) -> Decimal:
    """A number exactly as it was written; ValueError for anything that is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(f"「{value}」不是数 (not a number)")
    try:
        return value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"「{value}」不是数 (not a number)") from None


def plain(value: TestValue) -> object:
    """What was asked, as plain data: lists and maps instead of tuples and Similar."""
    if isinstance(value, Similar):
        return {"to": list(value.to), "min": value.min}
    return list(value) if isinstance(value, tuple) else value
