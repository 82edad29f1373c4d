"""What playing the past needs of the database: when something falls due next, how a played ticket stands, and what was left unfinished."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from peewee import fn

from tickets.domain.status import OPEN
from tickets.domain.survey import UNSOLVED
from tickets.domain.times import aware, stored
from tickets.store import statements
from tickets.store.directory import holders, post_of_role, unit_at, whole_unit
from tickets.store.models import History, Holding, Post, Setting, Ticket, Unit
from tickets.store.tickets import canonical

SETTING = "history"
MARK = "past-"  # every played appeal's source number begins with it
TRIED_OUT = "演示"  # the source of appeals that the live demonstration sends
_NEXT = (
    "SELECT MIN(at) FROM chain_link WHERE state = 'waiting'",
    "SELECT MIN(due_at) FROM deadline WHERE state = 'running' AND paused_at IS NULL",
)
_TURN = (
    "SELECT MIN(at) FROM (SELECT MIN(at) AS at FROM chain_link WHERE state = 'waiting' AND at > ?"
    " UNION ALL SELECT MIN(due_at) FROM deadline WHERE state = 'running' AND paused_at IS NULL AND due_at > ?"
    " UNION ALL SELECT MIN(not_before) FROM outbox WHERE state = 'queued' AND not_before > ?"
    " UNION ALL SELECT MIN(lease_until) FROM outbox WHERE state IN ('sending', 'unknown') AND lease_until > ?) found"
)
_LONG_AGO = stored(datetime(2000, 1, 1, tzinfo=UTC))
_BESIDE = (
    "SELECT COUNT(*), MAX(at) FROM history WHERE ticket_id = ? AND to_status = '' AND what IN"
    " ('邀请协办', '协办回复', '免于协办', '申请延期', '同意延期', '不同意延期', '审核')"
    " AND seq > COALESCE((SELECT MAX(seq) FROM history WHERE ticket_id = ? AND to_status <> ''), 0)"
)
_HELPING = "SELECT COUNT(*) FROM assist a WHERE a.ticket_id = ? AND NOT EXISTS (SELECT 1 FROM assist_answer x WHERE x.assist = a.id)"
_ASKED = "SELECT COUNT(*) FROM extension WHERE ticket = ? AND state = 'asked'"
_LINKED = "SELECT id FROM survey WHERE ticket = ? AND step_seq = ?"
_HANDLING = "SELECT due_at FROM deadline WHERE ticket_id = ? AND from_status = ? AND state IN ('running', 'breached') AND met_at IS NULL AND why = ''"


def next_due() -> tuple[datetime | None, datetime | None]:
    """When the next link of a chain fires and when the next clock runs out (aware), each None when there is none."""
    link, clock = (_moment(statements.scalar(sql)) for sql in _NEXT)
    return link, clock


def next_turn(after: datetime | None = None) -> datetime | None:
    """When (aware) the worker has something to do: a link, a clock that runs out, a message that may leave or is in doubt. None for never.

    With `after` (aware) only what comes later counts.
    """
    since = _LONG_AGO if after is None else stored(after)
    return _moment(statements.scalar(_TURN, (since,) * 4))


def _moment(found: object) -> datetime | None:
    if found is None:
        return None
    return aware(found if isinstance(found, datetime) else datetime.fromisoformat(str(found)))


def remembered() -> dict[str, object] | None:
    """The newest history of this database: its number, count, seed, window, and whether it is finished; None when there was none."""
    row = Setting.get_or_none(Setting.name == SETTING)
    return json.loads(row.value) if row is not None else None


def remember(values: Mapping[str, object]) -> None:
    """Keeps what a history was asked for, and how far it has come."""
    text = canonical(dict(values))
    Setting.insert(name=SETTING, value=text).on_conflict(conflict_target=[Setting.name], update={Setting.value: text}).execute()


def real_tickets() -> int:
    """How many tickets are neither the live demonstration's nor of a history that is still to be finished."""
    return Ticket.select().where((Ticket.source != TRIED_OUT) & ~Ticket.source_id.startswith(MARK)).count()  # type: ignore[no-any-return]


