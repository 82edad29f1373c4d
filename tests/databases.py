"""Real databases for tests: each test gets a fresh one, migrated, on SQLite and on PostgreSQL (a server started from a wheel)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from redis import Redis

from tests import on_servers
from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import MODELS
from tickets.store.models import database as proxy

ENGINES = ("postgresql",) if on_servers.ON_POSTGRES else ("sqlite", "postgresql")
# Every row gone and every number from 1 again. Few rows are deleted in a quarter of the time in which so many tables are truncated;
# as a replica the server asks neither foreign keys nor the guards of what is only appended to.
EMPTIED = "; ".join(
    (
        "SET session_replication_role = replica",
        *(f'DELETE FROM "{model._meta.table_name}"' for model in MODELS),
        "SELECT setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences WHERE last_value IS NOT NULL",
    )
)


def shut() -> None:
    """Closes every connection of the open database; the next open_database starts afresh."""
    if proxy.obj is None:
        return
    if not proxy.obj.is_closed():
        proxy.obj.close()
    if hasattr(proxy.obj, "close_all"):
        proxy.obj.close_all()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements run inside."""
    said: list[str] = []
    run = proxy.obj.execute_sql

    def listen(sql: str, *rest: object, **more: object) -> object:
        said.append(sql)
        return run(sql, *rest, **more)

    with patch.object(proxy.obj, "execute_sql", listen):
        yield said


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    opened = open_database(f"sqlite:///{file}")
    migrate()
    opened.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    shut()
    return file


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a PostgreSQL server of our own, {name} standing for a database; stopped and removed at the end."""
    return on_servers.postgres_server()


@pytest.fixture(scope="session")
def postgres_database(postgres: str) -> str:
    """The address of a migrated database, used by one test after the other: a copy for each would be 8 MB to write and to remove."""
    with psycopg.connect(postgres.format(name="postgres"), autocommit=True) as server:
        server.execute("CREATE DATABASE suda")
    open_database(postgres.format(name="suda"))
    migrate()
    shut()
    return postgres.format(name="suda")


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The address of a Redis server of our own; stopped at the end."""
    return on_servers.redis_server()


@pytest.fixture
def broker(redis_server: str) -> str:
    """The address of an empty Redis."""
    Redis.from_url(redis_server).flushall()
    return redis_server


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated, open database; every test that asks for it runs on both kinds."""
    yield from _fresh(request, tmp_path, request.param)


@pytest.fixture
def sqlite_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same on one kind alone, for tests in which the database does not matter: SQLite, unless the tests run on PostgreSQL."""
    yield from _fresh(request, tmp_path, ENGINES[0])


@pytest.fixture
def postgres_fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same on PostgreSQL alone, for what only many machines do."""
    yield from _fresh(request, tmp_path, "postgresql")


@contextmanager
def without_tables(request: pytest.FixtureRequest, folder: Path) -> Iterator[None]:
    """A database of the parameter's kind without a table, open."""
    url = f"sqlite:///{folder / 'empty.sqlite3'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        with psycopg.connect(server.format(name="postgres"), autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS empty WITH (FORCE)")
            connection.execute("CREATE DATABASE empty")
        url = server.format(name="empty")
    open_database(url).connect()
    yield
    shut()


def _fresh(request: pytest.FixtureRequest, folder: Path, engine: str) -> Iterator[str]:
    if engine == "sqlite":
        file = folder / "suda.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        url = f"sqlite:///{file}"
    else:
        url = request.getfixturevalue("postgres_database")
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(EMPTIED)
    open_database(url)
    yield url
    shut()
