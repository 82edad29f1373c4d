"""The one condition language of rules, forms and searches, as a small tree of frozen nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

# What a test compares with, by operator:
#   has_any, has_all, in: tuple[str, ...] · similar: Similar · eq, ne: str, bool or Decimal · gt gte lt lte: Decimal · missing: bool


@dataclass(frozen=True)
class Similar:
    """RapidFuzz partial ratio of the text with any of the phrases, 0 to 100, at least `min`."""

    to: tuple[str, ...]
    min: int


TestValue = str | bool | Decimal | tuple[str, ...] | Similar


@dataclass(frozen=True)
class Test:
    """One fact asked one question. Two Tests that ask the same are equal: the line does not count."""

    fact: str
    op: str
    value: TestValue
    line: int = field(default=0, compare=False)

    __test__ = False  # not a pytest class

    def key(self) -> tuple[str, str, TestValue]:
        """What makes it the same atom as another, wherever it is written."""
        return (self.fact, self.op, self.value)


@dataclass(frozen=True)
class All:
    """True when every part is true; empty is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """True when one part is true; empty is false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class NoneOf:
    """True when every part is known to be false (Kleene: an unknown part makes it unknown)."""

    parts: tuple[Condition, ...]


Condition = Test | All | AnyOf | NoneOf
ALWAYS = All(())
