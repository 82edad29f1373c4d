"""A whole installation for the stories: the project's own rules and demonstration district, with a clock that is set by hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifications.channels import open_channels
from tests.databases import shut
from tickets.actions.deliver import deliver_due
from tickets.actions.intake import open_ticket
from tickets.actions.sweep import sweep
from tickets.domain.appeal import Appeal, Opened
from tickets.domain.times import stored
from tickets.files.district import read
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import Absence, Deadline, History, Outbox, Person, Ticket
from tickets.store.seeding import seed
from wiring.desk import Parts, open_parts
from wiring.settings import load

LOCAL = ZoneInfo("Asia/Shanghai")
MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=LOCAL)


@dataclass
class Clock:
    """Stands still until it is moved; `start` is when the story begins, in the district's time."""

    start: datetime = MONDAY_NINE
    now: datetime = field(default=MONDAY_NINE)

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)

    def begin(self, at: datetime) -> None:
        self.start = self.now = at

    def at(self, minutes: float) -> datetime:
        self.now = self.start + timedelta(minutes=minutes)
        return self.now


@dataclass(frozen=True)
class Installation:
    """The parts, the clock and the home folder; the worker's turns are taken by hand."""

    parts: Parts
    clock: Clock
    home: Path

    def appeal(self, text: str, address: str = "", **more: object) -> Opened:
        number = Ticket.select().count() + 1
        return open_ticket(self.parts.desk, Appeal("12345", f"S-{number}", text, address=address, **more))  # type: ignore[arg-type]

    def turn(self) -> None:
        """One turn of both loops of the worker."""
        sweep(self.parts.desk, self.clock())
        deliver_due(self.parts.desk, self.parts.channels)

    def run_until(self, minutes: float, step: float = 0.5) -> None:
        """Takes a turn every `step` minutes from where the clock stands up to and including `minutes` after the start."""
        stands = (self.clock.now - self.clock.start) / timedelta(minutes=1)
        while stands < minutes:
            stands = min(stands + step, minutes)
            self.clock.at(stands)
            self.turn()

    def sent(self) -> list[dict[str, object]]:
        """What the provider recorded, in order."""
        file = self.home / "console-sent.jsonl"
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def told(self, kind: str) -> list[tuple[str, str]]:
        """(channel, person) of every message of that kind that left."""
        rows = Outbox.select().where((Outbox.kind == kind) & Outbox.state.in_(("sent", "delivered"))).order_by(Outbox.id)
        return [(row.channel, row.person.name) for row in rows]

    def calls(self) -> list[dict[str, object]]:
        return [row for row in self.sent() if row["channel"] == "电话"]

    def clock_named(self, name: str) -> Deadline:
        found: Deadline = Deadline.get(Deadline.name == name)
        return found

    def course(self) -> list[str]:
        return [row.what for row in History.select().order_by(History.seq)]

    def send_away(self, person: Person) -> None:
        """The person is away for the day around the clock's time."""
        day = timedelta(hours=12)
        Absence.create(person=person, start=stored(self.clock() - day), end=stored(self.clock() + day), reason="出差")


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database file of a fresh installation with the demonstration district."""
    home = tmp_path_factory.mktemp("seeded")
    settings = load({"SUDA_HOME": str(home)})
    opened = open_database(settings.database_url)
    migrate()
    seed(read(settings.directory), lambda: MONDAY_NINE.astimezone(UTC))
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shut()
    return home / "suda.sqlite3"


@pytest.fixture
def home(seeded: Path, tmp_path: Path) -> Path:
    shutil.copy(seeded, tmp_path / "suda.sqlite3")
    return tmp_path


@pytest.fixture(scope="session")
def shared(seeded: Path) -> Iterator[Parts]:
    """Rules, library and places, read once: no test changes them."""
    parts = open_parts(load({"SUDA_HOME": str(seeded.parent)}))
    shut()
    yield parts
    parts.book.close()


@pytest.fixture
def installation(home: Path, shared: Parts) -> Iterator[Installation]:
    settings = load({"SUDA_HOME": str(home)})
    clock = Clock()
    open_database(settings.database_url)
    desk = replace(shared.desk, clock=clock)
    yield Installation(replace(shared, settings=settings, desk=desk, channels=open_channels(settings.channels, home)), clock, home)
    shut()
