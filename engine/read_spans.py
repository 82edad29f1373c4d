"""Reads lengths of time and shares in a rule, such as 10m and 70%."""

from __future__ import annotations

from engine.expect import Scope
from engine.nodes import Node, Value
from engine.spans import Span, SpanRefused, percent


def span(node: Node, scope: Scope, zh: str, en: str, *, zero: bool = True) -> str | None:
    """A length of time as written, such as "10m"; None, and a finding, for anything else."""
    try:
        length = Span.parse(node.value if isinstance(node, Value) else None)
    except SpanRefused:
        scope.wrong(node, f"{zh}应当是时长，如 10m、2h、3d（最多十年）", f"{en} must be a length of time, such as 10m, 2h, 3d (ten years at most)")
        return None
    if not zero and length.amount == 0:
        scope.error(node, f"{zh}不能是零", f"{en} must not be zero")
        return None
    return str(length)


def share(node: Node, scope: Scope, zh: str, en: str) -> str | None:
    """A share of a span as written, such as "70%", above 0 and at most 100."""
    word = node.value if isinstance(node, Value) else None
    try:
        if isinstance(word, str) and percent(word) > 0:
            return word.strip()
    except SpanRefused:
        pass  # reported below, with a share of nothing
    scope.wrong(node, f"{zh}应当是百分比，如 70%（大于 0，不超过 100）", f"{en} must be a share, such as 70% (above 0, at most 100)")
    return None
