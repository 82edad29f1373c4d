"""What changed in a condition, line by line: a keyword more, a threshold moved, a line that came or went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine import words
from engine.atoms import key_of
from engine.condition import All, Condition, Similar, Test
from engine.facts import Fact

FactBook = Mapping[str, Fact]
BOXES = {"AnyOf": ("任一", "any of"), "NoneOf": ("均不", "none of"), "All": ("所有", "all of")}


@dataclass(frozen=True)
class LineChange:
    """One line: `box` says in which box it stands, `before` or `after` is empty when it came or went; lists tell only what was added and removed."""

    box: str
    fact: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Speech:
    """The facts of both versions and the language to speak."""

    old: FactBook
    new: FactBook
    lang: str

    def before(self, condition: Condition) -> str:
        return words.condition(condition, self.old, self.lang)

    def after(self, condition: Condition) -> str:
        return words.condition(condition, self.new, self.lang)


def changes(old: Condition | None, new: Condition | None, speech: Speech) -> list[LineChange]:
    """Every line that differs; [] when both ask the same, in whatever order."""
    return list(_parts(_listed(old), _listed(new), "", speech))


def same(old: Condition | None, new: Condition | None) -> bool:
    """Whether both are written alike, order and all."""
    return _key(old) == _key(new)


def _listed(condition: Condition | None) -> list[Condition]:
    """The lines of a condition; an `all` inside an `all` is no box of its own."""
    if isinstance(condition, All):
        return [line for part in condition.parts for line in _listed(part)]
    return [] if condition is None else [condition]


def _parts(old: Sequence[Condition], new: Sequence[Condition], box: str, speech: Speech) -> Iterator[LineChange]:
    gone, come = _unequal(old, new)
    for before, after in _paired(gone, come):
        if isinstance(before, Test) and isinstance(after, Test):
            yield _line(before, after, box, speech)
        elif not isinstance(before, Test) and not isinstance(after, Test):
            yield from _parts(before.parts, after.parts, _within(box, after, speech.lang), speech)
    for before in gone:
        yield LineChange(box, _fact(before, speech.old, speech.lang), speech.before(before), "")
    for after in come:
        yield LineChange(box, _fact(after, speech.new, speech.lang), "", speech.after(after))


def _unequal(old: Sequence[Condition], new: Sequence[Condition]) -> tuple[list[Condition], list[Condition]]:
    """What each side has that the other has not."""
    come = list(new)
    gone: list[Condition] = []
    for one in old:
        twin = next((place for place, other in enumerate(come) if _key(other) == _key(one)), None)
        if twin is None:
            gone.append(one)
        else:
            come.pop(twin)
    return gone, come


def _paired(gone: list[Condition], come: list[Condition]) -> list[tuple[Condition, Condition]]:
    """Lines that became other lines: the same fact and operator first, then the same fact; boxes of a kind by what they share. Taken from both lists."""
    pairs: list[tuple[Condition, Condition]] = []
    for alike in (_same_question, _same_fact, _same_box):
        for one in list(gone):
            twins = [other for other in come if alike(one, other)]
            if twins:
                twin = max(twins, key=lambda other: _shared(one, other))
                pairs.append((one, twin))
                gone[:] = [other for other in gone if other is not one]
                come[:] = [other for other in come if other is not twin]
    return pairs


def _same_question(one: Condition, other: Condition) -> bool:
    return isinstance(one, Test) and isinstance(other, Test) and one.fact == other.fact and _op(one) == _op(other)


def _same_fact(one: Condition, other: Condition) -> bool:
    return isinstance(one, Test) and isinstance(other, Test) and one.fact == other.fact


def _same_box(one: Condition, other: Condition) -> bool:
    return not isinstance(one, Test) and type(one) is type(other) and _shared(one, other) > 0


def _shared(one: Condition, other: Condition) -> int:
    """How many facts both ask about: boxes with nothing in common are not the same box."""
    return len(_facts(one) & _facts(other))


def _facts(condition: Condition) -> set[str]:
    return {condition.fact} if isinstance(condition, Test) else {fact for part in condition.parts for fact in _facts(part)}


def _op(test: Test) -> str:
    """`eq` of one and `in` of several are the same question."""
    return "in" if test.op == "eq" and isinstance(test.value, str) else test.op


def _line(before: Test, after: Test, box: str, speech: Speech) -> LineChange:
    label = _fact(after, speech.new, speech.lang)
    old, new = _bare(speech.before(before), _fact(before, speech.old, speech.lang)), _bare(speech.after(after), label)
    was, now = _values(before), _values(after)
    if _op(before) == _op(after) and was is not None and now is not None and _least(before) == _least(after):
        added = tuple(one for one in now if one not in was)
        removed = tuple(one for one in was if one not in now)
        return LineChange(box, label, old, new, added, removed)
    return LineChange(box, label, old, new)


def _values(test: Test) -> tuple[str, ...] | None:
    """The words of a question that lists words."""
    if isinstance(test.value, Similar):
        return test.value.to
    if isinstance(test.value, tuple):
        return test.value
    return (test.value,) if isinstance(test.value, str) else None


def _least(test: Test) -> int:
    return test.value.min if isinstance(test.value, Similar) else 0


def _fact(condition: Condition, factbook: FactBook, lang: str) -> str:
    return factbook[condition.fact].label.say(lang) if isinstance(condition, Test) and condition.fact in factbook else ""


def _bare(said: str, label: str) -> str:
    """The sentence without the fact's name in front."""
    return said.removeprefix(f"{label} ") if label else said


def _within(box: str, condition: Condition, lang: str) -> str:
    name = BOXES[type(condition).__name__][0 if lang == "zh" else 1]
    return f"{box} · {name}" if box else name


def _key(condition: Condition | None) -> object:
    """Equal exactly when both are written alike; the lines do not count."""
    if condition is None:
        return None
    if isinstance(condition, Test):
        return key_of(condition)
    return (type(condition).__name__, tuple(_key(part) for part in condition.parts))
