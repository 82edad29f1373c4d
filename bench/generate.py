"""Makes rule sets and tickets at random from a seed, to try the engine where nobody thought of looking."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from engine.condition import All, AnyOf, Condition, NoneOf, Similar, Test, TestValue
from engine.facts import Fact, FactValue, Label
from engine.names import Names
from engine.ruleset import Action, Effective, HitPolicy, Rule, RuleSet
from engine.tree import Tree, TreeNode

DAY = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ("停水", "停水通知", "停电", "漏水", "Ｗｉ－Ｆｉ", "wi-fi", "路灯", "路 灯不亮", "井盖", "广场舞", "垃圾", "A座", "暖气不热", "暖气")
SCRAPS = (*WORDS, "停", "水", "通知", "不亮", "WI-FI", "　", "请尽快", "三号楼", "a 座", "已经", "两天了")
KINDS = ("咨询", "求助", "投诉", "举报")
THRESHOLDS = tuple(map(Decimal, ("-3", "-0.5", "0", "0.01", "1", "2.50", "10", "99.999", "1000000")))
STEPS = tuple(map(Decimal, ("-1", "-0.01", "-1e-30", "0", "1e-30", "0.01", "1", "1e20", "-1e20")))
TREE = Tree(
    TreeNode(name, parent)
    for name, parent in (
        ("公共服务", None),
        ("供水", "公共服务"),
        ("爆管", "供水"),
        ("水质", "供水"),
        ("供热", "公共服务"),
        ("环境", None),
        ("噪声", "环境"),
        ("垃圾", "环境"),
    )
)
NAMES = Names(categories=TREE)
FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("text", Label("诉求内容"), "text"),
        Fact("note", Label("备注"), "text"),
        Fact("kind", Label("诉求性质"), "choice", KINDS),
        Fact("category", Label("诉求类别"), "tree", tuple(TREE.nodes), "library"),
        Fact("outage", Label("正在中断"), "yesno"),
        Fact("secret", Label("要求保密"), "yesno"),
        Fact("households", Label("影响户数"), "number"),
        Fact("rate", Label("满意率"), "number", places=2),
    )
}
TREES = {"library": TREE, "areas": Tree(())}


class Maker:
    """One seed's rule sets and tickets; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def ruleset(self, rules: int) -> RuleSet:
        """A set of so many rules, with dates on a few and `unless` on some; every fired rule wins."""
        made = tuple(self.rule(rank) for rank in range(1, rules + 1))
        return as_set(made)

    def rule(self, rank: int) -> Rule:
        rng = self.rng
        start = DAY + timedelta(days=rng.randint(-2, 2)) if rng.random() < 0.1 else None
        end = (start or DAY) + timedelta(days=rng.randint(1, 3)) if rng.random() < 0.1 else None
        return Rule(
            id=f"G-{rank:04}",
            title=Label(f"第{rank}条"),
            when=self.condition(3),
            then=(Action("urgency", {"value": "特急"}),),
            unless=self.condition(2) if rng.random() < 0.3 else None,
            rank=rank,
            effective=Effective(start, end),
        )

    def condition(self, depth: int) -> Condition:
        """A box of a few parts, or a single question."""
        rng = self.rng
        if depth == 0 or rng.random() < 0.4:
            return self.question()
        box: type[All | AnyOf | NoneOf] = rng.choice((All, All, AnyOf, NoneOf))
        return box(tuple(self.condition(depth - 1) for _ in range(rng.randint(1, 3))))

    def question(self) -> Test:
        fact = self.rng.choice(tuple(FACTS.values()))
        if self.rng.random() < 0.08:
            return Test(fact.name, "missing", self.rng.random() < 0.5)
        op, value = _ASK[fact.type](self.rng)
        return Test(fact.name, op, value)

    def ticket(self) -> dict[str, FactValue]:
        """Facts of one ticket, about a fifth of them unknown, numbers on and beside the thresholds."""
        rng = self.rng
        values: dict[str, FactValue] = {
            "text": "".join(rng.choice(SCRAPS) for _ in range(rng.randint(0, 6))),
            "note": "".join(rng.choice(SCRAPS) for _ in range(rng.randint(0, 2))),
            "kind": rng.choice((*KINDS, "从未有过的性质")),
            "category": rng.choice((*TREE.nodes, "从未有过的类别")),
            "outage": rng.random() < 0.5,
            "secret": rng.random() < 0.5,
            "households": rng.choice((rng.randint(-5, 12), rng.choice(THRESHOLDS) + rng.choice(STEPS))),
            "rate": rng.choice(THRESHOLDS) + rng.choice(STEPS),
        }
        return {name: value for name, value in values.items() if rng.random() > 0.2}

    def moment(self) -> datetime:
        return DAY + timedelta(hours=self.rng.randint(-72, 120))


def as_set(rules: tuple[Rule, ...], name: str = "generated") -> RuleSet:
    """The rules as a set under `collect`, with a version of its own."""
    version = hashlib.sha256(repr(rules).encode()).hexdigest()
    return RuleSet(name, Label("生成的规则"), ("ticket.registered",), HitPolicy("collect"), rules, version=version)


def _some(rng: random.Random, values: tuple[str, ...], most: int) -> tuple[str, ...]:
    return tuple(rng.sample(values, rng.randint(1, most)))


def _ask_text(rng: random.Random) -> tuple[str, TestValue]:
    op = rng.choice(("has_any", "has_any", "has_all", "similar"))
    if op == "similar":
        return op, Similar(_some(rng, WORDS, 2), rng.choice((60, 80, 100)))
    return op, _some(rng, WORDS, 3)


def _ask_option(options: tuple[str, ...]) -> Callable[[random.Random], tuple[str, TestValue]]:
    def ask(rng: random.Random) -> tuple[str, TestValue]:
        op = rng.choice(("eq", "ne", "in"))
        return (op, _some(rng, options, 3)) if op == "in" else (op, rng.choice(options))

    return ask


def _ask_number(rng: random.Random) -> tuple[str, TestValue]:
    return rng.choice(("eq", "ne", "gt", "gte", "lt", "lte")), rng.choice(THRESHOLDS)


def _ask_yesno(rng: random.Random) -> tuple[str, TestValue]:
    return "eq", rng.random() < 0.5


_ASK: dict[str, Callable[[random.Random], tuple[str, TestValue]]] = {
    "text": _ask_text,
    "choice": _ask_option(KINDS),
    "tree": _ask_option(tuple(TREE.nodes)),
    "number": _ask_number,
    "yesno": _ask_yesno,
}
