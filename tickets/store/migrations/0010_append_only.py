# mypy: disable-error-code=misc
"""What is appended cannot be edited or removed, whoever asks: the database itself refuses. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import Database, SqliteDatabase
from playhouse.migrate import SchemaMigrator

APPENDED = ("history", "assist_answer", "survey_answer", "look", "directory_change", "draft_change")
SQLITE = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is appended to, never changed'); END"
POSTGRES = (
    "CREATE OR REPLACE FUNCTION appended_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '%% is appended to, never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
ON_POSTGRES = "CREATE TRIGGER {table}_appended BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION appended_only()"


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Puts the guards on the tables."""
    if isinstance(db, SqliteDatabase):
        for table in APPENDED:
            for verb in ("UPDATE", "DELETE"):
                db.execute_sql(SQLITE.format(table=table, verb=verb))
        return
    db.execute_sql(POSTGRES)
    for table in APPENDED:
        db.execute_sql(ON_POSTGRES.format(table=table))


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the guards away."""
    if isinstance(db, SqliteDatabase):
        for table in APPENDED:
            for verb in ("UPDATE", "DELETE"):
                db.execute_sql(f"DROP TRIGGER {table}_no_{verb}")
        return
    for table in APPENDED:
        db.execute_sql(f"DROP TRIGGER {table}_appended ON {table}")
    db.execute_sql("DROP FUNCTION appended_only()")
