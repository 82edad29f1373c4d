"""名录变更记录: every change of the directory and of accounts, who made it and what it was before, appended and never edited."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN, fn

from tickets.store import stamp
from tickets.store.models import Account, DirectoryChange, Person, Setting

ADDED, CHANGED, RETIRED, RESTORED, REMOVED, PASSWORD, SEEDED = "新增", "修改", "停用", "恢复", "删除", "重设密码", "装入"
ACCOUNTS, KNOWLEDGE, PREFERENCE = "account", "knowledge", "preference"
APART = (ACCOUNTS, KNOWLEDGE, PREFERENCE)  # tables whose changes no rule and no place finder reads
_MARK = "directory_seeded_change"


@dataclass(frozen=True)
class Change:
    """One line of the history. `who` is a name, "" for the seeding; `at` is stored UTC; `parts` are (column, before, after)."""

    id: int
    at: datetime
    who: str
    what: str
    parts: tuple[tuple[str, str, str], ...]


def record(at: datetime, account_id: int | None, table: str, row: int, what: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Appends one change, in the caller's transaction. Columns that do not differ are left out; masking is the caller's.

    A change of anything but an account or a knowledge entry raises the directory's stamp, so that the running pages and the worker read it anew.
    """
    names = [name for name in dict.fromkeys((*before, *after)) if before.get(name, "") != after.get(name, "")]
    DirectoryChange.create(
        at=at,
        account=account_id,
        table=table,
        row=row,
        what=what,
        before=_json({name: before[name] for name in names if name in before}),
        after=_json({name: after[name] for name in names if name in after}),
    )
    if table not in APART:
        stamp.touch(stamp.DIRECTORY)


def history(table: str, row: int, most: int = 50) -> tuple[Change, ...]:
    """What happened to one row, newest first."""
    rows = (
        DirectoryChange.select(DirectoryChange, Account, Person)
        .join(Account, JOIN.LEFT_OUTER)
        .join(Person, JOIN.LEFT_OUTER)
        .where((DirectoryChange.table == table) & (DirectoryChange.row == row))
        .order_by(DirectoryChange.id.desc())
        .limit(most)
    )
    return tuple(_change(one) for one in rows)


def last(table: str, row: int) -> int:
    """The number of the newest change of a row, 0 when there is none: a form that saw another one is out of date."""
    return int(DirectoryChange.select(fn.MAX(DirectoryChange.id)).where((DirectoryChange.table == table) & (DirectoryChange.row == row)).scalar() or 0)


def note_seeding(at: datetime) -> None:
    """Appends that the directory was written from files; what was entered by hand before no longer counts as such."""
    record(at, None, "district", 0, SEEDED, {}, {})
    newest = str(DirectoryChange.select(fn.MAX(DirectoryChange.id)).scalar() or 0)
    Setting.insert(name=_MARK, value=newest).on_conflict(conflict_target=[Setting.name], update={Setting.value: newest}).execute()


def entered_since_seeding() -> tuple[int, datetime | None]:
    """How many changes of the directory were made in the application since the last seeding, and when the last one was."""
    mark = Setting.get_or_none(Setting.name == _MARK)
    since = int(mark.value) if mark is not None else 0
    entered = (DirectoryChange.id > since) & DirectoryChange.table.not_in(APART) & (DirectoryChange.what != SEEDED)
    count, newest = DirectoryChange.select(fn.COUNT(DirectoryChange.id), fn.MAX(DirectoryChange.at)).where(entered).tuples().get()
    return int(count), datetime.fromisoformat(newest) if isinstance(newest, str) else newest


def _change(row: DirectoryChange) -> Change:
    before, after = json.loads(row.before), json.loads(row.after)
    who = ""
    if row.account_id is not None:
        who = row.account.person.name if row.account.person_id is not None else row.account.username
    parts = tuple((name, before.get(name, ""), after.get(name, "")) for name in dict.fromkeys((*before, *after)))
    return Change(row.id, row.at, who, row.what, parts)


def _json(values: Mapping[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
