"""One hash over all that happened in a simulated year: the same seed must give the same bytes."""

from __future__ import annotations

from hashlib import sha256

from simulator.ledger import Ledger

# All but what measures the machine (how long it took), which is no part of what happened.
_TOLD = (
    "SELECT * FROM history ORDER BY id",
    "SELECT * FROM outbox ORDER BY id",
    "SELECT * FROM deadline ORDER BY id",
    "SELECT * FROM chain_link ORDER BY id",
    "SELECT id, ticket_id, at, decision FROM evaluation ORDER BY id",
    "SELECT * FROM survey_answer ORDER BY id",
    "SELECT id, at, kind, ticket_id, text FROM alarm ORDER BY id",
)


def head(led: Ledger) -> str:
    """SHA-256 over history, messages, clocks, decisions, answers, alarms and the provider's record, as 64 hex digits."""
    found = sha256()
    for sql in _TOLD:
        for row in led.cursor(sql, ()):
            found.update(repr(tuple(row)).encode())
    for entry in led.record:
        found.update(repr(entry).encode())
    return found.hexdigest()
