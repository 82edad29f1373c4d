"""What somebody supervises, kept so that there is at most one open item per matter, and its level only rises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.issue_models import SupervisionItem, SupervisionStep
from tickets.store.models import database


@dataclass(frozen=True)
class Wanted:
    """What a rule asks for: `once` is the key that makes it one item, `rank` 0 the highest level."""

    once: str
    level: str
    rank: int
    rule: str
    title: str
    listed: bool
    of_issue: bool  # about a matter, not one ticket or one caller: then an issue has but one open item, whatever the keys


@dataclass(frozen=True)
class Opened:
    """The open item of that key: `new` when this made it, `raised` when its level rose."""

    id: int
    new: bool
    raised: bool


def open_item(wanted: Wanted, ticket: int, issue: int | None, at: datetime) -> Opened:
    """Makes the item, or finds the open one of the same key and raises its level, inside the caller's transaction; of two at once one waits for the other."""
    mark = database.obj.param
    known = _of_matter(issue) if wanted.of_issue and issue is not None else None
    if known is not None:
        return _raise(known, wanted, ticket, issue, at)
    row = {
        "once": wanted.once, "closed": 0, "level": wanted.level, "rank": wanted.rank, "rule": wanted.rule, "title": wanted.title,
        "ticket": ticket, "issue": issue, "unit": "", "post": "", "person_name": "", "listed": wanted.listed, "opened_at": stored(at), "done_words": "",
    }  # fmt: skip
    columns = ", ".join(f'"{name}"' for name in row)
    sql = f"INSERT INTO supervision_item ({columns}) VALUES ({', '.join([mark] * len(row))}) ON CONFLICT (once, closed) DO NOTHING RETURNING id"
    made = database.obj.execute_sql(sql, tuple(row.values())).fetchone()
    if made is not None:
        _by_ticket(int(made[0]), ticket)
        return Opened(int(made[0]), new=True, raised=False)
    item = statements.first(SupervisionItem, "once = ? AND closed = 0", (wanted.once,))
    assert item is not None
    return _raise(item, wanted, ticket, issue, at)


def _raise(item: SupervisionItem, wanted: Wanted, ticket: int, issue: int | None, at: datetime) -> Opened:
    _by_ticket(item.id, ticket)
    higher = {"level": wanted.level, "rank": wanted.rank, "rule": wanted.rule, "title": wanted.title, "raised_at": stored(at)}
    raised = statements.update(SupervisionItem, higher, "id = ? AND closed = 0 AND rank > ?", (item.id, wanted.rank)) == 1
    more: dict[str, object] = {}
    if wanted.listed and not item.listed:
        more["listed"] = True
    if issue is not None and item.issue is None:
        more["issue"] = issue
    if more:
        statements.update(SupervisionItem, more, "id = ?", (item.id,))
    return Opened(item.id, new=False, raised=raised)


def _of_matter(issue: int) -> SupervisionItem | None:
    tail = "issue = ? AND closed = 0 AND once NOT LIKE 'ticket:%' AND once NOT LIKE '%caller=%' ORDER BY rank, id LIMIT 1"
    return statements.first(SupervisionItem, tail, (issue,))


def given_to(item: int, values: Mapping[str, object]) -> None:
    """Who supervises it."""
    statements.update(SupervisionItem, values, "id = ?", (item,))


def get(item: int) -> SupervisionItem | None:
    """The item as it is."""
    return statements.first(SupervisionItem, "id = ?", (item,))


def close(item: int, at: datetime, words: str) -> bool:
    """Takes the item off; False when somebody has."""
    values = {"closed": item, "done_at": stored(at), "done_words": words}
    done = statements.update(SupervisionItem, values, "id = ? AND closed = 0", (item,)) == 1
    if done:
        statements.execute("DELETE FROM supervision_step WHERE item = ? AND done_at IS NULL", (item,))
    return done


def plan(item: int, what: str, due: datetime, every_days: int = 0, words: str = "") -> None:
    """A step of the item at that time; the same one twice is one."""
    at = stored(due)
    if statements.scalar("SELECT id FROM supervision_step WHERE item = ? AND what = ? AND due_at = ?", (item, what, at)) is None:
        insert(SupervisionStep, [{"item": item, "what": what, "due_at": at, "every_days": every_days, "plan": words}])


def step(number: int) -> SupervisionStep | None:
    """One step."""
    return statements.first(SupervisionStep, "id = ?", (number,))


def step_done(number: int, at: datetime, actor: str, words: str) -> bool:
    """The step was held; False when that had been said."""
    values = {"done_at": stored(at), "done_by": actor, "words": words}
    return statements.update(SupervisionStep, values, "id = ? AND done_at IS NULL", (number,)) == 1


def of_issue(issue: int) -> list[SupervisionItem]:
    """Items about the issue or one of its tickets, open ones and high levels first."""
    tail = """id IN (SELECT id FROM supervision_item WHERE issue = ? UNION SELECT s.item FROM supervision_ticket s JOIN issue_member m ON m.ticket = s.ticket
        WHERE m.issue = ?) ORDER BY closed <> 0, rank, id"""
    return statements.rows(SupervisionItem, tail, (issue, issue))


def steps_of(items: list[int]) -> list[SupervisionStep]:
    """The steps of these items: to come first by date, then those held, the newest first."""
    return statements.rows(SupervisionStep, f"item IN ({statements.marks(items)}) ORDER BY done_at IS NOT NULL, due_at, id", items)


def _by_ticket(item: int, ticket: int) -> None:
    statements.execute("INSERT INTO supervision_ticket (item, ticket) VALUES (?, ?) ON CONFLICT DO NOTHING", (item, ticket))
