"""The facts, trees and names that rule sets were read with, as canonical JSON and back: what a re-run needs beside the rule set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from engine import canonical
from engine.facts import Fact, FactType, Label
from engine.names import Names
from engine.tree import Tree, TreeNode

_TREES = ("library", "areas")
_NAMES = ("units", "roles", "statuses", "deadlines")


def trees(names: Names) -> dict[str, Tree]:
    """The trees that facts name in `options_from`."""
    return {"library": names.categories, "areas": names.areas}


def dumps(facts: Mapping[str, Fact], names: Names) -> str:
    """Canonical JSON of the declared facts, the trees they use, and the names. Options that come from a tree are kept with the tree alone."""
    used = {fact.options_from for fact in facts.values()}
    return canonical.dumps(
        {
            "facts": {name: _fact(fact) for name, fact in facts.items()},
            "trees": {source: _tree(tree) for source, tree in trees(names).items() if source in used},
            "units": sorted(names.units),
            "roles": sorted(names.roles),
            "statuses": names.statuses,
            "deadlines": names.deadlines,
        }
    )


def loads(text: str) -> tuple[dict[str, Fact], Names]:
    """The facts and names of a context that `dumps` wrote, all that a rule set needs to be read again. ValueError when it is no context."""
    data = json.loads(text, parse_float=Decimal)
    if not isinstance(data, dict) or not set(data) >= {"facts", "trees", *_NAMES}:
        raise ValueError(f"不是规则上下文 (not a rule context)：应有 facts、trees、{'、'.join(_NAMES)}")
    read = {source: Tree(TreeNode(name, parent, level) for name, parent, level in data["trees"].get(source, ())) for source in _TREES}
    facts = {name: _read_fact(name, one) for name, one in data["facts"].items()}
    for name, fact in facts.items():
        if fact.options_from in read:
            facts[name] = replace(fact, options=tuple(read[str(fact.options_from)].nodes))
    units, roles, statuses, deadlines = (tuple(data[key]) for key in _NAMES)
    return facts, Names(frozenset(units), frozenset(roles), categories=read["library"], areas=read["areas"], statuses=statuses, deadlines=deadlines)


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "label": [fact.label.zh, fact.label.en],
        "type": fact.type,
        "options": [] if fact.options_from in _TREES else list(fact.options),
        "from": fact.options_from,
        "places": fact.places,
        "min": fact.min,
        "max": fact.max,
        "derived": fact.derived,
    }


def _read_fact(name: str, data: dict[str, Any]) -> Fact:
    kind: FactType = data["type"]
    limits = [None if data[key] is None else Decimal(data[key]) for key in ("min", "max")]
    return Fact(
        name,
        Label(*data["label"]),
        kind,
        tuple(data["options"]),
        data["from"],
        data["places"],
        limits[0],
        limits[1],
        data["derived"],
    )


def _tree(tree: Tree) -> list[list[str | None]]:
    return [[node.name, node.parent, node.level] for node in tree.nodes.values()]
