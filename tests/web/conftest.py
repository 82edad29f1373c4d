"""The web app on a fresh SQLite file, a fixed clock and the invented district."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from admin.app import create_app
from engine.book import RuleBook
from engine.calendar import Calendar
from engine.folder import Loaded
from engine.folder import load as load_rules
from tests.databases import shut
from tests.served import Served, moving_from
from tests.tickets.fakes import Nudges, WordLibrary, WordPlaces
from tests.web.district_rows import NOW, PASSWORD, Rows, fill
from tickets.domain.status import STATUSES
from tickets.ports import Desk
from tickets.store.connect import open_database, transaction
from tickets.store.migrate import migrate
from tickets.store.models import database
from wiring.settings import load

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "tests" / "tickets" / "rules"


@dataclass
class Site:
    """The app under test with what is in it."""

    app: Flask
    rows: Rows
    signed_in: Callable[[str], FlaskClient]


def token(client: FlaskClient, path: str = "/signin") -> str:
    """The CSRF token a page of this client holds."""
    html = client.get(path).get_data(as_text=True)
    return html.split('name="csrf-token" content="', 1)[1].split('"', 1)[0]


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD) -> int:
    """Signs the client in through the form and answers the status."""
    page = client.post("/signin", data={"username": username, "password": password, "csrf_token": token(client)})
    return page.status_code


@cache
def book() -> tuple[RuleBook, Loaded, Calendar]:
    """The small rules of tests/tickets, built once."""
    loaded = load_rules([RULES], base=None, statuses=tuple(STATUSES))
    return RuleBook(loaded.sets, loaded.facts, loaded.names), loaded, Calendar.load([PROJECT / "rules" / "calendar"])


def make_desk(clock: Callable[[], datetime] = lambda: NOW) -> Desk:
    """A desk with real rules, a real calendar, and a queue that only listens."""
    rules, loaded, calendar = book()
    return Desk(
        clock=clock,
        library=WordLibrary({}),
        places=WordPlaces(()),
        rules=rules,
        queue=Nudges(),
        calendar=calendar,
        manual_desk="热线中心/人工派单席",
        last_resort="热线中心/值班室",
        roles=loaded.roles,
    )


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """The invented district in a file, written once; each test works on its own copy."""
    file = tmp_path_factory.mktemp("web") / "filled.sqlite3"
    open_database(f"sqlite:///{file}")
    migrate()
    with transaction():
        rows = fill()
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file, rows


def make_site(folder: Path, filled: tuple[Path, Rows], **environment: str) -> Site:
    """An app with its own copy of the district in `folder`; settings are config.yaml's with the given environment over them."""
    shut()  # a connection to an older file of that name
    for old in ("web.sqlite3-wal", "web.sqlite3-shm"):
        (folder / old).unlink(missing_ok=True)
    shutil.copy(filled[0], folder / "web.sqlite3")
    open_database(f"sqlite:///{folder / 'web.sqlite3'}")
    settings = load({"SUDA_HOME": str(folder), **environment})
    app = create_app(SimpleNamespace(desk=make_desk(), settings=settings, renew=lambda: False))

    def signed_in(username: str) -> FlaskClient:
        client = app.test_client()
        assert sign_in(client, username) == 302
        return client

    return Site(app, deepcopy(filled[1]), signed_in)


@contextmanager
def served_district(folder: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    """The district's app for a browser, its clock moving on from the afternoon of the rows; closed afterwards."""
    with Served(make_site(folder, filled), moving_from(NOW)) as served:
        yield served
    database.close()


@pytest.fixture
def running(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as served:
        yield served


@pytest.fixture
def site(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Site]:
    yield make_site(tmp_path, filled)
    database.close()
