"""Long work on a draft, asked for by a page and done by the jobs process: whole checks and replays, claimed by token and lease."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from tickets.domain.times import aware, stored
from tickets.store.connect import transaction
from tickets.store.draft_models import CheckRun, ReplayChange, ReplayLook, ReplayRun
from tickets.store.tickets import canonical

LEASE = timedelta(seconds=60)
CHANGES_AT_ONCE = 500


@dataclass(frozen=True)
class CheckInfo:
    """A whole check of a draft. `findings` are dicts of file, line, rule, zh, en, level, kind, witness."""

    id: int
    draft_id: int
    hash: str
    base_number: int
    state: str
    done: int
    total: int
    errors: int
    warnings: int
    tests_passed: int
    tests_total: int
    findings: tuple[Mapping[str, object], ...]
    error: str
    asked_at: datetime
    finished_at: datetime | None

    @property
    def green(self) -> bool:
        return self.state == "done" and self.errors == 0


@dataclass(frozen=True)
class ReplayInfo:
    """A draft run over past tickets, or beside the live rules. `hash` names its result."""

    id: int
    draft_id: int
    kind: str
    draft_hash: str
    base_hash: str
    window_from: datetime
    window_to: datetime
    state: str
    done: int
    total: int
    changed: int
    cursor: int
    summary: Mapping[str, object]
    hash: str
    error: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class ChangedTicket:
    """One past ticket that a draft would treat otherwise. `before` and `after` have unit, section, person, urgency, deadlines, rule …"""

    ticket_id: int
    number: str
    kinds: tuple[str, ...]
    before: Mapping[str, object]
    after: Mapping[str, object]
    reason_zh: str
    reason_en: str
    aftermath: str = ""


def ask_check(draft_id: int, hash_: str, base_number: int, who: str, at: datetime) -> int:
    """Asks for a whole check of the draft as it stands; the same one asked for before is answered again while it waits or runs."""
    same = (CheckRun.draft == draft_id, CheckRun.hash == hash_, CheckRun.base_number == base_number, CheckRun.state.in_(("queued", "running")))
    with transaction():
        standing = CheckRun.select().where(*same).order_by(CheckRun.id.desc()).first()
        if standing is not None:
            return int(standing.id)
        return int(CheckRun.create(draft=draft_id, hash=hash_, base_number=base_number, asked_by=who, asked_at=stored(at)).id)


def ask_replay(
    draft_id: int, draft_hash: str, base_hash: str, window: tuple[datetime, datetime], who: str, at: datetime, kind: str = "replay", cursor: int = 0
) -> int:
    """Asks for a replay over a window of time (aware, half open)."""
    return int(
        ReplayRun.create(
            draft=draft_id, kind=kind, draft_hash=draft_hash, base_hash=base_hash, window_from=stored(window[0]), window_to=stored(window[1]),
            asked_by=who, asked_at=stored(at), cursor=cursor,
        ).id
    )  # fmt: skip


def check_run(run_id: int) -> CheckInfo | None:
    """The check of that id."""
    row = CheckRun.get_or_none(CheckRun.id == run_id)
    return None if row is None else _check(row)


def last_check(draft_id: int) -> CheckInfo | None:
    """The newest check of a draft, in whatever state."""
    row = CheckRun.select().where(CheckRun.draft == draft_id).order_by(CheckRun.id.desc()).first()
    return None if row is None else _check(row)


def last_checks(drafts: Sequence[int]) -> dict[int, CheckInfo]:
    """The newest check of each of these drafts that has one, in one query."""
    newest = CheckRun.select(fn.MAX(CheckRun.id)).where(CheckRun.draft.in_(list(drafts))).group_by(CheckRun.draft)
    return {row.draft_id: _check(row) for row in CheckRun.select().where(CheckRun.id.in_(newest))}


def checks(draft_id: int, limit: int = 40) -> tuple[CheckInfo, ...]:
    """The finished checks of a draft, newest first: what an earlier one found and the last has not was put right between."""
    rows = CheckRun.select().where(CheckRun.draft == draft_id, CheckRun.state == "done").order_by(CheckRun.id.desc()).limit(limit)
    return tuple(_check(row) for row in rows)


def replay_run(run_id: int) -> ReplayInfo | None:
    """The replay of that id."""
    row = ReplayRun.get_or_none(ReplayRun.id == run_id)
    return None if row is None else _replay(row)


def last_replay(draft_id: int, kind: str = "replay") -> ReplayInfo | None:
    """The newest replay of a draft, in whatever state."""
    row = ReplayRun.select().where(ReplayRun.draft == draft_id, ReplayRun.kind == kind).order_by(ReplayRun.id.desc()).first()
    return None if row is None else _replay(row)


def last_replays(drafts: Sequence[int]) -> dict[int, ReplayInfo]:
    """The newest replay over past tickets of each of these drafts that has one, in one query."""
    newest = ReplayRun.select(fn.MAX(ReplayRun.id)).where(ReplayRun.draft.in_(list(drafts)), ReplayRun.kind == "replay").group_by(ReplayRun.draft)
    return {row.draft_id: _replay(row) for row in ReplayRun.select().where(ReplayRun.id.in_(newest))}


def shadows(at: datetime) -> tuple[ReplayInfo, ...]:
    """The shadow runs that watch what arrives now."""
    rows = ReplayRun.select().where(ReplayRun.kind == "shadow", ReplayRun.state == "running", ReplayRun.window_to > stored(at))
    return tuple(_replay(row) for row in rows)


def claim(kind: type[CheckRun] | type[ReplayRun], token: str, at: datetime) -> int | None:
    """Takes the oldest run that waits, or whose worker has died (its lease is over); None when there is nothing to do."""
    moment = stored(at)
    free = (kind.state == "queued") | ((kind.state == "running") & (kind.lease_until < moment))
    if kind is ReplayRun:
        free = free & (ReplayRun.kind == "replay")
    for row in kind.select(kind.id).where(free).order_by(kind.id).limit(5):
        taken = kind.update(state="running", token=token, lease_until=moment + LEASE, started_at=moment, done=0).where(kind.id == row.id, free).execute()
        if taken:
            if kind is ReplayRun:
                ReplayChange.delete().where(ReplayChange.run == row.id).execute()
            return int(row.id)
    return None


def progress(kind: type[CheckRun] | type[ReplayRun], run_id: int, token: str, at: datetime, done: int, total: int) -> bool:
    """Shows how far it is and keeps the lease; False when somebody else has taken it over."""
    mine = (kind.id == run_id, kind.token == token, kind.state == "running")
    return bool(kind.update(done=done, total=total, lease_until=stored(at) + LEASE).where(*mine).execute())


def fail(kind: type[CheckRun] | type[ReplayRun], run_id: int, token: str, at: datetime, why: str) -> None:
    """Ends a run that could not be done, with one sentence."""
    kind.update(state="failed", error=why[:400], finished_at=stored(at)).where(kind.id == run_id, kind.token == token).execute()


def finish_check(run_id: int, token: str, at: datetime, findings: Sequence[Mapping[str, object]], tests: tuple[int, int]) -> bool:
    """Stores what a check found; `tests` is (passed, all)."""
    errors = sum(1 for one in findings if one["level"] == "error")
    return bool(
        CheckRun.update(
            state="done", finished_at=stored(at), findings=json.dumps(list(findings), ensure_ascii=False), errors=errors,
            warnings=len(findings) - errors, tests_passed=tests[0], tests_total=tests[1], done=1, total=1,
        ).where(CheckRun.id == run_id, CheckRun.token == token, CheckRun.state == "running").execute()
    )  # fmt: skip


def add_changes(run_id: int, changes: Iterable[ChangedTicket]) -> None:
    """Stores changed tickets of a run."""
    rows = [
        {
            "run": run_id, "ticket_id": one.ticket_id, "number": one.number, "kinds": ",".join(one.kinds), "before": canonical(one.before),
            "after": canonical(one.after), "reason_zh": one.reason_zh, "reason_en": one.reason_en, "aftermath": one.aftermath,
        }
        for one in changes
    ]  # fmt: skip
    for start in range(0, len(rows), CHANGES_AT_ONCE):
        ReplayChange.insert_many(rows[start : start + CHANGES_AT_ONCE]).execute()


def finish_replay(run_id: int, token: str, at: datetime, *, done: int, changed: int, summary: Mapping[str, object], hash_: str) -> bool:
    """Stores the result of a replay."""
    mine = (ReplayRun.id == run_id, ReplayRun.token == token, ReplayRun.state == "running")
    new = {"state": "done", "finished_at": stored(at), "done": done, "total": done, "changed": changed, "summary": canonical(summary), "hash": hash_}
    return bool(ReplayRun.update(**new).where(*mine).execute())


def step_shadow(run_id: int, cursor: tuple[int, int], seen: int, found: Sequence[ChangedTicket]) -> bool:
    """A shadow run has looked at more tickets: stores what differed (a ticket once, as last seen) and how far it is. Within a transaction.

    `cursor` is (where it stood, where it stands now). False, and nothing stored, when another process has taken this step.
    """
    new = {"cursor": cursor[1], "done": ReplayRun.done + seen, "total": ReplayRun.total + seen}
    mine = (ReplayRun.id == run_id, ReplayRun.cursor == cursor[0], ReplayRun.state == "running")
    if not ReplayRun.update(**new).where(*mine).execute():
        return False
    ids = [one.ticket_id for one in found]
    again = ReplayChange.delete().where(ReplayChange.run == run_id, ReplayChange.ticket_id.in_(ids)).execute() if ids else 0
    add_changes(run_id, found)
    ReplayRun.update(changed=ReplayRun.changed + len(found) - again).where(ReplayRun.id == run_id).execute()
    return True


def begin_shadow(draft_id: int, draft_hash: str, base_hash: str, until: datetime, who: str, at: datetime, cursor: int) -> int:
    """Starts a shadow run from the evaluation after `cursor`; an older one of the draft ends."""
    with transaction():
        ReplayRun.update(state="done", finished_at=stored(at)).where(
            ReplayRun.draft == draft_id, ReplayRun.kind == "shadow", ReplayRun.state == "running"
        ).execute()
        run_id = ask_replay(draft_id, draft_hash, base_hash, (at, until), who, at, "shadow", cursor)
        ReplayRun.update(state="running", started_at=stored(at)).where(ReplayRun.id == run_id).execute()
        return run_id


def end_shadow(run_id: int, at: datetime, why: str = "") -> None:
    """Ends a shadow run; what it found stays."""
    ReplayRun.update(state="done", finished_at=stored(at), error=why[:400]).where(ReplayRun.id == run_id, ReplayRun.state == "running").execute()


def changed_tickets(run_id: int, *, offset: int = 0, limit: int = 50) -> tuple[ChangedTicket, ...]:
    """A page of a run's changed tickets, in the order they were found."""
    rows = ReplayChange.select().where(ReplayChange.run == run_id).order_by(ReplayChange.id).offset(offset).limit(limit)
    return tuple(_changed(row) for row in rows)


