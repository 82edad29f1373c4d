# mypy: disable-error-code=misc
"""Citizens are asked by a link: the surveys and the answers to them. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Survey(Model):
    id = BigAutoField()
    ticket = BigIntegerField()
    step_seq = IntegerField()
    rule = CharField(40)
    nonce = CharField(32)
    key_hash = CharField(64, unique=True)
    made_at = DateTimeField()
    expires_at = DateTimeField()
    answered_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("ticket", "step_seq"), True),)


class SurveyAnswer(Model):
    id = BigAutoField()
    survey = ForeignKeyField(Survey, backref="answers")
    at = DateTimeField()
    solved = CharField(10)
    satisfied = CharField(10)
    why = TextField(default="[]")
    words = CharField(200, default="")
    counted = BooleanField(default=False)

    class Meta:
        legacy_table_names = False


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes both tables."""
    tables = (Survey, SurveyAnswer)
    with db.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        db.create_tables(tables, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes both tables away."""
    tables = (Survey, SurveyAnswer)
    with db.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        db.drop_tables(tables, safe=False)
