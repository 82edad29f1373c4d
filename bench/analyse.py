"""How long (CPU time) the analysis takes on whole families of rules, and on one changed rule of them.

    python -m bench.analyse [--rules 1000]

"dispatch": a category and keywords, areas and exceptions, as dispatch rules have them. "keywords": nothing but keywords, many inside one
another, so any two rules may meet in one text. "table": categories, kinds and ranges that must not overlap. "urgency": three levels under
highest. "entangled": keywords and `unique`, where every rule overlaps every other.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from decimal import Decimal

from engine.analyse import analyse
from engine.condition import All, AnyOf, Condition, Test
from engine.facts import Fact, Label
from engine.names import Names
from engine.ruleset import Action, HitPolicy, Rule, RuleSet
from engine.tree import Tree, TreeNode

THINGS = ("水管", "电表", "路灯", "井盖", "电梯", "暖气", "路面", "排水", "围墙", "树木", "垃圾", "噪声", "车位", "大棚", "沟渠", "校车")
TROUBLES = ("漏", "不亮", "塌陷", "异响", "破损", "堵塞", "松动", "倒伏", "没人管", "收费", "太慢", "反复", "超标", "缺失", "占道")
PLACES = ("小区", "村口", "学校", "医院", "市场", "公园", "河边", "路口", "楼道", "广场")
KINDS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
TREE = Tree([TreeNode(f"类{a}", None) for a in range(20)] + [TreeNode(f"类{a}-{b}", f"类{a}") for a in range(20) for b in range(15)])
AREAS = Tree([TreeNode(f"镇{a}", None) for a in range(12)] + [TreeNode(f"村{a}-{b}", f"镇{a}") for a in range(12) for b in range(20)])
NAMES = Names(categories=TREE, areas=AREAS)
FACTS = {
    fact.name: fact
    for fact in (
        Fact("text", Label("诉求内容"), "text"),
        Fact("kind", Label("诉求性质"), "choice", KINDS),
        Fact("category", Label("诉求类别"), "tree", tuple(TREE.nodes), "library"),
        Fact("area", Label("所属区域"), "tree", tuple(AREAS.nodes), "areas"),
        Fact("households", Label("影响户数"), "number", min=Decimal(0)),
        Fact("outage", Label("正在中断"), "yesno"),
    )
}


def _word(rng: random.Random) -> str:
    return rng.choice((f"{rng.choice(THINGS)}{rng.choice(TROUBLES)}", f"{rng.choice(PLACES)}{rng.choice(THINGS)}{rng.choice(TROUBLES)}", rng.choice(THINGS)))


def _has(rng: random.Random, most: int) -> Test:
    return Test("text", "has_any", tuple(dict.fromkeys(_word(rng) for _ in range(rng.randint(2, most)))))


def dispatch(rng: random.Random, _number: int) -> tuple[Condition, Condition | None]:
    parts: list[Condition] = [Test("category", "in", tuple(rng.sample(tuple(TREE.nodes)[20:], rng.randint(1, 3))))]
    if rng.random() < 0.85:
        parts.append(_has(rng, 6))
    if rng.random() < 0.3:
        parts.append(Test("area", "eq", rng.choice(tuple(AREAS.nodes))))
    if rng.random() < 0.2:
        parts.append(AnyOf((Test("outage", "eq", True), Test("households", "gte", Decimal(rng.randint(1, 50))), _has(rng, 4))))
    return All(tuple(parts)), Test("kind", "in", KINDS[:2]) if rng.random() < 0.25 else None


def keywords(rng: random.Random, _number: int) -> tuple[Condition, Condition | None]:
    return _has(rng, 8), _has(rng, 3) if rng.random() < 0.2 else None


def table(_rng: random.Random, number: int) -> tuple[Condition, Condition | None]:
    low = number % 5 * 10
    limits = [Test("households", "gte", Decimal(low)), *([Test("households", "lt", Decimal(low + 10))] if low < 40 else [])]
    return All((Test("category", "eq", f"类{number // 5 % 20}-{number // 100 % 15}"), Test("kind", "ne", "表扬"), *limits)), None


FAMILIES: dict[str, tuple[HitPolicy, Callable[[random.Random, int], tuple[Condition, Condition | None]]]] = {
    "dispatch": (HitPolicy("first"), dispatch),
    "keywords": (HitPolicy("first"), keywords),
    "table": (HitPolicy("unique"), table),
    "urgency": (HitPolicy("highest", None, {"urgency": ("特急", "紧急", "一般")}), dispatch),
    "agreeing": (HitPolicy("any"), dispatch),
    "adding": (HitPolicy("collect"), dispatch),
    "entangled": (HitPolicy("unique"), keywords),
}


def family(name: str, rules: int) -> RuleSet:
    """A set of so many rules of that sort; the same every time."""
    hit, make = FAMILIES[name]
    rng = random.Random(7)
    made = []
    for number in range(rules):
        when, unless = make(rng, number)
        level = rng.choice(("特急", "紧急", "一般"))
        made.append(Rule(f"R-{number}", Label(f"第{number}条"), when, (Action("urgency", {"value": level}),), unless, rank=number + 1))
    return RuleSet(name, Label(name), ("ticket.registered",), hit, tuple(made), otherwise=(Action("urgency", {"value": "一般"}),))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules", type=int, default=1000)
    rules = parser.parse_args().rules
    print(f"{'family':<10} {'rules':>6} {'whole':>9} {'findings':>9} {'one changed rule: median':>25} {'worst of 15':>12}")
    for name in FAMILIES:
        ruleset = family(name, rules)
        begun = time.process_time()
        found = analyse(ruleset, FACTS, NAMES)
        whole = time.process_time() - begun
        single = []
        for number in range(0, rules, max(1, rules // 15)):
            begun = time.process_time()
            analyse(ruleset, FACTS, NAMES, changed={f"R-{number}"})
            single.append(time.process_time() - begun)
        single.sort()
        print(f"{name:<10} {rules:>6} {whole:>8.2f}s {len(found):>9} {single[len(single) // 2]:>24.2f}s {single[-1]:>11.2f}s")


if __name__ == "__main__":
    main()
