"""Reads a condition (`when`, `unless`, `show_if`) into the tree of engine/condition.py.

The order of parts does not follow the file but a fixed one (all, any, none, then facts by name), because a version is
the same whatever its key order, and the same version must give the same decision byte for byte.
"""

from __future__ import annotations

from decimal import Decimal

from engine import expect, normalise
from engine.condition import All, AnyOf, Condition, NoneOf, Similar, Test, TestValue
from engine.expect import Scope
from engine.facts import OPERATORS, Fact
from engine.findings import shown
from engine.nodes import Fields, Items, Node, Value

BOXES: dict[str, type[All | AnyOf | NoneOf]] = {"all": All, "any": AnyOf, "none": NoneOf}
SIMILAR_AT_LEAST = 80  # when `min` is left out
LARGEST = 2**52 - 1  # half of what durable-rules compares exactly (engine/compile_numbers.py doubles it); scaled by the fact's places

TYPES: dict[str, tuple[str, str]] = {
    "text": ("文字", "text"),
    "choice": ("选项", "choice"),
    "tree": ("树", "tree"),
    "number": ("数字", "number"),
    "yesno": ("是非", "yes/no"),
}


def parse(node: Node, scope: Scope) -> Condition | None:
    """The condition, or None when anything in it was refused (the report of `scope` then says what, all of it)."""
    if not isinstance(node, Fields):
        scope.wrong(node, "条件应当是映射，如 {all: [{category: 供水}]}", "a condition must be a mapping, such as {all: [{category: 供水}]}")
        return None
    if not node.fields:
        scope.error(node, "条件是空的；总是成立的规则不写 when", "the condition is empty; a rule that always holds has no when")
        return None
    parts: list[Condition | None] = [_box(name, node, scope) for name in BOXES if name in node.fields]
    for name in sorted(node.fields):
        if name not in BOXES:
            parts.append(_fact(name, node.fields[name], node.line_of(name), scope))
    return _joined(parts)


def _box(name: str, node: Fields, scope: Scope) -> Condition | None:
    listed = expect.items(node.fields[name], scope, name, name)
    if listed is None:
        return None
    parts = [parse(item, scope) for item in listed]
    whole = tuple(part for part in parts if part is not None)
    return BOXES[name](whole) if len(whole) == len(parts) else None


def _joined(parts: list[Condition | None]) -> Condition | None:
    whole = tuple(part for part in parts if part is not None)
    if len(whole) != len(parts):
        return None
    return whole[0] if len(whole) == 1 else All(whole)


def _fact(name: str, node: Node, line: int, scope: Scope) -> Condition | None:
    fact = scope.vocabulary.facts.get(name)
    if fact is None:
        scope.unknown(line, "事实", "fact", name, [*scope.vocabulary.facts, *BOXES])
        return None
    if fact.personal:
        scope.error(line, f"「{name}」是个人信息，条件不能询问", f"{name} is personal: no condition may ask about it")
        return None
    if not isinstance(node, Fields):
        op = "in" if isinstance(node, Items) else "eq"
        return _test(fact, op, node, line, scope)
    if not node.fields:
        scope.error(node, f"「{name}」没有写比较", f"{name} is not compared with anything")
        return None
    order = OPERATORS[fact.type]
    for op in node.fields:
        if op not in order:
            _no_such_operator(fact, op, node.line_of(op), scope)
    known = [op for op in order if op in node.fields]
    tests = [_test(fact, op, node.fields[op], node.line_of(op), scope) for op in known]
    return _joined(tests) if len(known) == len(node.fields) else None


def _no_such_operator(fact: Fact, op: str, line: int, scope: Scope) -> None:
    order = OPERATORS[fact.type]
    zh, en = TYPES[fact.type]
    if any(op in others for others in OPERATORS.values()):
        scope.error(
            line, f"「{fact.name}」是{zh}，不能用 {op}，可用：{'、'.join(order)}", f"{fact.name} is {en} and takes no {op}; it takes {', '.join(order)}"
        )
    else:
        scope.unknown(line, "比较", "operator", op, order)


def _test(fact: Fact, op: str, node: Node, line: int, scope: Scope) -> Condition | None:
    if op not in OPERATORS[fact.type]:  # a bare value or list where the type wants an operator
        _no_such_operator(fact, op, line, scope)
        return None
    value = _value(fact, op, node, scope)
    return None if value is None else Test(fact.name, op, value, line)


def _value(fact: Fact, op: str, node: Node, scope: Scope) -> TestValue | None:
    if op == "missing":
        return expect.yes_no(node, scope, "missing", "missing")
    if op in ("has_any", "has_all"):
        return _phrases(node, scope, op)
    if op == "similar":
        return _similar(node, scope)
    if fact.type == "yesno":
        return expect.yes_no(node, scope, fact.name, fact.name)
    if fact.type == "number":
        return quantity(fact, node, scope)
    return _options(fact, node, scope) if op == "in" else option(fact, node, scope)


def _options(fact: Fact, node: Node, scope: Scope) -> tuple[str, ...] | None:
    listed = expect.items(node, scope, fact.name, fact.name)
    if listed is None:
        return None
    words = [option(fact, item, scope) for item in listed]
    return tuple(dict.fromkeys(word for word in words if word is not None)) if None not in words else None


def option(fact: Fact, node: Node, scope: Scope) -> str | None:
    """A value that the choice or tree fact can have."""
    word = expect.text(node, scope, fact.name, fact.name)
    if word is None or word in fact.options:
        return word
    scope.unknown(node, f"选项（{fact.label.zh} {fact.name}）", f"option of {fact.name}:", word, fact.options)
    return None


def quantity(fact: Fact, node: Node, scope: Scope) -> Decimal | None:
    """A number no finer than the fact's places and small enough to be compared exactly."""
    value = expect.number(node, scope, fact.name, fact.name)
    if value is None:
        return None
    if abs(value) * 10**fact.places > LARGEST:
        scope.error(node, f"数字 {shown(value)} 太大", f"the number {shown(value)} is too large")
        return None
    if value != round(value, fact.places):
        zh = f"「{fact.name}」只记 {fact.places} 位小数，{shown(value)} 更细；请改数，或在 facts.yaml 写 places"
        scope.error(node, zh, f"{fact.name} has {fact.places} decimal places and {shown(value)} has more: change it, or set places in facts.yaml")
        return None
    return value


def _phrases(node: Node, scope: Scope, what: str) -> tuple[str, ...] | None:
    phrases = expect.texts(node, scope, f"{what} 的词语", f"a phrase of {what}")
    for phrase in phrases or ():
        if not normalise.text(phrase):
            scope.error(node, f"「{shown(phrase)}」规范化后没有字", f"nothing is left of {shown(phrase)!r} once normalised")
            return None
    return phrases


def _similar(node: Node, scope: Scope) -> Similar | None:
    box = expect.fields(node, scope, ("to", "min"), "similar", "similar", needed=("to",))
    if box is None or "to" not in box.fields:
        return None
    phrases = _phrases(box.fields["to"], scope, "similar")
    least = expect.whole(box.fields.get("min", Value(SIMILAR_AT_LEAST, box.line)), scope, "min", "min", least=1, most=100)
    return None if phrases is None or least is None else Similar(phrases, least)
