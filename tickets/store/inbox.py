"""What waits for one person: tickets to sign, at work, to visit, to review, to help with, extensions to decide. The same few statements, however many tickets there are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tickets.domain.mask import in_text
from tickets.domain.status import DISPATCHED, MEDIATING, OPEN, REPLIED, SIGNED
from tickets.store import statements, waiting
from tickets.store.overview import Clock, present_clock
from tickets.store.scope import Viewer, units_below
from tickets.store.statements import moment

Kind = Literal["sign", "work", "visit", "review", "assist", "extension"]
OWN: dict[str, Kind] = {DISPATCHED: "sign", SIGNED: "work", MEDIATING: "visit"}  # what a ticket in one's own hands asks for
MOST = 200  # of a kind: nobody works through more in a day, and the page says that there are more
# By the status, whose tickets are few at any time, not by the unit, whose tickets are many: the + keeps the index of units out of it.
UNREVIEWED = f"""SELECT t.id FROM ticket t WHERE t.status = ? AND t.person_id <> ? AND +t.unit_id IN ({{units}})
    AND NOT EXISTS (SELECT 1 FROM review_step r WHERE r.ticket = t.id AND r.step_seq = t.step_seq) ORDER BY t.id LIMIT {MOST}"""
CLOSED = "SELECT number, title, closed_at FROM ticket WHERE person_id = ? AND closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT 1"
RACING = """SELECT ticket_id, name, rule, until_status, started_at, due_at, state, met_at, paused_at FROM deadline
    WHERE ticket_id IN ({ids}) AND state IN ('running', 'breached') AND met_at IS NULL AND why = '' ORDER BY due_at"""
CALLS = "SELECT ticket_id, MIN(at) FROM chain_link WHERE ticket_id IN ({ids}) AND state = 'waiting' AND send LIKE ? GROUP BY ticket_id"
FAR = datetime(9999, 1, 1)  # noqa: DTZ001  # stored times have no zone


@dataclass(frozen=True)
class Waits:
    """One ticket that waits for this person, and for what. Times are stored UTC; `call_at` is when the telephone comes if nobody signs.

    `what` is the move that brought it here (派单 重办 转派 维持 …), `note` what was written with it; `reason` is the dispatch's own.
    """

    kind: Kind
    number: str
    step_seq: int
    title: str
    urgency: str
    status: str
    area: str
    address: str
    unit: str
    person: str
    reason: str
    clock: Clock | None
    call_at: datetime | None
    what: str
    note: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Inbox:
    """All that waits, each list by its clock, the shortest first. `closed` is the last ticket this person closed, asked only when nothing waits."""

    sign: tuple[Waits, ...]
    work: tuple[Waits, ...]
    others: tuple[Waits, ...]
    closed: tuple[str, str, datetime] | None = None  # number, title, when

    @property
    def count(self) -> int:
        return len(self.sign) + len(self.work) + len(self.others)


def inbox(viewer: Viewer, *, reviews: bool) -> Inbox:
    """Everything that waits for the viewer's person; `reviews` says that the account may pass replies. Nothing for an account without a person."""
    if viewer.person_id is None:
        return Inbox((), (), ())
    asked: list[tuple[int, Kind]] = [*waiting.asked_of(viewer.person_id)]
    if reviews:
        asked += [(ticket, "review") for ticket in _unreviewed(viewer)]
    mine = f"t.person_id = ? AND t.status IN ({statements.marks(tuple(OWN))}) ORDER BY t.dispatched_at DESC LIMIT ?"
    rows = _rows(mine, [viewer.person_id, *OWN, MOST * 2])
    wanted = dict.fromkeys([(row.id, OWN[row.status]) for row in rows.values()] + asked)
    beside = list({ticket for ticket, _ in asked} - set(rows))
    if beside:
        rows |= _rows(f"t.id IN ({statements.marks(beside)})", beside)
    ids = list(rows)
    clocks, calls, moves = _clocks(ids), _calls(ids), _moves(ids)
    found = [_waits(kind, rows[ticket], clocks.get(ticket, ()), calls.get(ticket), moves.get(ticket)) for ticket, kind in wanted if ticket in rows]
    found = sorted((one for one in found if one.status in OPEN), key=_soonest)
    sign, work = (tuple(one for one in found if one.kind in kinds)[:MOST] for kinds in (("sign",), ("work", "visit")))
    others = tuple(one for one in found if one.kind in ("review", "assist", "extension"))[:MOST]
    return Inbox(sign, work, others, None if found else _last_closed(viewer.person_id))


