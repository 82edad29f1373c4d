"""In which ways each field of a form can come into sight; a field or page with none can never show, and the reason is said.

A condition on an answer can only hold where that answer is asked, so the ways of the asking field are part of the ways of the one that
depends on it. Exact for choices, trees, numbers, yes/no and keywords, of which a witness is made; `similar` is taken as possible.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from engine import normalise
from engine.condition import All, Condition, Similar, Test
from engine.dnf import MOST, Alternative, Literal, TooWide, Want, expand
from engine.facts import Fact, FactValue
from engine.reference import judge, trees_of
from engine.vocabulary import Vocabulary
from forms.form import Field, Form

Ways = tuple[Alternative, ...]
APART = "\x1f"  # between the words of a made-up text: no keyword holds it, so none arises across a border


class Reach:
    """The ways of every field of one form. `clash` is a conflict that kept the last refused way from holding."""

    def __init__(self, form: Form, vocabulary: Vocabulary) -> None:
        self._form = form
        self._words = vocabulary
        self._trees = trees_of(vocabulary.names)
        self._asked = {name: asked for _, asked in form.fields() for name in asked.facts}
        self._possible: dict[frozenset[tuple[object, Want]], bool] = {}
        self._ways: dict[str, Ways | None] = {}
        for page, asked in form.fields():
            self._ways[asked.id] = self.ways(All((page.show_if, asked.show_if)), asked)

    def of(self, asked: Field) -> Ways | None:
        """The ways in which the field shows; () is never, None is too many to tell."""
        return self._ways.get(asked.id)

    def ways(self, condition: Condition, at: Field | None = None) -> Ways | None:
        """The ways in which a condition can hold on this form."""
        try:
            own = expand(condition, Want.TRUE)
        except TooWide:
            return None
        found: dict[frozenset[tuple[object, Want]], Alternative] = {}
        for way in own:
            for whole in self.tried(way, at):
                if self.possible(whole):
                    found.setdefault(_key(whole), whole)
                if len(found) > MOST:
                    return None
        return tuple(found.values())

    def possible(self, way: Alternative) -> bool:
        """Whether some answers make every question of the way come out as wanted."""
        return self.clash(way) is None

    def clash(self, way: Alternative) -> Alternative | None:
        """The questions about one fact that cannot all come out as wanted, or None."""
        by_fact: dict[str, list[Literal]] = {}
        for literal in way:
            by_fact.setdefault(literal.fact, []).append(literal)
        for name, literals in by_fact.items():
            key = _key(literals)
            if key not in self._possible:
                self._possible[key] = self._holds(self._words.facts[name], literals)
            if not self._possible[key]:
                return tuple(literals)
        return None

    def tried(self, way: Alternative, at: Field | None = None) -> list[Alternative]:
        """The way together with each way in which the fields it depends on are asked."""
        wholes: list[Alternative] = [way]
        for asker in {id(one): one for literal in way if _known(literal) and (one := self._asked.get(literal.fact)) is not None}.values():
            if asker is at or asker.id not in self._ways:
                continue  # it is asked later: said elsewhere
            ways = self._ways[asker.id]
            if ways is not None:
                wholes = [_join(whole, other) for whole in wholes for other in ways][: MOST * MOST]
        return wholes

    def _holds(self, fact: Fact, literals: list[Literal]) -> bool:
        missing = {literal.want is Want.TRUE for literal in literals if literal.op == "missing"}
        asked = [literal for literal in literals if literal.op != "missing"]
        if len(missing) == 2 or (True in missing and asked):
            return False
        if not asked:
            return True
        if fact.type == "text":
            return _text(asked)
        field = self._asked.get(fact.name)
        return any(all(self._answer(fact, value, literal) for literal in asked) for value in _values(fact, field, asked))

    def _answer(self, fact: Fact, value: FactValue, literal: Literal) -> bool:
        test = Test(literal.fact, literal.op, literal.value)  # type: ignore[arg-type]
        return judge(test, {fact.name: value}, {fact.name: fact}, self._trees).verdict is (literal.want is Want.TRUE)


def said(literals: Iterable[Literal]) -> tuple[tuple[Test, bool], ...]:
    """The questions with the answer each must have, for a sentence."""
    return tuple((Test(one.fact, one.op, one.value), one.want is Want.TRUE) for one in literals)  # type: ignore[arg-type]


def _known(literal: Literal) -> bool:
    return literal.op != "missing" or literal.want is Want.FALSE


def _key(way: Iterable[Literal]) -> frozenset[tuple[object, Want]]:
    return frozenset((literal.key, literal.want) for literal in way)


def _join(left: Alternative, right: Alternative) -> Alternative:
    both: Mapping[tuple[object, Want], Literal] = {(literal.key, literal.want): literal for literal in (*left, *right)}
    return tuple(both.values())


def _values(fact: Fact, field: Field | None, asked: list[Literal]) -> Iterable[FactValue]:
    """Values that are enough to try: one of each kind that the questions can tell apart."""
    if fact.type == "yesno":
        return (True, False)
    if fact.type != "number":
        return fact.options
    step = Decimal(1).scaleb(-fact.places)
    lows = [bound for bound in (fact.min, field.min if field else None) if bound is not None]
    highs = [bound for bound in (fact.max, field.max if field else None) if bound is not None]
    marks = [Decimal(str(literal.value)) for literal in asked] + lows + highs
    tried = {mark + step * off for mark in marks for off in (-1, 0, 1)}
    return [value for value in tried if all(value >= low for low in lows) and all(value <= high for high in highs)]


def _text(asked: list[Literal]) -> bool:
    """Looks for words that put together, each apart from the others, answer every keyword question as wanted."""
    forbidden: list[str] = []
    choices: list[tuple[tuple[str, ...], ...]] = []  # per question, the sets of words one of which must be there
    absent: list[tuple[str, ...]] = []  # per question, words one of which must be absent
    for literal in asked:
        value = literal.value
        if isinstance(value, Similar):
            if literal.want is Want.TRUE:
                choices.append(tuple((normalise.text(phrase),) for phrase in value.to))
            continue  # a text that is not similar to a phrase: taken as possible
        words = tuple(normalise.text(word) for word in (value if isinstance(value, tuple) else (str(value),)))
        if literal.want is Want.TRUE:
            choices.append((words,) if literal.op == "has_all" else tuple((word,) for word in words))
        elif literal.op == "has_all":
            absent.append(words)
        else:
            forbidden += words
    return _absent(absent, choices, forbidden)


def _absent(absent: list[tuple[str, ...]], choices: list[tuple[tuple[str, ...], ...]], forbidden: list[str]) -> bool:
    if not absent:
        return all(any(not any(bad in APART.join(words) for bad in forbidden) for words in sets) for sets in choices)
    return any(_absent(absent[1:], choices, [*forbidden, word]) for word in absent[0])
