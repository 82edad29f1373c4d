"""Reads facts.yaml: each fact that rules, forms and searches may ask about, declared once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import get_args

from engine import expect
from engine.expect import Scope
from engine.facts import Fact, FactType, Label
from engine.nodes import Fields, Node, Value, plain
from engine.parse_condition import BOXES, LARGEST
from engine.read_spans import span
from engine.vocabulary import resolve

FIELDS = ("label", "type", "options", "options_from", "derived", "places", "min", "max", "personal")
TYPES: tuple[FactType, ...] = get_args(FactType)
SOURCES = {"tree": ("library", "areas"), "choice": ("statuses", "deadlines")}
FACT_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}\Z")

# Who computes a derived fact: the event that is judged, the ticket, the closed period; or a count or a number of days, below.
DERIVED_BY = ("ticket", "event", "period")
COUNTED = ("appeals", "callers", "moves", "calls")


def load_facts(node: Node, scope: Scope) -> dict[str, Fact]:
    """Facts by name. What is wrong goes to the report of `scope`; a fact that is wrong is left out."""
    if not isinstance(node, Fields):
        scope.wrong(node, "facts.yaml 应当是映射（事实: 说明）", "facts.yaml must be a mapping (fact: declaration)")
        return {}
    facts: dict[str, Fact] = {}
    for name, declared in node.fields.items():
        here = scope.within(name)
        if not FACT_NAME.match(name) or name in BOXES:
            zh = "事实名应当是小写字母、数字和下划线，以字母开头，且不是 all、any、none"
            here.error(node.line_of(name), zh, "a fact's name is small letters, digits and underscores, begins with a letter, and is not all, any or none")
            continue
        fact = _fact(name, declared, here)
        if fact is not None:
            facts[name] = fact
    return facts


def label(node: Node | None, scope: Scope, fallback: str) -> Label:
    """A plain string is Chinese; {zh: …, en: …} is both."""
    if node is None:
        return Label(fallback)
    if not isinstance(node, Fields):
        return Label(expect.text(node, scope, "名称", "the title") or fallback)
    expect.fields(node, scope, ("zh", "en"), "名称", "the title", needed=("zh",))
    words = {lang: expect.text(node.fields[lang], scope, "名称", "the title") or "" for lang in ("zh", "en") if lang in node.fields}
    return Label(words.get("zh") or fallback, words.get("en", ""))


def _fact(name: str, node: Node, scope: Scope) -> Fact | None:
    box = expect.fields(node, scope, FIELDS, "事实", "a fact", needed=("type",))
    if box is None or "type" not in box.fields:
        return None
    kind = next((t for t in TYPES if t == expect.one_of(box.fields["type"], scope, TYPES, "类型", "type")), None)
    if kind is None:
        return None
    options, options_from = _options(kind, box, scope)
    _only_for_numbers(kind, box, scope)
    limit = Decimal(LARGEST)
    low, high = (expect.number(box.fields[k], scope, k, k, least=-limit, most=limit) if k in box.fields else None for k in ("min", "max"))
    if low is not None and high is not None and low > high:
        scope.error(box, f"min {low} 大于 max {high}", f"min {low} is above max {high}")
    places = expect.whole(box.fields.get("places", Value(0, box.line)), scope, "places", "places", least=0, most=6)
    derived = _derived(box.fields["derived"], scope) if "derived" in box.fields else None
    personal = bool(expect.yes_no(box.fields["personal"], scope, "personal", "personal")) if "personal" in box.fields else False
    fact = Fact(name, label(box.get("label"), scope, name), kind, options, options_from, places or 0, low, high, derived, personal)
    return resolve(fact, scope.vocabulary.names)


def _options(kind: FactType, box: Fields, scope: Scope) -> tuple[tuple[str, ...], str | None]:
    options: tuple[str, ...] = ()
    options_from: str | None = None
    sources = SOURCES.get(kind, ())
    for key in ("options", "options_from"):
        if key in box.fields and (not sources or (kind == "tree" and key == "options")):
            scope.error(box.line_of(key), f"类型 {kind} 没有 {key}", f"type {kind} has no {key}")
    if not sources:
        return options, options_from
    if "options_from" in box.fields:
        options_from = expect.one_of(box.fields["options_from"], scope, sources, "选项来源", "options_from")
        if "options" in box.fields and kind == "choice":
            scope.error(box.line_of("options"), "options 和 options_from 只能写一个", "write either options or options_from")
    elif kind == "choice" and "options" in box.fields:
        options = expect.texts(box.fields["options"], scope, "选项", "an option") or ()
    else:
        needs = "options_from" if kind == "tree" else "options 或 options_from"
        scope.error(box, f"类型 {kind} 需要写 {needs}", f"type {kind} needs {needs.replace('或', 'or')}")
    return options, options_from


def _only_for_numbers(kind: FactType, box: Fields, scope: Scope) -> None:
    for key in ("places", "min", "max"):
        if key in box.fields and kind != "number":
            scope.error(box.line_of(key), f"{key} 只用于数字", f"{key} is for numbers only")


def _derived(node: Node, scope: Scope) -> str | Mapping[str, object] | None:
    if not isinstance(node, Fields):
        return expect.one_of(node, scope, DERIVED_BY, "来源（derived）", "source in derived:")
    if "days_to" in node.fields:
        expect.fields(node, scope, ("days_to",), "derived", "derived")
        expect.text(node.fields["days_to"], scope, "days_to", "days_to")
    else:
        expect.fields(node, scope, ("count", "within", "same", "to", "of"), "derived", "derived", needed=("count",))
        for key, read in _COUNT_FIELDS.items():
            if key in node.fields:
                read(node.fields[key], scope)
    data = plain(node)
    return data if isinstance(data, dict) else None


def same(node: Node, scope: Scope, zh: str, en: str, extra: tuple[str, ...] = ()) -> dict[str, object] | None:
    """What makes two appeals the same: `category: 2` (its level-2 branch), `area: 小区` (its estate), `caller: true`."""
    box = expect.fields(node, scope, ("category", "area", "caller", "unit", *extra), zh, en)
    if box is None:
        return None
    if not box.fields:
        scope.error(node, f"{zh}是空的", f"{en} is empty")
    levels = {n.level for n in scope.vocabulary.names.areas.nodes.values() if n.level} | set(AREA_LEVELS)
    readers: dict[str, Callable[[Node], object]] = {
        "category": lambda value: expect.whole(value, scope, "类别层级", "the category's depth", least=1, most=9),
        "area": lambda value: expect.one_of(value, scope, sorted(levels), "区域层级", "level of area:"),
        "caller": lambda value: expect.yes_no(value, scope, "caller", "caller"),
        "unit": lambda value: expect.yes_no(value, scope, "unit", "unit"),
        "within": lambda value: span(value, scope, "within", "within"),
    }
    return {key: readers[key](value) for key, value in box.fields.items() if key in readers}


AREA_LEVELS = ("区", "镇街", "村居", "网格", "小区", "道路")
_COUNT_FIELDS: dict[str, Callable[[Node, Scope], object]] = {
    "count": lambda node, scope: expect.one_of(node, scope, COUNTED, "计数对象", "thing to count:"),
    "within": lambda node, scope: span(node, scope, "within", "within"),
    "same": lambda node, scope: same(node, scope, "same", "same"),
    "to": lambda node, scope: expect.texts(node, scope, "to", "to"),
    "of": lambda node, scope: expect.texts(node, scope, "of", "of"),
}
