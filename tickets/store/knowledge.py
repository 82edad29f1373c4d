"""The knowledge base 知识库: entries as agents read them, kept with their editions; nothing is deleted, what no longer holds is retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from tickets.domain.times import local, stored
from tickets.store import directory_log, stamp
from tickets.store.connect import transaction
from tickets.store.desk_models import Knowledge
from tickets.store.directory_log import ADDED, CHANGED, KNOWLEDGE

PREFIX, DIGITS, LONGEST_NUMBER = "K", 4, 9  # K0001
COLUMNS = ("title", "answer", "category", "words", "basis", "unit", "valid_until")


@dataclass(frozen=True)
class Entry:
    """One entry. `words` are further words it is found by; `valid_until` is stored UTC, the moment from which it no longer holds."""

    id: int
    code: str
    title: str
    answer: str
    category: str
    words: str
    basis: str
    unit: str
    valid_until: datetime | None
    active: bool
    edition: int
    used: int

    def expired(self, now: datetime) -> bool:
        """True when it no longer holds at `now` (aware or stored UTC)."""
        at = stored(now) if now.tzinfo is not None else now
        return self.valid_until is not None and self.valid_until <= at


@dataclass(frozen=True)
class Wanted:
    """An entry as a file or a form gives it, checked. Without `code` it is found by its title."""

    title: str
    answer: str
    category: str = ""
    words: str = ""
    basis: str = ""
    unit: str = ""
    valid_until: datetime | None = None
    code: str = ""


@dataclass(frozen=True)
class Put:
    """What writing entries did: the codes added and changed, and how many were already so."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: int


def entries() -> tuple[Entry, ...]:
    """Every entry in force, expired ones too."""
    return tuple(_entry(row) for row in Knowledge.select().where(Knowledge.active).order_by(Knowledge.id))


def mark() -> int:
    """A number that grows with every change: who keeps entries in memory asks it and reads anew."""
    return stamp.stamp(KNOWLEDGE)


def touch() -> None:
    """Tells every process that an entry has changed, in the caller's transaction."""
    stamp.touch(KNOWLEDGE)


def by_code(code: str) -> Entry | None:
    """The entry of that code, retired or not."""
    row = Knowledge.get_or_none(Knowledge.code == code[:20])
    return None if row is None else _entry(row)


def used(code: str, now: datetime) -> Mapping[str, object] | None:
    """Counts that an answer was taken from the entry, inside the answering transaction, and gives what the ticket's history keeps of it.

    {"knowledge": code, "edition": n, "title": …}; None for an entry that does not exist, is retired, or no longer holds at `now`.
    """
    found = by_code(code)
    if found is None or not found.active or found.expired(now):
        return None
    Knowledge.update(used=Knowledge.used + 1).where(Knowledge.id == found.id).execute()
    return {"knowledge": found.code, "edition": found.edition, "title": found.title}


def next_code() -> str:
    """The code after the highest there is, retired entries counted: a code is never given twice."""
    return _code(_highest() + 1)


def is_empty() -> bool:
    """True while no entry has ever been written."""
    return not Knowledge.select().exists()


def put(wanted: Sequence[Wanted], now: datetime, account: int | None = None) -> Put:
    """Writes entries in one transaction, each change in the log; a code that exists is changed (and put back into force), none is made anew.

    A wanted entry without a code is the entry in force of the same title, if there is one. `now` is aware.
    """
    added: list[str] = []
    changed: list[str] = []
    same = 0
    at = stored(now)
    with transaction():
        numbers = count(_highest() + 1)
        for one in wanted:
            row = _standing(one)
            values = {name: getattr(one, name) for name in COLUMNS}
            by = "" if account is None else f"account:{account}"
            if row is None:
                row = Knowledge.create(code=one.code or _code(next(numbers)), updated_at=at, updated_by=by, **values)
                directory_log.record(at, account, KNOWLEDGE, row.id, ADDED, {}, said(row))
                added.append(row.code)
            elif row.active and all(getattr(row, name) == value for name, value in values.items()):
                same += 1
            else:
                before = said(row)
                for name, value in {**values, "active": True, "edition": row.edition + 1, "updated_at": at, "updated_by": by}.items():
                    setattr(row, name, value)
                row.save()
                directory_log.record(at, account, KNOWLEDGE, row.id, CHANGED, before, said(row))
                changed.append(row.code)
        if added or changed:
            touch()
    return Put(tuple(added), tuple(changed), same)


def said(row: Knowledge) -> dict[str, str]:
    """The entry in words, as the log keeps it; the keys are columns of the back office's words."""
    return {
        "k_code": row.code, "k_title": row.title, "k_answer": row.answer, "k_category": row.category, "k_words": row.words, "k_basis": row.basis,
        "k_unit": row.unit, "k_until": day_words(row.valid_until), "k_edition": str(row.edition), "state": "" if row.active else "停用",
    }  # fmt: skip


def day_words(until: datetime | None) -> str:
    """The last day on which it holds, 2027-03-31; empty for one that holds until it is changed."""
    return "" if until is None else local(until - timedelta(seconds=1)).strftime("%Y-%m-%d")


def _highest() -> int:
    taken = [code[len(PREFIX) :] for (code,) in Knowledge.select(Knowledge.code).where(Knowledge.code.startswith(PREFIX)).tuples()]
    return max((int(digits) for digits in taken if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER), default=0)


def _code(number: int) -> str:
    return f"{PREFIX}{number:0{DIGITS}d}"


def _standing(one: Wanted) -> Knowledge | None:
    if one.code:
        return Knowledge.get_or_none(Knowledge.code == one.code)  # type: ignore[no-any-return]
    return Knowledge.select().where(Knowledge.active, Knowledge.title == one.title).order_by(Knowledge.id).first()  # type: ignore[no-any-return]


def _entry(row: Knowledge) -> Entry:
    return Entry(
        row.id, row.code, row.title, row.answer, row.category, row.words, row.basis, row.unit, row.valid_until, row.active, row.edition, row.used,
    )  # fmt: skip
