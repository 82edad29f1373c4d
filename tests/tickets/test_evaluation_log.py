"""The log's queries on both databases: every filter, pages that neither skip nor repeat, honest counts, and an index under each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.tickets.conftest import make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import accounts, evaluation_log, looks
from tickets.store.evaluation_log import ELSE, Mark, Sought, counted, disagreements, each, page
from tickets.store.evaluation_log_rules import hits, newest_versions, versions
from tickets.store.log_models import EvaluationHit, Look
from tickets.store.models import Evaluation, Ticket
from tickets.store.models import database as proxy


@pytest.fixture
def three(desk: Desk, clock: FixedClock) -> list[Ticket]:
    """Three appeals an hour apart: 12 or more decisions, four of them by the dispatch rules' own."""
    numbers = []
    for text in ("花园小区停水", "花园小区燃气泄漏", "这件事不知道归谁管"):
        numbers.append(open_ticket(desk, make_appeal(text, phone="00000000001")).ticket)
        clock.on(seconds=3600)
    return [Ticket.get(Ticket.number == number) for number in numbers]


def day(month: int, number: int) -> datetime:
    """A day of the year as the database keeps it."""
    return stored(datetime(2026, month, number, tzinfo=UTC))


def numbers(sought: Sought) -> set[str]:
    return {entry.number for entry in each(sought, 100)}


def test_every_decision_is_there_newest_first_with_what_came_of_it(three: list[Ticket]) -> None:
    found = each(Sought(), 100)
    assert len(found) == Evaluation.select().count()
    assert [entry.mark for entry in found] == sorted((entry.mark for entry in found), key=lambda mark: (mark.at, mark.id), reverse=True)
    dispatched = {entry.number: entry for entry in found if entry.ruleset == "dispatch"}
    gas, unknown = dispatched[three[1].number], dispatched[three[2].number]
    assert (gas.rules, gas.outcome, gas.unit) == (("D-030",), "dispatched", "热线中心/值班室")
    assert (unknown.rules, unknown.by_else, unknown.outcome) == ((), True, "manual")


def test_filters_narrow_and_combine(three: list[Ticket]) -> None:
    water, gas, _ = three
    assert numbers(Sought(rule="D-030")) == {gas.number}
    assert numbers(Sought(ticket=gas.number)) == numbers(Sought(rule="D-030", ticket=gas.number[:8])) == {gas.number}
    assert numbers(Sought(unit="供水公司")) == {water.number}
    assert numbers(Sought(unit="供水公司", rule="D-030")) == set()
    assert numbers(Sought(person=water.person.name, ruleset="dispatch")) == {water.number}
    assert {entry.outcome for entry in each(Sought(outcome="dispatched"), 100)} == {"dispatched"}
    assert {entry.by_else for entry in each(Sought(rule=ELSE), 100)} == {True}
    assert {entry.ruleset for entry in each(Sought(rule=ELSE, ruleset="dispatch"), 100)} == {"dispatch"}
    version = Evaluation.get(Evaluation.ruleset == "dispatch").version
    assert {entry.ruleset for entry in each(Sought(version=version[:7]), 100)} == {"dispatch"}
    assert each(Sought(version="0" * 12), 100) == each(Sought(unit="没有"), 100) == each(Sought(person="没有"), 100) == ()


def test_a_span_of_time_has_its_beginning_and_not_its_end(three: list[Ticket]) -> None:
    middle = three[1].registered_at
    assert numbers(Sought(since=middle, until=middle + timedelta(seconds=1))) == {three[1].number}
    assert numbers(Sought(until=middle)) == {three[0].number}


@pytest.mark.parametrize("sought", [Sought(), Sought(rule=ELSE), Sought(ruleset="escalation"), Sought(unit="供水公司")])
def test_pages_by_key_neither_skip_nor_repeat_there_and_back(three: list[Ticket], sought: Sought) -> None:
    whole = each(sought, 100)
    seen: list[evaluation_log.Entry] = []
    below: Mark | None = None
    while True:
        part = page(sought, below=below, size=2)
        seen += part.entries
        if not part.older:
            break
        below = part.entries[-1].mark
    assert tuple(seen) == whole
    if len(whole) > 3:
        back = page(sought, above=whole[3].mark, size=2)
        assert back.entries == whole[1:3]
        assert back.newer
        assert not page(sought, above=whole[1].mark, size=2).newer


