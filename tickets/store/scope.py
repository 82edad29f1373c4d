"""Whose tickets a person may see: the one place where queries are narrowed by role. Pages, lists, exports and actions all use it."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import Expression, ModelSelect, Value

from tickets.domain.roles import Reach
from tickets.store.course_models import Extension, ReviewStep
from tickets.store.models import Assist, Holding, Ticket, Unit


@dataclass(frozen=True)
class Viewer:
    """What a query needs to know of the person asking. `reach` is the role's `sees` (tickets/domain/roles.py)."""

    reach: Reach
    person_id: int | None = None
    unit_id: int | None = None


def units_below(unit_id: int) -> frozenset[int]:
    """The unit, its sections, and every unit whose chain climbs to it."""
    found, fresh = {unit_id}, {unit_id}
    while fresh:
        rows = Unit.select(Unit.id).where(Unit.parent.in_(fresh) | Unit.superior.in_(fresh)).tuples()
        fresh = {row[0] for row in rows} - found
        found |= fresh
    return frozenset(found)


def _judged_by(person_id: int | None) -> ModelSelect:
    """The tickets whose reply this person reviews or has reviewed, and those that wait for whoever holds a post of his."""
    posts = Holding.select(Holding.post).where(Holding.person == person_id)
    waits = (ReviewStep.state == "waiting") & ReviewStep.post.in_(posts)
    return ReviewStep.select(ReviewStep.ticket).where((ReviewStep.person == person_id) | (ReviewStep.reviewer == person_id) | waits)


def visible(viewer: Viewer) -> Expression:
    """A condition on Ticket that holds for the tickets this viewer may see; nothing at all for one without person or unit."""
    if viewer.reach == "all":
        return Value(1) == 1  # type: ignore[no-any-return]  # a condition on a column would mislead the choice of an index
    mine = (
        (Ticket.person == viewer.person_id)
        | Ticket.id.in_(Assist.select(Assist.ticket).where(Assist.person == viewer.person_id))
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
