"""What a rule may ask about: each fact declared once, with its type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

FactType = Literal["text", "choice", "tree", "number", "yesno"]
# text, choice and tree: str (a tree value is a node's name) · number: Decimal or int · yesno: bool. Absent = unknown.
FactValue = str | int | bool | Decimal
Facts = Mapping[str, FactValue]


@dataclass(frozen=True)
class Label:
    """Words in both languages; `en` falls back to `zh`."""

    zh: str
    en: str = ""

    def say(self, lang: str) -> str:
        return self.en or self.zh if lang == "en" else self.zh


@dataclass(frozen=True)
class Fact:
    """One declaration of rules/facts.yaml. `options` are resolved (options_from already looked up)."""

    name: str
    label: Label
    type: FactType
    options: tuple[str, ...] = ()
    options_from: str | None = None
    places: int = 0
    min: Decimal | None = None
    max: Decimal | None = None
    derived: str | Mapping[str, object] | None = None
    personal: bool = False  # a name, a number, a door: kept with the ticket, never told to a rule nor to the evaluation log


# The operators each type admits; `missing` is open to all (LANGUAGE.md).
OPERATORS: dict[FactType, tuple[str, ...]] = {
    "text": ("has_any", "has_all", "similar", "missing"),
    "choice": ("eq", "ne", "in", "missing"),
    "tree": ("eq", "ne", "in", "missing"),
    "number": ("eq", "ne", "gt", "gte", "lt", "lte", "missing"),
    "yesno": ("eq", "missing"),
}
