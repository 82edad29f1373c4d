"""Reads the pages and fields of a form, each field against the fact it asks for."""

from __future__ import annotations

from decimal import Decimal

from engine import expect
from engine.condition import ALWAYS, Condition
from engine.dnf import MOST, TooWide, of_rule
from engine.expect import Scope
from engine.facts import Fact, Label
from engine.load_facts import label
from engine.nodes import Fields, Node, Value
from engine.parse_condition import TYPES, parse, quantity
from forms.form import Field, Page
from forms.kinds import KINDS, USUAL, Kind, fitting

PAGE_FIELDS = ("title", "show_if", "ask")
MOST_FIELDS = 200  # on one form; nobody answers more


def load_pages(node: Node, scope: Scope) -> tuple[Page, ...] | None:
    """The pages in order; what is wrong goes to the report of `scope`."""
    listed = expect.items(node, scope, "pages", "pages")
    if listed is None:
        return None
    pages = [_page(item, scope) for item in listed]
    whole = tuple(page for page in pages if page is not None)
    if sum(len(page.ask) for page in whole) > MOST_FIELDS:
        scope.error(node, f"一张表单最多 {MOST_FIELDS} 个字段，请拆开", f"a form has at most {MOST_FIELDS} fields: split it")
    _no_field_twice(whole, scope)
    return whole


def _page(node: Node, scope: Scope) -> Page | None:
    box = expect.fields(node, scope, PAGE_FIELDS, "页", "a page", needed=("title", "ask"))
    if box is None or "ask" not in box.fields:
        return None
    title = label(box.get("title"), scope, "页")
    show_if = _condition(box, scope)
    found = [_field(item, scope) for item in expect.items(box.fields["ask"], scope, "ask", "ask") or ()]
    return Page(title, tuple(one for one in found if one is not None), show_if, box.line)


def _condition(box: Fields, scope: Scope) -> Condition:
    """`show_if`; none means always."""
    if "show_if" not in box.fields:
        return ALWAYS
    found = parse(box.fields["show_if"], scope)
    if found is None:
        return ALWAYS
    try:
        of_rule(found)
    except TooWide:
        line = box.line_of("show_if")
        scope.error(line, f"显示条件展开后超过 {MOST} 种情形，请改简单些", f"show_if expands to more than {MOST} alternatives: make it simpler")
        return ALWAYS
    return found


def _field(node: Node, scope: Scope) -> Field | None:
    """`- households: {required: true}`, or `- households` alone."""
    if isinstance(node, Value) and isinstance(node.value, str):
        node = Fields({node.value: Fields({}, node.line)}, node.line, {node.value: node.line})
    if not isinstance(node, Fields) or len(node.fields) != 1:
        scope.wrong(
            node, "ask 的一项应当是一个字段，如 - households: {required: true}", "an item of ask must be one field, such as - households: {required: true}"
        )
        return None
    name, inner = next(iter(node.fields.items()))
    line = node.line_of(name)
    box = Fields({}, line) if isinstance(inner, Value) and inner.value is None else inner
    kind = _kind(name, box, line, scope)
    if kind is None or expect.fields(box, scope, kind.properties, f"字段 {name}", f"the field {name}") is None or not isinstance(box, Fields):
        return None
    fact = scope.vocabulary.facts.get(name)
    low, high = (_bound(key, box, fact, scope) for key in ("min", "max"))
    if low is not None and high is not None and low > high:
        scope.error(box.line_of("min"), f"min {low} 大于 max {high}", f"min {low} is above max {high}")
    required = expect.yes_no(box.fields["required"], scope, "required", "required") if "required" in box.fields else False
    return Field(
        name,
        kind.name,
        bool(required),
        _condition(box, scope),
        _words(box, "hint", scope),
        _words(box, "label", scope),
        _words(box, "unit", scope),
        low,
        high,
        _of(name, box, line, scope) if kind.many else (),
        bool(expect.yes_no(box.fields["place"], scope, "place", "place")) if "place" in box.fields else False,
        line,
    )


def _kind(name: str, box: Node, line: int, scope: Scope) -> Kind | None:
    """The kind as written, else the usual one of the fact's type; None when the fact is not known or cannot be asked that way."""
    facts = scope.vocabulary.facts
    fact = facts.get(name)
    written = box.get("as") if isinstance(box, Fields) else None
    word = expect.one_of(written, scope, tuple(KINDS), "控件（as）", "kind in as:") if written is not None else None
    if written is not None and word is None:
        return None
    if word is not None and KINDS[word].many:
        if fact is not None:
            zh = f"「{name}」是一项事实；choices 要另起名字，问的事实写在 of 里"
            scope.error(line, zh, f"{name} is a fact; choices needs a name of its own, with its facts under of:")
            return None
        return KINDS[word]
    if fact is None:
        scope.unknown(line, "事实", "fact", name, [one for one in facts if facts[one].derived is None])
        return None
    if fact.derived is not None:
        scope.error(line, f"「{name}」由系统算出，表单不能问", f"{name} is worked out by the system: no form can ask for it")
        return None
    kind = KINDS[word or USUAL[fact.type]]
    if kind.fact != fact.type:
        zh, en = TYPES[fact.type]
        fits = fitting(fact.type)
        scope.error(
            line, f"事实「{name}」是{zh}，不能用控件 {kind.name}；可用：{'、'.join(fits)}", f"the fact {name} is {en}: not {kind.name}, but {', '.join(fits)}"
        )
        return None
    return kind


def _bound(key: str, box: Fields, fact: Fact | None, scope: Scope) -> Decimal | None:
    """`min` or `max` of a number field, within the limits of its fact."""
    if key not in box.fields or fact is None:
        return None
    found = quantity(fact, box.fields[key], scope)
    if found is not None and ((fact.min is not None and found < fact.min) or (fact.max is not None and found > fact.max)):
        zh = f"{key} 应当在事实「{fact.name}」允许的 {fact.min} 到 {fact.max} 之间"
        scope.error(box.line_of(key), zh, f"{key} must lie within what the fact {fact.name} allows, {fact.min} to {fact.max}")
        return None
    return found


def _words(box: Fields, key: str, scope: Scope) -> Label | None:
    return label(box.fields[key], scope, "") if key in box.fields else None


def _of(name: str, box: Fields, line: int, scope: Scope) -> tuple[str, ...]:
    """The yes/no facts that a `choices` field asks for together."""
    if "of" not in box.fields or "label" not in box.fields:
        scope.error(line, f"「{name}」是 choices，要写 label 和 of: [是非事实, …]", f"{name} is choices: it needs label and of: [yes/no facts, …]")
        return ()
    facts = scope.vocabulary.facts
    known = [one for one in facts if facts[one].type == "yesno" and facts[one].derived is None]
    return expect.some_of(box.fields["of"], scope, known, "是非事实", "yes/no fact") or ()


def _no_field_twice(pages: tuple[Page, ...], scope: Scope) -> None:
    seen: dict[str, int] = {}
    for page in pages:
        for asked in page.ask:
            for name in dict.fromkeys((asked.id, *asked.facts)):
                if name in seen:
                    scope.error(asked.line, f"「{name}」已在第 {seen[name]} 行问过，请只留一处", f"{name} is already asked on line {seen[name]}: keep one")
                seen.setdefault(name, asked.line)
