"""Keeps which ticket belongs to which issue; every change is made under the one row that whoever changes issues locks first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.status import DECLINED, REGISTERED
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.issue_models import Issue, IssueApart, IssueEvent
from tickets.store.models import database
from tickets.store.statements import marks, moment
from tickets.store.tickets import canonical

READ = "SELECT t.id, t.registered_at, t.title, t.text, t.area, t.caller_phone, t.category"
_NEW = f"{READ} FROM ticket t LEFT JOIN issue_member m ON m.ticket = t.id WHERE m.ticket IS NULL AND t.status NOT IN (?, ?) ORDER BY t.id LIMIT ?"
_KEPT = f"{READ}, m.issue FROM issue_member m JOIN ticket t ON t.id = m.ticket ORDER BY t.id DESC LIMIT ?"
_OF = f"{READ} FROM issue_member m JOIN ticket t ON t.id = m.ticket WHERE m.issue = ? ORDER BY t.id"


@dataclass(frozen=True)
class Said:
    """What a ticket says to the forming of issues. `at` is when it was registered, stored UTC; `who` the caller's phone, never shown."""

    ticket: int
    at: datetime
    title: str
    text: str
    area: str
    who: str
    category: str
    issue: int = 0


def hold() -> int:
    """Locks the issues inside the caller's transaction and counts the change; its version."""
    return _hold(1)


def lock() -> None:
    """Waits until nobody else changes issues or what is supervised; held until the caller's transaction ends."""
    _hold(0)


def _hold(changes: int) -> int:
    sql = """INSERT INTO issue_turn (id, version, moves) VALUES (1, ?, 0)
        ON CONFLICT (id) DO UPDATE SET version = issue_turn.version + excluded.version RETURNING version"""
    return int(statements.scalar(sql, (changes,)))


def waiting(most: int) -> list[Said]:
    """Accepted tickets that belong to no issue yet, the oldest first."""
    return [_said(row) for row in statements.execute(_NEW, (REGISTERED, DECLINED, most)).fetchall()]


def anything_waiting() -> bool:
    """Whether there is any: one look at an index, asked twice a second."""
    return bool(statements.execute(_NEW, (REGISTERED, DECLINED, 1)).fetchall())


def kept(most: int) -> list[Said]:
    """The newest tickets whose issue is known, the oldest of them first."""
    return [_said(row) for row in reversed(statements.execute(_KEPT, (most,)).fetchall())]


def members(issue: int) -> list[Said]:
    """The tickets of one issue, the oldest first."""
    return [_said((*row, issue)) for row in statements.execute(_OF, (issue,)).fetchall()]


def people_since(issue: int, since: datetime) -> int:
    """How many people spoke of it since then (aware): different phones, and each appeal without one."""
    sql = """SELECT COUNT(DISTINCT CASE WHEN t.caller_phone <> '' THEN t.caller_phone ELSE 't' || t.id END)
        FROM issue_member m JOIN ticket t ON t.id = m.ticket WHERE m.issue = ? AND m.at >= ?"""
    return int(statements.scalar(sql, (issue, stored(since))))


def apart() -> list[tuple[int, int]]:
    """Issues that a person keeps apart."""
    return [(first, second) for first, second in statements.execute("SELECT first, second FROM issue_apart").fetchall()]


def keep_apart(first: int, second: int) -> None:
    """No later arrival makes these two one."""
    low, high = sorted((first, second))
    if low != high and statements.scalar("SELECT 1 FROM issue_apart WHERE first = ? AND second = ?", (low, high)) is None:
        IssueApart.insert(first=low, second=high).execute()


def found() -> int:
    """A new issue, still empty."""
    return insert(Issue, [{"name": ""}])[0]


def place(ticket: int, issue: int, at: datetime) -> None:
    """The ticket belongs to that issue from now on; `at` is stored UTC."""
    statements.execute("INSERT INTO issue_member (ticket, issue, at, asked) VALUES (?, ?, ?, ?)", (ticket, issue, at, False))


def move(tickets: Collection[int], issue: int) -> None:
    """These tickets go over to that issue."""
    statements.execute(f"UPDATE issue_member SET issue = ? WHERE ticket IN ({marks(list(tickets))})", (issue, *tickets))


