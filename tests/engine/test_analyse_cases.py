"""The analysis on cases with known answers (analysis_cases/*.yaml): every finding of the case, no other, and the witness makes it so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine import canonical, folder, reference
from engine.analyse import analyse
from engine.findings import Finding
from engine.folder import Loaded
from engine.nodes import plain
from engine.ruleset import RuleSet
from engine.vocabulary import Vocabulary
from engine.yaml_strict import load
from tests.engine.rule_files import STATUSES

CASES = Path(__file__).with_name("analysis_cases")
Case = dict[str, Any]
DEADLINE = {"from": "待签收", "until": "办理中", "within": "5m", "clock": "自然时"}
THEN: dict[str, list[object]] = {
    "签收": [{"deadline": {"name": "签收", **DEADLINE}}],
    "办结": [{"deadline": {"name": "办结", **DEADLINE}}],
    "办结两次": [{"deadline": {"name": "办结", **DEADLINE}}, {"deadline": {"name": "办结", **DEADLINE, "within": "9m"}}],
}


def _cases() -> list[Any]:
    found = []
    for file in sorted(CASES.glob("*.yaml")):
        listed = plain(load(file.read_text(encoding="utf-8"), file.name))
        assert isinstance(listed, list)
        found += [pytest.param(case, id=f"{file.stem}-{case['name']}") for case in listed]
    return found


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    """The facts, the catalogue and the places of the cases."""
    loaded = folder.load([CASES / "world"], statuses=STATUSES)
    assert loaded.errors == ()
    vocabulary = replace(loaded.vocabulary, names=replace(loaded.names, deadlines=("派单", "签收", "办结")))
    return vocabulary.resolved()


@pytest.mark.parametrize("case", _cases())
def test_known_answers(case: Case, words: Vocabulary) -> None:
    loaded = _load(case, words)
    ruleset = loaded.sets["case"]
    spans = {name: [tuple(span) for span in spans] for name, spans in case.get("deadlines", {}).items()}
    found = analyse(ruleset, words.facts, loaded.names, asked=case.get("asked"), deadlines=spans)
    expected = case["expect"]
    assert [(one.kind, one.rule, one.level) for one in found] == [(one["kind"], one["rule"], one.get("level", "error")) for one in expected], found
    for finding, wanted in zip(found, expected, strict=True):
        assert "others" not in wanted or set(finding.others) == set(wanted["others"])
        _witness(finding, wanted, ruleset, loaded)


def _witness(finding: Finding, wanted: Case, ruleset: RuleSet, loaded: Loaded) -> None:
    if "witness" in wanted:
        assert dict(finding.witness or {}) == wanted["witness"]
    if "fires" not in wanted and "rests" not in wanted:
        return
    assert finding.witness is not None
    at = datetime.fromisoformat(finding.at) if finding.at else datetime.fromisoformat("2026-05-01T00:00+08:00")
    fired = {rule.id for rule in reference.fired(ruleset, finding.witness, loaded.facts, reference.trees_of(loaded.names), at)}
    assert fired >= set(wanted.get("fires", ()))
    assert not fired & set(wanted.get("rests", ()))


def _load(case: Case, words: Vocabulary) -> Loaded:
    hit = case.get("hit", "first")
    data: Case = {"ruleset": "case", "event": "ticket.registered", "hit": hit, "basis": "规程"}
    if hit == "highest":
        data["order"] = {"urgency": ["特急", "紧急", "一般"]}
    if case.get("else"):
        data["else"] = [{"urgency": "一般"}]
    if "total" in case:
        data["total"] = case["total"]
    if "chain" in case:
        links = [{**link, "send": ["短信"], "to": "承办人"} for link in case["chain"]]
        data |= {"event": "deadline.started", "rules": [{"id": "R-1", "when": {"deadline": "签收"}, "then": [{"chain": links}]}]}
    else:
        data["rules"] = [{"id": name, **(rule or {}), "then": _then(rule.get("then", case.get("then")))} for name, rule in case["rules"].items()]
    loaded = folder.load_tree({"rules/case.yaml": canonical.dumps(data)}, base=words, statuses=STATUSES)
    assert loaded.errors == (), loaded.errors
    return loaded


def _then(written: object) -> object:
    if written is None:
        return [{"urgency": "特急"}]
    if isinstance(written, dict):
        return [{"score": {"indicator": "solved_rate", **written}}]
    return THEN[written] if isinstance(written, str) else written


def test_there_are_enough_cases() -> None:
    assert len(_cases()) >= 60


def test_progress_counts_up_to_the_last_rule(words: Vocabulary) -> None:
    ruleset = _load({"rules": {"R-1": {}, "R-2": {"when": {"kind": "咨询"}}}}, words).sets["case"]
    told: list[tuple[int, int]] = []
    analyse(ruleset, words.facts, words.names, progress=lambda done, whole: told.append((done, whole)))
    assert told == [(1, 2), (2, 2)]


def test_of_a_changed_rule_only_what_involves_it(words: Vocabulary) -> None:
    rules = {"R-1": {"when": {"kind": "咨询"}}, "R-2": {"when": {"kind": "咨询"}}, "R-3": {"when": {"outage": True}}, "R-4": {"when": {"outage": True}}}
    ruleset = _load({"rules": rules}, words).sets["case"]
    both = [finding.rule for finding in analyse(ruleset, words.facts, words.names)]
    assert both == ["R-2", "R-4"]
    for changed, expected in (({"R-1"}, ["R-2"]), ({"R-2"}, ["R-2"]), ({"R-3"}, ["R-4"]), (set(), [])):
        assert [finding.rule for finding in analyse(ruleset, words.facts, words.names, changed=changed)] == expected


def test_a_working_day_is_as_long_as_the_calendar_says(words: Vocabulary) -> None:
    loaded = _load({"chain": [{"before": "7h"}]}, words)
    for hours, kinds in ((6, ["链序"]), (8, [])):
        found = analyse(loaded.sets["case"], words.facts, loaded.names, deadlines={"签收": [("1d", "工作日")]}, working_day=timedelta(hours=hours))
        assert [finding.kind for finding in found] == kinds
