# mypy: disable-error-code=misc
"""The whole course of an appeal: reviewers, helpers, extensions, visits, merged callers, files. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BigIntegerField, BooleanField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Unit(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Post(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Person(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class ReviewStep(Model):
    id = BigAutoField()
    ticket = BigIntegerField()
    step_seq = IntegerField()
    position = IntegerField()
    rule = CharField(40)
    asked = CharField(60)
    unit = ForeignKeyField(Unit, null=True)
    post = ForeignKeyField(Post, null=True)
    person = ForeignKeyField(Person, null=True, backref="+")
    state = CharField(10, default="planned")
    at = DateTimeField(null=True)
    decided_at = DateTimeField(null=True)
    reviewer = ForeignKeyField(Person, null=True, backref="+")
    opinion = TextField(default="")
    why = CharField(200, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("ticket", "step_seq", "position"), True), (("person", "state"), False))


class AssistAnswer(Model):
    id = BigAutoField()
    assist = BigIntegerField(index=True)
    ticket = BigIntegerField(index=True)
    at = DateTimeField()
    what = CharField(10)
    actor = CharField(60)
    person = ForeignKeyField(Person, null=True)
    words = TextField(default="")

    class Meta:
        legacy_table_names = False


class Extension(Model):
    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    deadline = BigIntegerField(index=True)
    asked_at = DateTimeField()
    person = ForeignKeyField(Person, backref="+")
    span = CharField(10)
    reason = TextField()
    old_due = DateTimeField()
    new_due = DateTimeField()
    decider = ForeignKeyField(Person, null=True, backref="+")
    state = CharField(10, default="asked")
    decided_at = DateTimeField(null=True)
    decided_by = CharField(60, default="")
    opinion = TextField(default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("decider", "state"), False),)


class Visit(Model):
    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    step_seq = IntegerField()
    rule = CharField(40)
    asked = CharField(60)
    visitor = ForeignKeyField(Person, backref="+")
    handler_unit = ForeignKeyField(Unit, null=True, backref="+")
    handler_post = ForeignKeyField(Post, null=True, backref="+")
    handler = ForeignKeyField(Person, null=True, backref="+")
    asked_at = DateTimeField()
    done_at = DateTimeField(null=True)
    result = CharField(20, default="")
    words = TextField(default="")

    class Meta:
        legacy_table_names = False


class Merged(Model):
    id = BigAutoField()
    ticket = BigIntegerField(unique=True)
    into = BigIntegerField(index=True)
    at = DateTimeField()
    actor = CharField(60)
    reason = CharField(400, default="")

    class Meta:
        legacy_table_names = False


class Suspended(Model):
    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    at = DateTimeField()
    actor = CharField(60)
    reason = TextField()
    plan = TextField(default="")
    review_at = DateTimeField()
    released_at = DateTimeField(null=True, index=True)
    released_why = TextField(default="")

    class Meta:
        legacy_table_names = False


class Attachment(Model):
    id = BigAutoField()
    key = CharField(32, unique=True)
    sha256 = CharField(64)
    kind = CharField(10)
    mime = CharField(60)
    name = CharField(120, default="")
    size = IntegerField()
    width = IntegerField(default=0)
    height = IntegerField(default=0)
    account = IntegerField()
    at = DateTimeField(index=True)
    taken_at = DateTimeField(null=True)
    place = CharField(60, default="")
    ticket = BigIntegerField(null=True, index=True)
    field = CharField(40, default="")
    claimed_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class FormDraft(Model):
    id = BigAutoField()
    account = IntegerField()
    once = CharField(32)
    form = CharField(40)
    ticket = BigIntegerField(null=True)
    at = DateTimeField()
    answers = TextField(default="{}")
    title = CharField(80, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("account", "once"), True), (("account", "form", "at"), False))


class CallRating(Model):
    id = BigAutoField()
    ticket = BigIntegerField(unique=True)
    account = IntegerField(index=True)
    at = DateTimeField()
    level = IntegerField()

    class Meta:
        legacy_table_names = False


class Correction(Model):
    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    at = DateTimeField(index=True)
    account = IntegerField()
    suggested = CharField(60, default="")
    confidence = CharField(10, default="")
    chosen = CharField(60)
    learned = BooleanField(default=False)

    class Meta:
        legacy_table_names = False


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    tables = (ReviewStep, AssistAnswer, Extension, Visit, Merged, Suspended, Attachment, FormDraft, CallRating, Correction)
    with db.bind_ctx((Unit, Post, Person, *tables), bind_refs=False, bind_backrefs=False):
        db.create_tables(tables, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    tables = (ReviewStep, AssistAnswer, Extension, Visit, Merged, Suspended, Attachment, FormDraft, CallRating, Correction)
    with db.bind_ctx((Unit, Post, Person, *tables), bind_refs=False, bind_backrefs=False):
        db.drop_tables(tables, safe=False)
