"""Opens the installation's database: one SQLite file on a laptop, PostgreSQL where many work at once.

SQLite runs in WAL with `synchronous=FULL` and every transaction takes the write lock at once (BEGIN IMMEDIATE): with deferred
transactions two officers who read and then write overwrite each other, and with `synchronous=NORMAL` a power cut loses
commits that were already confirmed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from peewee import Database, DatabaseError, IntegrityError, OperationalError, SqliteDatabase
from playhouse.postgres_ext import PooledPsycopg3Database

from tickets.store.models import database

Conflict = IntegrityError  # two wrote what may be there only once; the second gets this
DatabaseFailed = DatabaseError  # every fault a database reports; `away` tells which are not the program's
BUSY_SECONDS = 10  # how long a writer waits for another on SQLite before it gives up
POOL_CONNECTIONS = 20
POOL_WAIT_SECONDS = 10


class DatabaseAddressWrong(Exception):
    """The database address of the configuration cannot be read; says what a right one looks like."""

    permanent = True


def open_database(url: str) -> Database:
    """Opens the database at `url` and makes every table use it; connections themselves open at first use, one per thread.

    `url` is `sqlite:///relative/path.db`, `sqlite:////absolute/path.db` or `postgresql://user:password@host/name`. A missing
    folder of the SQLite file is made. Raises DatabaseAddressWrong for anything else, an in-memory SQLite included: each thread
    would see its own.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        opened: Database = _sqlite(url)
    elif parts.scheme in ("postgresql", "postgres", "psycopg3+pool"):
        opened = PooledPsycopg3Database(
            urlunsplit(("postgresql", *parts[1:])),
            max_connections=POOL_CONNECTIONS,
            stale_timeout=300,
            timeout=POOL_WAIT_SECONDS,
        )
    else:
        raise DatabaseAddressWrong(_sentence(url))
    if database.obj is not None and not database.obj.is_closed():
        database.obj.close()
    database.initialize(opened)
    return opened


def _sqlite(url: str) -> SqliteDatabase:
    path = url.removeprefix("sqlite:///")
    if path == url or path in ("", ":memory:"):
        raise DatabaseAddressWrong(_sentence(url))
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        zh = f"数据库的文件夹 {Path(path).parent} 建不了（{why}），请改 config.yaml 的 home 或 database（环境变量 SUDA_HOME、SUDA_DATABASE）"
        raise DatabaseAddressWrong(f"{zh} (the database's folder cannot be made: choose another home)") from None
    pragmas = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "busy_timeout": BUSY_SECONDS * 1000,
        "cache_size": -16000,  # 16 MB
    }
    return SqliteDatabase(path, pragmas=pragmas, timeout=BUSY_SECONDS, lock_type="IMMEDIATE")


def _sentence(url: str) -> str:
    scheme = urlsplit(url).scheme or "?"  # never the whole address: it may hold a password
    return (
        f"数据库地址以「{scheme}」开头，无法识别；请写成 sqlite:///var/suda.db 或 postgresql://用户:密码@主机/库名 "
        "(unknown database address; write sqlite:///var/suda.db or postgresql://user:password@host/name)"
    )


def away(failed: DatabaseError) -> bool:
    """True when the database cannot be reached, is no database, is locked or full: nothing a traceback would explain."""
    return type(failed) in (OperationalError, DatabaseError)


def transaction() -> AbstractContextManager[object]:
    """Everything inside is committed together or not at all; inside another transaction it is a part of that one."""
    return database.atomic()  # type: ignore[no-any-return]


def is_sqlite() -> bool:
    """True on SQLite, where one writer works at a time and rows need no locks."""
    return isinstance(database.obj, SqliteDatabase)


def after_commit(then: Callable[[], object]) -> None:
    """Calls `then` once everything written so far is durable; never, when the transaction is undone."""
    database.after_commit(then)