def test_decisions_of_one_instant_are_told_apart(three: list[Ticket]) -> None:
    Evaluation.update(at=day(1, 1)).execute()
    assert [entry.id for entry in each(Sought(), 100)] == sorted((entry.id for entry in each(Sought(), 100)), reverse=True)
    first = page(Sought(), size=3).entries
    assert page(Sought(), below=first[-1].mark, size=3).entries[0].id == first[-1].id - 1


def test_counts_are_exact_until_they_stop_and_then_say_so(three: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted(Sought()) == (Evaluation.select().count(), False)
    assert counted(Sought(rule="D-030")) == (1, False)
    assert counted(Sought(rule="D-030", unit="供水公司")) == (0, False)
    monkeypatch.setattr(evaluation_log, "COUNTED", 3)
    assert counted(Sought()) == (3, True)


def test_a_disagreement_is_counted_and_found(three: list[Ticket]) -> None:
    assert disagreements(Sought()) == (0, None)
    made = Evaluation.get(Evaluation.ticket == three[0])
    Evaluation.update(agreed=False).where(Evaluation.id == made.id).execute()
    count, newest = disagreements(Sought(ticket=three[0].number))
    assert (count, newest is not None and newest.id) == (1, made.id)
    assert disagreements(Sought(ticket=three[1].number)) == (0, None)


def test_a_rules_hits_are_counted_by_span_and_in_all(three: list[Ticket]) -> None:
    start = three[0].registered_at
    assert hits("dispatch", "D-030", [start, start + timedelta(minutes=30), start + timedelta(minutes=90)]) == (1, (0, 1, 0))
    assert hits("dispatch", "D-404", [start]) == (0, (0,))
    assert EvaluationHit.select().where(EvaluationHit.rule == ELSE).count() == Evaluation.select().where(Evaluation.by_else).count()


def test_versions_that_decided_are_known_without_a_release(three: list[Ticket]) -> None:
    assert {one.name for one in newest_versions()} == {one.ruleset for one in each(Sought(), 100)}
    (only,) = versions("dispatch")
    assert only.published is None
    assert only.canonical.startswith("{")


def test_a_look_needs_a_reason_and_is_kept_with_the_ticket(three: list[Ticket]) -> None:
    made = Evaluation.get(Evaluation.ticket == three[0])
    who = looks.Who(_account(), "审计员甲", "auditor")
    at = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert looks.reveal(made.id, looks.CALLER, "  核对 是否同一人投诉 ", who, at) == "00000000001"
    with pytest.raises(looks.LookRefused):
        looks.reveal(made.id, looks.CALLER, "看看", who, at)
    with pytest.raises(looks.LookRefused):
        looks.reveal(10**9, looks.CALLER, "核对是否同一人投诉", who, at)
    (kept,) = looks.recent()
    assert (kept.ticket, kept.what, kept.reason, kept.at) == (three[0].number, "caller_phone", "核对 是否同一人投诉", stored(at))
    assert looks.of_ticket(three[0].number) == (kept,)
    assert looks.recent(below=kept.id) == ()
    assert Look.select().count() == 1


def _account() -> int:
    return int(accounts.create("auditor-1", "correct-horse-9", "auditor").id)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "sought",
    [
        Sought(), Sought(since=day(5, 3), until=day(5, 4)), Sought(rule="D-030"), Sought(ruleset="dispatch"), Sought(outcome="manual"),
        Sought(disagreed=True), Sought(unit="供水公司/抢修班"), Sought(unit="供水公司/抢修班", outcome="dispatched", ruleset="dispatch"),
        Sought(ticket="20261123"), Sought(rule=ELSE, ruleset="dispatch"),
    ],
)  # fmt: skip
@pytest.mark.sqlite_itself
def test_no_list_is_read_without_an_index(three: list[Ticket], sought: Sought) -> None:
    below = Mark(day(11, 23), 5)
    query = evaluation_log._rows(sought, [*evaluation_log._where(sought), evaluation_log._beyond(sought, below, newer=False)]).limit(26)
    plan = [str(row[-1]) for row in proxy.execute_sql("EXPLAIN QUERY PLAN " + query.sql()[0], query.sql()[1]).fetchall()]
    assert not [line for line in plan if line.startswith("SCAN") and "USING" not in line], plan
