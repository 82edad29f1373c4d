"""Everything a rule set can be asked about, cut into finitely many cells: in one cell no question of the set tells two values apart.

Facts are independent of one another, so a rule is a few boxes: for each fact the cells (a bit mask) or, for a text, the keywords it allows.
Cell 0 of a fact is that it is missing. The time is an axis as well, cut at the dates between which rules are in force.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine import normalise
from engine.analyse_text import Clause, Wordbook, Words, of_literal
from engine.compile_ruleset import tests
from engine.condition import Condition, Test
from engine.dnf import Literal, Want, expand, of_rule
from engine.facts import Fact, FactValue
from engine.names import Names
from engine.reference import Trees, trees_of
from engine.ruleset import Effective, Rule, RuleSet
from engine.tree import Tree

TIME = "@"  # no fact can be called so
ALL = -1  # every bit
MISSING = 1
ALL_STEPS = 400_000  # of engine/analyse_cover.py, in one analysis: a minute or so
SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Box:
    """What is allowed of each fact named here, all at once; of any other fact everything."""

    masks: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, Words] = field(default_factory=dict)

    def meet(self, other: Box) -> Box | None:
        """Both at once; None when that is impossible."""
        masks, texts = dict(self.masks), self.texts
        for axis, mask in other.masks.items():
            both = masks.get(axis, ALL) & mask
            if not both:
                return None
            masks[axis] = both
        if other.texts:
            texts = dict(texts)
            for name, words in other.texts.items():
                held = texts.get(name)
                joined = words if held is None else held.meet(words)
                if held is not None and not joined.possible():
                    return None
                texts[name] = joined
        return Box(masks, texts)

    def apart(self, other: Box) -> bool:
        """Whether the two have nothing in common, going by all but the texts: quick to tell."""
        masks = self.masks
        return any(not masks.get(axis, ALL) & mask for axis, mask in other.masks.items())


@dataclass(frozen=True)
class Point:
    """One ticket at one moment: the cell of each fact that is known, and the texts with what each has."""

    cells: Mapping[str, int]
    texts: Mapping[str, str]
    hits: Mapping[str, Clause]

    def inside(self, box: Box) -> bool:
        cells = self.cells
        for axis, mask in box.masks.items():
            if not mask >> cells.get(axis, 0) & 1:
                return False
        return all(words.holds(self.hits.get(name)) for name, words in box.texts.items())


class Axis:
    """One fact that is no text: `values` has a value of each cell, None in cell 0 for a missing fact."""

    def __init__(self, fact: Fact, asked: Collection[Test], tree: Tree) -> None:
        self.fact = fact
        values = _numbers(fact, asked) if fact.type == "number" else _options(fact, asked, tree)
        self.values: tuple[FactValue | None, ...] = (None, *values)
        self._sorted: list[Decimal] = [value for value in values if isinstance(value, Decimal)] if fact.type == "number" else []
        named = {word for test in asked for word in _names(test)}
        self._other = next((value for value in values if value not in named), None)
        self._cells: dict[object, int] = {}  # by an option and its type (True is no 1), the cells for which it holds
        for cell, value in enumerate(self.values):
            path = tree.path(value) if fact.type == "tree" and isinstance(value, str) and value in tree else ()
            for one in {value, *path} - {None}:
                self._cells[type(one), one] = self._cells.get((type(one), one), 0) | 1 << cell
        self._whole = (1 << len(self.values)) - 1

    def mask(self, literal: Literal) -> int:
        """The cells in which the question is answered as wanted."""
        present = self._whole & ~MISSING
        if literal.op == "missing":
            return MISSING if literal.want is Want.TRUE else present
        true = self._true(literal.op, literal.value)
        cells = true if literal.want in (Want.TRUE, Want.NOT_FALSE) else present & ~true
        return cells | MISSING if literal.want in (Want.NOT_TRUE, Want.NOT_FALSE) else cells

    def cell(self, option: str) -> int:
        """The cell of a choice's option: its own where rules ask about it, else that of all the others."""
        return self.values.index(option) if option in self.values else self.values.index(self._other)

    def _true(self, op: str, value: object) -> int:
        if self._sorted:
            assert isinstance(value, Decimal | int)
            return _range(self._sorted, op, Decimal(value))
        wanted = value if isinstance(value, tuple) else (value,)
        found = 0
        for one in wanted:
            found |= self._cells.get((type(one), one), 0)
        return (self._whole & ~MISSING & ~found) if op == "ne" else found


