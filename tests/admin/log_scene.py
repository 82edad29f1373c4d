"""What the log's tests look at: real decisions of small rules, and a rule that was published twice, by whom and approved by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from engine.book import RuleBook
from engine.decision import Decision
from engine.facts import FactValue
from engine.folder import load_tree
from tests.web.conftest import RULES, make_desk
from tests.web.district_rows import NOW, Rows, make_ticket
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store import course, releases
from tickets.store.connect import transaction
from tickets.store.models import Evaluation, Ticket, database

THIRD_OF_MAY = datetime(2026, 5, 3, 1, 34, 30, 377000, tzinfo=UTC)  # 09:34:30.377 in the district
WORDS = "城东路水管爆裂，沿街都没有水"
PIPES: dict[str, FactValue] = {"category": "供水", "text": WORDS, "outage": True, "area": "花园小区"}
RULE = """ruleset: dispatch
title: 派单例外
event: ticket.accepted
hit: first
basis: 测试规程第三条
else: [{dispatch: {to: 归口科室, or: 热线中心/人工派单席}}]
rules:
  - id: D-090
    title: 水管爆裂先派抢修
    when: {all: [{category: 供水}, {text: {has_any: [水管爆裂, 爆管]}}, {outage: true}]}
    then: [{dispatch: {to: UNIT}}]
    tests: [{given: {category: 供水, text: 水管爆裂, outage: true}, expect: hit}]
  - id: D-095
    title: 小区内的漏水派物业科
    when: {all: [{category: 供水}, {text: {has_any: [楼道漏水]}}]}
    then: [{dispatch: {to: 住建局/物业科}}]
    tests: [{given: {category: 供水, text: 楼道漏水}, expect: hit}]
"""


def decide(
    ticket: Ticket, facts: Mapping[str, FactValue], desk: Desk | None = None, at: datetime = NOW, ruleset: str = "dispatch", event: str = "ticket.accepted"
) -> Evaluation:
    """A decision of the rules, kept as an action keeps it; `facts` are what they are told."""
    rules = (desk or make_desk()).rules
    decision = rules.decide(ruleset, event, facts, at)
    return keep(ticket, decision, rules, at)


def keep(ticket: Ticket, decision: Decision, rules: course.Book, at: datetime = NOW) -> Evaluation:
    """The decision written with its ticket."""
    with transaction():
        course.keep(ticket, decision, rules, at)
        course.write(ticket)
    return Evaluation.select().order_by(Evaluation.id.desc()).get()  # type: ignore[no-any-return]


def tree(unit: str) -> dict[str, str]:
    """The small rules with a dispatch set that sends burst pipes to that unit."""
    found = {f"rules/{file.name}": Path(file).read_text(encoding="utf-8") for file in sorted(RULES.glob("*.yaml"))}
    known = found["rules/directory.yaml"]
    found["rules/directory.yaml"] = known.replace("units: [", "units: [水务局, 水务局/管网科, ", 1)
    return {**found, "rules/dispatch.yaml": RULE.replace("UNIT", unit)}


def desk_of(files: Mapping[str, str]) -> Desk:
    """A desk on which these files are in force."""
    loaded = load_tree(files, statuses=tuple(STATUSES))
    assert not loaded.errors, loaded.errors
    return replace(make_desk(), rules=RuleBook(loaded.sets, loaded.facts, loaded.names))


def published_twice(rows: Rows) -> tuple[Desk, Evaluation]:
    """On 3 May a rule of 周敏, approved by 何立群, sends a burst pipe to 水务局; since June another version sends it to 住建局."""
    before, after = tree("水务局/管网科"), tree("住建局/物业科")
    then, now = desk_of(before), desk_of(after)
    for files, desk, start, title, author, approver, opinion in (
        (before, then, datetime(2026, 4, 1, tzinfo=UTC), "抢修直派水务局", "周敏", "何立群", "同意，按供水条例办"),
        (after, now, datetime(2026, 6, 1, tzinfo=UTC), "抢修改由住建局", "周敏", "陈远", "同意，机构职能已调整"),
    ):
        with transaction():
            releases.write(
                files, {"dispatch": desk.rules.ruleset("dispatch").version}, at=start, effective_at=start, title=title, author=("account:7", author),
                approver=("account:8", approver), opinion=opinion,
            )  # fmt: skip
    place = rows.places["管网科"]
    ticket = make_ticket(rows, place, WORDS, registered_at=THIRD_OF_MAY.replace(tzinfo=None), dispatched_at=THIRD_OF_MAY.replace(tzinfo=None))
    return now, decide(ticket, PIPES, then, THIRD_OF_MAY)


def tamper(evaluation: Evaluation, old: str, new: str) -> None:
    """Changes the stored text behind the program's back."""
    database.execute_sql("UPDATE evaluation SET decision = replace(decision, ?, ?) WHERE id = ?", (old, new, evaluation.id))
