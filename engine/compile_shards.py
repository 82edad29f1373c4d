"""Spreads a rule set's alternatives over as many durable-rules sets as its limits need, and asks them all.

A dense shard is fast, and safe for facts that carry an ordinary number of tags. For the rare fact that carries so many that
a dense shard could overflow (a text with sixty keywords), careful shards, so small that no fact can overflow them, are
built on first need and asked instead: slower, the same answer.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine import compile_limits as limits
from engine.compile_facts import NEX, ORDER, TAG, Coded, Cond
from engine.durable_host import Host, HostClosed

ANCHOR = "t"
_OPERATORS = {"gt": "$gt", "gte": "$gte", "lt": "$lt", "lte": "$lte", "neq": "$neq", "nex": "$nex"}


@dataclass(frozen=True)
class Size:
    """How full a shard may be."""

    rules: int
    anchored: int  # rules without a tag: their conditions are tried on every fact
    fan_out: int  # rules whose first tag is the same
    values: int  # number properties
    properties: int  # number properties, tags and group bits together
    groups: int = 32


DENSE = Size(rules=2_000, anchored=30, fan_out=12, values=100, properties=1_000_000)
CAREFUL = Size(rules=limits.MOST_PENDING - 2, anchored=60, fan_out=60, values=limits.MOST_PROPERTIES, properties=limits.MOST_PROPERTIES - 4)


@dataclass(frozen=True)
class Alternative:
    """One way in which the rule called `name` fires; `rank` orders the answers."""

    name: str
    rank: int
    conditions: tuple[Cond, ...]


@dataclass
class _Plan:
    size: Size
    rules: list[tuple[str | None, Alternative]] = field(default_factory=list)
    fan_out: Counter[str] = field(default_factory=Counter)
    values: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    anchored: int = 0

    def take(self, first: str | None, way: Alternative) -> bool:
        """Adds the alternative if there is room."""
        size = self.size
        if len(self.rules) >= size.rules or (self.anchored >= size.anchored if first is None else self.fan_out[first] >= size.fan_out):
            return False
        values = {prop for op, prop, _ in way.conditions if op not in {TAG, NEX}} - self.values
        tags = {prop for op, prop, _ in way.conditions if op in {TAG, NEX}} - self.tags
        groups = min(size.groups, len(self.fan_out) + 1)
        count = len(self.values) + len(values)
        if count > size.values or count + len(self.tags) + len(tags) + groups > size.properties:
            return False
        self.values |= values
        self.tags |= tags
        self.rules.append((first, way))
        if first is None:
            self.anchored += 1
        else:
            self.fan_out[first] += 1
        return True


class Shard:
    """One durable-rules set and the way to lay a fact out for it: only the properties it asks about."""

    def __init__(self, name: str, plan: _Plan) -> None:
        group_of: dict[str, str] = {}
        for tag in plan.fan_out:
            group_of[tag] = f"g{len(group_of) % plan.size.groups}"
        ordered = sorted(plan.rules, key=lambda entry: entry[1].rank)
        rules = [
            limits.EngineRule(f"{way.name}#{place}", place, ((TAG, ANCHOR if first is None else group_of[first], 1), *way.conditions))
            for place, (first, way) in enumerate(ordered, start=1)
        ]
        limits.verify(rules)
        self._values = tuple(sorted(plan.values))
        self._tags = {tag: f',"{tag}":1' for tag in plan.tags}
        self._groups = {tag: (f',"{group}":1', plan.fan_out[tag]) for tag, group in group_of.items()}
        self._anchored = plan.anchored
        self._host = Host(name, ",".join(map(definition, rules)))

    def body(self, coded: Coded) -> str | None:
        """The fact as JSON properties, or None when this shard might overflow on it."""
        values = coded.values
        parts = [f',"{prop}":{values[prop]}' for prop in self._values]
        pending = self._anchored
        groups: set[str] = set()
        for tag in coded.tags:
            fragment = self._tags.get(tag)
            if fragment is None:
                continue
            parts.append(fragment)
            if tag in self._groups:
                group, fan_out = self._groups[tag]
                groups.add(group)
                pending += fan_out
        if pending > limits.MOST_PENDING or len(parts) + len(groups) > limits.MOST_PROPERTIES - 3:
            return None
        return f'"{ANCHOR}":1' + "".join(parts) + "".join(groups)

    def fire(self, body: str) -> Iterable[str]:
        """The names of the rules that fire, an alternative at a time."""
        return [name[: name.index("#")] for name in self._host.fire(body)]

    def close(self) -> None:
        self._host.close()


class Network:
    """All the alternatives of one rule set inside durable-rules. Safe for many threads; raises HostClosed once closed."""

    def __init__(self, name: str, alternatives: Sequence[Alternative]) -> None:
        self.name = name
        self._alternatives = alternatives
        self._dense = _build(name, alternatives, DENSE)
        self._careful: list[Shard] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def fire(self, coded: Coded) -> set[str]:
        """The names of the rules that fire on the fact, each once."""
        bodies = [shard.body(coded) for shard in self._dense]
        if None not in bodies:
            return {name for shard, body in zip(self._dense, bodies, strict=True) for name in shard.fire(body or "")}
        return {name for shard in self._carefully() for name in shard.fire(shard.body(coded) or _overflow(self.name))}

    def _carefully(self) -> list[Shard]:
        with self._lock:
            if self._closed:
                raise HostClosed(self.name)
            if self._careful is None:
                self._careful = _build(self.name, self._alternatives, CAREFUL)
            return self._careful

    def close(self) -> None:
        """Gives the engine's memory back; a second close does nothing."""
        with self._lock:
            self._closed = True
            for shard in [*self._dense, *(self._careful or ())]:
                shard.close()