def swallow(gone: int, home: int) -> None:
    """One issue becomes part of another: members, what is supervised and what is kept apart from it go along."""
    statements.execute("UPDATE issue_member SET issue = ? WHERE issue = ?", (home, gone))
    statements.execute("UPDATE supervision_item SET issue = ? WHERE issue = ?", (home, gone))
    for first, second in apart():
        if gone in (first, second):
            other = second if first == gone else first
            statements.execute("DELETE FROM issue_apart WHERE first = ? AND second = ?", (first, second))
            keep_apart(home, other)
    statements.update(Issue, {"into": home, "size": 0, "people": 0}, "id = ?", (gone,))


def fixed() -> set[int]:
    """Issues whose members stay where they are when issues are formed anew: touched by a person, or supervised."""
    sql = "SELECT id FROM issue WHERE touched = ? UNION SELECT issue FROM supervision_item WHERE issue IS NOT NULL"
    return {int(one) for one in statements.column(sql, (True,))}


def tell(issue: int, values: Mapping[str, object]) -> None:
    """Writes how large the issue is now, where, since when, and what it is called."""
    statements.update(Issue, values, "id = ?", (issue,))


def event(what: str, at: datetime, actor: str, *, issue: int | None = None, item: int | None = None, note: Mapping[str, object] | None = None) -> None:
    """One more line of what happened; `at` is aware."""
    insert(IssueEvent, [{"issue": issue, "item": item, "at": stored(at), "actor": actor, "what": what, "note": canonical(dict(note or {}))}])


def unasked(most: int) -> list[tuple[int, int]]:
    """(ticket, issue) of members the supervision rules have not heard of."""
    sql = "SELECT ticket, issue FROM issue_member WHERE asked = ? ORDER BY ticket LIMIT ?"
    return [(ticket, issue) for ticket, issue in statements.execute(sql, (False, most)).fetchall()]


def asked(ticket: int) -> bool:
    """Takes the ticket's question; False when another process has."""
    return bool(statements.execute("UPDATE issue_member SET asked = ? WHERE ticket = ? AND asked = ?", (True, ticket, False)).rowcount)


def issue_of(ticket: int) -> int | None:
    """The issue the ticket belongs to."""
    found = statements.scalar("SELECT issue FROM issue_member WHERE ticket = ?", (ticket,))
    return None if found is None else int(found)


def one(issue: int) -> Issue | None:
    """The issue as it is; followed to what it became part of."""
    row = statements.first(Issue, "id = ?", (issue,))
    while row is not None and row.into is not None:
        row = statements.first(Issue, "id = ?", (row.into,))
    return row


BACK = 1_000  # history lines looked at again: numbers are given before they are committed


def moves_unasked(whats: Sequence[str], most: int) -> list[tuple[int, int]]:
    """(history line, ticket) of such moves about which the rules have not been asked."""
    sql = f"""SELECT h.id, h.ticket_id FROM history h LEFT JOIN supervision_asked a ON a.history = h.id
        WHERE h.id > COALESCE((SELECT moves FROM issue_turn WHERE id = 1), 0) - {BACK} AND h.what IN ({marks(whats)}) AND a.history IS NULL ORDER BY h.id LIMIT ?"""
    return [(line, ticket) for line, ticket in statements.execute(sql, (*whats, most)).fetchall()]


def newest_line() -> int:
    """The last history line there is."""
    return int(statements.scalar("SELECT COALESCE(MAX(id), 0) FROM history"))


def looked_at(line: int) -> None:
    """History up to this line has been looked through."""
    statements.execute("UPDATE issue_turn SET moves = ? WHERE id = 1 AND moves < ?", (line, line))


def move_asked(line: int) -> bool:
    """Takes a move's question; False when another process has."""
    mark = database.obj.param
    sql = f"INSERT INTO supervision_asked (history) VALUES ({mark}) ON CONFLICT DO NOTHING"
    return bool(database.obj.execute_sql(sql, (line,)).rowcount > 0)


def _said(row: Sequence[object]) -> Said:
    ticket, at, title, text, area, who, category, *issue = row
    return Said(int(str(ticket)), moment(at), str(title), str(text), str(area), str(who), str(category), int(str(issue[0])) if issue else 0)
