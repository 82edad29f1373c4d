"""Reads the links of an escalation chain: when each comes, by which channel, to whom."""

from __future__ import annotations

from engine import expect
from engine.action_fields import addresses, channels, choice, delay, length, part
from engine.chain import DUE, START, WHENS
from engine.expect import Scope
from engine.nodes import Fields, Node
from engine.read_spans import share, span
from engine.readers import Reader, reader

FIELDS = (*WHENS, "every", "times", "send", "to", "or")
MOST_TIMES = 100


# What an editor offers for a link; the functions below read it, because its fields depend on one another.
OFFERED = {
    "at": choice((START, DUE), "时点", "point in time:"),
    "before": length,
    "after": delay,
    "spent": part,
    "wait": length,
    "every": length,
    "times": Reader(lambda node, scope, what: expect.whole(node, scope, what, what, least=1, most=MOST_TIMES), "number", least=1, most=MOST_TIMES),
    "send": channels,
    "to": addresses,
    "or": addresses,
}


@reader("links", fields=OFFERED, needed=("send", "to"), one_of=WHENS)
def links(node: Node, scope: Scope, what: str) -> object | None:
    """A list of links, each a mapping as written: one of at, before, after, spent, wait; `send` and `to` as lists."""
    listed = expect.items(node, scope, what, what)
    if listed is None:
        return None
    found = [_link(item, scope) for item in listed]
    return [link for link in found if link is not None] if None not in found else None


def _link(node: Node, scope: Scope) -> dict[str, object] | None:
    box = expect.fields(node, scope, FIELDS, "升级链的一环", "a link of the chain", needed=("send", "to"))
    if box is None:
        return None
    given = [key for key in WHENS if key in box.fields]
    if len(given) != 1:
        zh = f"每一环要写且只写一个时点（{'、'.join(WHENS)}）"
        scope.error(node, zh, f"a link has exactly one of {', '.join(WHENS)}")
        return None
    link: dict[str, object] = {given[0]: _when(given[0], box.fields[given[0]], scope)}
    link.update(_repeats(box, scope))
    for key in ("send", "to", "or"):
        if key in box.fields:
            link[key] = channels(box.fields[key], scope, f"chain.{key}") if key == "send" else addresses(box.fields[key], scope, f"chain.{key}")
    sound = None not in link.values() and "send" in link and "to" in link
    return link if sound else None


def _when(key: str, node: Node, scope: Scope) -> str | None:
    if key == "at":
        return expect.one_of(node, scope, (START, DUE), "时点", "point in time:")
    if key == "spent":
        return share(node, scope, "spent", "spent")
    return span(node, scope, key, key, zero=key == "after")


def _repeats(box: Fields, scope: Scope) -> dict[str, object]:
    found: dict[str, object] = {}
    for key in ("every", "times"):
        if key in box.fields and "wait" not in box.fields:
            scope.error(box.line_of(key), f"{key} 只与 wait 同用", f"{key} goes with wait only")
    if "every" in box.fields:
        found["every"] = span(box.fields["every"], scope, "every", "every", zero=False)
        if "times" not in box.fields:
            scope.error(box.line_of("every"), "写了 every 还要写 times（几次）", "every needs times (how often)")
    if "times" in box.fields:
        found["times"] = expect.whole(box.fields["times"], scope, "times", "times", least=1, most=MOST_TIMES)
    return found
