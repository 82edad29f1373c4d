"""The work during which the power is cut: appeals opened, signed, answered and their messages sent, on SQLite; started by tests/nightly/power_cut.py.

After each commit returned, its number is written to the file `acknowledged` beside the database; after that, the content is kept for comparison.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import load
from tests.tickets import district
from tests.tickets.chain_scene import FakeProvider
from tests.tickets.conftest import MONDAY_NINE, PROJECT, RULES, make_appeal, make_desk
from tests.tickets.fakes import FixedClock
from tickets.actions.deliver import deliver_due
from tickets.actions.intake import open_ticket
from tickets.actions.reply import reply
from tickets.actions.sign import sign
from tickets.domain.status import STATUSES
from tickets.store.connect import open_database, transaction

ACKNOWLEDGED = "acknowledged"
REOPENED = 12  # appeals between two times at which the last connection closes: its log is copied into the database and removed
READ = 8  # appeals between two times at which a long reader looks on: the log may not begin anew meanwhile


@dataclass(frozen=True)
class State:
    """Everything in a database: a hash over all rows of all tables, its tickets and its lines of history."""

    content: str
    tickets: int
    lines: int


def state_of(connection: sqlite3.Connection) -> State:
    """Of what is committed, as this connection sees it."""
    found = blake2b(digest_size=16)

    def read(sql: str) -> list[Any]:
        return connection.execute(sql).fetchall()

    for name, definition in read("SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"):
        found.update(repr((name, definition, read(f'SELECT * FROM "{name}"'))).encode())
    ((tickets,),), ((lines,),) = read("SELECT count(*) FROM ticket"), read("SELECT count(*) FROM history")
    return State(found.hexdigest(), tickets, lines)


class Witness:
    """Numbers the commits, acknowledges each and keeps the state after it; the first state is the one before any commit."""

    def __init__(self, folder: Path) -> None:
        self.states: list[State] = []
        self._changes = 0  # rows changed over the connection, as SQLite counts them
        self._file = os.open(folder / ACKNOWLEDGED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def opened(self, connection: sqlite3.Connection) -> None:
        self._changes = connection.total_changes
        if not self.states:
            self.states.append(state_of(connection))

    def ran(self, connection: sqlite3.Connection) -> None:
        """After a statement: acknowledges when it left something committed."""
        if connection.in_transaction or connection.total_changes == self._changes:
            return
        os.write(self._file, f"{len(self.states)}\n".encode())
        self._changes = connection.total_changes
        self.states.append(state_of(connection))


def watched(witness: Witness) -> type[sqlite3.Connection]:
    """A connection that tells the witness of each statement once it has returned."""

    class Cursor(sqlite3.Cursor):
        def execute(self, *given: Any) -> sqlite3.Cursor:  # type: ignore[override]
            done = super().execute(*given)
            witness.ran(self.connection)
            return done

        def executemany(self, *given: Any) -> sqlite3.Cursor:  # type: ignore[override]
            done = super().executemany(*given)
            witness.ran(self.connection)
            return done

    class Connection(sqlite3.Connection):
        def cursor(self, *_: Any) -> sqlite3.Cursor:  # type: ignore[override]
            return Cursor(self)

    return Connection


def work(file: Path, appeals: int, checkpoint: int, planted: str) -> None:
    """The whole course; the states go to the standard output, after one line that says how the database was kept."""
    opened = open_database(f"sqlite:///{file}")
    opened.connect()
    opened.pragma("wal_autocheckpoint", checkpoint, permanent=True)
    if planted:
        opened.pragma("synchronous", planted, permanent=True)
    kept = {name: opened.pragma(name) for name in ("journal_mode", "synchronous", "wal_autocheckpoint")}
    opened.close()
    witness = Witness(file.parent)
    opened.connect_params["factory"] = watched(witness)
    opened.connect()
    witness.opened(opened.connection())
    found = load([RULES], base=None, statuses=tuple(STATUSES))
    clock, channel = FixedClock(MONDAY_NINE), FakeProvider()
    desk = make_desk(RuleBook(found.sets, found.facts, found.names), found, Calendar.load([PROJECT / "rules" / "calendar"]), clock)
    with transaction():
        district.settle()
    reader: sqlite3.Connection | None = None
    for number in range(1, appeals + 1):
        ticket = open_ticket(desk, make_appeal(f"花园小区停水两天了，第{number}次来电", phone=f"000{number:08d}")).ticket_id
        clock.on(minutes=1)
        deliver_due(desk, {"短信": channel, "电话": channel})
        sign(desk, ticket, "system")
        clock.on(minutes=20)
        reply(desk, ticket, "system", "已抢修，恢复供水", "已解决")
        if number % READ == 0:
            reader = sqlite3.connect(file, isolation_level=None)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM ticket").fetchone()
        elif reader is not None and number % READ == 2:
            reader.close()
            reader = None
        if number % REOPENED == 0 and reader is None:
            opened.close()
            opened.connect()
            witness.opened(opened.connection())
    print(json.dumps(kept))
    print("\n".join(json.dumps(asdict(one)) for one in witness.states), flush=True)
    os._exit(0)  # as a process ends whose machine goes off: the connection is not closed


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
