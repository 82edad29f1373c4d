"""Small rule sets made from a seed, and everything true of them found by trying every ticket: what the analysis is held against.

A ticket is one value (or none) of each fact and one moment; a set of tickets is one int, a bit for each. Questions are answered by the
independent evaluator, value by value; and, or and not are Kleene's, bit by bit. Nothing of the analysis is used.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import chain, combinations, product

from engine.condition import ALWAYS, All, AnyOf, Condition, NoneOf, Test, TestValue
from engine.facts import Fact, FactValue, Label
from engine.names import Names
from engine.reference import judge, trees_of
from engine.ruleset import Action, Effective, HitPolicy, Rule, RuleSet
from engine.tree import Tree, TreeNode

KEYWORDS = ("停水", "停水通知", "通知", "停 水", "路灯")
TREE = Tree(TreeNode(name, parent) for name, parent in (("公用", None), ("供水", "公用"), ("爆管", "供水"), ("供电", "公用"), ("噪声", None)))
NAMES = Names(categories=TREE)
KINDS = ("咨询", "投诉", "求助")
FACTS = {
    fact.name: fact
    for fact in (
        Fact("text", Label("诉求内容"), "text"),
        Fact("kind", Label("诉求性质"), "choice", KINDS),
        Fact("category", Label("诉求类别"), "tree", tuple(TREE.nodes), "library"),
        Fact("outage", Label("正在中断"), "yesno"),
        Fact("households", Label("影响户数"), "number", min=Decimal(0), max=Decimal(6)),
        Fact("ratio", Label("倍数"), "number", places=1, min=Decimal("0.2"), max=Decimal("0.9")),
    )
}
_DISTINCT = ("停水", "停水通知", "通知", "路灯")
_TEXTS = tuple("、".join(some) for some in chain.from_iterable(combinations(_DISTINCT, size) for size in range(5)))
VALUES: dict[str, tuple[FactValue | None, ...]] = {
    "text": (None, *_TEXTS),
    "kind": (None, *KINDS),
    "category": (None, *TREE.nodes),
    "outage": (None, True, False),
    "households": (None, *map(Decimal, range(7))),
    "ratio": (None, *(Decimal(tenths) / 10 for tenths in range(2, 10))),
}
DAY = datetime(2026, 3, 1, tzinfo=UTC)
MOMENTS = tuple(DAY + timedelta(days=days) for days in range(-1, 4))
DATES = tuple(DAY + timedelta(days=days) for days in range(4))
TREES = trees_of(NAMES)


@dataclass
class Tickets:
    """Every ticket of the facts that are used, at every moment; `true` and `known` answer a question for all of them at once."""

    used: tuple[str, ...]
    true: dict[Test, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.all = [(dict(zip(self.used, values, strict=True)), at) for at in MOMENTS for values in product(*(VALUES[name] for name in self.used))]
        self.whole = (1 << len(self.all)) - 1
        self.missing = {name: self._mask(lambda facts, _at, name=name: facts[name] is None) for name in self.used}  # type: ignore[misc]
        self.known = self.whole & ~sum_or(self.missing.values())
        self.during = {at: self._mask(lambda _facts, now, at=at: now == at) for at in MOMENTS}  # type: ignore[misc]

    def _mask(self, holds: object) -> int:
        assert callable(holds)
        return sum(1 << place for place, (facts, at) in enumerate(self.all) if holds(facts, at))

    def judge(self, condition: Condition) -> tuple[int, int]:
        """Where it is true, and where it is false; elsewhere it is unknown."""
        if isinstance(condition, Test):
            if condition not in self.true:
                yes = {value for value in VALUES[condition.fact] if judge(condition, _facts(condition.fact, value), FACTS, TREES).verdict is True}
                self.true[condition] = self._mask(lambda facts, _at: facts[condition.fact] in yes)
            unknown = 0 if condition.op == "missing" else self.missing[condition.fact]
            return self.true[condition], self.whole & ~self.true[condition] & ~unknown
        parts = [self.judge(part) for part in condition.parts]
        if isinstance(condition, All):
            return _and(self.whole, (true for true, _ in parts)), sum_or(false for _, false in parts)
        either = sum_or(true for true, _ in parts), _and(self.whole, (false for _, false in parts))
        return either if isinstance(condition, AnyOf) else (either[1], either[0])

    def force(self, effective: Effective) -> int:
        return sum_or(mask for at, mask in self.during.items() if effective.holds(at))

    def fires(self, rule: Rule, ruleset: RuleSet) -> int:
        true = self.judge(rule.when)[0]
        if rule.unless is not None:
            true &= ~self.judge(rule.unless)[0]
        return true & self.force(rule.effective) & self.force(ruleset.effective)


def sum_or(masks: object) -> int:
    found = 0
    for mask in masks:  # type: ignore[attr-defined]
        found |= mask
    return found


def _and(whole: int, masks: object) -> int:
    for mask in masks:  # type: ignore[attr-defined]
        whole &= mask
    return whole


def _facts(name: str, value: FactValue | None) -> dict[str, FactValue]:
    return {} if value is None else {name: value}


class Maker:
    """One seed's rule set; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.used = tuple(self.rng.sample(tuple(FACTS), self.rng.randint(1, 2)))
        if self.rng.random() < 0.3:
            self.used = tuple(dict.fromkeys(("text", *self.used)))
        self.line = 10

    def ruleset(self) -> RuleSet:
        rng = self.rng
        policy = rng.choice(("first", "first", "highest", "unique", "unique per", "any", "collect", "sum"))
        hit = HitPolicy("unique", "deadline.name") if policy == "unique per" else HitPolicy(policy, None, {"urgency": ("特急", "紧急", "一般")})
        rules = tuple(self.rule(rank, policy) for rank in range(1, rng.randint(2, 5) + 1))
        otherwise = (Action("urgency", {"value": "一般"}),) if rng.random() < 0.2 else ()
        extra: dict[str, object] = {"total": Decimal(rng.choice((10, 20, 30)))} if policy == "sum" else {}
        return RuleSet("small", Label("小"), ("ticket.registered",), hit, rules, otherwise, "", self.dates(0.15), extra=extra, file="small.yaml")

    def rule(self, rank: int, policy: str) -> Rule:
        rng = self.rng
        when = ALWAYS if rng.random() < 0.08 else self.condition(2)
        unless = self.condition(1) if rng.random() < 0.25 else None
        self.line += 1
        return Rule(f"R-{rank}", Label(f"第{rank}条"), when, self.then(policy), unless, rank=rank, effective=self.dates(0.2), line=self.line, file="small.yaml")

    def then(self, policy: str) -> tuple[Action, ...]:
        rng = self.rng
        if policy == "unique per":
            return tuple(Action("deadline", {"name": rng.choice(("签收", "办结", "回访"))}) for _ in range(rng.choice((1, 1, 1, 2))))
        if policy == "sum":
            return (Action("score", {"indicator": "x", "weight": Decimal(rng.choice((1, 2))) / 10, "bonus": rng.random() < 0.2}),)
        return (Action("urgency", {"value": rng.choice(("特急", "紧急", "一般"))}),)

    def dates(self, share: float) -> Effective:
        if self.rng.random() > share:
            return Effective()
        start, end = sorted(self.rng.sample((None, *DATES), 2), key=lambda at: at or DAY - timedelta(days=9))
        return Effective(start, end) if self.rng.random() < 0.7 else Effective(end, None)

    def condition(self, depth: int) -> Condition:
        rng = self.rng
        if depth == 0 or rng.random() < 0.4:
            return self.question()
        box: type[All | AnyOf | NoneOf] = rng.choice((All, All, AnyOf, AnyOf, NoneOf))
        return box(tuple(self.condition(depth - 1) for _ in range(rng.randint(1, 3))))

    def question(self) -> Test:
        rng = self.rng
        self.line += 1
        fact = FACTS[rng.choice(self.used)]
        if rng.random() < 0.1:
            return Test(fact.name, "missing", rng.random() < 0.5, self.line)
        op, value = self.ask(fact)
        return Test(fact.name, op, value, self.line)

    def ask(self, fact: Fact) -> tuple[str, TestValue]:
        rng = self.rng
        if fact.type == "text":
            return rng.choice(("has_any", "has_any", "has_all")), tuple(rng.sample(KEYWORDS, rng.randint(1, 3)))
        if fact.type == "yesno":
            return "eq", rng.random() < 0.5
        if fact.type == "number":
            asked = rng.randint(-1, 7)
            return rng.choice(("eq", "ne", "gt", "gte", "lt", "lte")), Decimal(asked) if fact.places == 0 else Decimal(rng.randint(1, 10)) / 10
        op = rng.choice(("eq", "ne", "in", "in"))
        return (op, tuple(rng.sample(fact.options, rng.randint(1, 3)))) if op == "in" else (op, rng.choice(fact.options))
