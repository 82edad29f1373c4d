"""Hot issues as pages show them: ranked by growth, with people, a line of days and how they are supervised; one issue with all that belongs to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.domain.mask import in_text, phone
from tickets.domain.times import local
from tickets.store import issues, statements, supervision
from tickets.store.issue_models import Issue, IssueEvent, SupervisionItem, SupervisionStep
from tickets.store.statements import marks, moment

DAYS, LATELY, LEAST, SHOWN, MEMBERS = 14, 3, 3, 60, 300  # days of the line; days that count as growth; appeals that make an issue; rows of a page
_BUSY = """SELECT m.issue, COUNT(*), COUNT(DISTINCT CASE WHEN t.caller_phone <> '' THEN t.caller_phone ELSE 't' || t.id END)
    FROM issue_member m JOIN ticket t ON t.id = m.ticket WHERE m.at >= ? GROUP BY m.issue HAVING COUNT(*) >= ?"""
_OPEN = "SELECT DISTINCT issue FROM supervision_item WHERE issue IS NOT NULL AND (closed = 0 OR done_at >= ?)"
_LINES = """SELECT t.id, t.number, t.title, t.text, t.area, t.caller_phone, t.status, t.registered_at, COALESCE(u.address, '')
    FROM issue_member m JOIN ticket t ON t.id = m.ticket LEFT JOIN unit u ON u.id = t.unit_id WHERE m.issue = ? ORDER BY t.id DESC LIMIT ?"""


@dataclass(frozen=True)
class Standing:
    """How an issue is supervised: listed (for `days`, counted from 1) · supervised · done · handed (all tickets are with somebody) · watched."""

    key: str
    days: int = 0
    level: str = ""
    by: str = ""


@dataclass(frozen=True)
class Ranked:
    """One issue in the list. `lately` are the people of the last three days, `before` those of the three days before; `line` is a count a day, oldest first."""

    id: int
    title: str
    place: str
    words: str
    category: str
    size: int
    people: int
    lately: int
    before: int
    line: tuple[int, ...]
    first_at: datetime
    last_at: datetime
    standing: Standing

    @property
    def repeats(self) -> int:
        """Appeals of a caller who had called before."""
        return self.size - self.people


@dataclass(frozen=True)
class Line:
    """One appeal of an issue; the caller's number is masked, `again` when he called before."""

    id: int
    number: str
    title: str
    area: str
    who: str
    status: str
    at: datetime
    unit: str
    again: bool


@dataclass(frozen=True)
class Whole:
    """One issue with its appeals, what is supervised with its steps, and what happened to it."""

    head: Ranked
    touched: bool
    lines: tuple[Line, ...]
    items: tuple[tuple[SupervisionItem, tuple[SupervisionStep, ...]], ...]
    events: tuple[IssueEvent, ...]


def ranked(now: datetime, limit: int = SHOWN) -> tuple[Ranked, ...]:
    """Issues that three or more appeals of the last fourteen days spoke of, or that are supervised: by the growth of people, then people. `now` is stored UTC."""
    since = now - timedelta(days=DAYS)
    busy = {int(row[0]) for row in statements.execute(_BUSY, (since, LEAST)).fetchall()}
    wanted = busy | {int(one) for one in statements.column(_OPEN, (since,))}
    rows = (
        statements.rows(Issue, f"id IN ({marks(list(wanted))}) AND into IS NULL AND size > 0".replace("into IS", '"into" IS'), list(wanted)) if wanted else []
    )
    found = _shown(rows, now)
    return tuple(sorted(found, key=lambda one: (one.before - one.lately, -one.lately, -one.people, -one.id))[:limit])


def whole(issue: int, now: datetime) -> Whole | None:
    """One issue; None when there is none. A number that became part of another shows that one."""
    row = issues.one(issue)
    if row is None or row.first_at is None:
        return None
    items = supervision.of_issue(row.id)
    steps = supervision.steps_of([item.id for item in items])
    events = statements.rows(
        IssueEvent, f"issue = ? OR item IN ({marks([item.id for item in items])}) ORDER BY id DESC LIMIT 60", [row.id, *(one.id for one in items)]
    )
    return Whole(
        _shown([row], now)[0],
        row.touched,
        _lines(row.id),
        tuple((item, tuple(step for step in steps if step.item == item.id)) for item in items),
        tuple(events),
    )


def _lines(issue: int) -> tuple[Line, ...]:
    rows = statements.execute(_LINES, (issue, MEMBERS)).fetchall()
    seen: Counter[str] = Counter()
    found = []
    for id_, number, title, text, area, who, status, at, unit in reversed(rows):
        again = bool(who) and seen[who] > 0
        seen[who] += 1
        found.append(Line(id_, number, in_text(title or text)[:80], area, phone(who) if who else "", status, moment(at), unit, again))
    return tuple(reversed(found))


def _shown(rows: list[Issue], now: datetime) -> list[Ranked]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    sql = f"""SELECT m.issue, m.at, t.caller_phone, t.id, t.person_id FROM issue_member m JOIN ticket t ON t.id = m.ticket
        WHERE m.issue IN ({marks(ids)}) AND m.at >= ?"""
    recent: dict[int, list[tuple[datetime, str, bool]]] = {}
    for issue, at, who, ticket, person in statements.execute(sql, (*ids, now - timedelta(days=DAYS))).fetchall():
        recent.setdefault(issue, []).append((moment(at), who or f"t{ticket}", person is not None))
    items: dict[int, SupervisionItem] = {}
    for item in statements.rows(SupervisionItem, f"issue IN ({marks(ids)}) ORDER BY closed = 0, closed, rank DESC, id", ids):
        items[int(str(item.issue))] = item
    return [_one(row, recent.get(row.id, []), items.get(row.id), now) for row in rows]


def _one(row: Issue, recent: list[tuple[datetime, str, bool]], item: SupervisionItem | None, now: datetime) -> Ranked:
    today = local(now).date()
    by_day = Counter((today - local(at).date()).days for at, _, _ in recent)
    near, far = now - timedelta(days=LATELY), now - timedelta(days=2 * LATELY)
    assert row.first_at is not None
    assert row.last_at is not None
    return Ranked(
        row.id, row.name or row.title, row.place, row.words, row.category, row.size, row.people,
        len({who for at, who, _ in recent if at >= near}), len({who for at, who, _ in recent if far <= at < near}),
        tuple(by_day[ago] for ago in range(DAYS - 1, -1, -1)), row.first_at, row.last_at, _standing(item, recent, now),
    )  # fmt: skip


def _standing(item: SupervisionItem | None, recent: list[tuple[datetime, str, bool]], now: datetime) -> Standing:
    if item is not None and item.closed:
        return Standing("done", level=item.level, by=item.person_name)
    if item is not None:
        days = (local(now).date() - local(item.opened_at).date()).days + 1
        return Standing("listed" if item.listed else "supervised", days, item.level, item.person_name or item.unit)
    return Standing("handed" if recent and all(held for _, _, held in recent) else "watched")
