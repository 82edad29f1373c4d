"""The reviewers of a reply, in their order: laid down when it is given, one after another in turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.course_models import ReviewStep
from tickets.store.insert import insert
from tickets.store.models import Person

POSTS = """SELECT h.post_id FROM holding h JOIN post o ON o.id = h.post_id WHERE h.person_id = ? AND o.active
    UNION SELECT s.post_id FROM shift s JOIN post o ON o.id = s.post_id WHERE s.person_id = ? AND o.active"""
WAITING, PLANNED, PASSED, RETURNED, SKIPPED = "waiting", "planned", "passed", "returned", "skipped"


def lay(ticket_id: int, step_seq: int, rule: str, asked: Sequence[str]) -> None:
    """Lays down the chain, bottom-up, after whatever stands there already: nobody's turn yet. `asked` are addresses and roles."""
    first = len(chain_of(ticket_id, step_seq))
    rows: list[dict[str, object]] = [
        {"ticket": ticket_id, "step_seq": step_seq, "position": first + number, "rule": rule[:40], "asked": one[:60], "state": PLANNED}
        for number, one in enumerate(asked)
    ]
    if rows:
        insert(ReviewStep, rows)


def chain_of(ticket_id: int, step_seq: int) -> list[ReviewStep]:
    """The chain of the reply that brought the ticket to this step, bottom-up; empty when none was laid down."""
    return statements.rows(ReviewStep, "ticket = ? AND step_seq = ? ORDER BY position", (ticket_id, step_seq))


def whose_turn(ticket_id: int, step_seq: int) -> ReviewStep | None:
    """The one whose turn it is, or None."""
    return statements.first(ReviewStep, "ticket = ? AND step_seq = ? AND state = 'waiting' ORDER BY position", (ticket_id, step_seq))


def skip(step: ReviewStep, why: str, at: datetime) -> None:
    """This one is passed over, with the reason on it. `at` is aware."""
    statements.update(ReviewStep, {"state": SKIPPED, "why": why[:200], "decided_at": stored(at)}, "id = ?", (step.id,))


def give_turn(step: ReviewStep, unit_id: int, post_id: int | None, person_id: int | None, at: datetime) -> None:
    """It is this one's turn since `at` (aware): that person's, or whoever holds that post, or without a post whoever oversees that unit."""
    changes = {"state": WAITING, "unit": unit_id, "post": post_id, "person": person_id, "at": stored(at)}
    statements.update(ReviewStep, changes, "id = ?", (step.id,))


def decide(step: ReviewStep, state: str, reviewer_id: int | None, opinion: str, at: datetime) -> bool:
    """Writes what came of his turn (passed, returned); False when somebody decided meanwhile. `at` is aware."""
    changes = {"state": state, "reviewer": reviewer_id, "opinion": opinion, "decided_at": stored(at)}
    return statements.update(ReviewStep, changes, "id = ? AND state = 'waiting'", (step.id,)) == 1


def drop_rest(ticket_id: int, step_seq: int, why: str, at: datetime) -> None:
    """Whoever has not had his turn will not get it any more: the work went back."""
    changes = {"state": SKIPPED, "why": why[:200], "decided_at": stored(at)}
    statements.update(ReviewStep, changes, "ticket = ? AND step_seq = ? AND state IN ('waiting', 'planned')", (ticket_id, step_seq))


def reviewed_by(ticket_id: int, step_seq: int) -> frozenset[int]:
    """The people who have passed this reply already."""
    return frozenset(row.reviewer_id for row in chain_of(ticket_id, step_seq) if row.state == PASSED and row.reviewer_id is not None)


def posts_of(person_id: int) -> frozenset[int]:
    """The posts in force which the person holds, deputises for or is rostered on."""
    return frozenset(statements.column(POSTS, (person_id, person_id)))


def name_of(person_id: int | None) -> str:
    """The person's name, empty for nobody."""
    found = None if person_id is None else statements.first(Person, "id = ?", (person_id,))
    return "" if found is None else found.name
