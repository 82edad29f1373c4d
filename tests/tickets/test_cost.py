"""What an appeal costs the database: few statements, and no more of them however long the history is."""

from __future__ import annotations

import pytest

from tests.databases import counted
from tests.tickets.conftest import make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.ports import Desk
from tickets.store.models import database as proxy

MOST = 45  # a dispatch takes about 37; each more is a fifth of a millisecond of every appeal


def statements_of(desk: Desk) -> list[str]:
    """Every statement of one intake."""
    with counted() as asked:
        open_ticket(desk, make_appeal("花园小区停水", phone="00000000001"))
    return asked


def test_intake_takes_few_statements_and_as_many_after_a_hundred_tickets_as_at_first(desk: Desk, clock: FixedClock) -> None:
    statements_of(desk)  # the first of all also keeps the versions of the rules
    first = statements_of(desk)
    for _ in range(100):
        clock.on(seconds=1)
        open_ticket(desk, make_appeal("花园小区停水", phone="00000000001"))
    later = statements_of(desk)
    assert len(first) == len(later) <= MOST


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.sqlite_itself
def test_no_statement_of_an_intake_reads_a_whole_table(desk: Desk) -> None:
    for sql in statements_of(desk):
        if not sql.startswith("SELECT"):
            continue
        plan = proxy.execute_sql("EXPLAIN QUERY PLAN " + sql, [None] * sql.count("?")).fetchall()
        tables = [str(row[-1]) for row in plan if "SCAN" in str(row[-1])]
        assert not [line for line in tables if "t1" in line and "SCAN t1" in line and "USING" not in line], (sql, tables)
