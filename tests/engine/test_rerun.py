"""A stored decision, decided once more from what was stored with it, has the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import context, decision_json, folder, rerun
from engine.book import RuleBook
from engine.decision import Line
from engine.facts import FactValue
from engine.findings import RulesRefused
from engine.names import Names

FACTS_YAML = """
text: {label: {zh: 诉求内容, en: Request text}, type: text}
kind: {label: {zh: 诉求性质, en: Kind}, type: choice, options: [咨询, 求助, 投诉]}
outage: {label: {zh: 正在中断, en: Service is out}, type: yesno}
rate: {label: {zh: 满意率, en: Satisfied}, type: number, places: 2, min: 0}
"""
RULES_YAML = """
ruleset: urgency
title: {zh: 轻重缓急, en: Urgency}
event: ticket.registered
hit: first
basis: 办理规程第六条
else: [{urgency: 一般}]
rules:
  # a comment, and keys in no particular order: neither belongs to the version
  - when: {any: [{outage: true}, {text: {has_any: [停水, 停电], similar: {to: [家里没有水], min: 80}}}], all: [{rate: {gte: 0.50, lt: 99.5}}]}
    id: R-1
    title: 中断
    unless: {all: [{kind: 咨询}]}
    then: [{urgency: 特急}, {deadline: {name: 派单, from: 已登记, until: 待签收, within: 10m, clock: 自然时}}]
    tests: [{given: {outage: true, rate: 1}, expect: hit}]
  - {id: R-2, title: 其余, effective: {from: 2026-02-01}, when: {kind: {missing: true}}, then: [{urgency: 紧急}]}
"""
CASES: list[dict[str, FactValue]] = [
    {},
    {"outage": True, "rate": 50},
    {"text": "家里停 水 了", "rate": 1, "kind": "投诉"},
    {"text": "我家里没有水了", "rate": 2, "kind": "咨询"},
    {"text": '引号"、换行\n、反斜杠\\', "kind": "投诉"},
]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> folder.Loaded:
    home: Path = tmp_path_factory.mktemp("rules")
    (home / "facts.yaml").write_text(FACTS_YAML, encoding="utf-8")
    (home / "urgency.yaml").write_text(RULES_YAML, encoding="utf-8")
    found = folder.load([home], statuses=("已登记", "待签收"))
    assert not found.errors, [finding.text() for finding in found.errors]
    return found


@pytest.fixture(scope="module")
def book(loaded: folder.Loaded) -> RuleBook:
    return RuleBook(loaded.sets, loaded.facts, loaded.names)


@pytest.mark.parametrize("facts", CASES)
@pytest.mark.parametrize("days", [0, 60])
def test_the_same_bytes_come_out(book: RuleBook, facts: dict[str, FactValue], days: int) -> None:
    at = datetime(2026, 1, 15, 3, 0, tzinfo=UTC) + timedelta(days=days)
    stored = decision_json.dumps(book.decide("urgency", "ticket.registered", facts, at))
    assert rerun.rerun(book.ruleset("urgency").canonical, book.context, stored) == stored.encode()


def test_the_whole_trace_comes_back_from_what_was_stored(book: RuleBook) -> None:
    decision = book.decide("urgency", "ticket.registered", CASES[4], datetime(2026, 3, 1, tzinfo=UTC))
    stored = decision_json.dumps(decision)
    assert decision_json.loads(stored).trace[0].when is None  # unmet: only the outcome is stored
    whole = rerun.again(book.ruleset("urgency").canonical, book.context, stored)
    when = whole.trace[0].when
    assert when is not None
    assert [leaf.verdict for leaf in when.parts] == [one.verdict for one in decision.trace[0].when.parts]  # type: ignore[union-attr]


def test_a_tampered_decision_is_found(book: RuleBook) -> None:
    stored = decision_json.dumps(book.decide("urgency", "ticket.registered", CASES[1], datetime(2026, 3, 1, tzinfo=UTC)))
    data = json.loads(stored)
    data["winners"] = ["R-2"]
    tampered = json.dumps(data, ensure_ascii=False)
    assert rerun.rerun(book.ruleset("urgency").canonical, book.context, tampered) != tampered.encode()


def leaves(line: Line | None) -> list[Line]:
    if line is None:
        return []
    return [leaf for part in line.parts for leaf in leaves(part)] if line.parts else [line]


def test_json_goes_both_ways(book: RuleBook) -> None:
    decision = book.decide("urgency", "ticket.registered", CASES[1], datetime(2026, 3, 1, tzinfo=UTC))
    again = decision_json.loads(decision_json.dumps(decision))
    assert decision_json.dumps(again) == decision_json.dumps(decision)
    assert (again.fired, again.winners, again.reason, again.facts, again.micros) == (decision.fired, decision.winners, decision.reason, decision.facts, 0)
    assert again.trace[0].outcome == "won"
    assert decision_json.dumps(again) == decision_json.dumps(decision)
    leaf = next(one for one in leaves(again.trace[0].when) if one.fact == "outage")
    assert (leaf.verdict, leaf.asked, leaf.actual) == (True, True, True)
    assert decision_json.dumps(replace(decision, micros=99)) == decision_json.dumps(decision)  # wall time is not part of the bytes


def test_the_context_goes_both_ways(book: RuleBook) -> None:
    facts, names = context.loads(book.context)
    assert context.dumps(facts, names) == book.context
    assert RuleBook([], facts, names).context_hash == book.context_hash


def test_a_rule_set_that_does_not_fit_its_context_is_refused(book: RuleBook) -> None:
    with pytest.raises(RulesRefused, match="没有这个事实"):
        rerun.from_canonical(book.ruleset("urgency").canonical, {}, Names())


@pytest.mark.parametrize("text", ["[]", "{}", '{"ruleset": "urgency"}'])
def test_what_is_no_stored_decision_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="决定"):
        decision_json.loads(text)
