"""The smallest change that gives a rule the say: what is changed, how it is said, and when nothing can help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from engine import context
from engine.condition import All, AnyOf, Condition, NoneOf, Similar, Test
from engine.decision import Decision
from engine.evaluate import Judge
from engine.facts import Fact, Facts, FactValue, Label
from engine.names import Names
from engine.ruleset import Effective, Rule, RuleSet
from engine.smallest import Want, WhyNot, say, smallest
from engine.tree import Tree, TreeNode
from tests.engine.rules_for_tests import CATEGORIES, FACTS, do, has, is_, make_rule, make_set

AT = datetime(2026, 6, 1, tzinfo=UTC)
AREAS = Tree([TreeNode("示范区", None), TreeNode("城东镇", "示范区"), TreeNode("花园", "城东镇"), TreeNode("绿洲", "城东镇"), TreeNode("北庄", "示范区")])
NAMES = Names(categories=CATEGORIES, areas=AREAS)
BOOK: dict[str, Fact] = {
    **FACTS,
    "area": Fact("area", Label("所属区域", "Area"), "tree", options=tuple(AREAS.nodes), options_from="areas"),
    "appeals_3d": Fact("appeals_3d", Label("三日件数", "Appeals in 3 days"), "number", derived={"count": "appeals", "within": "3d"}),
    "spring_in": Fact("spring_in", Label("距春节天数", "Days to Spring"), "number", derived={"days_to": "春节"}),
    "step": Fact("step", Label("当前环节", "Step"), "choice", options=("受理", "办理中"), derived="ticket"),
}
GO = do("dispatch", to="水务局")
ELSE = do("dispatch", to="人工席")


class Asked:
    """The engine's decisions, counted."""

    def __init__(self, ruleset: RuleSet, at: datetime) -> None:
        self.ruleset, self.at, self.calls = ruleset, at, 0
        self.judge = Judge(ruleset, BOOK, context.trees(NAMES))

    def __call__(self, facts: Facts) -> Decision:
        self.calls += 1
        return self.judge.decide("ticket.registered", facts, self.at)


def ask(ruleset: RuleSet, rule: str, facts: Mapping[str, FactValue], at: datetime = AT, want: Want = "wins", most: int = 3) -> WhyNot:
    decide = Asked(ruleset, at)
    try:
        found = smallest(ruleset, rule, facts, BOOK, NAMES, at, decide, want=want, most=most)
    finally:
        decide.judge.close()
    assert decide.calls <= 13
    return found


def one(when: Condition, facts: Mapping[str, FactValue], unless: Condition | None = None) -> list[str]:
    """What would make a lone rule fire, in Chinese."""
    return [remedy.zh for remedy in ask(make_set(make_rule("R", when, GO, unless=unless)), "R", facts).remedies]


def number(fact: str, op: str, value: str) -> Test:
    return Test(fact, op, Decimal(value))


