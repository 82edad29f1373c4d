"""The inbox, a ticket and its reply form with 100,000 tickets, beside a page that does nothing, in one run.

    python -m bench.pages [--tickets 100000] [--times 200]

A few hundred tickets of a modelled season are copied, closed, until there are so many; one handler and one leader have a heavy day on top.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from tickets.domain.period import month_of
from tickets.domain.times import stored
from tickets.files.district import read
from tickets.store import accounts
from tickets.store.connect import open_database, transaction
from tickets.store.migrate import migrate
from tickets.store.models import ChainLink, Deadline, History, Ticket, Unit, database
from tickets.store.seeding import seed
from web.app import create_app
from wiring.demonstration import make_accounts
from wiring.desk import Parts, open_parts, utc_now
from wiring.settings import load
from worker.history import Asked, prepare

SEEDS = 400  # tickets that are modelled; the others are their copies
HEAVY = 60  # open tickets in the hands of the one handler
STEP = 1_000_000  # between the ids of one copy and the next
COPIED = (Ticket, History, Deadline, ChainLink)
ENDED = {"status": "'已结案'", "state": "CASE WHEN state = 'running' THEN 'met' WHEN state = 'waiting' THEN 'cancelled' ELSE state END"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=200)
    args = parser.parse_args()
    run(args.tickets, args.times)


def run(tickets: int = 100_000, times: int = 200) -> None:
    """Prints median and p95 in milliseconds on the server for each page, by the clock and of the processor; progress goes to stderr, the home is removed."""
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"（先建 {tickets:,} 件工单，约一两分钟，建在临时目录，用后删除 · building them first in a temporary home, a minute or two）",
            file=sys.stderr,
            flush=True,
        )
        parts = _installation(folder, min(SEEDS, tickets))
        handler, leader = (next(one for one in make_accounts() if one.role == role) for role in ("handler", "unit_leader"))
        with transaction():
            _copy(max(1, tickets // SEEDS))
            print("（工单已在 · copied）", file=sys.stderr, flush=True)
            number = _heavy_day(handler, leader)
        database.execute_sql("ANALYZE")
        print(f"页面：{Ticket.select().count():,} 件工单 · pages with that many tickets, ms on the server")
        print(f"{'page':<34}{'median':>9}{'p95':>9}{'CPU median':>12}{'CPU p95':>9}")
        for name, ask in _pages(parts, handler, leader, number):
            for _ in range(5):
                ask()
            spent, busy = (sorted(one) for one in zip(*(timed(ask) for _ in range(times)), strict=True))
            print(f"{name:<34}{statistics.median(spent):>9.1f}{p95(spent):>9.1f}{statistics.median(busy):>12.1f}{p95(busy):>9.1f}", flush=True)
        print("（领导总览、单位、个人三页：每分钟第一次打开才重算当月，其余用这一分钟内算好的 · the month is counted anew once a minute）", file=sys.stderr)
        parts.book.close()
        database.close()


def _installation(folder: str, seeds: int) -> Parts:
    settings = load({"SUDA_HOME": folder, "SUDA_DEMONSTRATION": "true"})
    open_database(settings.database_url)
    migrate()
    seed(read(settings.directory), utc_now)
    parts = open_parts(settings)
    for _ in prepare(parts.desk, parts.catalogue, Asked(seeds, 90, 7, utc_now())).play():
        pass
    return parts


def _copy(times: int) -> None:
    """Each modelled ticket so many times over with its history and clocks, ended."""
    for model in COPIED:
        columns = [field.column_name for field in model._meta.sorted_fields]
        values = ", ".join(_copied(model, column) for column in columns)
        with_numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < ?)"
        table = model._meta.table_name
        database.execute_sql(
            f"{with_numbers} INSERT INTO {table} ({', '.join(_quoted(one) for one in columns)}) SELECT {values} FROM {table}, n WHERE id < {STEP}", (times,)
        )


def _quoted(column: str) -> str:
    return f'"{column}"'


def _copied(model: type, column: str) -> str:
    if column in ("id", "ticket_id", "deadline_id"):
        return f"{column} + k * {STEP}"
    if column in ("number", "source_id"):
        return f"substr({column}, -13) || '-' || k"
    if column == "registered_at":
        return "datetime(registered_at, '-' || (k % 700) || ' days')"
    return ENDED[column] if column in ENDED and (model is Ticket or column == "state") else _quoted(column)


def _heavy_day(handler: accounts.SignedIn, leader: accounts.SignedIn) -> str:
    """The handler's tickets to sign and at work, and the replies the leader's unit waits to have reviewed; the number of one at work."""
    own = [row.id for row in Ticket.select(Ticket.id).where(Ticket.id < STEP).order_by(Ticket.id.desc()).limit(HEAVY * 2)]
    now = stored(utc_now())
    for place, ticket in enumerate(own[:HEAVY]):
        status = "待签收" if place % 3 == 0 else "办理中"
        Ticket.update(status=status, person=handler.person_id, unit=handler.unit_id, closed_at=None).where(Ticket.id == ticket).execute()
        clock = {"state": "running", "met_at": None, "started_at": now, "due_at": now + timedelta(minutes=5 + place * 10)}
        Deadline.update(**clock).where(Deadline.ticket == ticket).execute()
    unit = Unit.get_by_id(leader.unit_id)
    Ticket.update(status="待审核", unit=unit, closed_at=None).where(Ticket.id.in_(own[HEAVY:])).execute()
    found: str = Ticket.get_by_id(own[1]).number
    return found


def _pages(parts: Parts, handler: accounts.SignedIn, leader: accounts.SignedIn, number: str) -> list[tuple[str, Callable[[], None]]]:
    app = create_app(parts)
    nobody, by_handler, by_leader, by_district = app.test_client(), app.test_client(), app.test_client(), app.test_client()
    district = next(one for one in make_accounts() if one.role == "leader")
    for client, who in ((by_handler, handler), (by_leader, leader), (by_district, district)):
        token = client.get("/signin").get_data(as_text=True).split('name="csrf-token" content="', 1)[1].split('"', 1)[0]
        client.post("/signin", data={"username": who.username, "password": accounts.DEMONSTRATION_PASSWORD, "csrf_token": token})

    def asks(client: object, path: str) -> Callable[[], None]:
        def ask() -> None:
            answer = client.get(path)  # type: ignore[attr-defined]
            if answer.status_code != 200:
                raise SystemExit(f"{path}: {answer.status_code}")

        return ask

    return [
        ("nothing (/offline)", asks(nobody, "/offline")),
        (f"inbox, handler with {HEAVY}", asks(by_handler, "/inbox")),
        (f"inbox, leader with {HEAVY} to review", asks(by_leader, "/inbox")),
        ("ticket", asks(by_handler, f"/t/{number}")),
        ("ticket on paper", asks(by_handler, f"/t/{number}/print")),
        ("reply form", asks(by_handler, f"/t/{number}/do/reply")),
        ("leaders' overview", asks(by_district, "/leaders")),
        ("leaders' overview, its minute", asks(by_district, "/leaders/state")),
        ("a unit's page", asks(by_leader, f"/units/{leader.unit_id}/overview")),
        ("a person's page", asks(by_handler, f"/people/{handler.person_id}/overview")),
        ("month's report", asks(by_district, f"/report/{month_of(utc_now()).before().key}")),
    ]


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor in this thread: the second hardly changes when others are at work on the machine."""
    began, busy = time.perf_counter(), time.thread_time()
    ask()
    return (time.perf_counter() - began) * 1000, (time.thread_time() - busy) * 1000


def p95(ordered: Sequence[float]) -> float:
    """The 95th of a hundred of an ascending list."""
    return ordered[max(0, int(len(ordered) * 0.95) - 1)]


if __name__ == "__main__":
    main()
