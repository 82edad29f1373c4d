"""What the live page reads: the newest appeals with where each went, its clock and its messages. A handful of queries, whatever the number of rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from peewee import Expression, fn

from tickets.domain.mask import in_text
from tickets.domain.status import ACCEPTED, DISPATCHED, REGISTERED, SIGNED
from tickets.store import statements
from tickets.store.held import held_tickets
from tickets.store.models import ChainLink, Deadline, History, Outbox, Ticket, Unit
from tickets.store.scope import Viewer, visible

TABS = ("all", "unsigned", "urgent", "manual")
WAITING = (REGISTERED, ACCEPTED, DISPATCHED)  # nobody has taken it up yet


@dataclass(frozen=True)
class Clock:
    """A span that has begun. Times are stored UTC; `met_at` is set once it was reached, `paused_at` while it stands still."""

    name: str
    rule: str
    until: str
    started_at: datetime
    due_at: datetime
    state: str
    met_at: datetime | None
    paused_at: datetime | None


@dataclass(frozen=True)
class Sent:
    """The newest message of one channel to the handler: state queued sending sent delivered failed unknown."""

    channel: str
    kind: str
    state: str


@dataclass(frozen=True)
class StreamRow:
    """One appeal as the stream shows it. `words` carried the decision; `call_at` is when the telephone comes if nobody signs."""

    id: int
    number: str
    registered_at: datetime
    dispatched_at: datetime | None
    signed_at: datetime | None
    status: str
    urgency: str
    title: str
    text: str
    words: tuple[str, ...]
    category: str
    rule: str
    reason: str
    unit: str
    section: str
    post: str
    person: str
    manual: bool
    clock: Clock | None
    sent: tuple[Sent, ...]
    call_at: datetime | None


def tab_where(tab: str, since: datetime) -> Expression:
    """The condition of a tab: today's appeals, all that wait for a signature, today's urgent ones, today's at the manual desk."""
    today = Ticket.registered_at >= since
    if tab == "unsigned":
        return Ticket.status == DISPATCHED
    if tab == "urgent":
        return today & (Ticket.urgency == "特急")
    return today & (Ticket.manual == True) if tab == "manual" else today  # noqa: E712


def stream(viewer: Viewer, since: datetime, tab: str = "all", limit: int = 12) -> tuple[StreamRow, ...]:
    """The newest appeals the viewer may see, newest first. `since` is the stored start of today."""
    found = list(held_tickets().where(visible(viewer) & tab_where(tab, since)).order_by(Ticket.registered_at.desc(), Ticket.id.desc()).limit(limit))
    ids = [ticket.id for ticket in found]
    clocks, sent, calls = clocks_of(ids), _sent(found), _calls(ids)
    return tuple(_row(ticket, clocks.get(ticket.id, ()), sent.get(ticket.id, ()), calls.get(ticket.id)) for ticket in found)


def _row(ticket: Ticket, clocks: Sequence[Clock], sent: tuple[Sent, ...], call_at: datetime | None) -> StreamRow:
    unit, section = unit_words(ticket.unit if ticket.unit_id else None)
    return StreamRow(
        id=ticket.id,
        number=ticket.number,
        registered_at=ticket.registered_at,
        dispatched_at=ticket.dispatched_at,
        signed_at=ticket.signed_at,
        status=ticket.status,
        urgency=ticket.urgency,
        title=in_text(ticket.title),
        text=in_text(ticket.text),
        words=evidence_words(ticket.evidence),
        category=ticket.category,
        rule=ticket.dispatch_rule,
        reason=ticket.reason,
        unit=unit,
        section=section,
        post=ticket.post.name if ticket.post_id else "",
        person=ticket.person.name if ticket.person_id else "",
        manual=ticket.manual,
        clock=present_clock(clocks, ticket.status),
        sent=sent,
        call_at=call_at,
    )


def unit_words(unit: Unit | None) -> tuple[str, str]:
    """(单位, 科室) of a unit row whose parent is loaded; a unit without sections gives an empty second word."""
    if unit is None:
        return "", ""
    return (unit.parent.name, unit.name) if unit.parent_id else (unit.name, "")


def evidence_words(evidence: str) -> tuple[str, ...]:
    """The words that carried the decision, from the ticket's stored evidence: the category's, the place's and the rules' keywords."""
    kept = json.loads(evidence or "{}")
    words: list[str] = []
    for key in ("words", "keywords"):
        words += [word for word in kept.get(key) or () if isinstance(word, str)]
    suggestion = kept.get("suggestion")
    if isinstance(suggestion, dict):
        words += [word for word in suggestion.get("words") or () if isinstance(word, str)]
    return tuple(dict.fromkeys(word for word in words if word.strip()))


def clocks_of(ids: Iterable[int]) -> dict[int, tuple[Clock, ...]]:
    """Every span of these tickets, in the order they fall due."""
    found: dict[int, list[Clock]] = defaultdict(list)
    wanted = list(ids)
    tail = f"ticket_id IN ({statements.marks(wanted)}) AND state NOT IN ('cancelled', 'planned') AND why = '' ORDER BY due_at"
    rows = statements.rows(Deadline, tail, wanted)
    for row in rows:
        found[row.ticket_id].append(Clock(row.name, row.rule, row.until_status, row.started_at, row.due_at, row.state, row.met_at, row.paused_at))
    return {key: tuple(clocks) for key, clocks in found.items()}


def present_clock(clocks: Sequence[Clock], status: str) -> Clock | None:
    """The span the ticket is racing now: the first unmet one; before a signature those until 办理中 or 待签收 come first."""
    unmet = [clock for clock in clocks if clock.met_at is None and clock.state in ("running", "breached")]
    early = [clock for clock in unmet if status in WAITING and clock.until in (DISPATCHED, SIGNED)]
    return next(iter(early or unmet), None)


def _sent(found: Sequence[Ticket]) -> dict[int, tuple[Sent, ...]]:
    """The newest message of each channel to the present handler, per ticket."""
    people = {ticket.id: ticket.person_id for ticket in found}
    newest: dict[int, dict[str, Sent]] = defaultdict(dict)
    fields = (Outbox.ticket, Outbox.person, Outbox.channel, Outbox.kind, Outbox.state)
    for ticket_id, person_id, channel, kind, state in Outbox.select(*fields).where(Outbox.ticket.in_(list(people))).order_by(Outbox.id).tuples():
        if person_id == people[ticket_id]:
            newest[ticket_id][channel] = Sent(channel, kind, state)
    return {key: tuple(value.values()) for key, value in newest.items()}


def _calls(ids: Sequence[int]) -> dict[int, datetime]:
    """When the next telephone call is due, for tickets whose chain still holds one."""
    calls: dict[int, datetime] = {}
    where = ChainLink.ticket.in_(list(ids)) & (ChainLink.state == "waiting") & ChainLink.send.contains("电话")
    for ticket_id, at in ChainLink.select(ChainLink.ticket, ChainLink.at).where(where).order_by(ChainLink.at.desc()).tuples():
        calls[ticket_id] = at
    return calls


def last_written() -> tuple[int, int]:
    """The newest line of history and the newest message: as long as both stand, no ticket has moved."""
    return History.select(fn.MAX(History.id)).scalar() or 0, Outbox.select(fn.MAX(Outbox.id)).scalar() or 0


def newest_moment(viewer: Viewer) -> datetime | None:
    """When the viewer's newest appeal was registered (stored UTC), for the page that has none today."""
    newest = Ticket.select(Ticket.registered_at).where(visible(viewer)).order_by(Ticket.registered_at.desc()).limit(1).tuples().first()
    return newest[0] if newest is not None else None
