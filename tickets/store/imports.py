"""Files of appeals brought in through the browser: their preview, who had them imported, how far it is, and what became of each row."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from tickets.domain.times import stored
from tickets.store.connect import transaction
from tickets.store.desk_models import ImportRow, ImportRun
from tickets.store.models import Account, Person, Ticket
from tickets.store.tickets import canonical

LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)  # then file, preview and rows are removed; the counts stay
READING, PREVIEW, QUEUED, RUNNING, DONE, FAILED, DROPPED = "reading", "preview", "queued", "running", "done", "failed", "dropped"
TAKEN, MANUAL, REPEATED, REFUSED, BROKEN = "taken", "manual", "repeated", "refused", "failed"  # of a row
STANDING = (QUEUED, RUNNING, DONE)  # a file in one of these is or will be imported
LONGEST_SAID = 400
AT_ONCE = 400  # source numbers looked up in one statement


@dataclass(frozen=True)
class Run:
    """One file. Times are stored UTC. `done` of `total` rows are through: taken (those at the manual desk too), repeated, refused."""

    id: int
    key: str
    name: str
    sha256: str
    account: int
    at: datetime
    state: str
    total: int
    done: int
    taken: int
    repeated: int
    refused: int
    error: str
    confirmed_by: int | None
    confirmed_at: datetime | None
    finished_at: datetime | None
    report: Mapping[str, object]


@dataclass(frozen=True)
class Line:
    """What became of a row: `ticket` is the number it made, or the one it repeats; `zh`, `en` say why it was refused."""

    number: int
    line: int
    state: str
    ticket: str = ""
    zh: str = ""
    en: str = ""


def begin(key: str, name: str, sha256: str, account: int, now: datetime) -> Run:
    """Keeps that a file was sent; its preview is still to be made."""
    return _run(ImportRun.create(key=key, name=name[:120], sha256=sha256, account=account, at=stored(now), state=READING))


def by_key(key: str) -> Run | None:
    """The file of that key."""
    row = ImportRun.get_or_none(ImportRun.key == key)
    return None if row is None else _run(row)


def recent(limit: int = 30) -> tuple[Run, ...]:
    """The newest files; those thrown away are left out."""
    rows = ImportRun.select().where(ImportRun.state != DROPPED).order_by(ImportRun.id.desc()).limit(limit)
    return tuple(_run(row) for row in rows)


def same_file(sha256: str, but: int = 0) -> Run | None:
    """The newest import, done or under way, of a file with the same content."""
    asked = (ImportRun.sha256 == sha256, ImportRun.state.in_(STANDING), ImportRun.id != but)
    row = ImportRun.select().where(*asked).order_by(ImportRun.id.desc()).first()
    return None if row is None else _run(row)


def previewed(run_id: int, total: int, report: Mapping[str, object]) -> bool:
    """The preview is made; False when the file was thrown away or confirmed meanwhile."""
    waiting = ImportRun.state.in_((READING, PREVIEW))
    return bool(ImportRun.update(state=PREVIEW, total=total, report=canonical(report)).where(ImportRun.id == run_id, waiting).execute())


def confirm(run_id: int, account: int, now: datetime) -> bool:
    """Asks for the import; of two at once one gets True. A file that failed may be asked for again: rows that are through stay as they are."""
    with transaction():
        new = {"state": QUEUED, "confirmed_by": account, "confirmed_at": stored(now), "error": "", "finished_at": None}
        if ImportRun.update(**new).where(ImportRun.id == run_id, ImportRun.state == PREVIEW).execute():
            return True
        if not ImportRun.update(**new).where(ImportRun.id == run_id, ImportRun.state == FAILED, ImportRun.total > 0).execute():
            return False
        again = ImportRow.delete().where(ImportRow.run == run_id, ImportRow.state == BROKEN).execute()  # what failed through our own fault is tried again
        ImportRun.update(done=ImportRun.done - again, refused=ImportRun.refused - again).where(ImportRun.id == run_id).execute()
        return True


def drop(run_id: int) -> bool:
    """Throws a preview away; False when it is no preview any more."""
    return bool(ImportRun.update(state=DROPPED, report="{}").where(ImportRun.id == run_id, ImportRun.state.in_((READING, PREVIEW))).execute())


def to_preview() -> Run | None:
    """The oldest file whose preview is still to be made."""
    row = ImportRun.select().where(ImportRun.state == READING).order_by(ImportRun.id).first()
    return None if row is None else _run(row)


def claim(token: str, now: datetime) -> Run | None:
    """Takes the oldest import that waits, or whose worker has died (its lease is over); None when there is none."""
    at = stored(now)
    free = (ImportRun.state == QUEUED) | ((ImportRun.state == RUNNING) & (ImportRun.lease_until < at))
    for row in ImportRun.select(ImportRun.id).where(free).order_by(ImportRun.id).limit(5):
        if ImportRun.update(state=RUNNING, token=token, lease_until=at + LEASE).where(ImportRun.id == row.id, free).execute():
            return _run(ImportRun.get_by_id(row.id))
    return None


def through(run_id: int) -> set[int]:
    """The numbers of the rows that are through already."""
    return {number for (number,) in ImportRow.select(ImportRow.number).where(ImportRow.run == run_id).tuples()}


def add(run_id: int, token: str, line: Line, now: datetime) -> bool:
    """Keeps what became of a row and renews the lease, in the caller's transaction; False when another process has taken the import over."""
    count = {TAKEN: "taken", MANUAL: "taken", REPEATED: "repeated"}.get(line.state, "refused")
    new = {"done": ImportRun.done + 1, count: getattr(ImportRun, count) + 1, "lease_until": stored(now) + LEASE}
    if not ImportRun.update(**new).where(ImportRun.id == run_id, ImportRun.token == token, ImportRun.state == RUNNING).execute():
        return False
    ImportRow.create(run=run_id, number=line.number, line=line.line, state=line.state, ticket=line.ticket, zh=line.zh[:LONGEST_SAID], en=line.en[:LONGEST_SAID])
    return True


