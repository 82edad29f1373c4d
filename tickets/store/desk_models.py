"""The tables beside the tickets: what agents look up, what officers learn, from where nodes work, second factors, imports."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from tickets.store.directory_models import Account, Area, Person, Row


class Knowledge(Row):
    """One entry of the knowledge base: a question as people ask it, and the answer an agent may read out."""

    id = BigAutoField()
    code = CharField(20, unique=True)
    title = CharField(120)
    answer = TextField()
    category = CharField(60, default="", index=True)
    words = CharField(300, default="")  # further words it is found by, separated by spaces
    basis = CharField(200, default="")  # the document it rests on
    unit = CharField(120, default="")  # who answers for it
    valid_until = DateTimeField(null=True)
    active = BooleanField(default=True)
    updated_at = DateTimeField()
    updated_by = CharField(40, default="")
    edition = IntegerField(default=1)  # raised by every change: an answer that was taken from it says which
    used = IntegerField(default=0)


class Lesson(Row):
    """A lesson with its short quiz. `questions` is JSON: [{"ask", "options": [...], "right": [index], "why"}]; a changed lesson is a new `edition`."""

    id = BigAutoField()
    code = CharField(20, unique=True)
    title = CharField(120)
    text = TextField()
    questions = TextField(default="[]")
    pass_mark = IntegerField(default=80)  # per cent
    roles = CharField(120, default="grid_officer")  # keys of roles, separated by commas
    due_days = IntegerField(default=14)  # after it is published
    repeat_days = IntegerField(default=0)  # to be passed again after so many days; 0: once
    edition = IntegerField(default=1)
    published_at = DateTimeField(null=True)
    active = BooleanField(default=True)


class LessonTry(Row):
    """One try at a quiz, appended. `answers` is JSON as given; `score` per cent."""

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
        indexes = ((("person", "lesson", "at"), False),)


class NodeAddress(Row):
    """A grid node's fixed address: an IP address or network (CIDR) from which its officers work."""

    id = BigAutoField()
    area = ForeignKeyField(Area, backref="+")
    network = CharField(50)
    note = CharField(100, default="")

    class Meta:
        indexes = ((("area", "network"), True),)


class SecondFactor(Row):
    """An account's TOTP. `last_step` is the 30-second step of the last code taken: a code is good once. `confirmed_at` is empty until a first code was right."""

    account = ForeignKeyField(Account, primary_key=True, backref="+")
    secret = CharField(200)  # encrypted with the installation's key
    made_at = DateTimeField()
    confirmed_at = DateTimeField(null=True)
    last_step = BigIntegerField(default=0)
    recovery = TextField(default="[]")  # JSON list of hashes of one-time recovery codes


class ImportRun(Row):
    """A file of appeals brought in through the browser: previewed, then imported in the background.

    state: reading preview queued running done failed dropped. `confirmed_by` is the account that had it imported.
    """

    id = BigAutoField()
    key = CharField(32, unique=True)  # names the file in home/imports
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
    report = TextField(default="{}")  # JSON: how the headers are understood, and the preview


class ImportRow(Row):
    """What became of one row of a file, written in the transaction that made its ticket: a row is done once, and none is forgotten.

    state: taken manual repeated refused failed. `number` counts data rows from 1, `line` is its place in the file.
    """

    id = BigAutoField()
    run = ForeignKeyField(ImportRun, backref="rows")
    number = IntegerField()
    line = IntegerField()
    state = CharField(10)
    ticket = CharField(20, default="")
    zh = CharField(400, default="")
    en = CharField(400, default="")

    class Meta:
        indexes = ((("run", "number"), True),)


DESK_MODELS = (Knowledge, Lesson, LessonTry, NodeAddress, SecondFactor, ImportRun, ImportRow)
