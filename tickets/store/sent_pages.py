"""Which page a step of a ticket was sent from: a page that was sent twice is known by its number."""

from __future__ import annotations

from tickets.store.models import History, Ticket


def sent_before(ticket_id: int, once: str) -> bool:
    """True when a step of this ticket was taken from the page of that number."""
    return bool(History.select().where((History.ticket == ticket_id) & History.note.contains(_mark(once))).exists())


def sent_for(number: str, once: str) -> bool:
    """The same by the ticket's number, also when the ticket is no longer the sender's to see."""
    found = Ticket.select(Ticket.id).where(Ticket.number == number).first()
    return found is not None and sent_before(found.id, once)


def _mark(once: str) -> str:
    return f'"once":"{once}"'