def _soonest(one: Waits) -> tuple[bool, datetime]:
    return (one.clock is None, one.clock.due_at if one.clock is not None else FAR)


def _unreviewed(viewer: Viewer) -> list[int]:
    """Replies of one's own unit that no chain of reviewers was made for: the unit's overseer passes them."""
    if viewer.unit_id is None:
        return []
    units = sorted(units_below(viewer.unit_id))
    return statements.column(UNREVIEWED.format(units=statements.marks(units)), [REPLIED, viewer.person_id, *units])


@dataclass(frozen=True)
class _Row:
    """A ticket with who has it, as one statement reads it."""

    id: int
    number: str
    step_seq: int
    title: str
    text: str
    urgency: str
    status: str
    area: str
    address: str
    reason: str
    unit: str
    person: str


ROWS = """SELECT t.id, t.number, t.step_seq, t.title, substr(t.text, 1, 80), t.urgency, t.status, t.area, t.address, t.reason,
    COALESCE(u.name, ''), COALESCE(p.name, '') FROM ticket t LEFT JOIN unit u ON u.id = t.unit_id LEFT JOIN person p ON p.id = t.person_id WHERE """


def _rows(tail: str, values: Sequence[object]) -> dict[int, _Row]:
    return {row[0]: _Row(*row) for row in statements.execute(ROWS + tail, values).fetchall()}


def _waits(kind: Kind, row: _Row, clocks: Sequence[Clock], call_at: datetime | None, moved: tuple[str, Mapping[str, object]] | None) -> Waits:
    what, note = moved or ("", {})
    return Waits(
        kind=kind,
        number=row.number,
        step_seq=row.step_seq,
        title=in_text((row.title or row.text)[:80]),
        urgency=row.urgency,
        status=row.status,
        area=row.area,
        address=in_text(row.address),
        unit=row.unit,
        person=row.person,
        reason=row.reason,
        clock=present_clock(clocks, row.status),
        call_at=call_at,
        what=what,
        note=note,
    )


def _clocks(ids: Sequence[int]) -> dict[int, list[Clock]]:
    """The clocks that each ticket races, in the order they fall due."""
    found: dict[int, list[Clock]] = {}
    for ticket, name, rule, until, started, due, state, met, paused in statements.execute(RACING.format(ids=statements.marks(ids)), ids).fetchall():
        clock = Clock(name, rule, until, moment(started), moment(due), state, moment(met), moment(paused))
        found.setdefault(ticket, []).append(clock)
    return found


def _calls(ids: Sequence[int]) -> dict[int, datetime]:
    """When the next telephone call of each ticket is due."""
    return {ticket: moment(at) for ticket, at in statements.execute(CALLS.format(ids=statements.marks(ids)), [*ids, "%电话%"]).fetchall()}


def _moves(ids: Sequence[int]) -> dict[int, tuple[str, Mapping[str, object]]]:
    """The newest move of each ticket with what was written then."""
    newest = f"SELECT ticket_id, MAX(seq) AS seq FROM history WHERE ticket_id IN ({statements.marks(ids)}) AND to_status <> '' GROUP BY ticket_id"
    sql = f"SELECT h.ticket_id, h.what, h.note FROM history h JOIN ({newest}) m ON m.ticket_id = h.ticket_id AND m.seq = h.seq"
    return {ticket: (what, json.loads(note or "{}")) for ticket, what, note in statements.execute(sql, ids).fetchall()}


def _last_closed(person_id: int) -> tuple[str, str, datetime] | None:
    row = statements.execute(CLOSED, (person_id,)).fetchone()
    return None if row is None else (row[0], in_text(row[1]), moment(row[2]))
