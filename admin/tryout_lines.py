"""A rule's conditions as a page shows them: boxes within boxes, and the actual value at the end of every line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine import words
from engine.decision import Line, RuleVerdict, Verdict
from engine.facts import Fact

SHAPES_OF = {"won": "won", "lost": "hit", "unmet": "unmet", "unknown": "unknown", "stopped": "stopped", "out_of_date": "off"}


@dataclass(frozen=True)
class Chip:
    """A value asked for; `lit` when it is what the ticket has."""

    text: str
    lit: bool = False


@dataclass(frozen=True)
class LineShown:
    """A box (`box` is all, any or none) with its parts, or a line: fact, operator (a word of the catalogue), values, and what there is.

    `met` tells whether the line helps the rule: under a `none` a question answered no does. `unknown` marks what nobody has filled in.
    """

    box: str
    met: Verdict
    fact: str = ""
    label: str = ""
    op: str = ""
    chips: tuple[Chip, ...] = ()
    found: tuple[str, ...] = ()
    actual: str = ""
    unknown: bool = False
    parts: tuple[LineShown, ...] = ()

    @property
    def open(self) -> int:
        """Of a box, how many of its parts are not met."""
        return sum(part.met is not True for part in self.parts)


@dataclass(frozen=True)
class RuleRow:
    """One rule of the list. `shape` is won, hit, unmet, unknown, stopped or off; `lacks` names what an unknown one waits for."""

    id: str
    title: str
    shape: str
    lacks: str = ""
    listed: bool = True


def shown(line: Line, factbook: Mapping[str, Fact], lang: str, inverted: bool = False) -> LineShown:
    """One line of a trace, with all beneath it."""
    met = line.verdict if line.verdict is None or not inverted else not line.verdict
    if line.op in words.BOXES:
        return LineShown(line.op, met, parts=tuple(shown(part, factbook, lang, inverted != (line.op == "none")) for part in line.parts))
    fact = factbook[line.fact]
    text = fact.type == "text"
    sought: object = line.asked["to"] if isinstance(line.asked, Mapping) else line.asked
    values: Sequence[object] = sought if isinstance(sought, list | tuple) else [sought]
    chips = () if line.op == "missing" else tuple(Chip(words.value(one, lang), one in line.words if text else one == line.actual) for one in values)
    return LineShown(
        "",
        met,
        line.fact,
        fact.label.say(lang),
        operator(line, fact),
        chips,
        tuple(line.words),
        "" if text or line.actual is None else words.value(line.actual, lang),
        line.actual is None,
    )


def operator(line: Line, fact: Fact) -> str:
    """The word of the catalogue for the question asked."""
    if line.op == "missing":
        return "condition.op_missing" if line.asked else "condition.op_present"
    if line.op in ("eq", "in"):
        return "condition.op_tree_is" if fact.type == "tree" else "condition.op_is"
    if line.op == "ne":
        return "condition.op_tree_ne" if fact.type == "tree" else "condition.op_ne"
    return f"condition.op_{line.op}"


def leaves(line: Line | None) -> list[Line]:
    """The questions of a line, in order."""
    if line is None:
        return []
    return [leaf for part in line.parts for leaf in leaves(part)] if line.op in words.BOXES else [line]


def asked_facts(verdict: RuleVerdict) -> frozenset[str]:
    """The facts a rule reads."""
    return frozenset(leaf.fact for side in (verdict.when, verdict.unless) for leaf in leaves(side))


def keywords(verdict: RuleVerdict, factbook: Mapping[str, Fact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of the text that help the rule, and those that stand in its way."""
    good: dict[str, None] = {}
    bad: dict[str, None] = {}

    def walk(line: Line | None, against: bool) -> None:
        if line is None:
            return
        for part in line.parts:
            walk(part, against != (line.op == "none"))
        if line.words and factbook[line.fact].type == "text":
            (bad if against else good).update(dict.fromkeys(line.words))

    walk(verdict.when, False)
    walk(verdict.unless, True)
    return tuple(good), tuple(word for word in bad if word not in good)
