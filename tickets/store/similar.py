"""Keeps, for every ticket, what it is found by as a similar appeal, in the transaction of whoever writes the ticket; and reads candidates.

A search reads at most PER_KEY newest tickets for each of its keys, whose number is fixed, and scores at most SCORED of them: what it costs
does not grow with the number of tickets. Keys are chosen so that few lead to more than PER_KEY (tickets/domain/likeness.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from engine import normalise
from engine.names import Names
from tickets.domain import likeness
from tickets.domain.appeal import whole_text
from tickets.domain.likeness import Key, Weights, Where
from tickets.store import statements
from tickets.store.models import Ticket, database
from tickets.store.scope import Viewer, seen

BRANCH = 2  # the catalogue's level within which two appeals are of the same matter
NEIGHBOURHOOD, TOWN = "村居", "镇街"  # levels of the district
PER_KEY, PER_CELL, NEWEST = 200, 300, 100  # tickets read of a key with words, of one of place and matter alone, of all
NARROW = 4  # times as many for whoever sees only part of the tickets
UNREAD = -1  # the version of a ticket that has no keys yet
OLDEST = likeness.Weights()


@dataclass(frozen=True)
class Kept:
    """One past ticket as it is compared. `terms` are packed buckets, `at` when it was registered (stored UTC)."""

    ticket: int
    category: str
    area: str
    at: datetime
    terms: bytes


def where(names: Names, category: str, area: str) -> Where:
    """The parts of catalogue and district that this category and area belong to; what the rules do not know counts as unknown."""
    known, place = category in names.categories, area in names.areas
    return Where(
        category if known else "",
        names.categories.at_depth(category, BRANCH) if known else "",
        (names.areas.at_level(area, NEIGHBOURHOOD) or area) if place else "",
        (names.areas.at_level(area, TOWN) or area) if place else "",
    )


def terms_of(title: str, text: str) -> tuple[int, ...]:
    """The buckets of an appeal."""
    return likeness.terms(normalise.text(whole_text(title, text)[: likeness.LONGEST * 2]))


def keep(ticket: Ticket, names: Names) -> None:
    """Writes what a new ticket is found by, inside the caller's transaction."""
    weights, buckets = newest_weights(), terms_of(ticket.title, ticket.text)
    sql = "INSERT INTO similar_row (ticket, version, category, area, at, terms) VALUES (?, ?, ?, ?, ?, ?)"
    statements.execute(sql, (ticket.id, weights.version, ticket.category, ticket.area, ticket.registered_at, likeness.packed(buckets)))
    _add([(key.number, ticket.id) for key in likeness.keys(weights, buckets, where(names, ticket.category, ticket.area))])


def keep_again(ticket: Ticket, names: Names) -> None:
    """The same for a ticket whose category or area was put right: its old keys go, and new ones are written."""
    _take_away([ticket.id], names)
    statements.execute("DELETE FROM similar_row WHERE ticket = ?", (ticket.id,))
    keep(ticket, names)


def rewrite(ids: Sequence[int], names: Names) -> int:
    """Gives these tickets the keys of the newest weights, inside the caller's transaction; how many tickets there were."""
    _take_away(ids, names)
    weights = newest_weights()
    found = statements.execute(f"SELECT id, title, text, category, area FROM ticket WHERE id IN ({statements.marks(ids)})", ids).fetchall()
    pairs = []
    for ticket, title, text, category, area in found:
        buckets = terms_of(title, text)
        sql = "UPDATE similar_row SET version = ?, category = ?, area = ?, terms = ? WHERE ticket = ?"
        statements.execute(sql, (weights.version, category, area, likeness.packed(buckets), ticket))
        pairs += [(key.number, ticket) for key in likeness.keys(weights, buckets, where(names, category, area))]
    _add(pairs)
    gone = set(ids) - {row[0] for row in found}  # rows of tickets that are no more must not be met again and again
    if gone:
        statements.execute(f"DELETE FROM similar_row WHERE ticket IN ({statements.marks(list(gone))})", list(gone))
    return len(found)


