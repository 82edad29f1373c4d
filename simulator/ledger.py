"""What a simulated year left behind, read with SQLite's own driver: the rows as they are, and the provider's record beside them."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

from simulator.faults import Journal
from simulator.provider import Entry

Row = SimpleNamespace
MOMENTS = ("_at", "_until", "not_before")  # how columns with moments end


@dataclass(frozen=True)
class Ledger:
    """The database of a year that is over, the provider's record, what went wrong, and when it ended (aware). `arrived`: appeals taken in."""

    file: Path
    record: Sequence[Entry]
    journal: Journal
    end: datetime
    arrived: int

    def rows(self, sql: str) -> list[Row]:
        """The answer, column by name; moments as aware UTC."""
        found = self._opened.execute(sql)
        names = [column[0] for column in found.description]
        moments = [number for number, name in enumerate(names) if name == "at" or name.endswith(MOMENTS)]
        answer = []
        for row in found:
            values = list(row)
            for number in moments:
                if values[number] is not None:
                    values[number] = datetime.fromisoformat(values[number]).replace(tzinfo=UTC)
            answer.append(Row(**dict(zip(names, values, strict=True))))
        return answer

    def cursor(self, sql: str, values: Sequence[object]) -> sqlite3.Cursor:
        """The answer as it is, row by row."""
        return self._opened.execute(sql, tuple(values))  # type: ignore[arg-type]

    @cached_property
    def _opened(self) -> sqlite3.Connection:
        return sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)

    def close(self) -> None:
        """Lets go of the file."""
        self._opened.close()

    @cached_property
    def tickets(self) -> list[Row]:
        """Every ticket, with its unit's address."""
        return self.rows("SELECT t.*, u.address AS unit_address FROM ticket t LEFT JOIN unit u ON t.unit_id = u.id ORDER BY t.id")

    @cached_property
    def lines(self) -> dict[int, list[Row]]:
        """The history of each ticket, in order."""
        return grouped(self.rows("SELECT * FROM history ORDER BY ticket_id, seq"))

    @cached_property
    def clocks(self) -> list[Row]:
        """Every deadline."""
        return self.rows("SELECT * FROM deadline ORDER BY id")

    @cached_property
    def clock_of(self) -> dict[int, Row]:
        """The deadline of each number."""
        return {clock.id: clock for clock in self.clocks}

    @cached_property
    def moves(self) -> dict[int, tuple[datetime, ...]]:
        """When each ticket made its first move, its second, and so on."""
        return {ticket: tuple(line.at for line in lines if line.from_status and line.to_status) for ticket, lines in self.lines.items()}

    @cached_property
    def links(self) -> list[Row]:
        """Every link of every chain."""
        return self.rows("SELECT * FROM chain_link ORDER BY id")

    @cached_property
    def messages(self) -> list[Row]:
        """Every message that was ever owed, with the name of whom it is for."""
        return self.rows("SELECT o.*, p.name AS person FROM outbox o LEFT JOIN person p ON o.person_id = p.id ORDER BY o.id")

    @cached_property
    def taken(self) -> dict[int, list[Entry]]:
        """What the provider took of each message."""
        found: dict[int, list[Entry]] = defaultdict(list)
        for entry in self.record:
            found[entry.message].append(entry)
        return found


def grouped(rows: Sequence[Row], by: str = "ticket_id") -> dict[int, list[Row]]:
    """The rows by one of their columns."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[getattr(row, by)].append(row)
    return found
