"""Makes the index of similar appeals for tickets older than it, and makes it anew as the installation grows: a few tickets at a time, resumable.

How rare words are is measured when there are FIRST tickets, and again whenever there are GROWN times as many: over all time the keys of a
ticket are written a fixed number of times on average. While they are being rewritten a search asks for both editions of the keys.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime

from engine.names import Names
from tickets.domain.likeness import BUCKETS, rarity_of
from tickets.domain.times import stored
from tickets.store import similar, statements
from tickets.store.connect import is_sqlite

FIRST, GROWN = 2_000, 4
SAMPLE = 20_000  # tickets read to measure how rare words are, the newest
NEXT = 200  # tickets given keys in one transaction


@dataclass(frozen=True)
class Progress:
    """How many tickets have the newest keys, of how many."""

    done: int
    tickets: int


def progress() -> Progress:
    """How far the index is. Counts, so it is asked now and then and not at every page."""
    whole = int(statements.scalar("SELECT COUNT(*) FROM similar_row"))
    return Progress(whole - int(statements.scalar("SELECT COUNT(*) FROM similar_row WHERE version < ?", (similar.newest_weights().version,))), whole)


def outgrown() -> bool:
    """True when there are so many tickets that the weights should be made, or made anew."""
    newest = similar.newest_weights()
    least = newest.tickets * GROWN if newest.version else FIRST
    return int(statements.scalar("SELECT COUNT(*) FROM similar_row")) >= least


def weigh(at: datetime) -> int:
    """Makes a new edition of the weights from the newest tickets; its number. `at` is aware. Reads for seconds, so it wants no transaction around it."""
    tickets = int(statements.scalar("SELECT COUNT(*) FROM similar_row"))
    counts, read = array("I", bytes(4 * BUCKETS)), 0
    for title, text in statements.execute("SELECT title, text FROM ticket ORDER BY id DESC LIMIT ?", (SAMPLE,)).fetchall():
        read += 1
        for bucket in similar.terms_of(title, text):
            counts[bucket] += 1
    version = similar.newest_weights().version + 1
    sql = "INSERT INTO similar_weights (version, made_at, tickets, rarity) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"  # another process may have been as quick
    statements.execute(sql, (version, stored(at), tickets, rarity_of(counts, read)))
    return version


def rewrite_next(names: Names) -> int:
    """Gives the next tickets their keys, inside the caller's transaction; how many there were. Old weights that no ticket needs are removed at the end.

    Two processes at it take the same tickets: on PostgreSQL the second waits for the rows and then finds them done.
    """
    newest = similar.newest_weights().version
    lock = "" if is_sqlite() else " FOR UPDATE SKIP LOCKED"
    ids = statements.column(f"SELECT ticket FROM similar_row WHERE version < ? ORDER BY version, ticket LIMIT ?{lock}", (newest, NEXT))
    if ids:
        return similar.rewrite(ids, names)
    statements.execute("DELETE FROM similar_weights WHERE version < ?", (newest,))
    return 0
