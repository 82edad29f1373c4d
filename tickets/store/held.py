"""A ticket together with who has it, read in one query."""

from __future__ import annotations

from peewee import JOIN, ModelSelect

from tickets.store.models import Person, Post, Ticket, Unit


def held_tickets() -> ModelSelect:
    """Tickets with unit, whole unit (`unit.parent`), post and person at hand, whichever of them there is; narrow and order it."""
    parent = Unit.alias()
    return (
        Ticket.select(Ticket, Unit, parent, Post, Person)
        .join(Unit, JOIN.LEFT_OUTER)
        .join(parent, JOIN.LEFT_OUTER, on=(Unit.parent == parent.id), attr="parent")
        .switch(Ticket)
        .join(Post, JOIN.LEFT_OUTER)
        .switch(Ticket)
        .join(Person, JOIN.LEFT_OUTER)
    )
