"""Checks that a `score` action is one of the four forms the language has, and not a mixture."""

from __future__ import annotations

from decimal import Decimal

from engine.expect import Scope
from engine.nodes import Fields, Value

# What tells the form -> (what it needs beside the indicator, what it may have).
FORMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "weight": ((), ()),
    "full": (("target", "per_point"), ("floor", "cap")),
    "above": (("per_point",), ("floor", "cap")),
    "each": ((), ("floor", "cap")),
}
ANY_FORM = ("indicator", "bonus", "min_sample", "below")


def check_score(box: Fields, scope: Scope) -> None:
    """One of weight, full, above, each tells the form; each form has its own fields; `min_sample` and `below` go together."""
    told = [key for key in FORMS if key in box.fields]
    if len(told) != 1:
        scope.error(box, f"计分要写且只写一种：{'、'.join(FORMS)}", f"a score is exactly one of {', '.join(FORMS)}")
        return
    needed, allowed = FORMS[told[0]]
    for key in needed:
        if key not in box.fields:
            scope.error(box, f"{told[0]} 计分缺少「{key}」", f"a score with {told[0]} lacks {key}")
    foreign = {field for form in FORMS.values() for field in (*form[0], *form[1])} - {*needed, *allowed}
    for key in box.fields:
        if key in foreign:
            scope.error(box.line_of(key), f"{told[0]} 计分不用「{key}」", f"a score with {told[0]} takes no {key}")
    if ("min_sample" in box.fields) != ("below" in box.fields):
        scope.error(box, "min_sample 和 below 要一起写", "min_sample and below go together")
    _check_numbers(box, scope)


def _check_numbers(box: Fields, scope: Scope) -> None:
    number = {key: Decimal(node.value) for key, node in box.fields.items() if isinstance(node, Value) and isinstance(node.value, int | Decimal)}
    for key in ("weight", "full", "per_point"):
        if key in number and number[key] <= 0:
            scope.error(box.line_of(key), f"{key} 应当大于零", f"{key} must be above zero")
    if "floor" in number and "cap" in number and number["floor"] > number["cap"]:
        scope.error(box.line_of("floor"), "floor 高于 cap", "floor is above cap")
