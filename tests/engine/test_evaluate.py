"""What a decision says: order, dates, reasons and trace; and that no ticket leaves a mark on the next."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bench.generate import DAY, FACTS, TREES, Maker, as_set
from engine import compile_shards as shards
from engine import decision_json, durable_host, reference
from engine.atoms import Atoms, Verdicts
from engine.compile_facts import Coded
from engine.condition import ALWAYS, All, AnyOf, NoneOf, Similar, Test
from engine.durable_host import Host, HostClosed, HostFailed
from engine.evaluate import Judge
from engine.facts import Label
from engine.ruleset import Action, Effective, HitPolicy, Rule, RuleSet

EVENT = "ticket.registered"
NO_WATER = Test("text", "has_any", ("停水", "没水"), 7)
ASKED = Test("kind", "eq", "咨询", 8)
URGENT = (Action("urgency", {"value": "特急"}),)


@pytest.fixture
def judged() -> Iterator[list[Judge]]:
    made: list[Judge] = []
    yield made
    for judge in made:
        judge.close()


def build(judged: list[Judge], *rules: Rule, **changes: object) -> Judge:
    ruleset = replace(as_set(tuple(replace(rule, rank=rank) for rank, rule in enumerate(rules, start=1))), **changes)  # type: ignore[arg-type]
    judged.append(Judge(ruleset, FACTS, TREES))
    return judged[-1]


def test_rules_fire_in_rank_order_and_each_once(judged: list[Judge]) -> None:
    """Both ways of the first rule hold at once: two engine rules, one answer."""
    either = AnyOf((NO_WATER, Test("outage", "eq", True)))
    judge = build(judged, Rule("Z-1", Label("乙"), either, URGENT), Rule("A-1", Label("甲"), NO_WATER, URGENT))
    assert judge.decide(EVENT, {"text": "停水", "outage": True}, DAY).fired == ("Z-1", "A-1")


def test_a_decision_tells_who_won_why_and_on_what_ground(judged: list[Judge]) -> None:
    first = HitPolicy("first")
    judge = build(
        judged,
        Rule("U-1", Label("停水"), All((NO_WATER, Test("households", "gte", Decimal(10), 9))), URGENT, unless=ASKED, basis="规程第六条"),
        Rule("U-2", Label("凡停水"), NO_WATER, ()),
        Rule("U-3", Label("停电"), Test("text", "has_any", ("停电",)), ()),
        Rule("U-4", Label("问户数"), Test("rate", "gt", Decimal(1)), ()),
        hit=first,
        basis="总则",
    )
    decision = judge.decide(EVENT, {"text": "三号楼没 水，也停水", "households": 30}, DAY)
    assert (decision.fired, decision.winners, decision.by_else, decision.agreed) == (("U-1", "U-2"), ("U-1",), False, True)
    assert decision.actions == (("U-1", URGENT[0]),)
    assert decision.basis == "规程第六条"
    assert "停水" in decision.reason
    assert decision.at == "2026-03-01T00:00:00+00:00"
    assert [(one.rule, one.outcome) for one in decision.trace] == [("U-1", "won"), ("U-2", "lost"), ("U-3", "unmet"), ("U-4", "unknown")]
    when = decision.trace[0].when
    assert when is not None
    assert (when.parts[0].words, when.parts[0].line, when.parts[1].actual) == (("停水", "没水"), 7, 30)
    unless = decision.trace[0].unless
    assert unless is not None
    assert unless.verdict is None  # unknown, so it does not stop


def test_nothing_fires_and_else_speaks(judged: list[Judge]) -> None:
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, ()), otherwise=URGENT, basis="总则")
    decision = judge.decide(EVENT, {"text": "路灯坏了"}, DAY)
    assert (decision.by_else, decision.actions, decision.basis) == (True, (("else", URGENT[0]),), "总则")


def test_unless_stops_only_when_it_is_true(judged: list[Judge]) -> None:
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, (), unless=ASKED))
    outcomes = {kind: judge.decide(EVENT, {"text": "停水"} | ({"kind": kind} if kind else {}), DAY).trace[0].outcome for kind in ("咨询", "投诉", "")}
    assert outcomes == {"咨询": "stopped", "投诉": "won", "": "won"}


def test_a_text_shorter_than_the_phrase_is_never_similar(judged: list[Judge]) -> None:
    judge = build(judged, Rule("S-1", Label("相似"), Test("text", "similar", Similar(("停水通知",), 80)), ()))
    assert [bool(judge.match({"text": text}, DAY)) for text in ("水", "停水", "收到停水通告了", "收到停水通知")] == [False, False, False, True]


DATED = [  # hours from the start, whether the rule of [start, start + 1 day) fires
    (-1, False),
    (0, True),
    (23, True),
    (24, False),  # half-open
]


@pytest.mark.parametrize(("hours", "fires"), DATED)
def test_dates_are_half_open(judged: list[Judge], hours: int, fires: bool) -> None:
    judge = build(judged, Rule("D-1", Label("一日"), ALWAYS, (), effective=Effective(DAY, DAY + timedelta(days=1))), Rule("D-2", Label("总是"), ALWAYS, ()))
    decision = judge.decide(EVENT, {}, DAY + timedelta(hours=hours))
    assert decision.agreed
    assert ("D-1" in decision.fired, decision.trace[0].outcome) == (fires, "won" if fires else "out_of_date")


def test_a_set_out_of_force_decides_nothing_not_even_else(judged: list[Judge]) -> None:
    judge = build(judged, Rule("D-1", Label("总是"), ALWAYS, ()), effective=Effective(DAY), otherwise=URGENT)
    decision = judge.decide(EVENT, {}, DAY - timedelta(seconds=1))
    assert (decision.fired, decision.actions, decision.by_else, decision.agreed) == ((), (), False, True)


def test_no_order_of_tickets_changes_an_answer(judged: list[Judge]) -> None:
    maker = Maker(11)
    judge = build(judged, *maker.ruleset(12).rules)
    tickets = [(maker.ticket(), maker.moment()) for _ in range(60)]
    answers = [decision_json.dumps(judge.decide(EVENT, *ticket)) for ticket in tickets]
    places = list(range(60)) * 2
    random.Random(5).shuffle(places)
    assert all(decision_json.dumps(judge.decide(EVENT, *tickets[place])) == answers[place] for place in places)


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_adding_or_reordering_rules_never_changes_the_others(judged: list[Judge], seed: int) -> None:
    maker = Maker(seed)
    rules = list(maker.ruleset(10).rules)
    whole, alone = build(judged, *rules), [build(judged, rule) for rule in rules]
    turned = build(judged, *reversed(rules))
    for _ in range(25):
        facts, at = maker.ticket(), maker.moment()
        fired = whole.match(facts, at)
        assert set(turned.match(facts, at)) == set(fired)
        assert tuple(one for judge in alone for one in judge.match(facts, at)) == fired


def test_sharding_never_changes_an_answer(judged: list[Judge], monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(31)
    rules = maker.ruleset(40).rules
    whole = build(judged, *rules)
    monkeypatch.setattr(shards, "DENSE", shards.Size(rules=3, anchored=2, fan_out=2, values=20, properties=40))
    cut = build(judged, *rules)
    assert len(cut._rules._dense) > 10
    for _ in range(40):
        facts, at = maker.ticket(), maker.moment()
        assert decision_json.dumps(cut.decide(EVENT, facts, at)) == decision_json.dumps(whole.decide(EVENT, facts, at))


def test_a_text_that_sets_off_hundreds_of_keywords_is_judged_with_care(judged: list[Judge]) -> None:
    rules = [Rule(f"K-{n:03}", Label("词"), All((Test("text", "has_any", (f"词{n}号",)), NoneOf((Test("outage", "eq", True),)))), ()) for n in range(300)]
    judge = build(judged, *rules)
    facts = {"text": "".join(f"词{n}号" for n in range(0, 300, 2)), "outage": False}
    decision = judge.decide(EVENT, facts, DAY)
    assert decision.agreed
    assert decision.fired == tuple(f"K-{n:03}" for n in range(0, 300, 2))
    assert judge._rules._careful is not None


def test_a_disagreement_wins_nothing_and_alarms(judged: list[Judge], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, URGENT))
    monkeypatch.setattr(Atoms, "verdicts", lambda self, _fired: Verdicts(set(), set(), self._fact, self._missing))
    decision = judge.decide(EVENT, {"text": "停水"}, DAY)
    assert (decision.agreed, decision.fired, decision.winners, decision.actions) == (False, ("U-1",), (), ())
    assert "disagree" in caplog.text
    assert "停水" not in caplog.text  # ids only


def test_a_fault_of_the_engine_wins_nothing_and_alarms(judged: list[Judge], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, URGENT), otherwise=URGENT)

    def fail(self: Host, body: str) -> list[str]:
        raise HostFailed("error code: 303")

    monkeypatch.setattr(Host, "fire", fail)
    decision = judge.decide(EVENT, {"text": "停水"}, DAY)
    assert (decision.agreed, decision.actions, decision.by_else) == (False, (), False)
    assert "engine failed" in caplog.text


def test_an_error_leaves_nothing_behind(judged: list[Judge]) -> None:
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, URGENT))
    host = judge._rules._dense[0]._host
    with pytest.raises(HostFailed):
        host.fire('"t":1,"k0":{"deep":')
    assert judge.match({"text": "停水"}, DAY) == ("U-1",)
    assert judge.match({"text": "路灯"}, DAY) == ()


@pytest.mark.parametrize("call", ["assert_fact", "start_action_for_state", "complete_and_start_action"])
@pytest.mark.parametrize("late", [False, True])
def test_a_signal_in_the_middle_of_an_evaluation_leaves_nothing_behind(judged: list[Judge], monkeypatch: pytest.MonkeyPatch, call: str, late: bool) -> None:
    """An action that is not completed locks the state: rules would silently not fire for a minute."""
    judge = build(judged, Rule("U-1", Label("停水"), NO_WATER, URGENT), Rule("U-2", Label("停水"), NO_WATER, URGENT))

    real, times = getattr(durable_host.durable_rules_engine, call), iter(range(100))

    def interrupt(*args: object) -> object:
        first = next(times) == 0
        if first and not late:
            raise KeyboardInterrupt
        answer = real(*args)
        if first:
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(durable_host.durable_rules_engine, call, interrupt)
        with pytest.raises(KeyboardInterrupt):
            judge.match({"text": "停水"}, DAY)
    assert judge.match({"text": "停水"}, DAY) == ("U-1", "U-2")
    assert judge.match({"text": "路灯"}, DAY) == ()


def test_a_closed_host_raises() -> None:
    host = Host("closing", "")
    host.close()
    with pytest.raises(HostClosed):
        host.fire('"t":1')


def test_the_trace_is_the_readers_own(judged: list[Judge]) -> None:
    ruleset: RuleSet = Maker(41).ruleset(8)
    judged.append(Judge(ruleset, FACTS, TREES))
    facts, at = Maker(42).ticket(), DAY
    trace = judged[0].decide(EVENT, facts, at).trace
    assert trace == reference.verdicts(ruleset, facts, FACTS, TREES, at)
    assert trace[-1].rule == "G-0008"
    assert [one.rule for one in trace[:2]] == ["G-0001", "G-0002"]
    assert judged[0].decide(EVENT, facts, at, trace=False).trace == ()


def test_coded_facts_are_whole_numbers_and_bits(judged: list[Judge]) -> None:
    maker = Maker(51)
    judge = build(judged, *maker.ruleset(12).rules)
    for _ in range(50):
        coded: Coded = judge._coding.encode(maker.ticket(), DAY)
        assert all(type(number) is int and abs(number) <= 2**53 for number in coded.values.values())
        assert all(name[0] in "kx" and name[1:].isdigit() for name in coded.tags)