ONE_CHANGE = [
    # the condition, the facts, what the change is
    (number("households", "gt", "50"), {"households": 20}, "影响户数 20 → 51"),
    (number("households", "gte", "60"), {}, "影响户数 填 60"),
    (number("households", "lt", "5"), {"households": 9}, "影响户数 9 → 4"),
    (number("households", "lte", "5"), {"households": 9}, "影响户数 9 → 5"),
    (number("rate", "gt", "99.5"), {"rate": Decimal("90")}, "解决率 90 → 99.51"),
    (number("rate", "ne", "1.5"), {"rate": Decimal("1.50")}, "解决率 1.5 → 1.49"),
    (All((number("households", "gt", "2"), number("households", "lt", "4"))), {"households": 9}, "影响户数 9 → 3"),
    (is_("outage", True), {}, "正在中断 填 是"),
    (is_("outage", True), {"outage": False}, "正在中断 否 → 是"),
    (is_("kind", "投诉"), {"kind": "咨询"}, "诉求性质 咨询 → 投诉"),
    (Test("kind", "ne", "咨询"), {"kind": "咨询"}, "诉求性质 咨询 → 投诉"),
    (is_("category", "供电"), {"category": "噪声"}, "诉求类别 噪声 → 供电"),
    (Test("category", "ne", "供水"), {"category": "供水"}, "诉求类别 供水 → 公用事业"),
    (Test("area", "in", ("北庄", "绿洲")), {"area": "花园"}, "所属区域 花园 → 绿洲"),  # the sibling before the far one
    (Test("area", "missing", False), {}, "所属区域 填上（如 花园）"),
    (Test("area", "missing", True), {"area": "花园"}, "所属区域 “花园”改为不填"),
    (has("水管爆裂", "停水"), {"text": "家里没人管"}, "诉求内容 加上“停水”"),  # the shortest keyword
    (Test("text", "has_all", ("停水", "三天")), {"text": "停水了"}, "诉求内容 加上“三天”"),
    (NoneOf((has("停水通知"),)), {"text": "看到停 水 通知了"}, "诉求内容 去掉“停 水 通知”"),  # as it was written
    (NoneOf((has("停水"), has("停水通知"))), {"text": "停水通知"}, "诉求内容 去掉“停水”"),  # the fewest characters
    (All((has("停水"), NoneOf((has("停水通知"),)))), {"text": "停水通知贴了"}, "诉求内容 “停水通知”改为“停水”"),
    (Test("text", "similar", Similar(("家里没有水",), 80)), {"text": "你好"}, "诉求内容 加上“家里没有水”"),
    (NoneOf((Test("text", "similar", Similar(("家里没有水",), 80)),)), {"text": "我家里没有水了"}, "诉求内容 去掉“家里没有水”"),
    (has("停水"), {}, "诉求内容 填 停水"),
    (number("appeals_3d", "gte", "3"), {"appeals_3d": 1}, "三日件数 1 → 3（由系统统计）"),
    (number("spring_in", "lte", "15"), {"spring_in": 40}, "距春节天数 40 → 15（由日历算出）"),
    (is_("step", "办理中"), {"step": "受理"}, "当前环节 受理 → 办理中（由工单当时的情况决定）"),
]


@pytest.mark.parametrize(("when", "facts", "expected"), ONE_CHANGE, ids=[case[2] for case in ONE_CHANGE])
def test_one_fact_is_changed_as_little_as_can_be(when: Condition, facts: dict[str, FactValue], expected: str) -> None:
    assert one(when, facts) == [expected]


def test_either_of_two_is_enough_alone_and_neither_contains_the_other() -> None:
    """The page's own case: an area of two, or a text without the notice."""
    when = All((has("停水", "水管爆裂"), AnyOf((Test("area", "in", ("花园", "绿洲")), NoneOf((has("停水通知", "停水公告"),))))))
    facts: dict[str, FactValue] = {"text": "停水通知说八点来水，现在还停水", "area": "北庄", "outage": True}
    found = ask(make_set(make_rule("D-010", when, GO), make_rule("D-012", has("停水通知"), ELSE)), "D-010", facts)
    assert [remedy.zh for remedy in found.remedies] == ["所属区域 北庄 → 花园", "诉求内容 去掉“停水通知”"]
    assert found.remedies[1].facts["text"] == "说八点来水，现在还停水"
    assert [change.fact for remedy in found.remedies for change in remedy.changes] == ["area", "text"]
    assert found.remedies[0].outcome == "派给 水务局"
    assert say(found) == ["最小改动：所属区域 北庄 → 花园；改后：派给 水务局", "或：诉求内容 去掉“停水通知”；改后：派给 水务局"]
    assert say(found, "en")[1] == "Or: Request text: take out “停水通知”; then: dispatch to 水务局"


def test_what_joins_when_a_word_goes_is_taken_out_too() -> None:
    found = ask(make_set(make_rule("R", NoneOf((has("停水通知"),)), GO)), "R", {"text": "停水停水通知通知来了"})
    assert [remedy.facts["text"] for remedy in found.remedies] == ["来了"]


