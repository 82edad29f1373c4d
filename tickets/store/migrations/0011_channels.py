# mypy: disable-error-code=misc
"""Who carried a message, what providers report, how people wish to be told. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BigIntegerField, CharField, Database, DateTimeField, ForeignKeyField, Model
from playhouse.migrate import SchemaMigrator


class Person(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class ProviderReceipt(Model):
    id = BigAutoField()
    outbox = BigIntegerField(index=True)
    provider = CharField(20)
    provider_id = CharField(80)
    status = CharField(24)
    code = CharField(10, default="")
    at = DateTimeField()

    class Meta:
        legacy_table_names = False
        indexes = ((("provider", "provider_id", "status"), True),)


class Preference(Model):
    person = ForeignKeyField(Person, primary_key=True, backref="+")
    quiet_from = CharField(5, default="")
    quiet_until = CharField(5, default="")
    channel = CharField(10, default="")
    lang = CharField(2, default="")
    changed_at = DateTimeField()

    class Meta:
        legacy_table_names = False


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables and the column; messages of before were carried by whoever the installation had."""
    with db.bind_ctx((Person, ProviderReceipt, Preference), bind_refs=False, bind_backrefs=False):
        db.create_tables((ProviderReceipt, Preference), safe=False)
    db.execute_sql("ALTER TABLE outbox ADD COLUMN provider VARCHAR(20) NOT NULL DEFAULT ''")


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables and the column away."""
    db.execute_sql("ALTER TABLE outbox DROP COLUMN provider")
    with db.bind_ctx((Person, ProviderReceipt, Preference), bind_refs=False, bind_backrefs=False):
        db.drop_tables((ProviderReceipt, Preference), safe=False)
