# mypy: disable-error-code=misc
"""Where similar appeals are found, and what is followed up. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, CharField, CompositeKey, Database, DateTimeField, IntegerField, Model, SqliteDatabase, TextField
from playhouse.migrate import SchemaMigrator


class SimilarRow(Model):
    ticket = BigIntegerField(primary_key=True)
    version = IntegerField(default=0)
    category = CharField(60, default="")
    area = CharField(60, default="")
    at = DateTimeField()
    terms = BlobField(default=b"")

    class Meta:
        legacy_table_names = False
        indexes = ((("version", "ticket"), False),)


class SimilarKey(Model):
    key = BigIntegerField()
    ticket = BigIntegerField()

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("key", "ticket")


class SimilarWeights(Model):
    version = IntegerField(primary_key=True)
    made_at = DateTimeField()
    tickets = IntegerField()
    rarity = BlobField()

    class Meta:
        legacy_table_names = False


class AreaFollow(Model):
    id = AutoField()
    ticket = BigIntegerField(unique=True)
    branch = CharField(60)
    place = CharField(60)
    days = IntegerField()
    from_at = DateTimeField()
    until_at = DateTimeField()
    actor = CharField(60)
    listed = TextField(default="[]")
    told = TextField(default="[]")
    state = CharField(10, default="观察中")
    came = IntegerField(default=0)
    callers = IntegerField(default=0)
    judged_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("state", "until_at"), False), (("branch", "place"), False))


TABLES = (SimilarRow, SimilarKey, SimilarWeights, AreaFollow)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables. Every ticket there is gets its row at once, without words or keys: the jobs process adds those, a few at a time."""
    SimilarKey._meta.without_rowid = isinstance(db, SqliteDatabase)  # the table is the index
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    empty = "x''" if isinstance(db, SqliteDatabase) else "''::bytea"
    db.execute_sql(f"INSERT INTO similar_row (ticket, version, category, area, at, terms) SELECT id, -1, category, area, registered_at, {empty} FROM ticket")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
