"""A named tree (categories, areas): which names lie beneath which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TreeNode:
    """One named place in a tree. `level` is a word such as 镇街 or 小区, or "" where levels are counted from 1."""

    name: str
    parent: str | None
    level: str = ""
    data: Mapping[str, object] = field(default_factory=dict)


class Tree:
    """Names are unique in a tree. Raises ValueError on a name twice, an unknown parent or a loop."""

    def __init__(self, nodes: Iterable[TreeNode]) -> None:
        self.nodes: dict[str, TreeNode] = {}
        self._children: dict[str, list[str]] = {}
        for node in nodes:
            if node.name in self.nodes:
                raise ValueError(f"「{node.name}」在树中出现了两次 (appears twice)")
            self.nodes[node.name] = node
        for node in self.nodes.values():
            if node.parent is not None:
                if node.parent not in self.nodes:
                    raise ValueError(f"「{node.name}」的上级「{node.parent}」不存在 (unknown parent)")
                self._children.setdefault(node.parent, []).append(node.name)
        self._paths: dict[str, tuple[str, ...]] = {}
        for name in self.nodes:
            self._paths[name] = self._walk_up(name)

    def _walk_up(self, name: str) -> tuple[str, ...]:
        chain: list[str] = []
        here: str | None = name
        while here is not None:
            if here in chain:
                raise ValueError(f"「{here}」的上级绕成了圈 (a loop of parents)")
            chain.append(here)
            here = self.nodes[here].parent
        return tuple(reversed(chain))

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    def path(self, name: str) -> tuple[str, ...]:
        """From the root down to `name` itself; a KeyError for an unknown name."""
        return self._paths[name]

    def holds(self, node: str, name: str) -> bool:
        """True when `name` is `node` or lies beneath it."""
        return node in self._paths.get(name, ())

    def at_depth(self, name: str, depth: int) -> str:
        """The ancestor at `depth` (1 = root's own level), or `name` itself when it lies higher."""
        path = self._paths[name]
        return path[min(depth, len(path)) - 1]

    def at_level(self, name: str, level: str) -> str | None:
        """The nearest node upward from `name` whose level word is `level`, or None."""
        return next((n for n in reversed(self._paths.get(name, ())) if self.nodes[n].level == level), None)

    def children(self, name: str) -> tuple[str, ...]:
        return tuple(self._children.get(name, ()))

    def leaves(self, name: str) -> tuple[str, ...]:
        """The leaves at or beneath `name`, in the order of definition."""
        below = self.children(name)
        return tuple(leaf for child in below for leaf in self.leaves(child)) if below else (name,)

    def roots(self) -> tuple[str, ...]:
        return tuple(n.name for n in self.nodes.values() if n.parent is None)
