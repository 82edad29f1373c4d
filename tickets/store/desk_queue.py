"""What waits for the manual desk: tickets no rule could dispatch, and returns in dispute; the first due on top."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from tickets.domain.mask import in_text
from tickets.domain.status import ACCEPTED, DISPUTED
from tickets.store.models import Deadline, History, Ticket
from tickets.store.scope import Viewer, visible

MOST = 100  # shown; the page says how many there are in all
WHY = ("转人工", "退单")


@dataclass(frozen=True)
class Waiting:
    """One ticket that waits. `why` is the reason it came to the desk, `guesses` the likeliest categories; `due` (stored UTC) of the clock `clock`."""

    number: str
    status: str
    text: str
    words: tuple[str, ...]
    category: str
    area: str
    urgency: str
    registered_at: datetime
    why: str
    guesses: tuple[str, ...]
    clock: str
    due: datetime | None
    step_seq: int

    @property
    def disputed(self) -> bool:
        return self.status == DISPUTED


def waiting(viewer: Viewer) -> tuple[int, tuple[Waiting, ...]]:
    """How many wait, and up to a hundred of them, in three statements however many there are."""
    here = ((Ticket.status == ACCEPTED) & (Ticket.manual == True)) | (Ticket.status == DISPUTED)  # noqa: E712
    running = Deadline.select(Deadline.ticket, fn.MIN(Deadline.due_at).alias("due")).where(
        (Deadline.state.in_(["running", "breached"])) & Deadline.met_at.is_null() & Deadline.paused_at.is_null()
    )
    running = running.group_by(Deadline.ticket).alias("d")
    rows = list(
        Ticket.select(Ticket, running.c.due)
        .left_outer_join(running, on=(running.c.ticket_id == Ticket.id), attr="clock")
        .where(here)
        .where(visible(viewer))
        .order_by(fn.COALESCE(running.c.due, Ticket.registered_at), Ticket.id)
        .limit(MOST)
    )
    count = len(rows) if len(rows) < MOST else int(Ticket.select().where(here).where(visible(viewer)).count())
    ids = [row.id for row in rows]
    reasons, clocks = _reasons(ids), _clocks(ids)
    return count, tuple(_waiting(row, reasons.get(row.id, ""), clocks.get(row.id)) for row in rows)


def _waiting(row: Ticket, why: str, clock: tuple[str, datetime] | None) -> Waiting:
    suggestion = json.loads(row.evidence or "{}").get("suggestion") or {}
    others = [str(one[0]) for one in suggestion.get("others") or () if one]
    guesses = [name for name in (row.category, str(suggestion.get("category") or ""), *others) if name]
    words = tuple(str(word) for word in suggestion.get("words") or ())
    name, due = clock if clock is not None else ("", None)
    return Waiting(
        row.number, row.status, in_text(row.text), words, row.category, row.area, row.urgency, row.registered_at, why, tuple(dict.fromkeys(guesses)), name, due,
        row.step_seq,
    )  # fmt: skip


def _reasons(ids: Sequence[int]) -> dict[int, str]:
    """The newest reason of each: why it was given to the desk, or why it was returned."""
    lines = History.select(History.ticket, History.note).where(History.ticket.in_(list(ids)) & History.what.in_(WHY)).order_by(History.seq).tuples()
    found = {}
    for ticket, text in lines:
        note = json.loads(text or "{}")
        found[ticket] = str(note.get("why") or note.get("reason") or "")
    return found


def _clocks(ids: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """The clock of each that is over first."""
    rows = (
        Deadline.select(Deadline.ticket, Deadline.name, Deadline.due_at)
        .where(
            Deadline.ticket.in_(list(ids))
            & Deadline.state.in_(["running", "breached"])
            & Deadline.met_at.is_null()
            & Deadline.paused_at.is_null()
            & Deadline.due_at.is_null(False)
        )
        .order_by(Deadline.due_at.desc())
        .tuples()
    )
    return {ticket: (name, due) for ticket, name, due in rows}
