"""Small rule sets, facts and trees for the tests of this folder; each names only what matters to the case."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.condition import ALWAYS, Condition, Similar, Test
from engine.facts import Fact, Label
from engine.names import Names
from engine.ruleset import Action, Effective, HitPolicy, Rule, RuleSet, RuleTest
from engine.tree import Tree, TreeNode

CATEGORIES = Tree([TreeNode("公用事业", None), TreeNode("供水", "公用事业"), TreeNode("停水", "供水"), TreeNode("供电", "公用事业"), TreeNode("噪声", None)])
NAMES = Names(categories=CATEGORIES)
FACTS: dict[str, Fact] = {
    "text": Fact("text", Label("诉求内容", "Request text"), "text"),
    "kind": Fact("kind", Label("诉求性质", "Kind"), "choice", options=("咨询", "投诉", "求助")),
    "category": Fact("category", Label("诉求类别", "Category"), "tree", options=tuple(CATEGORIES.nodes), options_from="library"),
    "outage": Fact("outage", Label("正在中断", "Service is out"), "yesno"),
    "households": Fact("households", Label("影响户数", "Households"), "number"),
    "rate": Fact("rate", Label("解决率", "Solved rate"), "number", places=2),
}


def is_(fact: str, value: str | bool | Decimal) -> Test:
    return Test(fact, "eq", value)


def has(*words: str) -> Test:
    return Test("text", "has_any", words)


def like(phrase: str, least: int = 80) -> Test:
    return Test("text", "similar", Similar((phrase,), least))


def do(kind: str, value: object = None, **args: object) -> Action:
    return Action(kind, {"value": value} if value is not None else args)


def make_rule(
    rule_id: str,
    when: Condition = ALWAYS,
    *then: Action,
    unless: Condition | None = None,
    tests: tuple[RuleTest, ...] = (),
    effective: Effective | None = None,
    rank: int = 0,
) -> Rule:
    return Rule(
        rule_id,
        Label(f"规则{rule_id}", f"Rule {rule_id}"),
        when,
        then,
        unless,
        0,
        rank,
        tests=tests,
        line=7,
        file="rules/x.yaml",
        effective=effective or Effective(),
    )


def make_set(
    *rules: Rule,
    hit: str = "first",
    per: str | None = None,
    order: Mapping[str, tuple[str, ...]] | None = None,
    otherwise: tuple[Action, ...] = (),
    tests: tuple[RuleTest, ...] = (),
    effective: Effective | None = None,
    event: str = "ticket.registered",
) -> RuleSet:
    """Rules are ranked in the order given, unless they have a rank."""
    ranked = tuple(
        Rule(**{**{name: getattr(rule, name) for name in rule.__dataclass_fields__}, "rank": rule.rank or rank}) for rank, rule in enumerate(rules, start=1)
    )
    policy = HitPolicy(hit, per, order or {})
    return RuleSet("x", Label("测试集"), (event,), policy, ranked, otherwise, tests=tests, file="rules/x.yaml", effective=effective or Effective())
