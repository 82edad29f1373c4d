"""Past tickets as a replay asks for them: which there are in a window, what each was asked by the rules, what really became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from tickets.domain.times import aware, stored
from tickets.store.held import held_tickets
from tickets.store.models import Deadline, Evaluation, History, Ticket, Unit

AT_ONCE = 200
TOLD = {"退单": "曾退单", "转派": "曾转派", "重办": "曾重办", "逾期": "曾超期"}


@dataclass(frozen=True)
class Question:
    """One stored evaluation: which ticket was asked about what, and the decision's canonical JSON."""

    ticket_id: int
    event: str
    at: datetime
    decision: str


@dataclass(frozen=True)
class Ran:
    """A clock as it really ran; times aware, None where it did not start or was not met."""

    name: str
    started_at: datetime | None
    met_at: datetime | None
    within: str
    clock: str


def tickets_between(start: datetime, end: datetime) -> list[int]:
    """The ids of tickets registered in [start, end), oldest first."""
    rows = Ticket.select(Ticket.id).where(Ticket.registered_at >= stored(start), Ticket.registered_at < stored(end)).order_by(Ticket.registered_at, Ticket.id)
    return [id_ for (id_,) in rows.tuples()]


def questions(ids: Sequence[int], events: Collection[str]) -> Iterator[Question]:
    """Every stored evaluation of these tickets on these events, ticket by ticket, oldest first."""
    for start in range(0, len(ids), AT_ONCE):
        rows = (
            Evaluation.select(Evaluation.ticket, Evaluation.event, Evaluation.at, Evaluation.decision)
            .where(Evaluation.ticket.in_(ids[start : start + AT_ONCE]), Evaluation.event.in_(sorted(events)))
            .order_by(Evaluation.ticket, Evaluation.id)
            .tuples()
        )
        for ticket_id, event, at, decision in rows:
            yield Question(ticket_id, event, aware(at), decision)


def questions_since(evaluation_id: int, limit: int) -> tuple[int, list[int]]:
    """For a shadow run: the last evaluation there is now beyond `evaluation_id`, and the tickets asked about since (at most `limit` evaluations)."""
    rows = list(Evaluation.select(Evaluation.id, Evaluation.ticket).where(Evaluation.id > evaluation_id).order_by(Evaluation.id).limit(limit).tuples())
    return (rows[-1][0] if rows else evaluation_id), list(dict.fromkeys(ticket for _, ticket in rows if ticket is not None))


def last_evaluation() -> int:
    """The id of the newest evaluation; 0 for none."""
    return int(Evaluation.select(fn.MAX(Evaluation.id)).scalar() or 0)


def ticket_rows(ids: Sequence[int]) -> dict[int, Ticket]:
    """These tickets with unit, post and person at hand."""
    found: dict[int, Ticket] = {}
    for start in range(0, len(ids), AT_ONCE):
        found.update({row.id: row for row in held_tickets().where(Ticket.id.in_(ids[start : start + AT_ONCE]))})
    return found


def clocks_ran(ticket_id: int) -> tuple[Ran, ...]:
    """The ticket's clocks as they really ran."""
    rows = Deadline.select().where(Deadline.ticket == ticket_id).order_by(Deadline.id)
    return tuple(
        Ran(row.name, None if row.started_at is None else aware(row.started_at), None if row.met_at is None else aware(row.met_at), row.within, row.clock)
        for row in rows
    )


def aftermaths(ids: Sequence[int]) -> dict[int, str]:
    """What really became of tickets that went the old way, in words: 曾退单、曾转派 2 次. Tickets without incident are left out."""
    counted: dict[int, Counter[str]] = {}
    for start in range(0, len(ids), AT_ONCE):
        rows = History.select(History.ticket, History.what).where(History.ticket.in_(ids[start : start + AT_ONCE]), History.what.in_(sorted(TOLD)))
        for ticket_id, what in rows.tuples():
            counted.setdefault(ticket_id, Counter())[what] += 1
    return {
        ticket_id: "、".join(f"{TOLD[what]}{f' {count[what]} 次' if count[what] > 1 else ''}" for what in TOLD if count[what])
        for ticket_id, count in counted.items()
    }


def load_by_unit(start: datetime, end: datetime) -> dict[str, int]:
    """How many tickets of the window each whole unit has now; "" for those nobody has (the manual desk)."""
    rows = (
        Ticket.select(Ticket.unit, fn.COUNT(Ticket.id))
        .where(Ticket.registered_at >= stored(start), Ticket.registered_at < stored(end))
        .group_by(Ticket.unit)
        .tuples()
    )
    names = {unit.id: (unit.parent.name if unit.parent_id else unit.name) for unit in Unit.select()}
    load: Counter[str] = Counter()
    for unit_id, count in rows:
        load[names.get(unit_id, "")] += count
    return dict(load)
