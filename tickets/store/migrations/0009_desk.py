# mypy: disable-error-code=misc
"""What agents look up, what officers learn, from where nodes work, second factors, imports. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BigIntegerField, BooleanField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Area(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Account(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Person(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Knowledge(Model):
    id = BigAutoField()
    code = CharField(20, unique=True)
    title = CharField(120)
    answer = TextField()
    category = CharField(60, default="", index=True)
    words = CharField(300, default="")
    basis = CharField(200, default="")
    unit = CharField(120, default="")
    valid_until = DateTimeField(null=True)
    active = BooleanField(default=True)
    updated_at = DateTimeField()
    updated_by = CharField(40, default="")
    edition = IntegerField(default=1)
    used = IntegerField(default=0)

    class Meta:
        legacy_table_names = False


class Lesson(Model):
    id = BigAutoField()
    code = CharField(20, unique=True)
    title = CharField(120)
    text = TextField()
    questions = TextField(default="[]")
    pass_mark = IntegerField(default=80)
    roles = CharField(120, default="grid_officer")
    due_days = IntegerField(default=14)
    repeat_days = IntegerField(default=0)
    edition = IntegerField(default=1)
    published_at = DateTimeField(null=True)
    active = BooleanField(default=True)

    class Meta:
        legacy_table_names = False


class LessonTry(Model):
    id = BigAutoField()
    lesson = ForeignKeyField(Lesson, backref="tries")
    edition = IntegerField()
    person = ForeignKeyField(Person, backref="+")
    at = DateTimeField()
    score = IntegerField()
    passed = BooleanField()
    answers = TextField(default="{}")
    once = CharField(32, unique=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("person", "lesson", "at"), False),)


class NodeAddress(Model):
    id = BigAutoField()
    area = ForeignKeyField(Area, backref="+")
    network = CharField(50)
    note = CharField(100, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("area", "network"), True),)


class SecondFactor(Model):
    account = ForeignKeyField(Account, primary_key=True, backref="+")
    secret = CharField(200)
    made_at = DateTimeField()
    confirmed_at = DateTimeField(null=True)
    last_step = BigIntegerField(default=0)
    recovery = TextField(default="[]")

    class Meta:
        legacy_table_names = False


class ImportRun(Model):
    id = BigAutoField()
    key = CharField(32, unique=True)
    name = CharField(120)
    sha256 = CharField(64, index=True)
    account = IntegerField()
    at = DateTimeField(index=True)
    confirmed_by = IntegerField(null=True)
    confirmed_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    error = CharField(400, default="")
    state = CharField(10, default="preview")
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    taken = IntegerField(default=0)
    repeated = IntegerField(default=0)
    refused = IntegerField(default=0)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)
    report = TextField(default="{}")

    class Meta:
        legacy_table_names = False


class ImportRow(Model):
    id = BigAutoField()
    run = ForeignKeyField(ImportRun, backref="rows")
    number = IntegerField()
    line = IntegerField()
    state = CharField(10)
    ticket = CharField(20, default="")
    zh = CharField(400, default="")
    en = CharField(400, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("run", "number"), True),)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    tables = (Knowledge, Lesson, LessonTry, NodeAddress, SecondFactor, ImportRun, ImportRow)
    with db.bind_ctx((Area, Account, Person, *tables), bind_refs=False, bind_backrefs=False):
        db.create_tables(tables, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    tables = (Knowledge, Lesson, LessonTry, NodeAddress, SecondFactor, ImportRun, ImportRow)
    with db.bind_ctx((Area, Account, Person, *tables), bind_refs=False, bind_backrefs=False):
        db.drop_tables(tables, safe=False)
