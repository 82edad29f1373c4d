"""The action bar of a ticket: what this person may do with it now, each with its own limit below, and once past it grey with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import g

from tickets.actions.allowed import Limits, bars, limits
from tickets.domain.roles import CENTRE
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store.ticket_view import TicketView
from tickets.store.tickets import by_number
from web.access import Caller
from web.course_steps import STEPS, Step
from web.show.refusal import one_language


@dataclass(frozen=True)
class Action:
    """One line of the bar. `note` is the key of what stands below it, `moment` (stored UTC) and `count` fill it; `grey` is why it is over."""

    step: Step
    note: str
    moment: datetime | None = None
    count: int = 0
    grey: str = ""


@dataclass(frozen=True)
class Bar:
    """The primary action of the present step, if it is this person's, and the others."""

    primary: Action | None
    others: tuple[Action, ...]

    def __bool__(self) -> bool:
        return self.primary is not None or bool(self.others)


PRIMARY = ("reply", "review", "extension", "assist", "visit", "verify", "callback", "close", "redirect", "designate")  # of each step the one that leads on


def person_for(step: Step, here: Caller) -> int | None:
    """In whose name the caller takes the step: the hotline centre's people transfer by their account's right."""
    return None if step.move == "转派" and here.may(CENTRE) else here.account.person_id


def bar(desk: Desk, ticket: TicketView, here: Caller) -> Bar:
    """What the caller may do now: nothing of other people's, nothing of other steps."""
    possible = [step for step in STEPS.values() if here.may(step.right) and ticket.status in step.at]
    if not possible:
        return Bar(None, ())
    one = by_number(ticket.number)  # read once for every step
    found, told = [], limits(desk, one)
    for step in possible:
        why = bars(desk, one, step.move, step.called, here.account.person_id, of_centre=here.may(CENTRE))
        if why is None or why.kind == "late":
            found.append(_action(step, ticket, told, one_language(why.why, g.lang) if why is not None else ""))
    first = next((one for one in found if one.step.key in PRIMARY and not one.grey), None)
    return Bar(first, tuple(one for one in found if one is not first))


def _action(step: Step, ticket: TicketView, told: Limits, grey: str) -> Action:
    if step.key == "return":
        return Action(step, "return", stored(told.return_until) if told.return_until is not None else None, grey=grey)
    if step.key == "transfer":
        return Action(step, "transfer", count=told.transfers)
    if step.key == "rework":
        return Action(step, "rework", count=told.reworks)
    due = next((clock.due_at for clock in ticket.clocks if clock.met_at is None), None) if step.key in ("reply", "extend", "visit") else None
    return Action(step, step.key, due, grey=grey)
