"""A process that dies without a word in the middle of a row: python -m tests.wiring.import_dies DATABASE HOME ROW."""

from __future__ import annotations

import os
import sys
from datetime import datetime

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import load
from tests.tickets.conftest import MONDAY_NINE, PROJECT, RULES, make_desk
from tests.tickets.fakes import FixedClock
from tickets.domain.status import STATUSES
from tickets.store import imports
from tickets.store.connect import open_database
from tickets.store.imports import Line
from wiring.import_work import ImportWork
from wiring.settings import load as load_settings

DIED = 9


def main(url: str, home: str, row: int) -> None:
    loaded = load([RULES], base=None, statuses=tuple(STATUSES))
    book = RuleBook(loaded.sets, loaded.facts, loaded.names)
    open_database(url)
    desk = make_desk(book, loaded, Calendar.load([PROJECT / "rules" / "calendar"]), FixedClock(MONDAY_NINE))
    add = imports.add

    def adding(run_id: int, token: str, line: Line, now: datetime) -> bool:
        kept = add(run_id, token, line, now)
        if line.number == row:  # the ticket and the row's line are written, nothing is committed
            os._exit(DIED)
        return kept

    imports.add = adding
    ImportWork(load_settings({"SUDA_HOME": home}), desk).turn()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