def finish(run_id: int, token: str, now: datetime, error: str = "") -> None:
    """Ends the import: done, or failed with a sentence."""
    new = {"state": FAILED if error else DONE, "error": error[:LONGEST_SAID], "finished_at": stored(now), "lease_until": None}
    ImportRun.update(**new).where(ImportRun.id == run_id, ImportRun.token == token, ImportRun.state == RUNNING).execute()


def cannot_read(run_id: int, error: str) -> None:
    """The preview could not be made: one sentence for the page."""
    ImportRun.update(state=FAILED, error=error[:LONGEST_SAID]).where(ImportRun.id == run_id, ImportRun.state == READING).execute()


def lines(run_id: int, states: Sequence[str], offset: int = 0, limit: int = 50) -> tuple[int, tuple[Line, ...]]:
    """How many rows ended so, and a page of them in the order of the file."""
    asked = ImportRow.select().where(ImportRow.run == run_id, ImportRow.state.in_(list(states)))
    rows = asked.order_by(ImportRow.number).offset(offset).limit(limit)
    return asked.count(), tuple(Line(row.number, row.line, row.state, row.ticket, row.zh, row.en) for row in rows)


def known(source: str, source_ids: Collection[str]) -> dict[str, str]:
    """Source number -> ticket number, for those that are tickets already."""
    asked, found = list(source_ids), {}
    for start in range(0, len(asked), AT_ONCE):
        rows = Ticket.select(Ticket.source_id, Ticket.number).where(Ticket.source == source, Ticket.source_id.in_(asked[start : start + AT_ONCE]))
        found.update(dict(rows.tuples()))
    return found


def name_of(account: int | None) -> str:
    """Who that is, for a sentence."""
    row = Account.select(Account, Person).left_outer_join(Person).where(Account.id == account).first() if account is not None else None
    return "" if row is None else row.person.name if row.person_id is not None else row.username


def old(now: datetime) -> tuple[tuple[int, str], ...]:
    """(id, key) of files whose time is over: thirty days after they were sent, or thrown away; those under way stay. Cleared ones come no more."""
    late = ((ImportRun.at < stored(now) - KEPT) & ImportRun.state.not_in((QUEUED, RUNNING))) | (ImportRun.state == DROPPED)
    return tuple(ImportRun.select(ImportRun.id, ImportRun.key).where(late, ImportRun.report != CLEARED).limit(100).tuples())


def clear(run_id: int) -> None:
    """Forgets preview and rows of an old file; its counts stay. One that nobody confirmed is thrown away."""
    with transaction():
        ImportRow.delete().where(ImportRow.run == run_id).execute()
        ImportRun.update(report=CLEARED).where(ImportRun.id == run_id).execute()
        ImportRun.update(state=DROPPED).where(ImportRun.id == run_id, ImportRun.state.in_((READING, PREVIEW))).execute()


def rows_of(run_id: int) -> int:
    """How many rows are kept."""
    return int(ImportRow.select(fn.COUNT(ImportRow.id)).where(ImportRow.run == run_id).scalar())


CLEARED = '{"cleared":true}'


def _run(row: ImportRun) -> Run:
    return Run(
        row.id, row.key, row.name, row.sha256, row.account, row.at, row.state, row.total, row.done, row.taken, row.repeated, row.refused, row.error,
        row.confirmed_by, row.confirmed_at, row.finished_at, json.loads(row.report),
    )  # fmt: skip
