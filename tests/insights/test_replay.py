"""A replay says exactly what deciding every ticket one by one under both rule books would say, and who would notice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import decision_json
from engine.book import RuleBook
from engine.folder import Loaded
from insights.replay_run import Result, facts_in, over, replay
from tests.cli.installation import seeded
from tests.databases import shut
from tickets.actions.intake import open_ticket
from tickets.actions.sign import sign
from tickets.store.models import Evaluation, Ticket, database
from tickets.store.runs import ChangedTicket
from wiring import rulebook
from wiring.desk import Parts, open_parts
from wiring.settings import PROJECT, load
from worker.demonstration import read_appeals

__all__ = ["seeded"]
BEGAN = datetime(2026, 11, 20, 1, tzinfo=UTC)
UTILITIES, URGENCY, DEADLINES = "rules/dispatch/utilities.yaml", "rules/urgency.yaml", "rules/deadlines.yaml"


@dataclass
class Past:
    """An installation with eighty tickets of three days."""

    parts: Parts
    tree: dict[str, str]
    ids: list[int]

    def loaded(self, **changed: tuple[str, str]) -> Loaded:
        tree = dict(self.tree)
        for path, (old, new) in changed.items():
            place = {"utilities": UTILITIES, "urgency": URGENCY, "deadlines": DEADLINES}[path]
            assert old in tree[place]
            tree[place] = tree[place].replace(old, new)
        return rulebook.load_tree(tree)

    def compared(self, after: Loaded) -> tuple[Result, list[ChangedTicket]]:
        found: list[ChangedTicket] = []
        return over(self.parts.desk, self.loaded(), after, self.ids, sink=found.extend), found


@pytest.fixture(scope="module")
def past(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    home = tmp_path_factory.mktemp("replay")
    shutil.copy(seeded, home / "suda.sqlite3")
    settings = load({"SUDA_HOME": str(home)})
    now = [BEGAN]
    parts = open_parts(settings, clock=lambda: now[0])
    for number, appeal in enumerate(read_appeals(PROJECT / "demo" / "appeals.csv")[:80]):
        now[0] = BEGAN + timedelta(minutes=50 * number)
        opened = open_ticket(parts.desk, replace(appeal, source_id=f"past-{number}"))
        if not opened.manual and number % 3:
            now[0] += timedelta(minutes=2)
            sign(parts.desk, opened.ticket_id, "system")
    yield Past(parts, rulebook.tree_on_disk(settings), [row.id for row in Ticket.select().order_by(Ticket.id)])
    parts.book.close()
    database.close()
    shut()


def test_the_same_rules_change_nothing(past: Past) -> None:
    result, found = past.compared(past.loaded())
    assert (result.total, result.changed, found) == (80, 0, [])


def test_an_exception_sent_elsewhere_moves_exactly_the_tickets_it_decides(past: Past) -> None:
    after = past.loaded(utilities=("{to: 水务局/管网科, assist: [属地供水企业]}", "{to: 水务局/供水管理科, assist: [属地供水企业]}"))
    moved = {row.id for row in Ticket.select().where(Ticket.dispatch_rule == "D-042")}
    assert moved
    result, found = past.compared(after)
    assert {one.ticket_id for one in found} == moved
    assert {one.kinds for one in found} == {("unit",)}
    assert all((one.before["section"], one.after["section"]) == ("管网科", "供水管理科") for one in found)
    assert all("水务局/供水管理科" in one.reason_zh for one in found)
    assert dict(result.flows) == {("水务局 · 管网科", "水务局 · 供水管理科"): len(moved)}
    assert result.summary()["load"] == [], "the unit as a whole gains and loses the same"


def test_an_urgency_that_changes_carries_on_into_the_deadlines(past: Past) -> None:
    urgent = [row.id for row in Ticket.select().where(Ticket.urgency == "特急")]
    assert urgent
    _, found = past.compared(past.loaded(urgency=("{urgency: 特急}", "{urgency: 紧急}")))
    calmed = {one.ticket_id for one in found if one.before.get("urgency") == "特急"}
    assert calmed
    assert all("deadline" in one.kinds for one in found if one.ticket_id in calmed), "24 hours are for 特急 alone"


def test_a_shorter_clock_is_counted_and_what_would_have_been_late_too(past: Past) -> None:
    result, found = past.compared(
        past.loaded(deadlines=("name: 签收, from: 待签收, until: 办理中, within: 5m", "name: 签收, from: 待签收, until: 办理中, within: 1m"))
    )
    clocked = {row.id for row in Ticket.select().where(Ticket.manual == False)}  # noqa: E712
    assert {one.ticket_id for one in found} == clocked
    assert result.shorter == len(clocked)
    signed = Ticket.select().where(Ticket.signed_at.is_null(False)).count()
    assert 0 < result.late <= len(clocked)
    assert result.late >= signed, "signed after two minutes, allowed one"


@pytest.mark.parametrize(
    "change",
    [
        {"utilities": ("priority: 200", "priority: 5")},
        {"urgency": ("{urgency: 特急}", "{urgency: 紧急}")},
        {"deadlines": ("within: 24h", "within: 2h"), "utilities": ("to: 水务局/管网科", "to: 水务局/供水管理科")},
    ],
)
def test_the_replay_equals_deciding_every_ticket_one_by_one(past: Past, change: dict[str, tuple[str, str]]) -> None:
    after = past.loaded(**change)
    _, found = past.compared(after)
    books = [RuleBook(one.sets, one.facts, one.names) for one in (past.loaded(), after)]
    differ: set[int] = set()
    for ticket in Ticket.select().order_by(Ticket.id):
        urgency: list[object] = [None, None]
        for row in Evaluation.select().where(Evaluation.ticket == ticket).order_by(Evaluation.id):
            stored = decision_json.loads(row.decision)
            answers = []
            for side, book in enumerate(books):
                facts = {**facts_in(row.decision), **({"urgency": urgency[side]} if urgency[side] and row.ruleset != "urgency" else {})}
                decision = book.decide(row.ruleset, row.event, facts, datetime.fromisoformat(stored.at))  # type: ignore[arg-type]
                answers.append(sorted((action.kind, str(action.args)) for _, action in decision.actions))
                if row.ruleset == "urgency":
                    urgency[side] = next((action.args["value"] for _, action in decision.actions if action.kind == "urgency"), None)
            if answers[0] != answers[1]:
                differ.add(ticket.id)
    for book in books:
        book.close()
    assert {one.ticket_id for one in found} <= differ
    silent = differ - {one.ticket_id for one in found}
    assert not [id_ for id_ in silent if not Ticket.get_by_id(id_).manual], "whatever a person would notice is listed"


def test_the_window_is_half_open_and_the_result_has_the_same_hash_twice(past: Past) -> None:
    after = past.loaded(utilities=("to: 水务局/管网科", "to: 水务局/供水管理科"))
    first = aware_of(Ticket.select().order_by(Ticket.id).first())
    window = (first, first + timedelta(minutes=50))
    one = replay(past.parts.desk, past.loaded(), after, window)
    assert one.total == 1
    whole = (first, first + timedelta(days=9))
    hashes = {replay(past.parts.desk, past.loaded(), after, whole).digest for _ in range(2)}
    assert len(hashes) == 1
    assert one.digest not in hashes


def aware_of(ticket: Ticket) -> datetime:
    at: datetime = ticket.registered_at
    return at.replace(tzinfo=UTC)


def test_progress_is_told_from_nothing_to_all(past: Past) -> None:
    told: list[tuple[int, int]] = []
    over(past.parts.desk, past.loaded(), past.loaded(), past.ids, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 80)
    assert told[-1] == (80, 80)
