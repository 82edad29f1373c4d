"""Whose tickets a person may see: the one place where queries are narrowed by role. Pages, lists, exports and actions all use it."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression, ForeignKeyField, ModelSelect, Value

from tickets.domain.roles import Reach
from tickets.store import statements
from tickets.store.course_models import AssistAnswer, Extension, ReviewStep
from tickets.store.models import Assist, Holding, Post, Shift, Ticket
from tickets.store.reviews import POSTS


@dataclass(frozen=True)
class Viewer:
    """What a query needs to know of the person asking. `reach` is the role's `sees` (tickets/domain/roles.py)."""

    reach: Reach
    person_id: int | None = None
    unit_id: int | None = None


BELOW = """WITH RECURSIVE below(id) AS (SELECT id FROM unit WHERE id = ? UNION
    SELECT u.id FROM unit u JOIN below b ON u.parent_id = b.id OR u.superior_id = b.id) SELECT id FROM below"""
# What waits for a post waits for whoever holds it, deputises or is rostered on it: what stands in an inbox can be opened.
MINE = f"""t.person_id = ? OR EXISTS (SELECT 1 FROM assist a WHERE a.ticket_id = t.id AND (a.person_id = ?
        OR (a.replied_at IS NULL AND a.post_id IN ({POSTS}))))
    OR EXISTS (SELECT 1 FROM assist_answer w WHERE w.ticket = t.id AND w.person_id = ?)
    OR EXISTS (SELECT 1 FROM review_step r WHERE r.ticket = t.id AND (r.person_id = ? OR r.reviewer_id = ?
        OR (r.state = 'waiting' AND r.post_id IN ({POSTS}))))
    OR EXISTS (SELECT 1 FROM extension e WHERE e.ticket = t.id AND e.decider_id = ?)"""


def units_below(unit_id: int) -> frozenset[int]:
    """The unit, its sections, and every unit whose chain climbs to it."""
    return frozenset((unit_id, *statements.column(BELOW, (unit_id,))))


def _has(post: ForeignKeyField, person_id: int | None) -> Expression:
    """The post is one which the person holds, deputises for or is rostered on, and in force: what reviews.POSTS says."""
    held, rostered = (table.select(table.post).join(Post).where((table.person == person_id) & Post.active) for table in (Holding, Shift))
    return post.in_(held) | post.in_(rostered)


def _helped_by(person_id: int | None) -> Expression:
    """The person is asked to help, may answer for the post that is asked, or has answered."""
    asked = (Assist.person == person_id) | (Assist.replied_at.is_null() & _has(Assist.post, person_id))
    answered = AssistAnswer.select(AssistAnswer.ticket).where(AssistAnswer.person == person_id)
    return Ticket.id.in_(Assist.select(Assist.ticket).where(asked)) | Ticket.id.in_(answered)


def _judged_by(person_id: int | None) -> ModelSelect:
    """The tickets whose reply this person reviews or has reviewed, and those that wait for whoever has a post of his."""
    waits = (ReviewStep.state == "waiting") & _has(ReviewStep.post, person_id)
    return ReviewStep.select(ReviewStep.ticket).where((ReviewStep.person == person_id) | (ReviewStep.reviewer == person_id) | waits)


def visible(viewer: Viewer) -> Expression:
    """A condition on Ticket that holds for the tickets this viewer may see; nothing at all for one without person or unit."""
    if viewer.reach == "all":
        return Value(1) == 1  # type: ignore[no-any-return]  # a condition on a column would mislead the choice of an index
    mine = (
        (Ticket.person == viewer.person_id)
        | _helped_by(viewer.person_id)
        | Ticket.id.in_(_judged_by(viewer.person_id))
        | Ticket.id.in_(Extension.select(Extension.ticket).where(Extension.decider == viewer.person_id))
    )
    if viewer.reach == "own":
        return mine if viewer.person_id is not None else Ticket.id < 0
    if viewer.unit_id is None:
        return Ticket.id < 0
    units = units_below(viewer.unit_id)
    ours = Ticket.unit.in_(units) | Ticket.id.in_(Assist.select(Assist.ticket).where(Assist.unit.in_(units)))
    return (ours | mine) if viewer.person_id is not None else ours


def seen(viewer: Viewer) -> tuple[str, list[object]]:
    """The condition of `visible` as text with its values, the ticket being `t`: for what is asked at every key and every page, of few tickets at once."""
    if viewer.reach == "all":
        return "1 = 1", []
    nobody = "t.id < 0"
    mine: list[object] = [viewer.person_id] * MINE.count("?")
    if viewer.reach == "own":
        return (f"({MINE})", mine) if viewer.person_id is not None else (nobody, [])
    if viewer.unit_id is None:
        return nobody, []
    units = sorted(units_below(viewer.unit_id))
    marks = statements.marks(units)
    ours = f"t.unit_id IN ({marks}) OR EXISTS (SELECT 1 FROM assist b WHERE b.ticket_id = t.id AND b.unit_id IN ({marks}))"
    return (f"({ours} OR {MINE})", [*units, *units, *mine]) if viewer.person_id is not None else (f"({ours})", [*units, *units])
