# mypy: disable-error-code=misc
"""Who changed the directory, when and what. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Account(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class DirectoryChange(Model):
    id = BigAutoField()
    at = DateTimeField()
    account = ForeignKeyField(Account, null=True, backref="+")
    table = CharField(20)
    row = IntegerField()
    what = CharField(10)
    before = TextField(default="{}")
    after = TextField(default="{}")

    class Meta:
        legacy_table_names = False
        indexes = ((("table", "row"), False),)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the table; accounts were made by an earlier step."""
    with db.bind_ctx((DirectoryChange, Account), bind_refs=False, bind_backrefs=False):
        db.create_tables((DirectoryChange,), safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the table away."""
    with db.bind_ctx((DirectoryChange, Account), bind_refs=False, bind_backrefs=False):
        db.drop_tables((DirectoryChange,), safe=False)
