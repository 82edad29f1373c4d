"""What the page says of every rule is what the engine says, on any facts; each hit policy gives its own reason."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admin.tryout_answer import answer, compared
from admin.tryout_bench import Benches
from admin.tryout_lines import SHAPES_OF
from engine import reference
from engine.context import trees
from engine.facts import FactValue
from engine.folder import Loaded, load_tree

AT = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FACTS = """text: {label: {zh: 诉求内容, en: Text}, type: text}
kind: {label: {zh: 诉求性质, en: Kind}, type: choice, options: [咨询, 求助, 投诉]}
households: {label: {zh: 影响户数, en: Households}, type: number, min: 0}
outage: {label: {zh: 正在中断, en: Out}, type: yesno}
urgency: {label: {zh: 紧急程度, en: Urgency}, type: choice, options: [一般, 紧急, 特急]}
"""
RULES = """ruleset: urgency
title: 轻重缓急
event: ticket.registered
hit: HIT
basis: 测试规程
else: [{urgency: 一般}]
rules:
  - {id: U-1, title: 停水, when: {all: [{text: {has_any: [停水, 没水]}}, {outage: true}]}, unless: {any: [{kind: 咨询}]}, then: [{urgency: 特急}]}
  - {id: U-2, title: 户数多, when: {any: [{households: {gte: 100}}, {text: {has_all: [整栋, 停水]}}]}, then: [{urgency: 紧急}]}
  - {id: U-3, title: 不是咨询, when: {none: [{kind: 咨询}, {text: {has_any: [停水通知]}}]}, then: [{urgency: 一般}]}
  - {id: U-4, title: 不知户数, when: {all: [{households: {missing: true}}, {kind: [求助, 投诉]}]}, then: [{urgency: 紧急}]}
"""
VALUES: dict[str, st.SearchStrategy[FactValue | None]] = {
    "text": st.sampled_from([None, "停水", "停水通知", "整栋楼停水", "没水了", "别的事", "停 水"]),
    "kind": st.sampled_from([None, "咨询", "求助", "投诉"]),
    "households": st.sampled_from([None, Decimal(0), Decimal(99), Decimal("100"), Decimal("100.5")]),
    "outage": st.sampled_from([None, True, False]),
}
BENCHES = Benches()


def loaded(hit: str) -> Loaded:
    found = load_tree({"rules/facts.yaml": FACTS, "rules/urgency.yaml": RULES.replace("HIT", hit)})
    assert not found.errors, found.errors
    return found


SETS = {hit: loaded(hit) for hit in ("first", "collect", "highest\norder: {urgency: [特急, 紧急, 一般]}", "unique")}


@pytest.mark.parametrize("hit", SETS)
@settings(max_examples=60, deadline=None)
@given(facts=st.fixed_dictionaries(VALUES), chosen=st.sampled_from(["U-1", "U-2", "U-3", "U-4", "", "none such"]))
def test_every_rule_stands_as_the_engine_and_the_slow_reader_say(hit: str, facts: dict[str, FactValue | None], chosen: str) -> None:
    tree = SETS[hit]
    known = {name: value for name, value in facts.items() if value is not None}
    with BENCHES.using(tree.sets["urgency"], tree.facts, tree.names) as bench:
        found = answer(bench, known, AT, "ticket.registered", chosen, "zh")
    alone = reference.verdicts(bench.ruleset, known, tree.facts, trees(tree.names), AT)
    fired = [one.rule for one in alone if one.outcome == "won"]
    assert [row.id for row in found.rows if row.shape in ("won", "hit")] == fired
    assert [row.shape for row in found.rows if row.id not in fired] == [SHAPES_OF[one.outcome] for one in alone if one.rule not in fired]
    assert found.state == ("clash" if hit == "unique" and len(fired) > 1 else "ok")
    assert found.card.id == (chosen if chosen.startswith("U-") else found.card.id)
    if found.why_not is not None:
        for remedy in found.why_not.remedies:
            then = bench.book.decide("urgency", "ticket.registered", dict(remedy.facts), AT)
            assert found.card.id in then.winners


@pytest.mark.parametrize(
    ("hit", "policy", "told"),
    [
        ("collect", "collect", {"U-1", "U-2", "U-3"}),
        ("highest\norder: {urgency: [特急, 紧急, 一般]}", "highest", {"U-1", "U-2", "U-3"}),
        ("first", "first", set()),
    ],
)
def test_each_policy_gives_its_own_reason(hit: str, policy: str, told: set[str]) -> None:
    tree = SETS[hit]
    known: dict[str, FactValue] = {"text": "整栋楼停水", "outage": True, "kind": "投诉", "households": Decimal(120)}
    with BENCHES.using(tree.sets["urgency"], tree.facts, tree.names) as bench:
        ladder = answer(bench, known, AT, "ticket.registered", "", "zh").ladder
    assert ladder.policy == policy
    assert {one.rule for one in ladder.told} == told
    if policy == "highest":
        assert ladder.orders == (("urgency", (("特急", True), ("紧急", True), ("一般", True))),)
        assert [one.rule for one in ladder.told if one.won] == ["U-1"]
    if policy == "first":
        assert [(one.rule, one.word) for one in ladder.steps][:3] == [("U-1", "won"), ("U-2", "hit_later"), ("U-3", "hit_later")]


def test_an_engine_that_fires_too_much_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = SETS["first"]
    known: dict[str, FactValue] = {"text": "停水", "outage": True}
    with BENCHES.using(tree.sets["urgency"], tree.facts, tree.names) as bench:
        right = bench.book.decide("urgency", "ticket.registered", known, AT)
        other = bench.book.decide("urgency", "ticket.registered", {"text": "停水"}, AT)
        assert compared(bench, right, known, AT) == "ok"
        assert compared(bench, other, known, AT) == "apart"


def test_an_added_example_does_not_build_the_set_again() -> None:
    with_test = load_tree(
        {
            "rules/facts.yaml": FACTS,
            "rules/urgency.yaml": RULES.replace("HIT", "first").replace(
                "then: [{urgency: 特急}]}", "then: [{urgency: 特急}], tests: [{given: {text: 停水, outage: true}, expect: hit}]}"
            ),
        }
    )
    before = SETS["first"]
    with (
        BENCHES.using(before.sets["urgency"], before.facts, before.names) as one,
        BENCHES.using(with_test.sets["urgency"], with_test.facts, with_test.names) as two,
    ):
        assert one.book is two.book
