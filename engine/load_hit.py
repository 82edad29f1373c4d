"""Reads `hit` and `order`: which of the rules that fire has the say, and which value stands above which."""

from __future__ import annotations

from engine import expect
from engine.actions import ACTIONS
from engine.expect import Scope
from engine.hit import POLICIES, value_at
from engine.nodes import Fields, Items, Node, Value
from engine.ruleset import Action, HitPolicy


def load_hit(head: Fields, scope: Scope) -> HitPolicy | None:
    """The hit policy of a set's head; None when it has none that can be read."""
    node = head.get("hit")
    if node is None:
        return None
    name, per = None, None
    if isinstance(node, Fields):
        expect.fields(node, scope, ("unique",), "hit", "hit", needed=("unique",))
        if "unique" in node.fields:
            name, per = "unique", _path(node.fields["unique"], scope)
    else:
        name = expect.one_of(node, scope, tuple(POLICIES), "裁决方式（hit）", "hit policy")
    order: dict[str, tuple[str, ...]] = {}
    if "order" in head.fields:
        boxes = _order_boxes(head.fields["order"])
        if not boxes:
            scope.wrong(head.fields["order"], "order 应当是「动作: [由高到低]」", "order must be action: [highest first]")
        for box in boxes:
            for path, listed in box.fields.items():
                _path(Value(path, box.line_of(path)), scope)
                order[path] = _values(path, listed, scope)
    if name == "highest" and not order:
        scope.error(node, "hit: highest 需要写 order（由高到低）", "hit: highest needs order (highest first)")
    return HitPolicy(name, per, order) if name is not None else None


def _order_boxes(node: Node) -> list[Fields]:
    """`order` as written, one mapping; or, as canonical JSON keeps several, a list of them in the order in which they count."""
    listed = list(node.items) if isinstance(node, Items) else [node]
    boxes = [one for one in listed if isinstance(one, Fields) and one.fields]
    return boxes if len(boxes) == len(listed) else []


def _values(path: str, node: Node, scope: Scope) -> tuple[str, ...]:
    """The values of one `order`, highest first, each once; of an action that has options (urgency), only those."""
    fact = scope.vocabulary.facts.get(path)
    if fact is not None and fact.options:
        found = expect.some_of(node, scope, fact.options, f"{fact.label.zh}（order）", f"{path} in order:")
    else:
        found = expect.texts(node, scope, "order", "order")
    words = [item.value for item in node.items if isinstance(item, Value)] if isinstance(node, Items) else []
    for word in dict.fromkeys(word for word in words if words.count(word) > 1):
        scope.error(node, f"order 里「{word}」写了两次，请只留一个", f"{word} stands twice in order: keep one")
    return found or ()


def _path(node: Node, scope: Scope) -> str | None:
    """`urgency`, or `deadline.name`: an action and, where it has fields, one of them."""
    path = expect.text(node, scope, "路径", "the path")
    if path is None:
        return None
    kind, _, rest = path.partition(".")
    if kind not in ACTIONS:
        scope.unknown(node, "动作", "action", kind, ACTIONS)
        return None
    known = ACTIONS[kind].fields
    if rest not in known and (rest or known):
        scope.unknown(node, f"字段（动作 {kind}）", f"field of action {kind}:", path, [f"{kind}.{key}" for key in known])
        return None
    return path


def check_order(hit: HitPolicy | None, acts: list[tuple[Scope, tuple[Action, ...]]]) -> None:
    """Every value that a rule gives stands in the `order` it is measured by."""
    for path, values in hit.order.items() if hit else ():
        for scope, actions in acts:
            for action in actions:
                value = value_at(action, path)
                if isinstance(value, str) and values and value not in values:
                    there = "、".join(values)
                    zh = f"「{value}」不在 order {path} 里（现有：{there}），请把它补进 order，或改用其中一个"
                    scope.error(action.line, zh, f"{value} is not in order {path} ({', '.join(values)}): add it there, or use one of these")