def test_an_unknown_is_filled_before_a_known_is_changed_and_the_counted_comes_last() -> None:
    when = AnyOf((is_("kind", "投诉"), is_("outage", True), number("appeals_3d", "gte", "3")))
    assert one(when, {"kind": "咨询"}) == ["正在中断 填 是", "诉求性质 咨询 → 投诉", "三日件数 填 3（由系统统计）"]


def test_no_more_than_asked_for_and_never_two_of_a_kind() -> None:
    when = AnyOf((is_("kind", "投诉"), is_("kind", "求助"), is_("outage", True), number("households", "gt", "5"), is_("category", "供水")))
    assert len(one(when, {})) == 3
    assert len(ask(make_set(make_rule("R", when, GO)), "R", {}, most=1).remedies) == 1
    assert one(AnyOf((is_("kind", "投诉"), is_("kind", "求助"))), {}) == ["诉求性质 填 投诉"]


def test_two_or_three_together_say_that_one_is_not_enough() -> None:
    when = All((is_("kind", "投诉"), is_("outage", True), number("households", "gte", "60")))
    found = ask(make_set(make_rule("R", when, GO)), "R", {"outage": False})
    assert (found.zh, found.least) == ("只改一处不够，要同时改 3 处", 3)
    assert say(found) == ["最小改动：只改一处不够，要同时改 3 处：影响户数 填 60，且 诉求性质 填 投诉，且 正在中断 否 → 是；改后：派给 水务局"]


def test_four_together_are_no_explanation() -> None:
    when = All((is_("kind", "投诉"), is_("outage", True), number("households", "gte", "60"), is_("category", "供水")))
    found = ask(make_set(make_rule("R", when, GO)), "R", {})
    assert (found.remedies, found.never, found.least) == ((), False, 4)
    assert say(found) == ["最小改动：改 3 处也不够，至少要同时改 4 处"]


def three(hit: str, **settings: object) -> RuleSet:
    return make_set(
        make_rule("A", is_("category", "供水"), do("urgency", "紧急")),
        make_rule("B", All((is_("category", "公用事业"), is_("outage", True))), do("urgency", "特急")),
        make_rule("C", has("停"), do("urgency", "紧急")),
        hit=hit,
        **settings,  # type: ignore[arg-type]
    )


WINNING = [
    # the policy, its settings, the rule, what must change so that it wins and not only fires
    ("first", {}, "C", ["诉求类别 停水 → 公用事业"]),
    ("first", {}, "B", ["诉求类别 停水 → 公用事业，且 正在中断 填 是"]),
    ("unique", {}, "A", ["诉求内容 去掉“停”"]),
    ("any", {}, "C", ["诉求类别 停水 → 公用事业"]),
    ("highest", {"order": {"urgency": ("特急", "紧急")}}, "B", ["正在中断 填 是"]),
    ("collect", {}, "B", ["正在中断 填 是"]),
]


@pytest.mark.parametrize(("hit", "settings", "rule", "expected"), WINNING)
def test_the_rule_must_win_under_the_policy_of_its_set(hit: str, settings: dict[str, object], rule: str, expected: list[str]) -> None:
    found = ask(three(hit, **settings), rule, {"category": "停水", "text": "家里停水"})
    assert [remedy.zh for remedy in found.remedies] == expected


def test_to_fire_is_less_than_to_win() -> None:
    found = ask(three("first"), "B", {"category": "停水", "text": "家里停水"}, want="fires")
    assert [remedy.zh for remedy in found.remedies] == ["正在中断 填 是"]
    assert ask(three("first"), "C", {"category": "停水", "text": "家里停水"}, want="fires").already


def test_unique_per_value_clears_whatever_shares_a_value() -> None:
    def due(name: str) -> object:
        return do("deadline", name=name, within="3d")

    ruleset = make_set(
        make_rule("A", is_("outage", True), due("办结")),  # type: ignore[arg-type]
        make_rule("B", has("停水"), due("办结")),  # type: ignore[arg-type]
        make_rule("C", is_("kind", "投诉"), due("签收")),  # type: ignore[arg-type]
        hit="unique",
        per="deadline.name",
    )
    found = ask(ruleset, "C", {"outage": True, "text": "停水", "kind": "咨询"})
    assert [len(remedy.changes) for remedy in found.remedies] == [2, 2]
    assert {frozenset(change.fact for change in remedy.changes) for remedy in found.remedies} == {frozenset({"kind", "outage"}), frozenset({"kind", "text"})}


