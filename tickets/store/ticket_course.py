"""The whole course of one ticket as plain data (tickets/domain/course.py), read in a fixed number of queries for its page, its picture and its print."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tickets.domain.course import Caller, Course, Extended, Help, Listed, Reviewer, Spared, Stepped, Ticking, Told, Visited
from tickets.domain.mask import in_text
from tickets.domain.status import MERGED
from tickets.store import statements
from tickets.store.course_models import AssistAnswer, Extension, ReviewStep, Suspended, Visit
from tickets.store.models import Assist, ChainLink, Deadline, Ticket
from tickets.store.ticket_view import Happened, TicketView

OPEN_CLOCK = ("running", "breached")
ASKED_HELP = "协办"  # the kind of message by which a helper learns of it
PHOTOS = ("photos", "photos_before", "photos_after")
Names = Mapping[int, str]


def course_of(ticket: TicketView) -> Course:
    """Everything that happened to this ticket. What people wrote has citizens' numbers masked; callers of merged tickets stand by their numbers alone."""
    reviews = statements.rows(ReviewStep, "ticket = ? ORDER BY id", (ticket.id,))
    extensions = statements.rows(Extension, "ticket = ? ORDER BY id", (ticket.id,))
    visits = statements.rows(Visit, "ticket = ? ORDER BY id", (ticket.id,))
    helpers = statements.rows(Assist, "ticket_id = ? ORDER BY id", (ticket.id,))
    names = _names(
        *(line.holder_id for line in ticket.history),
        *(row.person_id for row in helpers),
        *(number for row in reviews for number in (row.person_id, row.reviewer_id)),
        *(number for row in extensions for number in (row.person_id, row.decider_id)),
        *(row.visitor_id for row in visits),
    )
    units = _addresses([row.unit_id for row in (*reviews, *helpers) if row.unit_id is not None])
    clocks = statements.rows(Deadline, "ticket_id = ? AND started_at IS NOT NULL ORDER BY id", (ticket.id,))
    stays = statements.rows(Suspended, "ticket = ? ORDER BY id", (ticket.id,))
    surveyed = [line for line in ticket.history if line.what == "回访"]
    return Course(
        registered_at=ticket.registered_at,
        status=ticket.status,
        steps=tuple(_step(line, names) for line in ticket.history),
        told=tuple(Told(one.sent_at or one.queued_at, one.channel, one.kind, one.state, one.person_id, one.person) for one in ticket.messages),
        reviewers=tuple(_reviewer(row, names, units) for row in reviews),
        helpers=_helped(ticket, helpers, names, units) if helpers else (),
        extensions=tuple(_extended(row, names) for row in extensions),
        visits=tuple(_visited(row, names, ticket.history) for row in visits),
        clocks=tuple(_ticking(row) for row in clocks),
        spared=_spared(ticket.id),
        listed=tuple(Listed(row.at, in_text(row.reason), in_text(row.plan), row.review_at, row.released_at, in_text(row.released_why)) for row in stays),
        callers=_callers(ticket.id),
        into=_into(ticket),
        asked_citizen=str(surveyed[-1].note.get("how") or "") if surveyed else "",
    )


def _names(*people: int | None) -> Names:
    wanted = sorted({number for number in people if number is not None})
    return dict(statements.execute(f"SELECT id, name FROM person WHERE id IN ({statements.marks(wanted)})", wanted).fetchall()) if wanted else {}


def _addresses(units: Sequence[int]) -> Names:
    wanted = sorted(set(units))
    return dict(statements.execute(f"SELECT id, address FROM unit WHERE id IN ({statements.marks(wanted)})", wanted).fetchall()) if wanted else {}


def _step(line: Happened, names: Names) -> Stepped:
    unit = str(line.note.get("to") or "") if line.holder_id is not None else ""
    return Stepped(line.at, line.what, line.to_status, line.holder_id, names.get(line.holder_id or 0, ""), line.who, unit, line.note)


