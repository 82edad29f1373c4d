"""The analysis where it is hard: conditions too large, rules too entangled, similar texts, odd keywords; and in the whole check."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import pytest

from bench import generate
from engine import analyse_cover, analyse_space, reference
from engine.analyse import analyse, spans_of
from engine.check import check
from engine.condition import All, AnyOf, Condition, NoneOf, Similar, Test
from engine.facts import Fact, Label
from engine.findings import Finding
from engine.ruleset import HitPolicy, Rule, RuleSet
from tests.engine.rule_files import HEAD, world
from tests.engine.rules_for_tests import FACTS, NAMES, do, has, is_, like, make_rule, make_set

CALENDAR = sorted((Path(__file__).parents[2] / "rules" / "calendar").glob("*.yaml"))
GO, SLOW = do("urgency", "特急"), do("urgency", "一般")


def kinds(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.level, one.rule) for one in found]


def test_a_condition_too_large_to_expand_gets_its_one_sentence() -> None:
    wide = All(tuple(AnyOf((has(f"词{a}"), is_("households", Decimal(a)))) for a in range(7)))
    found = analyse(make_set(make_rule("R-1", wide, GO), make_rule("R-2", is_("outage", True), GO)), FACTS, NAMES)
    assert kinds(found) == [("恒假", "error", "R-1")]
    assert "请拆成几条规则" in found[0].zh
    assert "split the rule" in found[0].en


def test_a_rule_too_large_to_expand_hides_no_gap_and_makes_none() -> None:
    wide = All(tuple(AnyOf((has(f"词{a}"), is_("households", Decimal(a)))) for a in range(7)))
    ruleset = make_set(make_rule("R-1", wide, GO), make_rule("R-2", is_("outage", True), GO), hit="unique")
    assert kinds(analyse(ruleset, FACTS, NAMES)) == [("恒假", "error", "R-1")]


def entangled(rules: int) -> RuleSet:
    """Three of forty words present or absent, at random: a hard puzzle for anyone, with everything asked for at the end."""
    rng = random.Random(1)
    words = [f"{chr(0x4E00 + number)}字" for number in range(40)]

    def three() -> Condition:
        picked = [has(word) for word in rng.sample(words, 3)]
        return All(tuple(word if rng.random() < 0.5 else NoneOf((word,)) for word in picked))

    return make_set(*(make_rule(f"R-{number:03}", three(), GO) for number in range(rules)), make_rule("Z", Test("text", "missing", False), GO))


def test_rules_too_entangled_are_given_up_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyse_cover, "STEPS", 40)
    found = [one for one in analyse(entangled(160), FACTS, NAMES) if one.rule == "Z"]
    assert kinds(found) == [("遮蔽", "warning", "Z")]
    assert "未能判定" in found[0].zh


def test_the_whole_analysis_has_an_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analyse_space, "ALL_STEPS", 100)
    assert {one.level for one in analyse(entangled(160), FACTS, NAMES) if "未能判定" in one.zh} == {"warning"}


def test_a_keyword_with_every_usual_mark_in_it_still_has_its_witness() -> None:
    ruleset = make_set(make_rule("R-1", has("停水，；。、｜＃＠＊＋＝～"), GO), make_rule("R-2", has("停电"), SLOW), hit="any")
    (found,) = analyse(ruleset, FACTS, NAMES)
    assert (found.kind, found.others) == ("分歧", ("R-1",))


def test_the_joint_between_two_keywords_makes_no_third() -> None:
    """停 beside 水 is no 停水: the two rules meet in a text without it."""
    both = All((has("停"), has("水"), NoneOf((has("停水", "水停"),))))
    ruleset = make_set(make_rule("R-1", both, GO), make_rule("R-2", has("停"), SLOW), hit="any")
    (found,) = analyse(ruleset, FACTS, NAMES)
    assert found.witness is not None
    assert "停水" not in str(found.witness["text"])


def test_what_similar_cannot_show_is_not_claimed() -> None:
    """A text near 路灯不亮 with no 路灯 in it may exist, but nobody has one: neither never true nor an overlap."""
    near = All((like("路灯不亮", 60), NoneOf((has("路灯", "不亮", "灯不"),))))
    ruleset = make_set(make_rule("R-1", near, GO), make_rule("R-2", is_("outage", True), SLOW), hit="any")
    assert analyse(ruleset, FACTS, NAMES) == []


def test_the_same_set_has_the_same_findings_every_time() -> None:
    ruleset = make_set(make_rule("R-1", has("甲", "乙", "丙"), GO), make_rule("R-2", has("丁", "戊"), SLOW), hit="any")
    first, again = (analyse(ruleset, FACTS, NAMES) for _ in range(2))
    assert [(one, one.witness) for one in first] == [(one, one.witness) for one in again]
    assert first[0].witness == {"text": "丁，丙"}


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_no_claim_about_similar_texts_is_false(start: int) -> None:
    """On generated sets with `similar` in them: who can never fire does not, who is shadowed never fires alone."""
    for seed in range(start, start + 50):
        maker = generate.Maker(seed)
        base = maker.ruleset(5)
        ruleset = RuleSet(base.name, base.title, base.events, HitPolicy("first"), base.rules)
        found = analyse(ruleset, generate.FACTS, generate.NAMES)
        never = {one.rule for one in found if one.kind == "恒假" and one.level == "error" and "情形" not in one.zh}
        shadowed = {one.rule: set(one.others) for one in found if one.kind == "遮蔽" and one.level == "error"}
        for _ in range(60):
            ticket = {name: value for name, value in maker.ticket().items() if value not in ("从未有过的性质", "从未有过的类别")}
            whole = {name: value for name, value in ticket.items() if not isinstance(value, Decimal) or _declared(value, generate.FACTS[name])}
            fired = {rule.id for rule in reference.fired(ruleset, whole, generate.FACTS, generate.TREES, maker.moment())}
            assert not fired & never, seed
            assert all(fired & others for rule, others in shadowed.items() if rule in fired), seed


def _declared(value: Decimal, fact: Fact) -> bool:
    """Whether the number has no more places than the fact declares."""
    return value == round(value, fact.places)


def test_spans_are_gathered_from_rules_and_else() -> None:
    first = make_set(make_rule("R-1", is_("outage", True), do("deadline", name="签收", within="5m", clock="自然时")))
    other = RuleSet("b", Label("乙"), (), HitPolicy("first"), (), (do("deadline", name="签收", within="1h", clock="自然时"),))
    assert spans_of({"a": first, "b": other}) == {"签收": [("5m", "自然时"), ("1h", "自然时")]}


def test_the_check_reports_what_the_analysis_finds(tmp_path: Path) -> None:
    base = world(tmp_path)
    text = (
        f"{HEAD.replace('ticket.accepted', 'ticket.registered')}rules:\n"
        "  - {id: R-1, when: {text: {has_any: [停水]}}, then: [{urgency: 特急}]}\n"
        "  - {id: R-2, when: {text: {has_any: [停水通知]}}, then: [{urgency: 一般}]}\n"
        "tests: [{given: {text: 停水}, hit: [R-1]}]\n"
    )
    (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
    (error,) = check([tmp_path / "draft.yaml"], base=base, calendar=CALENDAR).errors
    assert (error.line, error.rule, error.kind) == (8, "R-2", "遮蔽")
    assert "含「停水通知」的也含「停水」" in error.zh
    assert error.witness == {"text": "停水通知"}


def test_two_phrases_of_similar_are_either() -> None:
    either = Test("text", "similar", Similar(("路灯不亮", "井盖丢失"), 90))
    ruleset = make_set(make_rule("R-1", either, GO), make_rule("R-2", has("井盖丢失了"), SLOW), make_rule("R-3", has("井盖"), SLOW))
    assert kinds(analyse(ruleset, FACTS, NAMES)) == [("遮蔽", "error", "R-2")]


def test_a_rule_of_thousands_of_keywords_is_no_trouble() -> None:
    words = tuple(f"第{number}号井盖" for number in range(1500))
    rules: list[Rule] = [make_rule("R-1", has(*words), GO), make_rule("R-2", has(*(f"{word}丢失" for word in words)), SLOW)]
    assert kinds(analyse(make_set(*rules), FACTS, NAMES)) == [("遮蔽", "error", "R-2")]
