"""A desk over real rules, a real calendar, a tiny district and a real database."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import Loaded, load
from tests.tickets import district
from tests.tickets.fakes import FixedClock, Nudges, Overruled, WordLibrary, WordPlaces
from tickets.actions.intake import open_ticket
from tickets.actions.sign import sign
from tickets.domain.appeal import Appeal, Opened
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import History

RULES = Path(__file__).parent / "rules"
PROJECT = Path(__file__).parents[2]
MONDAY_NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in the district
WORDS = {"停水": "供水", "路灯": "照明", "电梯": "物业服务", "垃圾": "农村保洁", "空科": "无人科室", "水管": "供水", "别处": "不在目录"}

make_appeal_numbers = count(1)


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    found = load([RULES], base=None, statuses=tuple(STATUSES))
    assert not found.errors, [finding.text("zh") for finding in found.errors]
    return found


@pytest.fixture(scope="session")
def book(loaded: Loaded) -> Iterator[RuleBook]:
    rules = RuleBook(loaded.sets, loaded.facts, loaded.names)
    yield rules
    rules.close()


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return Calendar.load([PROJECT / "rules" / "calendar"])


def make_desk(book: RuleBook, loaded: Loaded, calendar: Calendar, clock: FixedClock) -> Desk:
    """A desk at which only the library's and the places' knowledge is made up."""
    return Desk(
        clock=clock,
        library=WordLibrary(WORDS, unsure=("水管",)),
        places=WordPlaces(tuple(name for name, _, _ in reversed(district.AREAS))),
        rules=Overruled(book),
        queue=Nudges(),
        calendar=calendar,
        manual_desk="热线中心/人工派单席",
        last_resort="热线中心/值班室",
        roles=loaded.roles,
    )


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_NINE)


@pytest.fixture
def desk(database: str, book: RuleBook, loaded: Loaded, calendar: Calendar, clock: FixedClock) -> Desk:
    with transaction():
        district.settle()
    return make_desk(book, loaded, calendar, clock)


def make_appeal(text: str = "花园小区停水两天了", **more: object) -> Appeal:
    """An appeal in which only what matters is named; each has its own source number."""
    return Appeal(**{"source": "12345", "source_id": f"A-{next(make_appeal_numbers)}", "text": text, **more})  # type: ignore[arg-type]


@pytest.fixture
def make_ticket(desk: Desk) -> Callable[..., Opened]:
    """make_ticket("路灯不亮", address="花园小区") opens a ticket at the desk."""
    return lambda *words, **more: open_ticket(desk, make_appeal(*words, **more))


@pytest.fixture
def signed(desk: Desk, make_ticket: Callable[..., Opened]) -> int:
    """A ticket that 班长甲 of 供水公司/抢修班 has signed."""
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    return opened.ticket_id


def newest_note(what: str) -> dict[str, object]:
    """What the newest line of that name says, of whatever ticket."""
    found: dict[str, object] = json.loads(History.select().where(History.what == what).order_by(History.id.desc()).first().note)
    return found
