"""Weekly counts that grow as tickets arrive, forecasts once per Monday, category and town, and the warnings given by them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tickets.domain.season import Foretold, PeakTold, monday_of, read_peaks, read_weeks, written
from tickets.domain.times import local, stored
from tickets.store import statements
from tickets.store.forecast_models import WATCHED, Forecast, SeasonWarning
from tickets.store.insert import insert
from tickets.store.tickets import canonical

SETTING = "season_counted"  # the last ticket that stands in the weekly counts
STANDS = timedelta(days=60)  # so long a warning counts as given
LONGEST = timedelta(days=15 * 365)  # an appeal said to be older than this is counted where it was registered
_NEW = "SELECT id, appealed_at, registered_at, category, area FROM ticket WHERE id > ? ORDER BY id LIMIT ?"
_ADD = (
    "INSERT INTO week_count (monday, category, area, count) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (monday, category, area) DO UPDATE SET count = week_count.count + excluded.count"
)
_REPLIES = (
    "SELECT u.address, h.note, t.area FROM ticket t JOIN unit u ON u.id = t.unit_id JOIN history h ON h.ticket_id = t.id AND h.what = '回复'"
    " WHERE t.category IN ({marks}) AND t.registered_at >= ? AND t.registered_at < ? ORDER BY t.id DESC LIMIT 400"
)


@dataclass(frozen=True)
class Arrived:
    """A ticket to be counted: its id, the day it was appealed (local), when it was registered (naive UTC), its leaf category and area."""

    id: int
    day: date
    registered_at: datetime
    category: str
    area: str


def uncounted(limit: int) -> tuple[int, list[Arrived]]:
    """The last counted id and the tickets after it, oldest first."""
    last = int(statements.scalar("SELECT value FROM setting WHERE name = ?", (SETTING,)) or 0)
    return last, [_arrived(*row) for row in statements.execute(_NEW, (last, limit)).fetchall()]


def _arrived(key: int, appealed: object, registered: object, category: str, area: str) -> Arrived:
    when, at = statements.moment(registered), statements.moment(appealed)
    if at is None or at > when + timedelta(days=1) or at < when - LONGEST:
        at = when
    return Arrived(key, local(at).date(), when, category, area)


def add(before: int, last: int, found: Counter[tuple[str, str, str]]) -> bool:
    """Adds these counts per (Monday, category, town) and moves the mark from `before` to `last`, in the caller's transaction.

    False, and nothing added, when somebody else has moved it meanwhile.
    """
    statements.execute("INSERT INTO setting (name, value) VALUES (?, '0') ON CONFLICT (name) DO NOTHING", (SETTING,))
    if statements.execute("UPDATE setting SET value = ? WHERE name = ? AND value = ?", (str(last), SETTING, str(before))).rowcount != 1:
        return False
    for (monday, category, area), count in sorted(found.items()):
        statements.execute(_ADD, (monday, category, area, count))
    return True


def counts_since(monday: date) -> list[tuple[str, str, str, int]]:
    """(Monday, leaf category, town, appeals) of every week from that one on."""
    sql = "SELECT monday, category, area, count FROM week_count WHERE monday >= ? ORDER BY monday"
    return [(str(a), str(b), str(c), int(d)) for a, b, c, d in statements.execute(sql, (monday.isoformat(),)).fetchall()]


def came(categories: Sequence[str], towns: Collection[str] | None, first: str, last: str) -> int:
    """Appeals of these leaf categories in these towns (None: everywhere) in the weeks from one Monday to another, both counted."""
    sql = f"SELECT area, SUM(count) FROM week_count WHERE monday >= ? AND monday <= ? AND category IN ({statements.marks(categories)}) GROUP BY area"
    rows = statements.execute(sql, (first, last, *categories)).fetchall()
    return sum(int(count) for area, count in rows if towns is None or area in towns)


def made(monday: date) -> frozenset[tuple[str, str]]:
    """(category, area) of the forecasts made for that Monday."""
    rows = statements.execute("SELECT category, area FROM forecast WHERE monday = ?", (monday.isoformat(),)).fetchall()
    return frozenset((str(category), str(area)) for category, area in rows)


def keep(one: Foretold, monday: date, at: datetime, *, asked: bool) -> int:
    """Stores the forecast; its id. Raises connect.Conflict where that Monday's is there already."""
    row = {
        "monday": monday.isoformat(),
        "category": one.category,
        "area": one.area,
        "made_at": stored(at),
        "years": one.years,
        "usual": one.usual,
        "calendar": one.calendar,
        "weeks": json.dumps([[round(part, 2) for part in week] for week in one.weeks], separators=(",", ":")),
        "peaks": written(one.peaks),
        "asked": asked,
        "plan_day": one.plan_day,
        "plan_rule": one.plan_rule,
    }
    return insert(Forecast, [row])[0]


