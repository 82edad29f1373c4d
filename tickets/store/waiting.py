"""What waits for one person beside the tickets he holds: replies to review, help that was asked, extensions to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tickets.domain.status import BESIDE, REPLIED, SIGNED
from tickets.store import reviews, statements

Row = Sequence[Any]
Kind = Literal["review", "assist", "extension"]
KINDS: tuple[Kind, ...] = ("review", "assist", "extension")
MOST = 200  # what one person is shown at once
HELPING = BESIDE["协办回复"]
SELECTED = "SELECT t.id, t.number, t.title, substr(t.text, 1, 40), t.urgency"
# From the tickets that are under review now, of which there are few, to their turns: a post's turns of all years are many.
REVIEWS = f"""{SELECTED}, a.at FROM ticket t CROSS JOIN review_step a WHERE t.status = ? AND a.ticket = t.id AND a.step_seq = t.step_seq
    AND a.state = 'waiting' AND t.person_id <> ?"""
ASSISTS = f"""{SELECTED}, t.dispatched_at FROM assist a JOIN ticket t ON t.id = a.ticket_id LEFT JOIN assist_answer w ON w.assist = a.id
    WHERE w.id IS NULL AND t.status IN ({statements.marks(HELPING)})"""
EXTENSIONS = f"""{SELECTED}, a.asked_at FROM extension a JOIN ticket t ON t.id = a.ticket JOIN deadline d ON d.id = a.deadline
    WHERE a.decider_id = ? AND a.state = 'asked' AND t.status = ? AND d.state = 'running' AND d.met_at IS NULL"""
DUES = "SELECT ticket_id, MIN(due_at) FROM deadline WHERE state = 'running' AND met_at IS NULL AND due_at IS NOT NULL"


@dataclass(frozen=True)
class Waits:
    """One thing that waits: the ticket by number and title, since when, and when its running clock ends; both stored UTC, or None."""

    ticket_id: int
    number: str
    title: str
    urgency: str
    since: datetime | None
    due: datetime | None


def reviews_for(person_id: int) -> tuple[Waits, ...]:
    """Replies whose review is this person's turn, by name or by a post he has, the longest waiting first."""
    return _shown(_asked("review", person_id, reviews.posts_of(person_id)))


def assists_for(person_id: int) -> tuple[Waits, ...]:
    """Tickets this person is asked to help with, by name or by a post he has, and has not answered, the longest waiting first."""
    return _shown(_asked("assist", person_id, reviews.posts_of(person_id)))


def extensions_for(person_id: int) -> tuple[Waits, ...]:
    """Requests for more time that this person is asked to decide, the longest waiting first; those that have lapsed are left out."""
    return _shown(_asked("extension", person_id, frozenset()))


def asked_of(person_id: int) -> list[tuple[int, Kind]]:
    """The tickets of all three, each with what is asked."""
    posts = reviews.posts_of(person_id)
    return [(row[0], kind) for kind in KINDS for row in _asked(kind, person_id, posts)]


def _asked(kind: Kind, person_id: int, posts: frozenset[int]) -> list[Row]:
    mine, who = f"(a.person_id = ? OR a.post_id IN ({statements.marks(tuple(posts))}))", [person_id, *posts]
    asked: dict[Kind, tuple[str, list[object]]] = {
        "review": (f"{REVIEWS} AND {mine} ORDER BY a.at, a.id", [REPLIED, person_id, *who]),
        "assist": (f"{ASSISTS} AND {mine} ORDER BY t.dispatched_at, a.id", [*HELPING, *who]),
        "extension": (f"{EXTENSIONS} ORDER BY a.asked_at, a.id", [person_id, SIGNED]),
    }
    sql, values = asked[kind]
    return list(statements.execute(f"{sql} LIMIT {MOST}", values).fetchall())


def _shown(found: Sequence[Row]) -> tuple[Waits, ...]:
    ids = [row[0] for row in found]
    rows = statements.execute(f"{DUES} AND ticket_id IN ({statements.marks(ids)}) GROUP BY ticket_id", ids).fetchall() if ids else ()
    dues = {ticket: statements.moment(due) for ticket, due in rows}
    return tuple(Waits(row[0], row[1], row[2] or row[3], row[4], statements.moment(row[5]), dues.get(row[0])) for row in found)
