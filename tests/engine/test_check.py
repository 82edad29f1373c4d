"""The whole check runs a file's own examples on the engine that will decide, and turns what fails into findings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.check import Checked, check
from engine.compile_limits import MOST_CONDITIONS
from engine.folder import Vocabulary
from tests.engine.rule_files import HEAD, STATUSES, ruleset_of, world

HOURS = "weekdays: [1, 2, 3, 4, 5]\nhours: [{from: '08:30', to: '18:00'}]\n"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    return world(tmp_path_factory.mktemp("world"))


def check_text(text: str, tmp_path: Path, base: Vocabulary) -> Checked:
    (tmp_path / "hours.yaml").write_text(HOURS, encoding="utf-8")
    (tmp_path / "draft.yaml").write_text(text, encoding="utf-8")
    return check([tmp_path / "draft.yaml"], base=base, statuses=STATUSES, calendar=[tmp_path / "hours.yaml"])


def test_a_test_that_holds_is_no_finding(base: Vocabulary, tmp_path: Path) -> None:
    checked = check_text(ruleset_of("{all: [{outage: true}]}"), tmp_path, base)
    assert (checked.findings, checked.failed, len(checked.results)) == ((), (), 1)


def test_a_test_that_fails_is_an_error_on_its_line(base: Vocabulary, tmp_path: Path) -> None:
    checked = check_text(ruleset_of("{all: [{outage: false}]}"), tmp_path, base)
    (finding,) = checked.errors
    assert (finding.line, finding.rule) == (10, "draft")
    assert finding.zh.startswith("测试不通过：")
    assert finding.en.startswith("the test fails: ")


def test_a_set_with_an_error_has_no_tests_run(base: Vocabulary, tmp_path: Path) -> None:
    checked = check_text(ruleset_of("{all: [{outag: true}]}"), tmp_path, base)
    assert len(checked.errors) == 1
    assert checked.results == ()


def test_a_rule_beyond_the_engines_limits_is_refused_at_its_line(base: Vocabulary, tmp_path: Path) -> None:
    parts = ", ".join(f"{{text: {{has_any: [词{n}]}}}}" for n in range(MOST_CONDITIONS + 1))
    (finding,) = check_text(ruleset_of("{all: [" + parts + "]}"), tmp_path, base).errors
    assert (finding.line, finding.rule) == (7, "R-1")
    assert "个条件" in finding.zh


def test_a_missing_calendar_is_said_once(base: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "draft.yaml").write_text(ruleset_of("{outage: true}"), encoding="utf-8")
    checked = check([tmp_path / "draft.yaml"], base=base, statuses=STATUSES)
    assert len(checked.errors) == 1
    assert checked.results == ()


VALUES = {
    "outage": ["true", "false"],
    "kind": ["咨询", "求助", "投诉"],
    "category": ["供水", "公用事业", "噪声"],
    "households": ["0", "1", "5", "4503599627370495"],
    "peak_ratio": ["0.01", "1.5", "-3.25"],
    "text": ["停水", "路灯 不亮", "ＡＢ"],
}
OPERATORS = {
    "outage": ["{value}", "{{missing: {flag}}}"],
    "kind": ["{value}", "{{ne: {value}}}", "[{value}]", "{{missing: {flag}}}"],
    "category": ["{value}", "{{ne: {value}}}", "{{in: [{value}]}}"],
    "households": ["{value}", "{{gt: {value}}}", "{{lte: {value}, ne: 5}}"],
    "peak_ratio": ["{{gte: {value}}}", "{{lt: {value}}}"],
    "text": ["{{has_any: [{value}]}}", "{{has_all: [{value}, 水]}}", "{{similar: {{to: [{value}], min: 70}}}}"],
}


@st.composite
def questions(draw: st.DrawFn) -> str:
    fact = draw(st.sampled_from(list(VALUES)))
    shape = draw(st.sampled_from(OPERATORS[fact]))
    return f"{{{fact}: {shape.format(value=draw(st.sampled_from(VALUES[fact])), flag=draw(st.sampled_from(['true', 'false'])))}}}"


boxes = st.recursive(
    questions(),
    lambda inner: st.builds(
        lambda name, parts: f"{{{name}: [{', '.join(parts)}]}}", st.sampled_from(["all", "any", "none"]), st.lists(inner, min_size=1, max_size=3)
    ),
)
givens = st.dictionaries(st.sampled_from(list(VALUES)), st.integers(0, 2)).map(
    lambda chosen: "{" + ", ".join(f"{fact}: {VALUES[fact][place % len(VALUES[fact])]}" for fact, place in chosen.items()) + "}"
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(whens=st.lists(boxes, min_size=1, max_size=3), facts=givens)
def test_exactly_one_of_hit_and_miss_holds_for_any_rule_and_any_facts(whens: list[str], facts: str, base: Vocabulary, tmp_path: Path) -> None:
    both = f"[{{given: {facts}, expect: hit}}, {{given: {facts}, expect: miss}}]"
    rules = "".join(f"  - {{id: R-{n}, when: {when}, then: [{{dispatch: {{to: 承办人}}}}], tests: {both}}}\n" for n, when in enumerate(whens))
    checked = check_text(f"{HEAD}rules:\n{rules}", tmp_path, base)
    assert len(checked.results) == 2 * len(whens)
    for hit, miss in zip(checked.results[::2], checked.results[1::2], strict=True):
        assert hit.ok != miss.ok, (hit, miss)