def _overflow(name: str) -> str:
    raise limits.LimitExceeded(f"{name}：一件诉求同时触及的条件过多 (too many conditions match at once)")


def _build(name: str, alternatives: Sequence[Alternative], size: Size) -> list[Shard]:
    shards: list[Shard] = []
    try:
        for plan in plans(alternatives, size):
            shards.append(Shard(f"{name}{len(shards)}", plan))
    except BaseException:
        for shard in shards:
            shard.close()
        raise
    return shards


def plans(alternatives: Sequence[Alternative], size: Size) -> list[_Plan]:
    """Which alternative goes into which shard. The rarest tag of each leads, so that most facts wake few rules."""
    common = Counter(prop for way in alternatives for op, prop, _ in way.conditions if op == TAG)
    made: list[_Plan] = [_Plan(size)]
    for way in alternatives:
        tags = sorted((condition for condition in way.conditions if condition[0] == TAG), key=lambda tag: (common[tag[1]], tag[1]))
        rest = sorted((condition for condition in way.conditions if condition[0] != TAG), key=lambda condition: ORDER[condition[0]])
        first = tags[0][1] if tags else None
        ordered = Alternative(way.name, way.rank, (*tags, *rest))
        if not any(plan.take(first, ordered) for plan in reversed(made)):
            made.append(_Plan(size))
            if not made[-1].take(first, ordered):
                raise limits.LimitExceeded(f"{way.name} 一条就超出了引擎的限度 (does not fit by itself)")
    return made


def definition(rule: limits.EngineRule) -> str:
    """The rule in durable-rules' JSON, as `"name":{…}`."""
    conditions = [f'{{"{prop}":{number}}}' if op in {TAG, "eq"} else f'{{"{_OPERATORS[op]}":{{"{prop}":{number}}}}}' for op, prop, number in rule.conditions]
    match = conditions[0] if len(conditions) == 1 else f'{{"$and":[{",".join(conditions)}]}}'
    return f'"{rule.name}":{{"all":[{{"m":{match}}}],"pri":{rule.priority}}}'
