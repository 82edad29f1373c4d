"""How each kind of fact asks its questions of durable-rules and how it lays out a value: one coder per fact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine import compile_numbers as numbers
from engine import normalise
from engine.compile_facts import EQ, NEQ, NEX, TAG, Coded, Cond, FactRefused
from engine.condition import Similar
from engine.dnf import Literal, Want
from engine.facts import Fact, FactValue
from engine.keywords import Keywords
from engine.similar import Phrases
from engine.tree import Tree

UNKNOWN, NO, YES = 0, 1, 2  # codes of yes/no facts; other kinds have UNKNOWN and 1 for "known"
_TURNED = {"gt": "lte", "gte": "lt", "lt": "gte", "lte": "gt"}


class _Tags:
    """The questions of one text, choice or tree fact, each with its tag and, where a rule needs it, the tag of "known to be no"."""

    def __init__(self, fact: Fact, prop: str, name: Callable[[str], str]) -> None:
        self.fact = fact
        self.prop = prop
        self._name = name
        self.yes: dict[tuple[str, object], str] = {}
        self.no: dict[tuple[str, object], str] = {}

    def ask(self, literal: Literal) -> tuple[Cond, ...]:
        want, known = literal.want, (NEQ, self.prop, UNKNOWN)
        if literal.op == "missing":
            return ((EQ, self.prop, UNKNOWN),) if want is Want.TRUE else (known,)
        key, turned = _key(literal)
        if turned:
            want = _OPPOSITE[want]
        if key not in self.yes:
            self.yes[key] = self._name("k")
        tag = self.yes[key]
        if want is Want.TRUE:
            return ((TAG, tag, 1),)
        if want is Want.FALSE:
            return (known, (NEX, tag, 1))
        if want is Want.NOT_TRUE:
            return ((NEX, tag, 1),)
        if key not in self.no:
            self.no[key] = self._name("x")
        return ((NEX, self.no[key], 1),)

    def _known(self, into: Coded) -> None:
        """To be called after the tags of the yes answers were added."""
        into.values[self.prop] = 1
        if self.no:
            into.tags.update(tag for key, tag in self.no.items() if self.yes[key] not in into.tags)


# not ne is eq, and an unknown stays unknown
_OPPOSITE = {Want.TRUE: Want.FALSE, Want.FALSE: Want.TRUE, Want.NOT_TRUE: Want.NOT_FALSE, Want.NOT_FALSE: Want.NOT_TRUE}


def _key(literal: Literal) -> tuple[tuple[str, object], bool]:
    """eq and in are one question about a list, ne is its opposite; has_any and has_all take one word or many."""
    value = literal.value
    if literal.op in {"eq", "ne", "in"}:
        return ("in", value if isinstance(value, tuple) else (value,)), literal.op == "ne"
    return (literal.op, value if isinstance(value, tuple | Similar) else (value,)), False


class TextCoder(_Tags):
    """A text: normalised, then keywords and similar phrases are looked for."""

    def ready(self) -> None:
        self._similar: list[tuple[str, Similar, Phrases]] = []
        self._any: dict[str, list[str]] = {}
        self._all: list[tuple[str, frozenset[str]]] = []
        for (op, value), tag in self.yes.items():
            if isinstance(value, Similar):
                self._similar.append((tag, value, Phrases(value)))
                continue
            words = [normalise.text(str(word)) for word in _several(value)]
            if op == "has_all":
                self._all.append((tag, frozenset(words)))  # an empty word never hits, so neither does the whole
            else:
                for word in words:
                    self._any.setdefault(word, []).append(tag)
        self._keywords = Keywords([*self._any, *(word for _, words in self._all for word in words)])

    def encode(self, value: FactValue | None, into: Coded) -> None:
        if value is None:
            into.values[self.prop] = UNKNOWN
            return
        text = normalise.text(str(value))
        words = into.found[self.fact.name] = self._keywords.hits(text)
        for word in words:
            into.tags.update(self._any.get(word, ()))
        for tag, wanted in self._all:
            if wanted <= words:
                into.tags.add(tag)
        for tag, asked, phrases in self._similar:
            if near := phrases.near(text):
                into.tags.add(tag)
                into.near[self.fact.name, asked] = near
        self._known(into)


class ChoiceCoder(_Tags):
    """An option or a node of a tree; a node stands for itself and for all beneath it."""

    def __init__(self, fact: Fact, prop: str, name: Callable[[str], str], tree: Tree | None) -> None:
        super().__init__(fact, prop, name)
        self._tree = tree

    def ready(self) -> None:
        self._by_option: dict[str, list[str]] = {}
        for (_, options), tag in self.yes.items():
            for option in _several(options):
                self._by_option.setdefault(str(option), []).append(tag)

    def encode(self, value: FactValue | None, into: Coded) -> None:
        if value is None:
            into.values[self.prop] = UNKNOWN
            return
        name = str(value)
        path = self._tree.path(name) if self._tree is not None and name in self._tree else (name,)
        for node in path:
            into.tags.update(self._by_option.get(node, ()))
        self._known(into)


class YesNoCoder:
    """Yes, no or unknown: three codes, so every question is one comparison."""

    def __init__(self, fact: Fact, prop: str) -> None:
        self.fact = fact
        self.prop = prop

    def ask(self, literal: Literal) -> tuple[Cond, ...]:
        if literal.op == "missing":
            return ((EQ if literal.want is Want.TRUE else NEQ, self.prop, UNKNOWN),)
        asked = bool(literal.value) is (literal.op != "ne")
        same, other = (YES, NO) if asked else (NO, YES)
        return (
            {
                Want.TRUE: (EQ, self.prop, same),
                Want.FALSE: (EQ, self.prop, other),
                Want.NOT_TRUE: (NEQ, self.prop, same),
                Want.NOT_FALSE: (NEQ, self.prop, other),
            }[literal.want],
        )

    def ready(self) -> None:
        """Nothing to look for."""

    def encode(self, value: FactValue | None, into: Coded) -> None:
        into.values[self.prop] = UNKNOWN if value is None else YES if value else NO


class NumberCoder:
    """A number, twice: once where an unknown lies below every threshold, once where it lies above."""

    def __init__(self, fact: Fact, prop: str, name: Callable[[str], str]) -> None:
        self.fact = fact
        self.low = prop
        self.high = "h" + prop[1:]
        self._name = name
        self.places = fact.places
        self._no: dict[Decimal, str] = {}

    def widen(self, value: object) -> None:
        """Learns how fine the thresholds are; every one must be shown before the first `ask`. FactRefused when one cannot be exact."""
        asked = Decimal(str(value))
        if not asked.is_finite() or abs(asked.adjusted()) > 30:
            raise FactRefused(f"{self.fact.name} 与 {value} 比较：数太大或太细 (cannot be compared exactly)")
        self.places = max(self.places, numbers.digits_after_point(asked))

    def ask(self, literal: Literal) -> tuple[Cond, ...]:
        want, op = literal.want, literal.op
        if op == "missing":
            return ((EQ if want is Want.TRUE else "gt", self.low, numbers.UNKNOWN_LOW),)
        value = Decimal(str(literal.value))
        if not numbers.fits(value, self.places):
            raise FactRefused(f"{self.fact.name} 与 {value} 比较：超出 ±2^53 的 {self.places} 位小数 (beyond what can be compared exactly)")
        at = numbers.code(value, self.places)
        if op in {"eq", "ne"}:
            return self._equal(at, value, _OPPOSITE[want] if op == "ne" else want)
        if want in (Want.FALSE, Want.NOT_TRUE):
            op = _TURNED[op]
        # "more than" holds of an unknown in the high property, "less than" in the low one: wanted only where unknown is welcome
        unknown_welcome = want in (Want.NOT_TRUE, Want.NOT_FALSE)
        above = op in {"gt", "gte"}
        return ((op, self.high if above is unknown_welcome else self.low, at),)

    def _equal(self, at: int, value: Decimal, want: Want) -> tuple[Cond, ...]:
        if want is Want.TRUE:
            return ((EQ, self.low, at),)
        if want is Want.NOT_TRUE:
            return ((NEQ, self.low, at),)
        if want is Want.FALSE:
            return (("gt", self.low, numbers.UNKNOWN_LOW), (NEQ, self.low, at))
        if value not in self._no:
            self._no[value] = self._name("x")
        return ((NEX, self._no[value], 1),)

    def ready(self) -> None:
        """Nothing to look for."""

    def encode(self, value: FactValue | None, into: Coded) -> None:
        if value is None:
            into.values[self.low] = numbers.UNKNOWN_LOW
            into.values[self.high] = numbers.UNKNOWN_HIGH
            return
        number = value if isinstance(value, Decimal | int) else Decimal(value)
        into.values[self.low] = into.values[self.high] = numbers.code(number, self.places)
        if self._no:
            into.tags.update(tag for asked, tag in self._no.items() if asked != number)


def _several(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)
