"""What durable-rules can hold without crashing, hanging or losing a result; nothing beyond it is ever handed over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.compile_facts import EQ, NEX, TAG, Cond
from engine.compile_numbers import EXACT

MOST_RULES = 4_000  # a set; 4,096 in the engine, the canary among them
MOST_CHILDREN = 480  # conditions under a node; the table has 512 places and a full one hangs the build
MOST_NEX = 120  # "is not there" conditions under a node; the list has 128 places
MOST_SAME = 250  # rules with identical conditions; the list has 256 places
MOST_PENDING = 60  # conditions that match and wait at once; the stack has 64 places
MOST_PROPERTIES = 250  # of a fact, with id and sid; 255 in the engine
MOST_CONDITIONS = 60  # in one alternative of a rule
RESERVED = ("id", "sid", "$s", "y")  # names that the engine or the canary uses


class LimitExceeded(ValueError):
    """The rule or rule set cannot be built inside durable-rules' limits; says which limit."""

    permanent = True


@dataclass(frozen=True)
class EngineRule:
    """One alternative of one rule, ready for the engine: a positive anchor first, then its conditions in their order."""

    name: str
    priority: int
    conditions: tuple[Cond, ...]


class _Node:
    __slots__ = ("children", "ends", "nex")

    def __init__(self) -> None:
        self.children: dict[Cond, _Node] = {}
        self.nex = 0
        self.ends = 0


def verify(rules: Sequence[EngineRule]) -> None:
    """Raises LimitExceeded unless the engine can hold these rules in one set, whatever fact comes. Independent of how they were packed."""
    if len(rules) > MOST_RULES:
        raise LimitExceeded(f"一组 {len(rules)} 条，最多 {MOST_RULES} 条 (too many rules in a set)")
    if len({rule.name for rule in rules}) != len(rules):
        raise LimitExceeded("规则名重复 (a rule name twice)")
    root = _Node()
    for rule in rules:
        _check_rule(rule)
        node = root
        for condition in rule.conditions:
            node = _step(node, condition)
        node.ends += 1
        if node.ends > MOST_SAME:
            raise LimitExceeded(f"{node.ends} 条规则条件完全相同，最多 {MOST_SAME} 条 (identical conditions): {rule.name}")
    check_names({condition[1] for rule in rules for condition in rule.conditions})


def _check_rule(rule: EngineRule) -> None:
    if not 1 <= rule.priority <= 65_535:
        raise LimitExceeded(f"{rule.name} 的次序 {rule.priority} 不在 1 至 65535 (priority out of range)")
    if not rule.conditions or rule.conditions[0][0] not in {TAG, EQ}:
        raise LimitExceeded(f"{rule.name} 没有以肯定条件开头 (no positive anchor)")
    if len(rule.conditions) > MOST_CONDITIONS:
        raise LimitExceeded(f"{rule.name} 有 {len(rule.conditions)} 个条件，最多 {MOST_CONDITIONS} 个 (too many conditions in one alternative)")
    for _, _, number in rule.conditions:
        if type(number) is not int or abs(number) > EXACT:
            raise LimitExceeded(f"{rule.name}：{number} 不是 ±2^53 之内的整数 (not a whole number within ±2^53)")


def _step(node: _Node, condition: Cond) -> _Node:
    child = node.children.get(condition)
    if child is None:
        child = node.children[condition] = _Node()
        node.nex += condition[0] == NEX
        if node.nex > MOST_NEX:
            raise LimitExceeded(f"一处有 {node.nex} 个「不存在」条件，最多 {MOST_NEX} 个 ($nex under a node)")
        if len(node.children) - node.nex > MOST_CHILDREN:
            raise LimitExceeded(f"一处有 {len(node.children)} 个条件，最多 {MOST_CHILDREN} 个 (children under a node)")
    return child


def check_names(names: Iterable[str]) -> None:
    """Raises LimitExceeded when two property names have the same 32-bit hash: the engine would take one for the other."""
    seen: dict[int, str] = {fnv(name): name for name in RESERVED}
    for name in sorted(names):
        hashed = fnv(name)
        if hashed in seen:
            raise LimitExceeded(f"属性名 {name} 与 {seen[hashed]} 的散列相同 (property names collide)")
        seen[hashed] = name


def fnv(name: str) -> int:
    """FNV-1a, 32 bits: how durable-rules recognises a property name."""
    hashed = 0x811C9DC5
    for byte in name.encode():
        hashed = ((hashed ^ byte) * 16_777_619) & 0xFFFFFFFF
    return hashed
