"""Turns what a test gives into facts, and says what is wrong with it: an unknown fact, an option that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.facts import Fact, FactValue
from engine.findings import shown
from engine.reference import decimal
from engine.score import SAMPLE
from engine.suggest import offer


@dataclass(frozen=True)
class Wrong:
    """One thing a test gives that cannot be, in both languages."""

    zh: str
    en: str


def read(given: Mapping[str, object], factbook: Mapping[str, Fact]) -> tuple[dict[str, FactValue], tuple[Wrong, ...]]:
    """The facts of a test with their types, and what is wrong. A null is as good as nothing given: unknown.

    `<number fact>_n` is how many cases a rate was drawn from (min_sample in scoring) and needs no declaration of its own.
    """
    facts: dict[str, FactValue] = {}
    wrong: list[Wrong] = []
    for name, value in given.items():
        if value is None:
            continue
        fact = declared(name, factbook)
        if fact is None:
            near_zh, near_en = offer(name, list(factbook))
            wrong.append(Wrong(f"given 里的「{shown(name)}」不是已声明的事实{near_zh}", f"given names an unknown fact, {shown(name)}{near_en}"))
            continue
        found = _value(value, fact)
        if isinstance(found, Wrong):
            wrong.append(found)
        else:
            facts[name] = found
    return facts, tuple(wrong)


def declared(name: str, factbook: Mapping[str, Fact]) -> Fact | None:
    """The fact of that name; the number of cases of a declared number fact counts as declared."""
    if name in factbook:
        return factbook[name]
    base = factbook.get(name.removesuffix(SAMPLE)) if name.endswith(SAMPLE) else None
    return Fact(name, base.label, "number", min=Decimal(0)) if base is not None and base.type == "number" else None


def _value(value: object, fact: Fact) -> FactValue | Wrong:
    if fact.type == "yesno":
        return value if isinstance(value, bool) else _mistyped(value, fact, "true 或 false", "true or false")
    if fact.type == "number":
        try:
            number = decimal(value)
        except ValueError:
            return _mistyped(value, fact, "数字", "a number")
        return number if number.is_finite() else _mistyped(value, fact, "数字", "a number")
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return _mistyped(value, fact, "文字", "text")
    word = str(value)
    if fact.type == "text" or word in fact.options:
        return word
    near_zh, near_en = offer(word, list(fact.options))
    return Wrong(f"given 里 {fact.name} 没有选项「{shown(word)}」{near_zh}", f"given: {fact.name} has no option {shown(word)}{near_en}")


def _mistyped(value: object, fact: Fact, zh: str, en: str) -> Wrong:
    return Wrong(f"given 里 {fact.name} 应当是{zh}，写的是「{shown(value)}」", f"given: {fact.name} should be {en}, not {shown(value)}")
