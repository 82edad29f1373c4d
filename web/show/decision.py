"""A stored decision laid out for reading: the rule that won with every question and its answer, and why each other rule was not used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import words
from engine.decision import Decision, Line, RuleVerdict, Verdict
from engine.facts import Fact, Label

NEAREST = 6  # other rules shown at once; the rest is folded
RANK = {"lost": 0, "stopped": 1, "unknown": 2, "unmet": 3, "out_of_date": 4}
BOXES = ("all", "any", "none")


@dataclass(frozen=True)
class Asked:
    """One question, or the heading of a box (`box` is all, any or none). `actual` is what was found, in words; `words` the keywords found."""

    depth: int
    box: str
    verdict: Verdict
    text: str = ""
    actual: str = ""
    words: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True)
class Other:
    """A rule that was not used: `outcome` as in engine/decision.py, and what it hung on, in words."""

    rule: str
    title: str
    outcome: str
    why: str


@dataclass(frozen=True)
class Why:
    """One rule set's answer to the ticket, ready for the page."""

    ruleset: str
    rule: str  # empty when `else` answered
    title: str
    basis: str
    version: str
    compared: int
    micros: int
    agreed: bool
    by_else: bool
    reason: str
    lines: tuple[Asked, ...]
    unless: tuple[Asked, ...]
    others: tuple[Other, ...]
    folded: tuple[Other, ...]


def why(decision: Decision, factbook: Mapping[str, Fact], lang: str) -> Why:
    """The decision in the reader's language; facts that are no longer declared are called by their own names."""
    trace = tuple(decision.trace)
    known = _complete(factbook, trace)
    won = next((one for one in trace if one.outcome == "won"), None)
    rest = sorted((one for one in trace if one.outcome != "won"), key=lambda one: (RANK.get(one.outcome, 9), -_nearness(one)))
    others = tuple(Other(one.rule, one.title, one.outcome, _hangs_on(one, known, lang)) for one in rest)
    return Why(
        ruleset=decision.ruleset,
        rule=won.rule if won else "",
        title=won.title if won else "",
        basis=decision.basis,
        version=decision.version[:7],
        compared=len(trace),
        micros=decision.micros,
        agreed=decision.agreed,
        by_else=decision.by_else,
        reason=decision.reason_en if lang == "en" and decision.reason_en else decision.reason,
        lines=_lines(won.when, known, lang) if won and won.when else (),
        unless=_lines(won.unless, known, lang) if won and won.unless else (),
        others=others[:NEAREST],
        folded=others[NEAREST:],
    )


def keywords(decision: Decision) -> tuple[str, ...]:
    """The words of the citizen's text that the winning rules asked for and found."""
    found: list[str] = []
    for one in decision.trace:
        if one.outcome == "won" and one.when is not None:
            for line in _flat(one.when):
                if line.verdict and line.words:
                    found += line.words
    return tuple(dict.fromkeys(found))


def _flat(line: Line) -> list[Line]:
    return [line] if not line.parts else [leaf for part in line.parts for leaf in _flat(part)]


def _complete(factbook: Mapping[str, Fact], trace: tuple[RuleVerdict, ...]) -> dict[str, Fact]:
    known = dict(factbook)
    for one in trace:
        for line in (leaf for side in (one.when, one.unless) if side is not None for leaf in _flat(side)):
            if line.fact and line.fact not in known:
                known[line.fact] = Fact(line.fact, Label(line.fact), "number" if line.op in ("gt", "gte", "lt", "lte") else "choice")
    return known


def _lines(top: Line, known: Mapping[str, Fact], lang: str) -> tuple[Asked, ...]:
    found: list[Asked] = []

    def walk(line: Line, depth: int, inverted: bool = False) -> None:
        if line.op in BOXES:
            if line.parts:
                found.append(Asked(depth, line.op, line.verdict))
            for part in line.parts:
                walk(part, depth + 1 if part.op in BOXES and part.parts else depth, inverted != (line.op == "none"))
            return
        # Under 均不出现 a question answered no is a condition met: the tick says what helped the rule.
        met = line.verdict if line.verdict is None or not inverted else not line.verdict
        found.append(Asked(depth, "", met, words.question(line, known, lang), *_actual(line, known, lang)))

    # An outermost `all` that holds boxes alone adds a heading without a question under it.
    if top.op == "all" and top.parts and all(part.op in BOXES for part in top.parts):
        for part in top.parts:
            walk(part, 0)
    else:
        walk(top if top.op in BOXES else Line("all", top.verdict, parts=(top,)), 0)
    return tuple(found)


def _actual(line: Line, known: Mapping[str, Fact], lang: str) -> tuple[str, tuple[str, ...], bool]:
    if line.words:
        return "", tuple(line.words), True
    if line.actual is None:
        return "", (), False
    if known[line.fact].type == "text":
        return "-", (), True  # asked of the text and not found: the page says 原话中没有
    return words.value(line.actual, lang), (), True


def _nearness(verdict: RuleVerdict) -> float:
    """The share of a rule's questions that came true: the nearest misses teach most."""
    leaves = _flat(verdict.when) if verdict.when is not None else []
    return sum(1 for leaf in leaves if leaf.verdict) / len(leaves) if leaves else 0.0


def _hangs_on(verdict: RuleVerdict, known: Mapping[str, Fact], lang: str) -> str:
    """What kept the rule from being used: its exception, its first question that was not met, or nothing where it lost by order."""
    side = verdict.unless if verdict.outcome == "stopped" else verdict.when
    if side is None or verdict.outcome == "lost":
        return ""
    if verdict.outcome == "stopped":
        return "；".join(words.because(side, known, lang)) if lang == "zh" else "; ".join(words.because(side, known, lang))
    return first_missed(side, known, lang)


def first_missed(line: Line, known: Mapping[str, Fact], lang: str) -> str:
    """The first question a line fails on, with the actual value beside it."""
    if line.op in ("all", "any"):
        missed = next((part for part in line.parts if part.verdict is not True), None)
        return first_missed(missed, known, lang) if missed is not None else ""
    if line.op == "none":
        hit = next((part for part in line.parts if part.verdict is not False), None)
        return words.sentence(hit, known, lang) if hit is not None and not hit.parts else words.BOXES["none"][0 if lang == "zh" else 1]
    return words.sentence(line, known, lang)
