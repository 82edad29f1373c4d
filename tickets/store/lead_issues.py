"""The hot issues of the last fourteen days, those that grow most first, with how each is supervised. Three statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.domain.mask import in_text
from tickets.domain.times import local
from tickets.store import statements

DAYS, HALF = 14, 7
PEOPLE = 3  # fewer different people are no hot issue
LOOKED = 80  # issues with most people are looked at
SHOWN = 7
LISTED, SUPERVISED, WATCHED, DONE = "listed", "supervised", "watched", "done"


@dataclass(frozen=True)
class HotIssue:
    """One issue. `size` appeals of `people` different people in all; `days` are the last fourteen, the oldest first, of which `last` are this week's and
    `before` the week's before. `state` is listed (for `day` days, the first is 1), supervised (at `level`), watched or done (on `done`)."""

    id: int
    title: str
    place: str
    size: int
    people: int
    days: tuple[int, ...]
    last: int
    before: int
    state: str
    level: str
    day: int
    done: datetime | None


@dataclass(frozen=True)
class HotIssues:
    """The issues shown, how many there are, and how many matters are on the list and supervised now in the whole district."""

    rows: tuple[HotIssue, ...]
    total: int
    listed: int
    supervised: int


def hot_issues(now: datetime, areas: Sequence[str] = ()) -> HotIssues:
    """As at `now` (stored); only of places within `areas` when there are any."""
    since = now - timedelta(days=DAYS)
    within = f"AND place IN ({statements.marks(areas)})" if areas else ""
    sql = f"""SELECT id, name, title, place, size, people FROM issue WHERE last_at >= ? AND people >= ? AND "into" IS NULL {within}
        ORDER BY people DESC, id LIMIT ?"""
    found = statements.execute(sql, (since, PEOPLE, *areas, LOOKED)).fetchall()
    days = _days([row[0] for row in found], now)
    items = _items([row[0] for row in found], since)
    rows = [_issue(row, days[row[0]], items.get(row[0]), now) for row in found]
    rows.sort(key=lambda one: (-(one.last + 1) / (one.before + 1), -one.people, one.id))
    standing = statements.execute("SELECT listed, COUNT(*) FROM supervision_item WHERE closed = 0 GROUP BY listed").fetchall()
    counts = {bool(listed): int(count) for listed, count in standing}
    return HotIssues(tuple(rows[:SHOWN]), len(rows), counts.get(True, 0), counts.get(False, 0))


def _days(issues: Sequence[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """Appeals a local day of each issue."""
    today = local(now).date()
    sql = f"SELECT issue, at FROM issue_member WHERE issue IN ({statements.marks(issues)}) AND at >= ?"
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for issue, at in statements.execute(sql, (*issues, now - timedelta(days=DAYS + 1))).fetchall():
        counts[issue][(today - local(statements.moment(at)).date()).days] += 1
    return {issue: tuple(counts[issue][ago] for ago in range(DAYS - 1, -1, -1)) for issue in issues}


def _items(issues: Sequence[int], since: datetime) -> dict[int, tuple[bool, str, datetime, datetime | None]]:
    """(listed, level, opened, done) of the item that says most about an issue: an open one before a done one, a higher level before a lower."""
    sql = f"""SELECT issue, listed, level, opened_at, done_at FROM supervision_item WHERE issue IN ({statements.marks(issues)})
        AND (closed = 0 OR done_at >= ?) ORDER BY closed DESC, rank DESC, id"""
    rows = statements.execute(sql, (*issues, since)).fetchall()
    return {issue: (bool(listed), level, statements.moment(opened), statements.moment(done)) for issue, listed, level, opened, done in rows}


def _issue(row: Sequence[object], days: tuple[int, ...], item: tuple[bool, str, datetime, datetime | None] | None, now: datetime) -> HotIssue:
    key, name, title, place, size, people = row
    listed, level, opened, done = item or (False, "", now, None)
    state = WATCHED if item is None else DONE if done is not None else LISTED if listed else SUPERVISED
    day = (local(now).date() - local(opened).date()).days + 1
    shown = in_text(str(name or title))
    return HotIssue(int(str(key)), shown, str(place), int(str(size)), int(str(people)), days, sum(days[-HALF:]), sum(days[:-HALF]), state, level, day, done)
