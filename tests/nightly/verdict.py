"""What must hold once everything has settled: the invariants of the simulator over the tables as they are and the provider's own record."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg

from simulator.faults import Journal
from simulator.invariants import check
from simulator.ledger import Ledger, Row
from simulator.provider import Entry
from tests.nightly.town import Town, message_of
from tests.peers.twilio_peer import TwilioPeer

SETTLED = (
    "SELECT count(*) FROM outbox WHERE state IN ('sending', 'unknown') OR (state = 'queued' AND not_before <= '{now}')",
    "SELECT count(*) FROM chain_link WHERE state = 'waiting' AND at <= '{now}'",
    "SELECT count(*) FROM deadline WHERE state = 'running' AND paused_at IS NULL AND due_at <= '{now}'",
)


@dataclass(frozen=True)
class ServerLedger(Ledger):
    """The same of a PostgreSQL database; `file` holds its address."""

    address: str = ""

    def rows(self, sql: str) -> list[Row]:
        found = self._opened.execute(sql)
        names = [column.name for column in found.description or ()]
        aware = [tuple(value.replace(tzinfo=UTC) if isinstance(value, datetime) else value for value in row) for row in found]
        return [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in aware]

    @cached_property
    def _opened(self) -> psycopg.Connection[Any]:  # type: ignore[override]
        return psycopg.connect(self.address, autocommit=True)


def ledger_of(url: str, record: list[Entry], start: datetime, end: datetime, arrived: int) -> Ledger:
    """The database at `url` beside the record; all of the time counts as disturbed, for somebody was killed in every minute of it."""
    journal = Journal()
    journal.trouble("killed", start, end, timedelta(days=1))
    if url.startswith("sqlite"):
        return Ledger(Path(url.removeprefix("sqlite:///")), record, journal, end, arrived)
    return ServerLedger(Path("."), record, journal, end, arrived, url)


def open_work(led: Ledger, now: datetime) -> int:
    """How much that is due by `now` has not been done."""
    moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return sum(int(next(iter(vars(led.rows(sql.format(now=moment))[0]).values()))) for sql in SETTLED)


def record_of(peer: TwilioPeer, console: Path, led: Ledger) -> list[Entry]:
    """What the provider took, and what the console did, in the invariants' words. The console masks its numbers: they are taken for right."""
    entries = [
        Entry(one.sid, "twilio", message_of(one), one.kind, "", one.said("To").removeprefix("+86"), one.said("Body"), one.at, one.at) for one in peer.taken
    ]
    numbers = {row.id: row.to_phone for row in led.rows("SELECT id, to_phone FROM outbox")}
    for line in console.read_text(encoding="utf-8").splitlines() if console.exists() else ():
        one = json.loads(line)
        at = datetime.fromisoformat(one["at"])
        entries.append(Entry(f"console-{one['id']}", "console", one["id"], one["channel"], one["kind"], numbers.get(one["id"], ""), "", at, at))
    return entries


def violations(led: Ledger, town: Town) -> list[str]:
    """Everything that must not be, one sentence each."""
    return [f"{one.of}: {one.text}" for one in check(led)] + list(_promises(led, town)) + list(_early(led))


def _promises(led: Ledger, town: Town) -> Iterator[str]:
    """What was acknowledged over HTTP is there, once."""
    numbers = Counter(one.number for one in led.tickets)
    sources = Counter(one.source_id.rsplit("-", 1)[-1] for one in led.tickets)
    by_number = {one.number: one for one in led.tickets}
    for typed in town.typed:
        if numbers[typed.ticket] != 1 or sources[typed.once] != 1:
            yield f"acknowledged: 来件 {typed.once} 已回执为 {typed.ticket or '（无）'}，工单 {sources[typed.once]} 件"
        elif by_number[typed.ticket].source_id.rsplit("-", 1)[-1] != typed.once:
            yield f"acknowledged: 工单 {typed.ticket} 不是来件 {typed.once}"
    ticket_of = {one.id: one.ticket_id for one in led.messages}
    for message in sorted(town.signed):
        signed = sum(line.what == "签收" for line in led.lines.get(ticket_of.get(message, 0), []))
        if signed != 1:
            yield f"acknowledged: 电话 {message} 按 1 已答「已签收」，签收 {signed} 次"


def _early(led: Ledger) -> Iterator[str]:
    """Nothing fires before its time."""
    for link in led.links:
        if link.state == "fired" and link.fired_at < link.at:
            yield f"links: 催办环 {link.id} 提前触发"


def waits(led: Ledger, pace: float) -> list[float]:
    """Of each message that left, the wall's seconds from when it was due until the provider took it, the shortest first."""
    due = {link.id: link.at for link in led.links}
    taken = {one.message: one.at for one in reversed(led.record) if one.by == "twilio"}  # the console goes by the wall's clock
    late = (taken[one.id] - due.get(one.link_id, one.queued_at) for one in led.messages if one.id in taken)
    return sorted(max(one, timedelta(0)).total_seconds() / pace for one in late)


def at_share(sorted_values: list[float], share: float) -> float:
    """The value below which that share lies; 0 of none."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))] if sorted_values else 0.0
