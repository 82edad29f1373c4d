"""What would become of an appeal if it were taken in now: category, place, pace, person and deadlines, with nothing written.

It asks the same questions in the same order as intake, of the same rules, and keeps none of the answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.facts import FactValue
from engine.spans import Span
from tickets.actions import dispatch
from tickets.actions.decide import Ruling, weigh
from tickets.actions.facts import facts_of, facts_with_itself
from tickets.actions.intake import Read, read_words
from tickets.domain import status as st
from tickets.domain.appeal import Appeal
from tickets.ports import Desk
from tickets.store.models import Ticket
from tickets.store.tickets import canonical

Facts = Mapping[str, FactValue]


@dataclass(frozen=True)
class Limit:
    """A deadline it would be given: its name, the span as rules write it (10m, 2h, 3d) and on which clock; `due` (aware) where it starts at once."""

    name: str
    within: str
    clock: str
    due: datetime | None = None


@dataclass(frozen=True)
class Rehearsal:
    """Everything that was weighed. `ticket` is no row of any table; `route.to` is the person, or `route.why` says why the manual desk decides."""

    read: Read
    ticket: Ticket
    facts: Facts
    pace: Ruling
    route: dispatch.Route
    limits: tuple[Limit, ...]

    @property
    def urgency(self) -> str:
        return self.ticket.urgency  # type: ignore[no-any-return]


def rehearse(desk: Desk, appeal: Appeal, at: datetime) -> Rehearsal:
    """The appeal as intake would decide it at `at` (aware). Raises AppealRefused for one that could not become a ticket."""
    checked = appeal.checked()
    read = read_words(desk, checked)
    ticket = _unwritten(checked, read)
    facts = facts_with_itself(desk, ticket, facts_of(desk, ticket, at), at)
    pace, route, known = weighed(desk, ticket, facts, at, read.doubt)
    limits = [*_limits(desk, pace, at, st.REGISTERED)]
    if route.to is not None:
        ruling, _ = weigh(desk, "deadlines", "ticket.dispatched", {**known, "step": st.DISPATCHED}, at)
        if ruling.trouble:
            route = dispatch.Route(route.ruling, None, ruling.trouble)
        else:
            limits += _limits(desk, ruling, at, st.DISPATCHED)
    return Rehearsal(read, ticket, known, pace, route, tuple(limits))


def weighed(desk: Desk, ticket: Ticket, facts: Facts, at: datetime, doubt: str = "") -> tuple[Ruling, dispatch.Route, Facts]:
    """The pace and the route these facts lead to; the ticket's urgency follows the pace. Also asked for facts that are only supposed."""
    pace, _ = weigh(desk, "urgency", "ticket.registered", {**facts, "step": st.REGISTERED}, at)
    ticket.urgency = str(next((action.args["value"] for _, action in pace.of("urgency")), ""))
    known: dict[str, FactValue] = {**facts, "step": st.ACCEPTED}
    if ticket.urgency:
        known["urgency"] = ticket.urgency
    ruling, _ = weigh(desk, "dispatch", "ticket.accepted", known, at)
    route = dispatch.route(desk, ticket, ruling, at, doubt)
    if pace.trouble and route.to is not None:
        route = dispatch.Route(route.ruling, None, pace.trouble)
    return pace, route, known


def _limits(desk: Desk, ruling: Ruling, at: datetime, now: str) -> list[Limit]:
    found = []
    for _, action in ruling.of("deadline"):
        within, clock = str(action.args["within"]), str(action.args["clock"])
        due = desk.calendar.add(at, Span.parse(within), clock) if str(action.args["from"]) == now else None
        found.append(Limit(str(action.args["name"]), within, clock, due))
    return found


def _unwritten(appeal: Appeal, read: Read) -> Ticket:
    """The ticket as it would be registered, never saved."""
    return Ticket(
        id=0,
        number="",
        source=appeal.source,
        status=st.REGISTERED,
        kind=appeal.kind,
        title=appeal.title,
        text=appeal.text,
        address=appeal.address,
        caller_phone=appeal.phone,
        category=read.category,
        area=read.place.area if read.place is not None else "",
        extra=canonical({"answers": dict(appeal.answers)}),
    )