def played(run: int) -> tuple[set[int], list[tuple[int, int]]]:
    """Of that history: the numbers of the appeals that came, and (ticket id, number) of those still open."""
    ours = f"{MARK}{run}-"
    rows = Ticket.select(Ticket.id, Ticket.source_id, Ticket.status).where(Ticket.source_id.startswith(ours)).tuples()
    numbers = [(id_, int(source_id.removeprefix(ours)), status) for id_, source_id, status in rows]
    return {number for _, number, _ in numbers}, [(id_, number) for id_, number, status in numbers if status in OPEN]


def entered_at(ticket_id: int) -> datetime:
    """When the ticket reached the status it has (aware)."""
    return aware(History.select(fn.MAX(History.at)).where((History.ticket == ticket_id) & (History.to_status != "")).scalar())


def counted_moves(ticket_id: int, names: Iterable[str]) -> dict[str, int]:
    """How often the ticket made each of these moves."""
    rows = History.select(History.what, fn.COUNT(History.id)).where((History.ticket == ticket_id) & History.what.in_(list(names))).group_by(History.what)
    return dict(rows.tuples())


def handling_due(ticket_id: int, status: str) -> datetime | None:
    """When the clock that began with `status` and is not met yet ends or ended (aware); None when there is none."""
    return _moment(statements.scalar(_HANDLING, (ticket_id, status)))


@dataclass(frozen=True)
class Row:
    """What the model must know of a ticket; 0 for nobody and nowhere."""

    status: str
    step: int
    person: int
    unit: int
    urgency: str


def standing(ticket_id: int) -> Row:
    """The ticket as it stands, read by one short statement: it is asked after every event of a year."""
    found = statements.execute("SELECT status, step_seq, person_id, unit_id, urgency FROM ticket WHERE id = ?", (ticket_id,)).fetchone()
    status, step, person, unit, urgency = found
    return Row(status, step, person or 0, unit or 0, urgency)


def beside(ticket_id: int) -> tuple[int, datetime | None]:
    """How many steps were taken since its last move that moved nothing, and when the last of them was (aware)."""
    count, last = statements.execute(_BESIDE, (ticket_id, ticket_id)).fetchone()
    return count, _moment(last)


def helping(ticket_id: int) -> int:
    """How many helpers have neither answered nor been let off."""
    return int(statements.scalar(_HELPING, (ticket_id,)))


def more_time_asked(ticket_id: int) -> bool:
    """True while a request for more time is undecided."""
    return bool(statements.scalar(_ASKED, (ticket_id,)))


def survey_at(ticket_id: int, step: int) -> int | None:
    """The survey whose link the citizen was sent at that step; None when he was not."""
    found = statements.scalar(_LINKED, (ticket_id, step))
    return None if found is None else int(found)


def unsolved(ticket_id: int) -> bool:
    """True when the citizen said at the last callback that it is not solved."""
    line = History.select(History.note).where((History.ticket == ticket_id) & (History.what == "核实")).order_by(History.seq.desc()).first()
    return line is not None and json.loads(line.note).get("solved") == UNSOLVED


def address_of(ticket_id: int) -> str:
    """Where the ticket is; empty for nowhere."""
    found = Unit.select(Unit.address).join(Ticket, on=(Ticket.unit == Unit.id)).where(Ticket.id == ticket_id).scalar()
    return found or ""


def people_under(address: str) -> tuple[int, ...]:
    """The ids of all who hold a post in the whole unit that this section belongs to."""
    found = unit_at(address)
    if found is None:
        return ()
    top = whole_unit(found)
    held = Holding.select(Holding.person).join(Post).join(Unit).where(((Unit.id == top.id) | (Unit.parent == top.id)) & (Holding.rank == 0))
    return tuple(sorted({row[0] for row in held.tuples()}))


def reviewers_of(unit_id: int) -> tuple[int, ...]:
    """Who may review the section's work: its head, then the whole unit's leader in charge."""
    own = Unit.get_or_none(Unit.id == unit_id)
    if own is None:
        return ()
    posts = [post_of_role(unit, role) for unit in (own, whole_unit(own)) for role in ("科室负责人", "分管领导", "主要负责人")]
    return tuple(dict.fromkeys(person.id for post in posts if post is not None for rank, person in holders(post) if rank == 0))