def _take_away(ids: Sequence[int], names: Names) -> None:
    sql = f"SELECT ticket, version, category, area, terms FROM similar_row WHERE ticket IN ({statements.marks(ids)}) AND version >= 0"
    for ticket, version, category, area, packed in statements.execute(sql, ids).fetchall():
        for key in likeness.keys(weights_of(version), likeness.unpacked(bytes(packed)), where(names, category, area)):
            statements.execute("DELETE FROM similar_key WHERE key = ? AND ticket = ?", (key.number, ticket))


def _add(pairs: Sequence[tuple[int, int]]) -> None:
    whole = sorted(set(pairs))
    for start in range(0, len(whole), 400):
        part = whole[start : start + 400]
        sql = f"INSERT INTO similar_key (key, ticket) VALUES {','.join(['(?, ?)'] * len(part))} ON CONFLICT DO NOTHING"
        statements.execute(sql, [one for pair in part for one in pair])


def newest_weights() -> Weights:
    """The newest edition of the weights; while there is none, all words weigh alike."""
    return weights_of(int(statements.scalar("SELECT MAX(version) FROM similar_weights") or 0))


def weights_of(version: int) -> Weights:
    """That edition; the one before the first for an edition that is no more."""
    return _weights(database.obj, version) if version > 0 else OLDEST


@lru_cache(maxsize=4)
def _weights(_of: object, version: int) -> Weights:
    """Kept per open database: an edition never changes."""
    found = statements.execute("SELECT tickets, rarity FROM similar_weights WHERE version = ?", (version,)).fetchone()
    return Weights(version, found[0], bytes(found[1])) if found is not None else OLDEST


def editions() -> tuple[Weights, ...]:
    """Every edition by which some ticket may still have its keys, the newest first: more than one only while keys are being rewritten."""
    newest = int(statements.scalar("SELECT MAX(version) FROM similar_weights") or 0)
    oldest = statements.scalar("SELECT MIN(version) FROM similar_row WHERE version >= 0")
    first = newest if oldest is None else min(int(oldest), newest)
    return tuple(weights_of(version) for version in range(newest, first - 1, -1))


def met(keys: Sequence[Key], viewer: Viewer) -> list[tuple[int, int]]:
    """(place of the key in `keys`, ticket) for the newest tickets of each key, and (-1, ticket) for the newest of all."""
    more = 1 if viewer.reach == "all" else NARROW
    parts, values = [], list[object]()
    for place, key in enumerate(keys):
        parts.append(f"SELECT {place}, ticket FROM (SELECT ticket FROM similar_key WHERE key = ? ORDER BY ticket DESC LIMIT ?) k{place}")
        values += [key.number, (PER_KEY if key.bucket >= 0 else PER_CELL) * more]
    parts.append("SELECT -1, ticket FROM (SELECT ticket FROM similar_row ORDER BY ticket DESC LIMIT ?) newest")
    values.append(NEWEST * more)
    return [(place, ticket) for place, ticket in statements.execute(" UNION ALL ".join(parts), values).fetchall()]


def seen_of(viewer: Viewer, ids: Sequence[int]) -> list[int]:
    """Those of the tickets that this viewer may see."""
    if viewer.reach == "all" or not ids:
        return list(ids)
    may, who = seen(viewer)
    return statements.column(f"SELECT t.id FROM ticket t WHERE t.id IN ({statements.marks(ids)}) AND {may}", [*ids, *who])


def kept(ids: Sequence[int]) -> list[Kept]:
    """What these tickets are compared by."""
    sql = f"SELECT ticket, category, area, at, terms FROM similar_row WHERE ticket IN ({statements.marks(ids)})"
    found = statements.execute(sql, ids).fetchall()
    return [Kept(ticket, category, area, statements.moment(at), bytes(packed)) for ticket, category, area, at, packed in found]
