"""Decisions made before the log could be searched are found by it afterwards, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from engine.decision_json import dumps
from tests.databases import without_tables
from tests.web.district_rows import DECISION
from tickets.store.evaluation_log import Sought, each
from tickets.store.migrate import FOLDER, migrate
from tickets.store.models import Person, Ticket, Unit
from tickets.store.models import database as proxy

OLD = ("0001_directory.py", "0002_tickets.py", "0003_drafts.py")
MADE = "2026-05-03 01:34:30.377000"


@pytest.fixture(params=["sqlite", "postgresql"])
def old_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """A database as it was before the step, open."""
    with without_tables(request, tmp_path):
        for name in OLD:
            shutil.copy(FOLDER / name, tmp_path / name)
        Runner(proxy.obj, str(tmp_path), table_name="schema_migration").up()
        yield


def test_older_decisions_get_their_outcome_their_holder_and_their_hits(old_database: None) -> None:
    unit = Unit.create(address="水务局/管网科", name="管网科", kind="区直部门")
    first, later = (Person.create(code=code, name=name, phone="1") for code, name in (("P1", "韩雨澄"), ("P2", "石长河")))
    ticket = Ticket.create(number="20260503-0001", source="12345", source_id="1", status="办理中", text="停水", registered_at=MADE, unit=unit, person=first)
    mark = proxy.obj.param
    for seq, at, holder in ((1, MADE, first.id), (2, "2026-05-04 01:00:00", later.id)):
        history = f"INSERT INTO history (ticket_id, seq, at, actor, what, from_status, to_status, holder_id, note) VALUES ({', '.join([mark] * 9)})"
        proxy.execute_sql(history, (ticket.id, seq, at, "system", "派单", "", "", holder, "{}"))
    columns = "ticket_id, at, ruleset, version, context_hash, event, fired, by_else, agreed, micros, decision"
    row = (ticket.id, MADE, "dispatch", DECISION.version, "c" * 64, DECISION.event, "D-010,D-021", False, True, 41, dumps(DECISION))
    for agreed in (True, False):
        proxy.execute_sql(f"INSERT INTO evaluation ({columns}) VALUES ({', '.join([mark] * 11)})", (*row[:8], agreed, *row[9:]))
    assert "0005_looks" in migrate()
    split, decided = each(Sought(), 10)
    assert (decided.outcome, decided.rules, decided.person, decided.unit) == ("dispatched", ("D-010",), "韩雨澄", "水务局/管网科")
    assert (split.outcome, split.agreed) == ("disagreed", False)
    assert each(Sought(rule="D-010", outcome="dispatched"), 10) == (decided,)
