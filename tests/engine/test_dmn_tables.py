"""The hit policies give what DMN 1.4 says of U, F, A, P, R, C and C+: every table of tests/engine/dmn on the real engine.

A table is a rule set without its head; a case gives facts and what DMN says: `result` the outputs in order (null: none), `default` those of
`otherwise`, `error` the rules that break the policy, `sum` the total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import decision_json, score
from engine.book import RuleBook
from engine.decision import Decision
from engine.expect import Scope
from engine.findings import Report
from engine.folder import Vocabulary
from engine.hit import Disagreement, apply
from engine.load_tests import fact_value
from engine.nodes import from_plain
from engine.reference import fired, trees_of
from engine.rerun import from_canonical
from engine.ruleset import Action, RuleSet
from tests.engine.rule_files import load_text, world

AT = datetime(2026, 6, 1, tzinfo=UTC)
HERE = Path(__file__).parent / "dmn"
LETTERS = {"unique": "U", "first": "F", "any": "A", "highest": "P", "collect": "C and R", "sum": "C+"}


@dataclass(frozen=True)
class Table:
    """One decision table as written, with its policy."""

    file: str
    policy: Any
    event: str
    data: dict[str, Any]

    @property
    def text(self) -> str:
        """A whole rule set: the head that all have, and the rules numbered R-1, R-2 …"""
        rules = [{"id": f"R-{place}", "title": f"第{place}条", **rule} for place, rule in enumerate(self.data["rules"], start=1)]
        head = {"ruleset": "draft", "title": self.data["name"], "event": self.event, "hit": self.policy, "basis": "自拟"}
        more = {key: self.data[name] for key, name in (("order", "order"), ("else", "otherwise")) if self.data.get(name)}
        return yaml.safe_dump({**head, **more, "rules": rules}, allow_unicode=True, sort_keys=False)


def tables() -> Iterator[Table]:
    for path in sorted(HERE.glob("*.yaml")):
        whole = yaml.safe_load(path.read_text(encoding="utf-8"))
        for data in whole["tables"]:
            yield Table(path.stem, whole["policy"], whole.get("event", "ticket.registered"), {"order": whole.get("order"), **data})


TABLES = list(tables())


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


def test_there_are_forty_tables_and_every_policy() -> None:
    assert len(TABLES) >= 40
    assert {table.policy if isinstance(table.policy, str) else next(iter(table.policy)) for table in TABLES} == set(LETTERS)
    assert all(table.data["cases"] for table in TABLES)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table.file}: {table.data['name']}")
def test_the_engine_says_what_dmn_says(table: Table, words: Vocabulary, tmp_path: Path) -> None:
    loaded = load_text(table.text, tmp_path, words)
    assert not loaded.errors, [error.text() for error in loaded.errors]
    ruleset = loaded.sets["draft"]
    again = from_canonical(ruleset.canonical, dict(words.facts), words.names)
    assert again.version == ruleset.version
    book, stored = RuleBook([ruleset], words.facts, words.names), RuleBook([again], words.facts, words.names)
    for case in table.data["cases"]:
        scope = Scope(Report(), "", "", words)
        facts = {name: fact_value(words.facts[name], from_plain(value), scope) for name, value in case["given"].items()}
        known = {name: value for name, value in facts.items() if value is not None}
        decision = book.decide("draft", table.event, known, AT)
        expected(case, ruleset, decision)
        assert decision_json.dumps(stored.decide("draft", table.event, known, AT)) == decision_json.dumps(decision)  # as re-run from what is stored
        rules = fired(ruleset, known, words.facts, trees_of(words.names), AT)
        assert decision.fired == tuple(rule.id for rule in rules)
        if "error" in case:
            with pytest.raises(Disagreement) as raised:
                apply(ruleset, rules)
            assert list(raised.value.rules) == case["error"]
    book.close()
    stored.close()


def expected(case: dict[str, Any], ruleset: RuleSet, decision: Decision) -> None:
    """Exactly one of error, sum, default and result, held against the decision."""
    outputs = [output(action) for _, action in decision.actions if action.kind != "score"]
    assert decision.agreed == ("error" not in case), case
    if "error" in case:
        assert (decision.winners, outputs, decision.by_else) == ((), [], False), case
        assert all(rule in decision.reason for rule in case["error"])
    elif "sum" in case:
        assert list(decision.winners) == case["winners"], case
        assert f"{score.points(ruleset, dict(decision.facts), decision.winners).total:f}" == case["sum"], case
        assert decision.by_else == (not case["winners"])
    elif "default" in case:
        assert (outputs, decision.by_else, decision.winners) == (case["default"], True, ()), case
    else:
        assert (outputs, decision.by_else) == (case["result"] or [], case["result"] is None), case


def output(action: Action) -> str:
    """An output as the tables write it: 特急, or 派单 10m."""
    return str(action.args["value"]) if action.kind == "urgency" else f"{action.args['name']} {action.args['within']}"
