"""A condition written out as the separate ways in which it can come true (disjunctive normal form).

Unknown facts are handled exactly, as Kleene's logic has it, by asking four things of a condition instead of two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from engine.condition import All, AnyOf, Condition, NoneOf, Test

MOST = 64  # alternatives a rule may have: each becomes a rule of durable-rules
_MOST_ON_THE_WAY = 1024  # before the absorbed ones are dropped; comparing 4,096 took 2.6 s


class Want(Enum):
    """What is asked of a condition: that it be true, false, not true (false or unknown) or not false (true or unknown)."""

    TRUE = "T"
    FALSE = "F"
    NOT_TRUE = "NT"
    NOT_FALSE = "NF"


@dataclass(frozen=True)
class Literal:
    """One question with the answer that is wanted. Questions that ask the same are equal: the line does not count."""

    fact: str
    op: str
    value: object
    want: Want

    @property
    def key(self) -> tuple[str, str, object]:
        return (self.fact, self.op, _typed(self.value))


Alternative = tuple[Literal, ...]


class TooWide(ValueError):
    """The condition has too many separate ways to come true; split the rule. `count` is how many were reached."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"条件展开后有 {count} 种以上情形，最多 {MOST} 种，请拆成几条规则 (expands to {count} or more alternatives, at most {MOST}: split the rule)"
        )


def of_rule(when: Condition, unless: Condition | None = None) -> tuple[Alternative, ...]:
    """Every way in which a rule fires: `when` is true and `unless` is not true (an unknown `unless` does not stop). Raises TooWide."""
    ways = expand(when, Want.TRUE)
    if unless is not None:
        ways = _product([ways, expand(unless, Want.NOT_TRUE)])
    if len(ways) > MOST:
        raise TooWide(len(ways))
    return ways


# A box under a want is either "all of its parts, each under this want" or "any of them".
_AND, _OR = "and", "or"
_RULES: dict[tuple[type, Want], tuple[str, Want]] = {
    (All, Want.TRUE): (_AND, Want.TRUE),
    (All, Want.FALSE): (_OR, Want.FALSE),
    (All, Want.NOT_TRUE): (_OR, Want.NOT_TRUE),
    (All, Want.NOT_FALSE): (_AND, Want.NOT_FALSE),
    (AnyOf, Want.TRUE): (_OR, Want.TRUE),
    (AnyOf, Want.FALSE): (_AND, Want.FALSE),
    (AnyOf, Want.NOT_TRUE): (_AND, Want.NOT_TRUE),
    (AnyOf, Want.NOT_FALSE): (_OR, Want.NOT_FALSE),
    (NoneOf, Want.TRUE): (_AND, Want.FALSE),
    (NoneOf, Want.FALSE): (_OR, Want.TRUE),
    (NoneOf, Want.NOT_TRUE): (_OR, Want.NOT_FALSE),
    (NoneOf, Want.NOT_FALSE): (_AND, Want.NOT_TRUE),
}


def expand(condition: Condition, want: Want) -> tuple[Alternative, ...]:
    """The ways in which the condition can be as wanted: () is never, ((),) is always. Raises TooWide."""
    if isinstance(condition, Test):
        return _leaf(condition, want)
    join, inner = _RULES[type(condition), want]
    parts = [expand(part, inner) for part in condition.parts]
    return _product(parts) if join == _AND else _absorb(way for part in parts for way in part)


def inside(box: All | AnyOf | NoneOf, want: Want) -> tuple[bool, Want]:
    """Whether any one of the box's parts is enough for what is wanted of it (else all are needed), and what is then wanted of each."""
    join, inner = _RULES[type(box), want]
    return join == _OR, inner


def _leaf(test: Test, want: Want) -> tuple[Alternative, ...]:
    value: object = test.value
    if test.op == "missing":  # always known, so two wants are enough, and `missing: false` is `missing: true` turned round
        wanted_true = want in (Want.TRUE, Want.NOT_FALSE)
        want = Want.TRUE if wanted_true == bool(value) else Want.FALSE
        value = True
    return ((Literal(test.fact, test.op, value, want),),)


def _product(groups: list[tuple[Alternative, ...]]) -> tuple[Alternative, ...]:
    certain = tuple(literal for group in groups if len(group) == 1 for literal in group[0])
    ways = _absorb([certain])
    for group in groups:
        if len(group) == 1:
            continue
        if len(ways) * len(group) > _MOST_ON_THE_WAY:
            raise TooWide(len(ways) * len(group))
        ways = _absorb(left + right for left in ways for right in group)
    return ways


_CLASH = {
    Want.TRUE: {Want.FALSE, Want.NOT_TRUE},
    Want.FALSE: {Want.TRUE, Want.NOT_FALSE},
    Want.NOT_TRUE: {Want.TRUE},
    Want.NOT_FALSE: {Want.FALSE},
}


def _absorb(ways: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Drop repeats, ways that contradict themselves, and ways that hold only where a shorter one holds anyway."""
    seen: dict[frozenset[tuple[object, Want]], Alternative] = {}
    for way in ways:
        if len(way) <= 1:
            seen.setdefault(frozenset((literal.key, literal.want) for literal in way), way)
            continue
        literals: dict[tuple[object, Want], Literal] = {(literal.key, literal.want): literal for literal in way}
        if any((key, clash) in literals for key, want in literals for clash in _CLASH[want]):
            continue
        seen.setdefault(frozenset(literals), tuple(literals.values()))
        if len(seen) > _MOST_ON_THE_WAY:
            raise TooWide(len(seen))
    if len(seen) == 1:
        return tuple(seen.values())
    shortest: list[frozenset[tuple[object, Want]]] = []
    for literal_set in sorted(seen, key=len):
        if not any(short <= literal_set for short in shortest):
            shortest.append(literal_set)
    kept = set(shortest)
    return tuple(way for key, way in seen.items() if key in kept)


def _typed(value: object) -> tuple[str, object]:
    """True, 1 and Decimal(1) are equal to Python; as questions they are not."""
    return (type(value).__name__, value)
