"""A form as it was written: pages of fields, each field a fact that is asked, some of them only when a condition holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from engine.condition import ALWAYS, Condition
from engine.facts import FactValue, Label

# Who fills a form in: the titles of the roles people sign in with, and the citizen.
WHO = ("坐席", "承办人", "审核人", "单位负责人", "网格员", "督办员", "区领导", "政策专员", "审批人", "审计员", "系统管理员", "群众")
STEPS = ("发现", "受理", "转派", "处置", "反馈", "核实结案")  # the six steps of a ticket, in order; a status may be named too


@dataclass(frozen=True)
class Field:
    """One question. `id` is a fact's name, but for `choices`, whose yes/no facts are `of`; `label` is only for `choices`."""

    id: str
    kind: str
    required: bool = False  # holds only while the field is visible
    show_if: Condition = ALWAYS
    hint: Label | None = None
    label: Label | None = None
    unit: Label | None = None  # written after a number: 户
    min: Decimal | None = None  # within what the fact allows
    max: Decimal | None = None
    of: tuple[str, ...] = ()
    place: bool = False  # of photos: where they were taken is kept
    line: int = 0

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts an answer gives."""
        return self.of if self.kind == "choices" else (self.id,)


@dataclass(frozen=True)
class Page:
    """Questions that stand together, all of them only when `show_if` is true."""

    title: Label
    ask: tuple[Field, ...]
    show_if: Condition = ALWAYS
    line: int = 0


@dataclass(frozen=True)
class FormTest:
    """Given these answers, which fields are seen (`visible` is the exact list), are not (`hidden`), must be answered (`required`, exact)."""

    given: Mapping[str, FactValue]
    visible: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    required: tuple[str, ...] | None = None
    name: str = ""
    line: int = 0

    __test__ = False  # not a pytest class


@dataclass(frozen=True)
class Form:
    """A whole form. `version` is the SHA-256 (hex) of `canonical`, its JSON without comments, key order and layout."""

    id: str
    title: Label
    who: tuple[str, ...]
    step: str
    pages: tuple[Page, ...]
    tests: tuple[FormTest, ...] = ()
    version: str = ""
    canonical: str = ""
    file: str = ""
    line: int = field(default=1, compare=False)

    def fields(self) -> Iterator[tuple[Page, Field]]:
        """Every field with its page, in the order they are asked."""
        for page in self.pages:
            for asked in page.ask:
                yield page, asked

    def asks(self) -> tuple[str, ...]:
        """The facts the form asks for, in order."""
        return tuple(name for _, asked in self.fields() for name in asked.facts)

    def find(self, name: str) -> Field | None:
        """The field that gives this fact, or that has this id."""
        return next((asked for _, asked in self.fields() if name == asked.id or name in asked.facts), None)
