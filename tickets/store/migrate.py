"""Brings the database's tables to the form this version needs, each numbered step once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import Database, SqliteDatabase
from playhouse.migrations import Runner

from tickets.store.models import database

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 1_234_512_345  # any number, the same for every process of Suda


def migrate() -> tuple[str, ...]:
    """Applies the steps of migrations/ that this database has not seen, in number order, and returns their names.

    Two processes may start at once: one applies, the other waits and finds nothing to do. All steps of a run are one
    transaction, so a failing step leaves the tables as they were.
    """
    db: Database = database.obj
    db.connect(reuse_if_open=True)
    with _alone(db):
        return tuple(Runner(db, str(FOLDER), table_name="schema_migration").up())


def down(count: int) -> tuple[str, ...]:
    """Takes the last `count` steps back, the newest first, and returns their names. What was written into their tables is gone.

    Under the same lock and in one transaction, as going up.
    """
    db: Database = database.obj
    db.connect(reuse_if_open=True)
    with _alone(db):
        runner = Runner(db, str(FOLDER), table_name="schema_migration")
        return tuple(name for _ in range(min(count, len(runner.applied()))) for name in runner.down())


def applied() -> tuple[str, ...]:
    """The steps this database has seen, in order."""
    return tuple(sorted(Runner(database.obj, str(FOLDER), table_name="schema_migration").applied()))


def pending() -> tuple[str, ...]:
    """The steps that are still to be applied; empty when the tables are up to date."""
    return tuple(step.name for step in Runner(database.obj, str(FOLDER), table_name="schema_migration").status() if not step.applied)


def steps() -> tuple[str, ...]:
    """The names of every step this version knows, in order."""
    return tuple(step.name for step in Runner(database.obj, str(FOLDER), table_name="schema_migration").migrations())


@contextmanager
def _alone(db: Database) -> Iterator[None]:
    if isinstance(db, SqliteDatabase):
        # A table rebuild drops the old table; with foreign keys on, that would empty its children. The pragma is inert
        # inside a transaction, so it is set here, before BEGIN IMMEDIATE takes the only write lock.
        db.pragma("foreign_keys", 0)
        try:
            with db.atomic():
                yield
        finally:
            db.pragma("foreign_keys", 1)
    else:
        with db.atomic():
            db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))  # type: ignore[no-untyped-call]
            yield