def _reviewer(row: ReviewStep, names: Names, units: Names) -> Reviewer:
    person_id = row.reviewer_id or row.person_id
    return Reviewer(
        reply=row.step_seq,
        position=row.position,
        asked=row.asked,
        state=row.state,
        unit=units.get(row.unit_id or 0, ""),
        person_id=person_id,
        person=names.get(person_id or 0, ""),
        at=row.at,
        decided_at=row.decided_at,
        opinion=in_text(row.opinion),
        why=row.why,
    )


def _extended(row: Extension, names: Names) -> Extended:
    return Extended(
        asked_at=row.asked_at,
        by=names.get(row.person_id, ""),
        decider=names.get(row.decider_id or 0, ""),
        state=row.state,
        old_due=row.old_due,
        new_due=row.new_due,
        reason=in_text(row.reason),
        decided_at=row.decided_at,
        opinion=in_text(row.opinion),
    )


def _visited(row: Visit, names: Names, history: Iterable[Happened]) -> Visited:
    told = next((line.note for line in history if line.what == "调解完成" and line.at == row.done_at), {})
    answers = told.get("answers")
    photos = [str(answers[name]) for name in PHOTOS if answers.get(name)] if isinstance(answers, Mapping) else []
    keys = tuple(key.strip() for one in photos for key in one.split(",") if key.strip())
    return Visited(names.get(row.visitor_id, ""), row.asked_at, row.done_at, row.result, in_text(row.words), keys)


def _ticking(row: Deadline) -> Ticking:
    is_open = row.state in OPEN_CLOCK and row.met_at is None and not row.why
    return Ticking(row.name, row.started_at, row.due_at, is_open, row.breached_at is not None, row.paused_at)


def _helped(ticket: TicketView, rows: Sequence[Assist], names: Names, units: Names) -> tuple[Help, ...]:
    """Each with the newest that came of its part; when it was asked is the moment of the message that told it."""
    answers = {row.assist: row for row in statements.rows(AssistAnswer, "ticket = ? ORDER BY id", (ticket.id,))}
    messages: dict[int | None, list[datetime]] = {}
    for one in ticket.messages:
        if one.kind == ASKED_HELP:
            messages.setdefault(one.person_id, []).append(one.queued_at)
    found = []
    for row in rows:
        told = messages.get(row.person_id) or []
        asked_at = told.pop(0) if told else ticket.dispatched_at or ticket.registered_at
        answer = answers.get(row.id)
        state, words, until = (answer.what, in_text(answer.words), answer.at) if answer is not None else ("回复" if row.replied_at else "", "", row.replied_at)
        found.append(Help(units[row.unit_id], row.person_id, names.get(row.person_id or 0, ""), asked_at, state, words, until))
    return tuple(found)


def _spared(ticket_id: int) -> tuple[Spared, ...]:
    """The reminders that were called off before their time because the step had been taken."""
    rows = [row for row in statements.rows(ChainLink, "ticket_id = ? ORDER BY id", (ticket_id,)) if row.state == "cancelled"]  # by the ticket, not by the state
    return tuple(Spared(row.at, to, row.send, row.rule, row.when) for row in sorted(rows, key=lambda row: row.at) for to in json.loads(row.to))


def _callers(ticket_id: int) -> tuple[Caller, ...]:
    ids = statements.column('SELECT ticket FROM merged WHERE "into" = ? ORDER BY id', (ticket_id,))
    if not ids:
        return ()
    found = {row.id: row for row in Ticket.select(Ticket.id, Ticket.number, Ticket.registered_at).where(Ticket.id.in_(ids))}
    answered = statements.column(f"SELECT ticket FROM survey WHERE answered_at IS NOT NULL AND ticket IN ({statements.marks(ids)})", ids)
    return tuple(Caller(found[one].number, found[one].registered_at, one in answered) for one in ids if one in found)


def _into(ticket: TicketView) -> str:
    if ticket.status != MERGED:
        return ""
    return str(statements.scalar('SELECT number FROM ticket WHERE id = (SELECT "into" FROM merged WHERE ticket = ?)', (ticket.id,)) or "")
