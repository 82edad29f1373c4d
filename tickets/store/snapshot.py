"""A copy of the whole database while others work on it, and its way back: the same moment in every table, or nothing.

SQLite is copied by its online backup from one read transaction; PostgreSQL table by table (COPY) inside one REPEATABLE READ transaction.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tickets.store.models import database

Told = Callable[[int, int], None]  # (done, total), for a progress bar
PAGES_AT_ONCE = 2048
HISTORY = "schema_migration"
TABLE = re.compile(r"[a-z_]{1,63}\Z")


class SnapshotDamaged(Exception):
    """The database, or the copy of it, does not hold together; `what` is the database's own remark."""

    permanent = True


@dataclass(frozen=True)
class Table:
    """A table of a copy: how many rows, and its columns in the order of the copy."""

    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """What a copy holds: the migrations it had seen and its tables by name."""

    steps: tuple[str, ...]
    tables: dict[str, Table]


# ---- SQLite ---------------------------------------------------------------------------------------------------------
def copy_sqlite(source: Path, target: Path, told: Told) -> Shape:
    """Copies the database file as it is at this moment; SnapshotDamaged when the copy does not hold together."""
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as live, closing(sqlite3.connect(target)) as copy:
        live.execute("BEGIN")
        live.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()  # now its view is fixed, and writers cannot make the copying begin anew
        live.backup(copy, pages=PAGES_AT_ONCE, progress=lambda _status, left, total: told(total - left, total))
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        return look_sqlite(copy)


def look_sqlite(copy: sqlite3.Connection) -> Shape:
    """What a SQLite database holds; SnapshotDamaged when it does not hold together."""
    try:
        said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
        if said != ["ok"]:
            raise SnapshotDamaged("; ".join(said)[:200])
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name") if TABLE.match(name)]
        tables = {name: Table(_count(copy, name), tuple(row[1] for row in copy.execute(f'PRAGMA table_info("{name}")'))) for name in names}
        steps = tuple(name for (name,) in copy.execute(f"SELECT name FROM {HISTORY} ORDER BY name")) if HISTORY in tables else ()
    except sqlite3.DatabaseError as failed:
        raise SnapshotDamaged(str(failed)) from failed
    return Shape(steps, tables)


def dangling(copy: sqlite3.Connection) -> int:
    """How many rows speak of rows that are not there."""
    return len(copy.execute("PRAGMA foreign_key_check").fetchall())


def _count(copy: sqlite3.Connection, table: str) -> int:
    return int(copy.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])


# ---- PostgreSQL -----------------------------------------------------------------------------------------------------
@contextmanager
def postgres_moment(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that sees the database as it is now, whatever others commit meanwhile."""
    with psycopg.connect(urlunsplit(("postgresql", *urlsplit(url)[1:])), autocommit=True) as link:
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield link
        link.execute("ROLLBACK")


def look_postgres(link: psycopg.Connection[Any]) -> Shape:
    """What a PostgreSQL database holds, in the schema that is searched first."""
    found = link.execute(
        "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
    ).fetchall()
    columns: dict[str, list[str]] = {}
    for table, column in found:
        columns.setdefault(table, []).append(column)
    tables = {}
    for name, named in columns.items():
        row = link.execute(sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(name))).fetchone()
        tables[name] = Table(int(row[0]) if row else 0, tuple(named))
    steps = tuple(name for (name,) in link.execute(f"SELECT name FROM {HISTORY} ORDER BY name").fetchall()) if HISTORY in tables else ()
    return Shape(steps, tables)


def copy_table(link: psycopg.Connection[Any], name: str, table: Table, target: IO[bytes]) -> None:
    """Writes the rows of a table as PostgreSQL's COPY text."""
    with link.cursor() as cursor, cursor.copy(sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(name), _listed(table))) as copied:
        for block in copied:
            target.write(block)


def fill_postgres(tables: dict[str, Table], opened: Callable[[str], IO[bytes]]) -> None:
    """Empties every table and fills it from the copy, parents before children, in the caller's transaction; `opened` gives a table's COPY text.

    SnapshotDamaged for rows that do not fit; then the caller's transaction must be undone.
    """
    link: psycopg.Connection[Any] = database.obj.connection()
    everything = sql.SQL(", ").join(sql.Identifier(name) for name in tables)
    link.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(everything))
    try:
        for name in _parents_first(link, tables):
            with opened(name) as source, link.cursor() as cursor:
                with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), _listed(tables[name]))) as copied:
                    while block := source.read(1 << 18):
                        copied.write(block)
                if cursor.rowcount != tables[name].rows:
                    raise SnapshotDamaged(f"{name}: {cursor.rowcount} rows, not {tables[name].rows}")
    except (psycopg.DataError, psycopg.IntegrityError) as failed:
        raise SnapshotDamaged(str(failed).splitlines()[0]) from failed
    for name, table in tables.items():
        if "id" in table.columns:
            link.execute(
                sql.SQL(
                    "SELECT setval(s, (SELECT COALESCE(MAX(id), 0) + 1 FROM {}), false) FROM pg_get_serial_sequence({}, 'id') AS s WHERE s IS NOT NULL"
                ).format(sql.Identifier(name), sql.Literal(f'"{name}"'))
            )


def _listed(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in table.columns)


def _parents_first(link: psycopg.Connection[Any], tables: dict[str, Table]) -> list[str]:
    """The tables in an order in which each stands after all it speaks of."""
    found = link.execute("SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'").fetchall()
    waits = {name: {parent.strip('"') for child, parent in found if child.strip('"') == name and parent != child} & set(tables) for name in tables}
    ordered: list[str] = []
    while waits:
        free = sorted(name for name, parents in waits.items() if not parents - set(ordered)) or sorted(waits)
        ordered += free
        waits = {name: parents for name, parents in waits.items() if name not in free}
    return ordered
