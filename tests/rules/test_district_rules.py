"""The rule sets of the district: their examples hold, everyone is reached, and no exception leads work astray."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.check import check
from engine.condition import ALWAYS
from engine.folder import Loaded, load
from engine.load_library import Catalogue
from engine.ruleset import Rule, RuleSet, RuleTest
from engine.spans import Span
from engine.vocabulary import Vocabulary
from tests.rules.conftest import RULES, Unit
from tickets.domain.status import STATUSES

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
KINDS = (None, "咨询", "求助", "投诉", "举报", "建议", "表扬")
TOWNS = ("青禾镇", "临河镇", "柳湾镇")
# What each kind of company is called in a rule: by its own name, or by the role of whoever serves the area.
SERVED_BY_ROLE = {"物业公司": "属地物业企业", "供热公司": "属地供热企业", "热力公司": "属地供热企业"}


def dispatched(ruleset: RuleSet, rule: Rule) -> list[str]:
    """Every address and role the rule gives work to."""
    found = [action.args.get(key) for action in rule.then for key in ("to", "or", "assist")]
    return [str(one) for several in found if isinstance(several, list) for one in several]


def hitting(ruleset: RuleSet, rule: Rule) -> Iterator[RuleTest]:
    yield from (test for test in rule.tests if test.expect)
    yield from (test for test in ruleset.tests if rule.id in str(test.raw.get("hit", "")))


def test_every_example_holds_and_nothing_is_warned_of(base: Vocabulary) -> None:
    checked = check([RULES], base=base, statuses=tuple(STATUSES))
    assert [finding.text("zh") for finding in checked.findings] == []
    assert len(checked.results) > 200


@pytest.mark.parametrize("name", ["urgency", "dispatch", "deadlines", "escalation"])
def test_every_rule_has_its_basis_and_tests_on_both_sides(loaded: Loaded, name: str) -> None:
    ruleset = loaded.sets[name]
    assert [rule.id for rule in ruleset.rules if not rule.basis] == []
    holding = [rule.id for rule in ruleset.rules if any(test.expect or test.raw.keys() & {"sends", "due"} for test in rule.tests)]
    refusing = [rule.id for rule in ruleset.rules if rule.when == ALWAYS or any(test.expect is False for test in rule.tests)]
    assert holding == refusing == [rule.id for rule in ruleset.rules]


def test_every_department_answers_a_leaf_or_a_rule_with_a_test(loaded: Loaded, catalogue: Catalogue, units: dict[str, Unit]) -> None:
    reached = {section.split("/")[0] for section in (catalogue.section[name] for name in catalogue.samples)}
    departments = [address for address, unit in units.items() if unit.kind == "区直部门" and "/" not in address]
    assert len(departments) == 28
    assert [name for name in departments if name not in reached] == []


def test_every_kind_of_company_answers_a_leaf_or_a_rule_with_a_test(loaded: Loaded, catalogue: Catalogue, units: dict[str, Unit]) -> None:
    ruleset = loaded.sets["dispatch"]
    reached = {catalogue.section[name].split("/")[0] for name in catalogue.samples}
    for rule in ruleset.rules:
        if any(hitting(ruleset, rule)):
            reached |= {address.split("/")[0] for address in dispatched(ruleset, rule)}
    companies = [address for address, unit in units.items() if unit.kind == "企业" and "/" not in address]
    unreached = [
        name for name in companies if name not in reached and next((role for end, role in SERVED_BY_ROLE.items() if name.endswith(end)), "") not in reached
    ]
    assert unreached == []


def test_every_village_and_community_answers_a_dispatch_test(loaded: Loaded, units: dict[str, Unit]) -> None:
    ruleset = loaded.sets["dispatch"]
    asked = {
        str(test.given.get("area")): str(test.raw["hit"])
        for test in ruleset.tests
        if "D-200" in str(test.raw.get("hit")) or "D-202" in str(test.raw.get("hit"))
    }
    villages = {address.split("/")[1]: unit.receiving_post for address, unit in units.items() if unit.kind == "村居"}
    assert len(villages) == 40
    wanted = {name: "D-200" if post == "村书记" else "D-202" for name, post in villages.items()}
    assert {name: rule for name, rule in wanted.items() if rule not in asked.get(name, "")} == {}


def test_an_exception_leads_to_a_unit_of_the_same_branch(loaded: Loaded, catalogue: Catalogue) -> None:
    """What the classifier got right, an exception must not send to a unit that has nothing to do with the branch."""
    beneath: dict[str, set[str]] = {}
    for name, section in catalogue.section.items():
        beneath.setdefault(catalogue.tree.path(name)[0], set()).add(section.split("/")[0])
    ruleset = loaded.sets["dispatch"]
    astray = []
    for rule in ruleset.rules:
        lead = str(next(action for action in rule.then if action.kind == "dispatch").args["to"][0])  # type: ignore[index]
        for test in hitting(ruleset, rule):
            branch = catalogue.tree.path(str(test.given["category"]))[0]
            if lead not in loaded.roles and lead.split("/", maxsplit=1)[0] not in beneath[branch]:
                astray.append((rule.id, lead, branch))
    assert astray == []


@pytest.mark.parametrize("category", ["供水", "供电", "供气", "供热"])
@pytest.mark.parametrize("day", ["2026-02-17", "2026-05-01", "2026-10-01", "2026-11-22", "2026-11-23"])  # three holidays, a Sunday, a Monday
def test_a_utility_that_is_out_is_dispatched_within_ten_minutes_on_any_day(book: RuleBook, loaded: Loaded, category: str, day: str) -> None:
    calendar = Calendar.load(loaded.calendar)
    for leaf in (category, *loaded.names.categories.children(category)):
        for hour in (0, 3, 12, 23):
            at = datetime.fromisoformat(f"{day}T{hour:02}:55:00+08:00")
            decision = book.decide("urgency", "ticket.registered", {"category": leaf, "outage": True, "text": "家里用不上了"}, at)
            args = {action.kind: action.args for _, action in decision.actions}
            assert args["urgency"]["value"] == "特急"
            due = calendar.add(at, Span.parse(str(args["deadline"]["within"])), str(args["deadline"]["clock"]))
            assert due - at == timedelta(minutes=10)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("urgency", ["特急", "紧急", "一般"])
def test_every_ticket_gets_one_time_to_sign_and_one_to_resolve(book: RuleBook, urgency: str, kind: str | None) -> None:
    facts = {"urgency": urgency} | ({"kind": kind} if kind else {})
    decision = book.decide("deadlines", "ticket.dispatched", facts, AT)
    assert sorted(str(action.args["name"]) for _, action in decision.actions) == ["办结", "签收"]


@pytest.mark.parametrize("deadline", ["派单", "签收", "办结"])
@pytest.mark.parametrize("urgency", ["特急", "紧急", "一般"])
def test_every_clock_has_a_chain(book: RuleBook, deadline: str, urgency: str) -> None:
    decision = book.decide("escalation", "deadline.started", {"deadline": deadline, "urgency": urgency}, AT)
    assert [action.kind for _, action in decision.actions] == ["chain"]


def test_a_ticket_without_any_fact_goes_to_its_section_or_the_manual_desk(book: RuleBook) -> None:
    decision = book.decide("dispatch", "ticket.accepted", {"text": "说不清楚"}, AT)
    assert decision.by_else
    assert decision.actions[0][1].args == {"to": ["归口科室"], "or": ["热线中心/人工派单席"]}


@pytest.mark.parametrize("category", ["农村低保", "土地承包", "欠薪", "停水爆管"])
def test_work_of_a_department_aimed_at_a_village_is_refused(tmp_path: Path, base: Vocabulary, category: str) -> None:
    """PRACTICE, story 10: publishing such a rule is blocked, whatever the village's name in it."""
    text = (RULES / "dispatch" / "villages.yaml").read_text(encoding="utf-8")
    aimed = re.sub(r"category: 农村保洁", f"category: [农村保洁, {category}]", text, count=1)
    for name in ("facts.yaml", "roles.yaml"):
        (tmp_path / name).write_text((RULES / name).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "library").mkdir()
    for branch in (RULES / "library").glob("*.yaml"):
        (tmp_path / "library" / branch.name).write_text(branch.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "dispatch").mkdir()
    for part in (RULES / "dispatch").glob("*.yaml"):
        (tmp_path / "dispatch" / part.name).write_text(part.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "dispatch" / "villages.yaml").write_text(aimed, encoding="utf-8")
    found = load([tmp_path], base=base, statuses=tuple(STATUSES))
    assert [finding.rule for finding in found.errors] == ["D-200"]
    assert category in found.errors[0].zh


def test_the_villages_lie_in_the_three_towns(loaded: Loaded, units: dict[str, Unit]) -> None:
    assert {address.split("/")[0] for address, unit in units.items() if unit.kind == "村居"} == set(TOWNS)
    areas = loaded.names.areas
    assert [address for address, unit in units.items() if unit.kind == "村居" and not areas.holds(*address.split("/"))] == []


def test_no_file_of_rules_is_longer_than_a_reader_can_take() -> None:
    assert [path.name for path in RULES.rglob("*.yaml") if len(path.read_text(encoding="utf-8").splitlines()) > 300] == []
