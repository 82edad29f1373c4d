"""The database itself refuses to edit or remove what is only ever appended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from peewee import IntegrityError

from tests.tickets.conftest import MONDAY_NINE
from tickets.domain.appeal import Opened
from tickets.store.models import History
from tickets.store.models import database as opened
from tickets.store.tickets import append_history


@pytest.mark.parametrize("statement", ["UPDATE history SET actor = 'system'", "DELETE FROM history", "UPDATE history SET note = '{}' WHERE seq = 1"])
def test_a_line_of_history_can_be_neither_edited_nor_removed(make_ticket: Callable[..., Opened], statement: str) -> None:
    make_ticket()
    before = list(History.select().order_by(History.id).dicts())
    with pytest.raises(IntegrityError, match="never changed"), opened.atomic():
        opened.execute_sql(statement)
    assert list(History.select().order_by(History.id).dicts()) == before


def test_a_line_can_be_added_as_before(make_ticket: Callable[..., Opened]) -> None:
    ticket = make_ticket()
    last = History.select().where(History.ticket == ticket.ticket_id).count()
    assert append_history(ticket.ticket_id, at=MONDAY_NINE, actor="system", what="通知").seq == last + 1


GUARDED = {"score_month", "assist_answer", "survey_answer", "look", "directory_change", "draft_change", "history"}


def test_each_appended_table_is_guarded(database: str) -> None:
    if database.startswith("sqlite"):
        found = opened.execute_sql("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    else:
        found = opened.execute_sql("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    assert {row[0] for row in found} == GUARDED
