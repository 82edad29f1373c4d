"""A YAML file's content as values, lists and mappings that know the line they are written on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

Scalar = str | int | bool | Decimal | None


@dataclass(frozen=True)
class Value:
    """One scalar with its line."""

    value: Scalar
    line: int


@dataclass(frozen=True)
class Items:
    """A list with its line."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True)
class Fields:
    """A mapping: keys are always text; `lines` gives the line each key is written on."""

    fields: Mapping[str, Node]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    def get(self, key: str) -> Node | None:
        return self.fields.get(key)

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


Node = Value | Items | Fields


def plain(node: Node) -> object:
    """The node as dict, list and scalars, without lines."""
    if isinstance(node, Value):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, value in node.fields.items()}


def from_plain(data: object, line: int = 0) -> Node:
    """The reverse of `plain`, for data that comes from stored JSON; every line is `line`."""
    if isinstance(data, dict):
        return Fields({str(key): from_plain(value, line) for key, value in data.items()}, line)
    if isinstance(data, list | tuple):
        return Items(tuple(from_plain(item, line) for item in data), line)
    if data is None or isinstance(data, str | int | bool | Decimal):
        return Value(data, line)
    raise TypeError(f"{type(data).__name__} 不是规则数据 (is no rule data)")
