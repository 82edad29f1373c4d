# mypy: disable-error-code=misc
"""The month's score: frozen editions, tickets left out, appeals; an index for the lines that rates count. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    Database,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from playhouse.migrate import SchemaMigrator

INDEX = "CREATE INDEX history_counted ON history (at) WHERE what IN ('核实', '改评价', '回复', '重办')"
FOR_GOOD = "CREATE TRIGGER score_month_no_{verb} BEFORE {verb} ON score_month BEGIN SELECT RAISE(ABORT, 'score_month is appended to, never changed'); END"
ON_POSTGRES = "CREATE TRIGGER score_month_appended BEFORE UPDATE OR DELETE ON score_month FOR EACH ROW EXECUTE FUNCTION appended_only()"


class Person(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Unit(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class ScoreMonth(Model):
    id = BigAutoField()
    period = CharField(20)
    edition = IntegerField()
    at = DateTimeField()
    actor = CharField(60)
    why = TextField(default="")
    ruleset = CharField(40)
    version = CharField(64)
    context_hash = CharField(64)
    basic = BooleanField(default=True)
    facts = TextField()
    result = TextField()
    sha256 = CharField(64)

    class Meta:
        legacy_table_names = False
        indexes = ((("period", "edition"), True),)


class Exclusion(Model):
    id = BigAutoField()
    ticket = BigIntegerField()
    period = CharField(20)
    rule = CharField(40)
    rates = TextField()
    reason = CharField(200)
    approve = CharField(120, default="")
    state = CharField(10)
    proposer = CharField(60)
    person = ForeignKeyField(Person, null=True, backref="+")
    facts = TextField(default="{}")
    at = DateTimeField()
    decided_by = CharField(60, default="")
    decider = ForeignKeyField(Person, null=True, backref="+")
    decided_at = DateTimeField(null=True)
    opinion = TextField(default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("period", "ticket", "rule"), True),)


class ScoreAppeal(Model):
    id = BigAutoField()
    period = CharField(20)
    edition = IntegerField()
    unit = ForeignKeyField(Unit, backref="+")
    ticket = BigIntegerField()
    rates = TextField()
    words = TextField()
    evidence = TextField(default="")
    at = DateTimeField()
    actor = CharField(60)
    person = ForeignKeyField(Person, null=True, backref="+")
    due_at = DateTimeField()
    state = CharField(10, default="asked")
    decided_at = DateTimeField(null=True)
    decided_by = CharField(60, default="")
    decider = ForeignKeyField(Person, null=True, backref="+")
    opinion = TextField(default="")
    new_edition = IntegerField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("period", "unit"), False), (("state", "due_at"), False))


TABLES = (ScoreMonth, Exclusion, ScoreAppeal)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables, guards the frozen editions, and lets the rates find their lines."""
    with db.bind_ctx((Person, Unit, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    db.execute_sql(INDEX)
    if isinstance(db, SqliteDatabase):
        for verb in ("UPDATE", "DELETE"):
            db.execute_sql(FOR_GOOD.format(verb=verb))
    else:
        db.execute_sql(ON_POSTGRES)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes them away."""
    db.execute_sql("DROP INDEX history_counted")
    with db.bind_ctx((Person, Unit, *TABLES), bind_refs=False, bind_backrefs=False):
        db.drop_tables(tuple(reversed(TABLES)), safe=False)
