"""Turns a ticket's facts into the flat whole numbers and 1-bits that durable-rules is given; text never enters it.

Every question about text, options and trees becomes a tag: a property that is there, as 1, when the answer is yes. Every
fact that is asked about has a number property that is always there, with a code of its own for "unknown".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from engine.condition import Similar
from engine.dnf import Literal
from engine.facts import Fact, FactValue

MOST_TEXT = 100_000  # characters; longer text is refused with a sentence rather than judged slowly
FARTHEST = 10**30  # numbers from here on are refused, and so is
MOST_PLACES = 40  # a longer fraction: written out in a stored decision they could fill a disk

Cond = tuple[str, str, int]  # (operator, property, number); operators in the order they stand in a rule:
TAG, EQ, NEQ, NEX = "tag", "eq", "neq", "nex"
ORDER = {TAG: 0, EQ: 1, "gt": 2, "gte": 2, "lt": 2, "lte": 2, NEQ: 3, NEX: 4}


class FactRefused(ValueError):
    """A fact's value is not of its declared type; says which fact, and what it should be."""

    permanent = True


@dataclass
class Coded:
    """One ticket's facts as the engine sees them. `found` keeps, by fact, the normalised keywords that were met, and `near`, by
    question, the phrases: for the reasons."""

    values: dict[str, int] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)
    found: dict[str, frozenset[str]] = field(default_factory=dict)
    near: dict[tuple[str, Similar], tuple[str, ...]] = field(default_factory=dict)


class Coder(Protocol):
    """One fact's part in the coding."""

    fact: Fact

    def ask(self, literal: Literal) -> tuple[Cond, ...]:
        """The conditions, all of which must hold for the literal to be as wanted; also learns what to look for."""

    def ready(self) -> None:
        """Called once, after the last `ask`."""

    def encode(self, value: FactValue | None, into: Coded) -> None:
        """Adds this fact's numbers and tags. FactRefused on a value of the wrong type."""


def checked(facts: Mapping[str, FactValue | None], declared: Mapping[str, Fact]) -> dict[str, FactValue]:
    """The facts that are declared and known, each of its declared type, sorted by name; others are left out. Raises FactRefused."""
    kept: dict[str, FactValue] = {}
    for name in sorted(facts):
        fact, value = declared.get(name), facts[name]
        if fact is not None and value is not None:
            _CHECKS[fact.type](name, value)
            kept[name] = value
    return kept


def _check_yesno(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise FactRefused(f"{name} 应为是或否 (must be yes or no)，得到 {type(value).__name__}")


def _check_number(name: str, value: object) -> None:
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or (isinstance(value, Decimal) and not value.is_finite()):
        raise FactRefused(f"{name} 应为有限的整数或十进制小数 (must be a finite int or Decimal)，得到 {type(value).__name__}")
    if not -FARTHEST < value < FARTHEST or (isinstance(value, Decimal) and int(value.as_tuple().exponent) < -MOST_PLACES):
        raise FactRefused(f"{name} 太大或太细 (too large or too fine)：应在 ±10^30 之内，最多 {MOST_PLACES} 位小数")


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise FactRefused(f"{name} 应为文字 (must be text)，得到 {type(value).__name__}")
    if len(value) > MOST_TEXT:
        raise FactRefused(f"{name} 有 {len(value)} 字，最多 {MOST_TEXT} 字 (text too long)")
    if not _writable(value):
        raise FactRefused(f"{name} 含有残缺字符 (broken characters)，请检查来源文件的编码")


_CHECKS: dict[str, Callable[[str, object], None]] = {
    "text": _check_text,
    "choice": _check_text,
    "tree": _check_text,
    "number": _check_number,
    "yesno": _check_yesno,
}


def _writable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair: no file and no database takes it
        return False
    return True
