"""Appeals of one matter at one place, for whoever looks from one case to the area; and what was expected of it afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain import mask
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.scope import Viewer, seen
from tickets.store.similar_models import AreaFollow

MOST = 300  # the newest; more would not be read
WATCHED, CAME, NONE_CAME = "观察中", "再次发生", "没有再发生"


@dataclass(frozen=True)
class Here:
    """One appeal. `caller` is the masked number ("" without one), `who` the same number for the same caller and 0 without one; times are stored UTC."""

    id: int
    number: str
    title: str
    text: str
    status: str
    category: str
    area: str
    unit: str
    caller: str
    who: int
    at: datetime


@dataclass(frozen=True)
class Follow:
    """An expectation and what became of it (AreaFollow). `listed` are ticket numbers, `told` whom the warning went to."""

    ticket: int
    branch: str
    place: str
    days: int
    since: datetime
    until: datetime
    state: str
    came: int
    callers: int
    judged_at: datetime | None
    listed: tuple[str, ...]
    told: tuple[Mapping[str, str], ...]


def here(viewer: Viewer, categories: Sequence[str], areas: Sequence[str], since: datetime) -> tuple[Here, ...]:
    """The newest appeals of these categories in these areas that the viewer may see, newest first; merged ones among them, told by their status."""
    if not categories or not areas:
        return ()
    may, who = seen(viewer)
    there = f"t.area IN ({statements.marks(areas)}) AND t.category IN ({statements.marks(categories)}) AND t.registered_at >= ?"
    sql = f"""SELECT t.id, t.number, t.title, t.text, t.status, t.category, t.area, COALESCE(u.address, ''), t.caller_phone, t.registered_at
        FROM ticket t LEFT JOIN unit u ON u.id = t.unit_id WHERE {there} AND {may} ORDER BY t.registered_at DESC, t.id DESC LIMIT ?"""
    rows = statements.execute(sql, [*areas, *categories, since, *who, MOST]).fetchall()
    numbers = {phone: place for place, phone in enumerate(dict.fromkeys(row[8] for row in reversed(rows) if row[8]), 1)}
    return tuple(
        Here(
            one, number, mask.in_text(title), mask.in_text(text), status, category, area, unit, mask.phone(phone), numbers.get(phone, 0), statements.moment(at)
        )
        for one, number, title, text, status, category, area, unit, phone, at in rows
    )


def begin(
    ticket: int, branch: str, place: str, days: int, at: datetime, until: datetime, actor: str, listed: Sequence[str], told: Sequence[Mapping[str, object]]
) -> None:
    """Keeps an expectation, inside the caller's transaction; a second one for the ticket is a Conflict. Times are aware."""
    row = {
        "ticket": ticket,
        "branch": branch,
        "place": place,
        "days": days,
        "from_at": stored(at),
        "until_at": stored(until),
        "actor": actor,
        "listed": json.dumps(list(listed), ensure_ascii=False),
        "told": json.dumps(list(told), ensure_ascii=False),
    }
    insert(AreaFollow, [row])


def follow_of(ticket: int) -> Follow | None:
    """What is expected since the warning that began with this ticket, None when there was none."""
    found = statements.first(AreaFollow, "ticket = ? LIMIT 1", (ticket,))
    return None if found is None else _follow(found)


def due(now: datetime) -> tuple[Follow, ...]:
    """Those whose time is over and that nobody has judged, the earliest first. `now` is aware."""
    return tuple(_follow(row) for row in statements.rows(AreaFollow, "state = ? AND until_at <= ? ORDER BY until_at, id", (WATCHED, stored(now))))


def judge(follow: Follow, came: int, callers: int, at: datetime) -> bool:
    """Keeps what became of it, inside the caller's transaction; False when another process has. `at` is aware."""
    state = CAME if came else NONE_CAME
    changes = {"state": state, "came": came, "callers": callers, "judged_at": stored(at)}
    return bool(statements.update(AreaFollow, changes, "ticket = ? AND state = ?", (follow.ticket, WATCHED)))


def came_since(follow: Follow, categories: Sequence[str], areas: Sequence[str], until: datetime) -> tuple[int, int]:
    """How many appeals of these categories came from these areas between the warning and `until` (stored UTC), and of how many distinct callers.

    Everybody's appeals count, whoever looks; a merged repeat counts as one more call.
    """
    if not categories or not areas:
        return 0, 0
    there = f"area IN ({statements.marks(areas)}) AND category IN ({statements.marks(categories)}) AND registered_at > ? AND registered_at <= ? AND id <> ?"
    sql = f"SELECT COUNT(*), COUNT(DISTINCT NULLIF(caller_phone, '')) FROM ticket WHERE {there}"
    count, callers = statements.execute(sql, [*areas, *categories, follow.since, until, follow.ticket]).fetchone()
    return int(count), int(callers)


def _follow(row: AreaFollow) -> Follow:
    return Follow(
        row.ticket,
        row.branch,
        row.place,
        row.days,
        row.from_at,
        row.until_at,
        row.state,
        row.came,
        row.callers,
        row.judged_at,
        tuple(json.loads(row.listed)),
        tuple(json.loads(row.told)),
    )
