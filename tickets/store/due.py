"""What has fallen due: links of an escalation chain, and clocks nobody met. Each is claimed by a conditional UPDATE."""

from __future__ import annotations

from datetime import datetime

from peewee import JOIN

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.models import ChainLink, Deadline, History, Person, Ticket, Unit


def links_due(at: datetime, limit: int = 200) -> list[int]:
    """The ids of links whose time has come, the earliest first. `at` is aware."""
    return statements.column("SELECT id FROM chain_link WHERE state = 'waiting' AND at <= ? ORDER BY at, id LIMIT ?", (stored(at), limit))


def take_links_of(ticket_id: int, at: datetime) -> list[ChainLink]:
    """Takes every due link of a ticket that the caller's transaction holds: what its dispatch must say at once, in order."""
    now = stored(at)
    links = statements.rows(ChainLink, "ticket_id = ? AND state = 'waiting' AND at <= ? ORDER BY at, id", (ticket_id, now))
    if links:
        ids = [link.id for link in links]
        statements.update(ChainLink, {"state": "fired", "fired_at": now}, f"id IN ({statements.marks(ids)})", ids)
    return links


def ticket_of_link(link_id: int) -> int | None:
    """The ticket a link belongs to."""
    return ChainLink.select(ChainLink.ticket).where(ChainLink.id == link_id).scalar()  # type: ignore[no-any-return]


def ticket_of_deadline(deadline_id: int) -> int | None:
    """The ticket a clock belongs to."""
    return Deadline.select(Deadline.ticket).where(Deadline.id == deadline_id).scalar()  # type: ignore[no-any-return]


def take_link(link_id: int, at: datetime) -> ChainLink | None:
    """Takes a due link, inside the caller's transaction: it is fired, or everything done with it is undone. None when it was not due."""
    now = stored(at)
    mine = (ChainLink.id == link_id) & (ChainLink.state == "waiting") & (ChainLink.at <= now)
    if ChainLink.update(state="fired", fired_at=now).where(mine).execute() != 1:
        return None
    return ChainLink.select(ChainLink, Deadline).join(Deadline).where(ChainLink.id == link_id).first()  # type: ignore[no-any-return]


def call_off_link(link_id: int, why: str) -> None:
    """Records that a link that was taken did nothing, and why."""
    ChainLink.update(state="cancelled", fired_at=None, why=why[:120]).where(ChainLink.id == link_id).execute()


def call_off_links(deadline_id: int, why: str) -> None:
    """Calls off every link of the clock that still waits or is held, with the reason."""
    statements.update(ChainLink, {"state": "cancelled", "why": why[:120]}, "deadline_id = ? AND state IN ('waiting', 'held')", (deadline_id,))


def chain_of(deadline_id: int) -> list[ChainLink]:
    """All links of one clock, in order."""
    return statements.rows(ChainLink, "deadline_id = ? ORDER BY seq", (deadline_id,))


def overdue(at: datetime, limit: int = 200) -> list[int]:
    """The ids of running clocks whose time is over (met at the very moment is in time), the earliest first."""
    sql = "SELECT id FROM deadline WHERE state = 'running' AND paused_at IS NULL AND due_at < ? ORDER BY due_at, id LIMIT ?"
    return statements.column(sql, (stored(at), limit))


def take_overdue(deadline_id: int, at: datetime, step: str) -> bool:
    """Marks a clock as breached while `step` held it; True when it was this call that did. It stays breached for ever."""
    late = (Deadline.id == deadline_id) & (Deadline.state == "running") & Deadline.paused_at.is_null() & Deadline.met_at.is_null()
    changed = Deadline.update(state="breached", breached_at=Deadline.due_at, breach_step=step[:40]).where(late & (Deadline.due_at < stored(at))).execute()
    return bool(changed == 1)


def deadline(deadline_id: int) -> Deadline:
    """The clock's row."""
    return Deadline.get_by_id(deadline_id)  # type: ignore[no-any-return]


def step_at(ticket_id: int, at: datetime) -> History | None:
    """The last move of the ticket up to `at` (naive UTC, as stored): where it stood at that moment."""
    moved = (History.ticket == ticket_id) & (History.at <= at) & (History.to_status != "")
    return History.select().where(moved).order_by(History.seq.desc()).first()  # type: ignore[no-any-return]


def holder_at(ticket_id: int, at: datetime) -> History | None:
    """The last line of the ticket's course up to `at` (naive UTC, as stored) that names a holder; the holder read along."""
    named = (History.ticket == ticket_id) & (History.at <= at) & History.holder.is_null(False)
    return (  # type: ignore[no-any-return]
        History.select(History, Person).join(Person, JOIN.INNER).where(named).order_by(History.seq.desc()).first()
    )


def ticket_with_unit(ticket_id: int) -> Ticket:
    """The ticket with its unit and person read along."""
    query = Ticket.select(Ticket, Unit, Person).join(Unit, JOIN.LEFT_OUTER, on=(Ticket.unit == Unit.id)).switch(Ticket)
    return query.join(Person, JOIN.LEFT_OUTER, on=(Ticket.person == Person.id)).where(Ticket.id == ticket_id).get()  # type: ignore[no-any-return]
