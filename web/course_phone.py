"""What the page of a step shows above its form on a phone: the time left, the six steps in one line, the request with the words that decided, and what else may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.domain.status import OPEN
from tickets.store.overview import Clock, present_clock
from tickets.store.ticket_view import TicketView
from web.access import caller
from web.course_bar import Action, bar
from web.course_steps import Step
from web.hall import hall
from web.show.highlight import Piece, pieces
from web.show.six import STANDS_AT, STEPS

KEPT = ("reply", "visit", "assist")  # steps whose form may be filled in without network
BESIDE = ("return", "extend")  # offered beside the reply in the bar at the thumb


@dataclass(frozen=True)
class Above:
    """`six` are (name, look) of the six steps; `clock` is what the ticket is racing; `beside` stands left of the button that sends."""

    six: tuple[tuple[str, str], ...]
    clock: Clock | None
    words: tuple[Piece, ...]
    beside: tuple[Action, ...]
    kept: bool
    now: datetime


def above(step: Step, ticket: TicketView, now: datetime) -> Above:
    """For the form of `step`; `now` is stored UTC."""
    at = STANDS_AT.get(ticket.status, 4)
    six = tuple((name, "done" if number < at else "now" if number == at else "later") for number, name in enumerate(STEPS, 1))
    found = ticket.suggestion.get("words")
    lit = [str(word) for word in found] if isinstance(found, list) else []
    beside = tuple(one for one in bar(hall().desk, ticket, caller()).others if one.step.key in BESIDE) if step.key == "reply" else ()
    clock = present_clock(ticket.clocks, ticket.status) if ticket.status in OPEN else None
    return Above(six, clock, pieces(ticket.text, lit), beside, step.key in KEPT, now)
