"""A process of its own that opens the same numbered appeals as its twin: python import_rows.py DATABASE COUNT."""

from __future__ import annotations

import json
import sys

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import load
from tests.tickets import district
from tests.tickets.conftest import MONDAY_NINE, PROJECT, RULES, make_appeal, make_desk
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.domain.status import STATUSES
from tickets.store.connect import open_database, transaction
from tickets.store.models import Unit


def main(url: str, rows: int) -> None:
    loaded = load([RULES], base=None, statuses=tuple(STATUSES))
    book = RuleBook(loaded.sets, loaded.facts, loaded.names)
    open_database(url)
    with transaction():
        if not Unit.select().exists():
            district.settle()
    desk = make_desk(book, loaded, Calendar.load([PROJECT / "rules" / "calendar"]), FixedClock(MONDAY_NINE))
    opened = [open_ticket(desk, make_appeal(source_id=f"ROW-{row}")) for row in range(rows)]
    repeated = sum(bool(one.duplicate_of) for one in opened)
    sys.stdout.write(json.dumps({"new": len(opened) - repeated, "repeated": repeated}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