def _range(values: list[Decimal], op: str, asked: Decimal) -> int:
    low, high = bisect_left(values, asked), bisect_right(values, asked)
    begin, end = {"eq": (low, high), "ne": (low, high), "gt": (high, len(values)), "gte": (low, len(values)), "lt": (0, low), "lte": (0, high)}[op]
    mask = ((1 << end) - (1 << begin)) << 1
    return ((1 << len(values)) - 1 << 1) & ~mask if op == "ne" else mask


def _numbers(fact: Fact, asked: Iterable[Test]) -> list[Decimal]:
    """A value on, just below and just above each number that is asked about, within `min`, `max` and `places`; a count is never below 0."""
    unit = Decimal(1).scaleb(-fact.places)
    counted = isinstance(fact.derived, Mapping) and "count" in fact.derived
    low = fact.min if fact.min is not None or not counted else Decimal(0)
    ends = [(low, ROUND_CEILING), (fact.max, ROUND_FLOOR)]
    bottom, top = (None if end is None else end.quantize(unit, rounding=rounding) for end, rounding in ends)
    found = {end for end in (bottom, top) if end is not None}
    for test in asked:
        if isinstance(test.value, Decimal | int) and not isinstance(test.value, bool):
            value = Decimal(test.value)
            up, down = value.quantize(unit, rounding=ROUND_CEILING), value.quantize(unit, rounding=ROUND_FLOOR)
            found |= {up - unit, up, down, down + unit}
    return sorted(value for value in found or {Decimal(0)} if (bottom is None or value >= bottom) and (top is None or value <= top))


def _names(test: Test) -> tuple[str, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,) if isinstance(test.value, str) else ()


def _options(fact: Fact, asked: Iterable[Test], tree: Tree) -> list[FactValue]:
    """One option of each sort that no question tells apart."""
    if fact.type == "yesno":
        return [True, False]
    named = {word for test in asked for word in _names(test)}
    sorts: dict[frozenset[str], str] = {}
    for option in fact.options:
        path = (*tree.path(option), option) if fact.type == "tree" and option in tree else (option,)
        sort = frozenset(named.intersection(path))
        if option in named:
            sorts[sort] = option  # the node itself says more than one beneath it
        else:
            sorts.setdefault(sort, option)
    return list(sorts.values())