def changed_by_id(ids: Sequence[int]) -> tuple[ChangedTicket, ...]:
    """These changed tickets, in the order asked for."""
    found = {row.id: _changed(row) for row in ReplayChange.select().where(ReplayChange.id.in_(list(ids)))}
    return tuple(found[one] for one in ids if one in found)


def looked(run_id: int, who: str, at: datetime) -> None:
    """Remembers that somebody has looked through a replay's list."""
    ReplayLook.insert(run=run_id, who=who, at=stored(at)).on_conflict_ignore().execute()


def has_looked(run_id: int, who: str) -> bool:
    """True when they have."""
    return ReplayLook.select().where(ReplayLook.run == run_id, ReplayLook.who == who).exists()  # type: ignore[no-any-return]


def _changed(row: ReplayChange) -> ChangedTicket:
    kinds, before, after = tuple(row.kinds.split(",")), json.loads(row.before), json.loads(row.after)
    return ChangedTicket(row.ticket_id, row.number, kinds, before, after, row.reason_zh, row.reason_en, row.aftermath)


def _check(row: CheckRun) -> CheckInfo:
    return CheckInfo(
        row.id, row.draft_id, row.hash, row.base_number, row.state, row.done, row.total, row.errors, row.warnings, row.tests_passed, row.tests_total,
        tuple(json.loads(row.findings)), row.error, aware(row.asked_at), None if row.finished_at is None else aware(row.finished_at),
    )  # fmt: skip


def _replay(row: ReplayRun) -> ReplayInfo:
    return ReplayInfo(
        row.id, row.draft_id, row.kind, row.draft_hash, row.base_hash, aware(row.window_from), aware(row.window_to), row.state, row.done, row.total,
        row.changed, row.cursor, json.loads(row.summary), row.hash, row.error, aware(row.asked_at),
        None if row.started_at is None else aware(row.started_at), None if row.finished_at is None else aware(row.finished_at),
    )  # fmt: skip
