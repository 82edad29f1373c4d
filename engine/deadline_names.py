"""The names of the deadlines that rule files start: what a fact with `options_from: deadlines` may be."""

from __future__ import annotations

from collections.abc import Iterable

from engine.nodes import Fields, Items, Node, Value


def deadline_names(contents: Iterable[Node]) -> tuple[str, ...]:
    """Names in order of appearance, read before anything is checked; what is not a rule file has none."""
    found: dict[str, None] = {}
    for content in contents:
        if not isinstance(content, Fields):
            continue
        rules = content.get("rules")
        lists = [content.get("else"), *(rule.get("then") for rule in _items(rules) if isinstance(rule, Fields))]
        for actions in lists:
            for action in _items(actions):
                name = _name(action)
                if name:
                    found[name] = None
    return tuple(found)


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _name(action: Node) -> str | None:
    deadline = action.get("deadline") if isinstance(action, Fields) else None
    name = deadline.get("name") if isinstance(deadline, Fields) else None
    return name.value if isinstance(name, Value) and isinstance(name.value, str) else None