class Space:
    """The cells of one rule set; turns rules and conditions into boxes and boxes into tickets."""

    def __init__(self, ruleset: RuleSet, facts: Mapping[str, Fact], names: Names) -> None:
        self.facts, self.trees = facts, trees_of(names)
        asked: dict[str, dict[tuple[str, str, object], Test]] = {}
        for test in tests(ruleset):
            asked.setdefault(test.fact, {})[test.key()] = test
        self.axes: dict[str, Axis] = {}
        self.text_facts = tuple(name for name in asked if facts[name].type == "text")
        for name, questions in asked.items():
            fact = facts[name]
            if fact.type != "text":
                self.axes[name] = Axis(fact, questions.values(), self._tree(fact, self.trees))
        self.book = Wordbook(test for name in self.text_facts for test in asked[name].values())
        dates = (ruleset.effective, *(rule.effective for rule in ruleset.rules))
        cuts = sorted({cut for one in dates for cut in (one.start, one.end) if cut is not None})
        self.moments: tuple[datetime, ...] = (cuts[0] - timedelta(days=1) if cuts else SOME_DAY, *cuts)
        self._wholes = {TIME: (1 << len(self.moments)) - 1, **{name: (1 << len(axis.values)) - 1 for name, axis in self.axes.items()}}
        self.steps_left = ALL_STEPS
        self._masks: dict[tuple[str, str, object, Want], int] = {}
        self.everything = Box({TIME: self.when(ruleset.effective)})

    @staticmethod
    def _tree(fact: Fact, trees: Trees) -> Tree:
        return trees.get(fact.options_from or "", Tree(()))

    def when(self, effective: Effective) -> int:
        """The cells of time in which something is in force."""
        return sum(1 << cell for cell, moment in enumerate(self.moments) if effective.holds(moment))

    def boxes(self, rule: Rule) -> tuple[Box, ...]:
        """Where the rule fires and is in force; () when it never does. TooWide when it has too many ways to come true."""
        force = self.when(rule.effective) & self.everything.masks[TIME]
        if not force:
            return ()
        base = Box({TIME: force}) if len(self.moments) > 1 else Box()
        return self._boxes(of_rule(rule.when, rule.unless), base)

    def ways(self, condition: Condition, want: Want) -> tuple[Box, ...]:
        """Where a condition is as wanted, at any time. TooWide."""
        return self._boxes(expand(condition, want), Box())

    def _boxes(self, alternatives: Iterable[tuple[Literal, ...]], base: Box) -> tuple[Box, ...]:
        found = [self._box(alternative, base) for alternative in alternatives]
        return tuple(box for box in found if box is not None)

    def _box(self, alternative: tuple[Literal, ...], base: Box) -> Box | None:
        masks, texts = dict(base.masks), dict(base.texts)
        for literal in alternative:
            if literal.fact in self.axes:
                masks[literal.fact] = masks.get(literal.fact, ALL) & self._mask(literal)
                if not masks[literal.fact]:
                    return None
            else:
                words = of_literal(literal, self.book)
                held = texts.get(literal.fact)
                texts[literal.fact] = words if held is None else held.meet(words)
        return Box(masks, texts) if all(words.possible() for words in texts.values()) else None

    def _mask(self, literal: Literal) -> int:
        key = (*literal.key, literal.want)
        if key not in self._masks:
            self._masks[key] = self.axes[literal.fact].mask(literal)
        return self._masks[key]

    def known(self) -> Box:
        """Every fact known, whatever it is."""
        masks = {name: whole & ~MISSING for name, whole in self._wholes.items() if name != TIME}
        return Box(masks, {name: Words(missing=False) for name in self.text_facts})

    def outside(self, box: Box) -> Iterator[Box]:
        """Separate boxes that together are everything outside this one."""
        masks: dict[str, int] = {}
        for axis, mask in box.masks.items():
            rest = self._wholes[axis] & ~mask
            if rest:
                yield Box({**masks, axis: rest})
            masks[axis] = mask
        texts: dict[str, Words] = {}
        for name, words in box.texts.items():
            for piece in words.outside():
                if piece.possible():
                    yield Box(masks, {**texts, name: piece})
            texts[name] = words

    def point(self, box: Box) -> Point | None:
        """A ticket in the box, with as little known as it allows; None when no text was found (only `similar` can do that)."""
        cells = {axis: (mask & -mask).bit_length() - 1 for axis, mask in box.masks.items()}
        texts: dict[str, str] = {}
        for name, words in box.texts.items():
            if not words.missing:
                text = words.text(self.book)
                if text is None:
                    return None
                texts[name] = text
        return Point(cells, texts, {name: self.book.hits(normalise.text(text)) for name, text in texts.items()})

    def given(self, point: Point) -> dict[str, FactValue]:
        """The facts of the ticket, as a rule is asked about them."""
        found: dict[str, FactValue] = dict(point.texts)
        for axis, cell in point.cells.items():
            value = self.axes[axis].values[cell] if axis != TIME else None
            if value is not None:
                found[axis] = value
        return dict(sorted(found.items()))

    def at(self, point: Point) -> datetime:
        return self.moments[point.cells.get(TIME, 0)]
