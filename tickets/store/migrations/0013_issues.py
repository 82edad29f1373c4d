# mypy: disable-error-code=misc
"""Hot issues, their members and what is supervised. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, CharField, CompositeKey, Database, DateTimeField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Issue(Model):
    id = AutoField()
    name = CharField(120, default="")
    title = CharField(120, default="")
    place = CharField(60, default="")
    words = CharField(200, default="")
    category = CharField(60, default="")
    size = IntegerField(default=0)
    people = IntegerField(default=0)
    first_at = DateTimeField(null=True)
    last_at = DateTimeField(null=True)
    into = IntegerField(null=True)
    touched = BooleanField(default=False)

    class Meta:
        legacy_table_names = False
        indexes = ((("last_at", "people"), False),)


class IssueMember(Model):
    ticket = BigIntegerField(primary_key=True)
    issue = IntegerField(index=True)
    at = DateTimeField(index=True)
    asked = BooleanField(default=False, index=True)

    class Meta:
        legacy_table_names = False


class IssueApart(Model):
    first = IntegerField()
    second = IntegerField()

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("first", "second")


class IssueEvent(Model):
    id = AutoField()
    issue = IntegerField(null=True, index=True)
    item = IntegerField(null=True, index=True)
    at = DateTimeField()
    actor = CharField(60)
    what = CharField(20)
    note = TextField(default="{}")

    class Meta:
        legacy_table_names = False


class IssueTurn(Model):
    id = IntegerField(primary_key=True)
    version = IntegerField(default=0)
    moves = BigIntegerField(default=0)

    class Meta:
        legacy_table_names = False


class SupervisionAsked(Model):
    history = BigIntegerField(primary_key=True)

    class Meta:
        legacy_table_names = False


class SupervisionItem(Model):
    id = AutoField()
    once = CharField(200)
    closed = IntegerField(default=0)
    level = CharField(20)
    rank = IntegerField(default=0)
    rule = CharField(40)
    title = CharField(200, default="")
    ticket = BigIntegerField()
    issue = IntegerField(null=True, index=True)
    unit = CharField(120, default="")
    post = CharField(60, default="")
    person = IntegerField(null=True)
    person_name = CharField(40, default="")
    listed = BooleanField(default=False)
    opened_at = DateTimeField()
    raised_at = DateTimeField(null=True)
    done_at = DateTimeField(null=True)
    done_words = CharField(500, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("once", "closed"), True), (("closed", "opened_at"), False))


class SupervisionTicket(Model):
    item = IntegerField()
    ticket = BigIntegerField(index=True)

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("item", "ticket")


class SupervisionStep(Model):
    id = AutoField()
    item = IntegerField()
    what = CharField(20)
    due_at = DateTimeField()
    every_days = IntegerField(default=0)
    plan = CharField(300, default="")
    done_at = DateTimeField(null=True)
    done_by = CharField(60, default="")
    words = CharField(500, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("item", "what", "due_at"), True), (("done_at", "due_at"), False))


TABLES = (Issue, IssueMember, IssueApart, IssueEvent, IssueTurn, SupervisionAsked, SupervisionItem, SupervisionTicket, SupervisionStep)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