def newest_monday() -> date | None:
    """The Monday of the newest forecasts."""
    found = statements.scalar("SELECT MAX(monday) FROM forecast")
    return date.fromisoformat(found) if found else None


def forecasts(monday: date, area: str = "") -> list[Foretold]:
    """That Monday's forecasts of one area, with weeks and peaks."""
    rows = statements.rows(Forecast, "monday = ? AND area = ? ORDER BY id", (monday.isoformat(), area))
    return [_foretold(row) for row in rows]


def next_planned(today: date) -> Foretold | None:
    """Of the whole district's newest forecasts the one with a season ahead that is to be warned of first and has not been; None for none."""
    sql = "monday = (SELECT MAX(monday) FROM forecast) AND area = '' AND peaks <> '[]' AND plan_day >= ?"
    fresh = " AND NOT EXISTS (SELECT 1 FROM season_warning w WHERE w.category = forecast.category AND w.at > ?) ORDER BY plan_day, id LIMIT 1"
    since = datetime.combine(today - STANDS, datetime.min.time())
    row = statements.first(Forecast, sql + fresh, (monday_of(today).isoformat(), since))
    return None if row is None else _foretold(row)


def _foretold(row: Forecast) -> Foretold:
    weeks, peaks = read_weeks(row.weeks), read_peaks(row.peaks)
    return Foretold(row.category, row.area, row.years, row.usual, row.calendar, weeks, peaks, row.plan_day, row.plan_rule)


def warned_since(once: str, since: datetime) -> bool:
    """Whether that key was warned of after `since` (aware)."""
    return statements.scalar("SELECT id FROM season_warning WHERE once = ? AND at > ? LIMIT 1", (once, stored(since))) is not None


def warn(
    forecast: int,
    once: str,
    rule: tuple[str, str],
    one: Foretold,
    at: datetime,
    watch: tuple[date, date],
    peak: PeakTold | None,
    words: Mapping[str, object],
    told: object,
) -> int:
    """Keeps a warning by rule (id, title); it is watched until the last day of `watch`."""
    weeks = max(1, ((watch[1] - watch[0]).days + 1) // 7)
    row = {
        "forecast": forecast,
        "once": once,
        "rule": rule[0],
        "title": rule[1][:120],
        "category": one.category,
        "area": one.area,
        "at": stored(at),
        "peak_start": peak.start if peak is not None else "",
        "watch_from": watch[0].isoformat(),
        "watch_until": watch[1].isoformat(),
        "expected": peak.expected if peak is not None else None,
        "usual": peak.usual if peak is not None else one.usual * weeks if one.years else None,
        "words": canonical(dict(words)),
        "told": json.dumps(told, ensure_ascii=False),
        "state": WATCHED,
    }
    return insert(SeasonWarning, [row])[0]


def to_judge(day: date) -> list[SeasonWarning]:
    """The watched warnings whose span was over before that day."""
    return statements.rows(SeasonWarning, "state = ? AND watch_until < ? ORDER BY id", (WATCHED, day.isoformat()))


def judge(warning: int, state: str, count: int, at: datetime) -> bool:
    """Keeps how it went; False when it was judged already."""
    return statements.update(SeasonWarning, {"state": state, "came": count, "judged_at": stored(at)}, "id = ? AND state = ?", (warning, WATCHED)) == 1


def warnings(limit: int = 50) -> list[SeasonWarning]:
    """The newest warnings first."""
    return statements.rows(SeasonWarning, "id > 0 ORDER BY id DESC LIMIT ?", (limit,))


def solved_before(categories: Sequence[str], areas: Collection[str] | None, spans: Sequence[tuple[date, date]]) -> list[tuple[str, str]]:
    """(unit, result) of the appeals of those spans whose handler said 已解决; at most 400 a span."""
    found = []
    sql = _REPLIES.format(marks=statements.marks(categories))
    for first, last in spans:
        for unit, note, area in statements.execute(
            sql, (*categories, datetime.combine(first, datetime.min.time()), datetime.combine(last, datetime.max.time()))
        ).fetchall():
            said = json.loads(note)
            if said.get("solved") == "已解决" and (areas is None or area in areas):
                found.append((str(unit), str(said.get("result", ""))))
    return found


def knowledge_of(categories: Sequence[str]) -> str:
    """The title of the most used entry of the knowledge base on one of these categories; empty when there is none."""
    sql = f"SELECT title FROM knowledge WHERE active = ? AND category IN ({statements.marks(categories)}) ORDER BY used DESC, id LIMIT 1"
    return str(statements.scalar(sql, (True, *categories)) or "")


def week_of(day: date) -> str:
    """The ISO Monday of a day's week, as counts are kept under it."""
    return monday_of(day).isoformat()