def test_a_rule_that_wins_needs_no_change() -> None:
    found = ask(three("first"), "A", {"category": "停水"})
    assert (found.already, found.remedies, say(found)) == (True, (), [])


NEVER = [
    (make_set(make_rule("A", has("停水"), ELSE), make_rule("R", has("停水通知"), GO)), "R 永远轮不到：凡是它成立的情形，A 也成立，轮不到它裁定"),
    (make_set(make_rule("A", All(()), ELSE), make_rule("R", has("停水"), GO)), "R 永远轮不到：凡是它成立的情形，A 也成立，轮不到它裁定"),
    (make_set(make_rule("R", All((number("households", "gt", "5"), number("households", "lt", "6"))), GO)), "R 的条件自相矛盾，永远不会成立"),
    (make_set(make_rule("R", All(()), GO, effective=Effective(AT + timedelta(days=213), None))), "R 自 2026-12-31 08:00 起施行，当时未生效，改什么都不会轮到"),
    (make_set(make_rule("R", All(()), GO, effective=Effective(None, AT))), "R 到 2026-06-01 08:00 为止，当时已失效，改什么都不会轮到"),
    (
        make_set(make_rule("R", All(()), GO), effective=Effective(datetime(2026, 12, 31, 16, tzinfo=UTC), None)),
        "规则集 自 2027-01-01 起施行，当时未生效，改什么都不会轮到",
    ),
]


@pytest.mark.parametrize(("ruleset", "sentence"), NEVER)
def test_a_rule_that_can_never_win_says_why(ruleset: RuleSet, sentence: str) -> None:
    found = ask(ruleset, "R", {"text": "停水", "households": 3})
    assert (found.never, found.remedies, found.zh) == (True, (), sentence)
    assert say(found) == [f"最小改动：{sentence}"]
    assert found.en


def test_what_the_engine_does_not_confirm_is_never_shown() -> None:
    ruleset = make_set(make_rule("R", is_("outage", True), GO))
    decide = Asked(ruleset, AT)
    stubborn = smallest(ruleset, "R", {}, BOOK, NAMES, AT, lambda _: decide({}))
    decide.judge.close()
    assert (stubborn.remedies, stubborn.never) == ((), False)
    assert stubborn.zh == "在限定的步数内没有找到能让它胜出的改动"


def many() -> Iterator[Rule]:
    for place in range(1000):
        category = ("供水", "停水", "供电", "噪声")[place % 4]
        yield make_rule(f"R-{place:04}", All((is_("category", category), has(f"词{place:04}"))), GO, unless=is_("kind", "咨询"))


def test_a_thousand_rules_are_searched_with_few_questions_to_the_engine() -> None:
    ruleset = make_set(*many(), make_rule("LAST", All((is_("category", "公用事业"), has("停"))), GO))
    said = "".join(f"词{place:04}，" for place in range(0, 40, 4))  # ten rules of 供水 stand in the way
    found = ask(ruleset, "LAST", {"category": "供水", "text": said})
    assert [len(remedy.changes) for remedy in found.remedies] == [1]
    assert found.remedies[0].changes[0].fact == "text"


def test_unknown_and_undeclared_facts_are_left_alone() -> None:
    found = ask(make_set(make_rule("R", is_("outage", True), GO)), "R", {"caller_phone": "x", "kind": "投诉"})
    assert dict(found.remedies[0].facts) == {"kind": "投诉", "outage": True}


def test_a_rule_that_is_not_in_the_set_is_refused() -> None:
    with pytest.raises(KeyError):
        ask(make_set(replace(make_rule("R", All(()), GO))), "Z", {})
