"""How a ticket stands in the database, in the words of the model of a year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tickets.domain import status as st
from tickets.store import past
from worker.year_beside import Standing

COUNTED = {"return": "returns", "transfer": "transfers", "redirect": "transfers", "send_back": "reworks"}  # what is counted of which step


def standing(ticket_id: int, before: Standing, now: datetime) -> Standing:
    """How the ticket stands at `now` (aware), after what was just done to it; `before` is how it stood."""
    row = past.standing(ticket_id)
    entered = before.entered if (row.status, row.step) == (before.status, before.step) else now
    found = replace(
        before, status=row.status, step=row.step, entered=entered, urgency=row.urgency, person=row.person,
        due=None, since=None, beside=0, helpers=0, waits=False, linked=False, tries=0,
    )  # fmt: skip
    if row.status not in (st.SIGNED, st.REPLIED, st.REVIEWED):
        return found
    if row.status == st.REVIEWED:
        return replace(found, linked=past.survey_at(ticket_id, row.step) is not None)
    count, last = past.beside(ticket_id)
    if row.status == st.REPLIED:
        return replace(found, beside=count, since=last)
    due, helpers, waits = past.handling_due(ticket_id, st.SIGNED), past.helping(ticket_id), past.more_time_asked(ticket_id)
    return replace(found, beside=count, since=last, due=due, helpers=helpers, waits=waits)


def counted(verb: str, before: Standing, *, unsolved: bool) -> Standing:
    """The same with this step counted."""
    changes = {COUNTED[verb]: getattr(before, COUNTED[verb]) + 1} if verb in COUNTED else {}
    return replace(before, unsolved=unsolved, **changes)


def as_found(ticket_id: int, index: int, now: datetime) -> Standing:
    """How a ticket stands that an interrupted history left."""
    done = past.counted_moves(ticket_id, ("退单", "转派", "重办", "派单"))
    moved = done.get("转派", 0) + max(done.get("派单", 0) - 1, 0)
    before = Standing(index, "", 0, now, returns=done.get("退单", 0), transfers=moved, reworks=done.get("重办", 0), unsolved=past.unsolved(ticket_id))
    return replace(standing(ticket_id, before, now), entered=past.entered_at(ticket_id))
