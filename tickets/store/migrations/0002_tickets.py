# mypy: disable-error-code=misc
"""Tickets with everything that hangs on them, and the worker's tables. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BooleanField, CharField, Database, DateTimeField, FloatField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class Person(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Post(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class Unit(Model):
    id = AutoField()

    class Meta:
        legacy_table_names = False


class RuleSetVersion(Model):
    id = AutoField()
    name = CharField(40)
    version = CharField(64)
    context_hash = CharField(64)
    canonical = TextField()
    context = TextField()
    first_used = DateTimeField()

    class Meta:
        legacy_table_names = False
        indexes = ((("name", "version", "context_hash"), True),)


class TicketCounter(Model):
    day = CharField(8, primary_key=True)
    last = IntegerField(default=0)

    class Meta:
        legacy_table_names = False


class Ticket(Model):
    id = BigAutoField()
    number = CharField(20, unique=True)
    source = CharField(20)
    source_id = CharField(120)
    status = CharField(10, index=True)
    step_seq = IntegerField(default=0)
    kind = CharField(10, default="")
    title = CharField(200, default="")
    text = TextField()
    address = CharField(300, default="")
    caller_phone = CharField(40, default="")
    phone_tail = CharField(4, index=True, default="")
    caller_name = CharField(40, default="")
    appealed_at = DateTimeField(null=True)
    registered_at = DateTimeField(index=True)
    dispatched_at = DateTimeField(index=True, null=True)
    signed_at = DateTimeField(null=True)
    closed_at = DateTimeField(null=True)
    category = CharField(60, default="")
    category_confidence = FloatField(default=0.0)
    category_by = CharField(10, default="")
    evidence = TextField(default="{}")
    area = CharField(60, default="")
    urgency = CharField(10, default="")
    unit = ForeignKeyField(Unit, null=True, backref="+")
    post = ForeignKeyField(Post, null=True, backref="+")
    person = ForeignKeyField(Person, null=True, backref="+")
    manual = BooleanField(default=False)
    dispatch_rule = CharField(40, default="")
    reason = TextField(default="")
    millis = FloatField(default=0.0)
    extra = TextField(default="{}")

    class Meta:
        legacy_table_names = False
        indexes = (
            (("source", "source_id"), True),
            (("category", "registered_at"), False),
            (("area", "registered_at"), False),
            (("caller_phone", "registered_at"), False),
        )


class Assist(Model):
    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="+")
    unit = ForeignKeyField(Unit, backref="+")
    post = ForeignKeyField(Post, null=True, backref="+")
    person = ForeignKeyField(Person, null=True, backref="+")
    asked = CharField(60)
    replied_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class History(Model):
    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="+")
    seq = IntegerField()
    at = DateTimeField()
    actor = CharField(60)
    what = CharField(20)
    from_status = CharField(10, default="")
    to_status = CharField(10, default="")
    holder = ForeignKeyField(Person, null=True, backref="+")
    note = TextField(default="{}")

    class Meta:
        legacy_table_names = False
        indexes = ((("ticket", "seq"), True),)


class Evaluation(Model):
    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="+")
    at = DateTimeField(index=True)
    ruleset = CharField(40)
    version = CharField(64)
    context_hash = CharField(64)
    event = CharField(40)
    fired = CharField(400, default="")
    by_else = BooleanField(default=False)
    agreed = BooleanField(default=True)
    micros = IntegerField(default=0)
    decision = TextField()

    class Meta:
        legacy_table_names = False


class Deadline(Model):
    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="+")
    name = CharField(20)
    rule = CharField(40)
    from_status = CharField(10)
    until_status = CharField(10)
    within = CharField(10)
    clock = CharField(10)
    pause = CharField(60, default="")
    step_seq = IntegerField(default=0)
    started_at = DateTimeField(null=True)
    due_at = DateTimeField(null=True)
    state = CharField(10, default="running")
    why = CharField(120, default="")
    paused_at = DateTimeField(null=True)
    met_at = DateTimeField(null=True)
    breached_at = DateTimeField(null=True)
    breach_step = CharField(40, default="")
    token = CharField(40, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("state", "due_at"), False),)


class ChainLink(Model):
    id = BigAutoField()
    deadline = ForeignKeyField(Deadline, backref="+")
    ticket = ForeignKeyField(Ticket, backref="+")
    seq = IntegerField()
    at = DateTimeField()
    rule = CharField(40)
    send = CharField(40)
    to = TextField()
    otherwise = TextField(default="[]")
    when = CharField(40, default="")
    state = CharField(10, default="waiting")
    fired_at = DateTimeField(null=True)
    why = CharField(120, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("state", "at"), False), (("deadline", "seq"), True))


class Outbox(Model):
    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, null=True, backref="+")
    link = ForeignKeyField(ChainLink, null=True, backref="+")
    once = CharField(120, unique=True)
    channel = CharField(10)
    kind = CharField(20)
    person = ForeignKeyField(Person, null=True, backref="+")
    to_phone = CharField(40, default="")
    context = TextField(default="{}")
    body = TextField(default="")
    state = CharField(10, index=True, default="queued")
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)
    tries = IntegerField(default=0)
    not_before = DateTimeField()
    queued_at = DateTimeField()
    sent_at = DateTimeField(null=True)
    delivered_at = DateTimeField(null=True)
    provider_id = CharField(80, default="")
    error = CharField(200, default="")
    cancel_step = IntegerField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("state", "not_before"), False),)


class Alarm(Model):
    id = BigAutoField()
    at = DateTimeField(index=True)
    kind = CharField(30)
    ticket = ForeignKeyField(Ticket, null=True, backref="+")
    text = TextField()
    cleared_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class Heartbeat(Model):
    name = CharField(20, primary_key=True)
    at = DateTimeField()
    note = CharField(120, default="")

    class Meta:
        legacy_table_names = False


class Setting(Model):
    name = CharField(60, primary_key=True)
    value = TextField()

    class Meta:
        legacy_table_names = False


TABLES = (
    RuleSetVersion,
    TicketCounter,
    Ticket,
    Assist,
    History,
    Evaluation,
    Deadline,
    ChainLink,
    Outbox,
    Alarm,
    Heartbeat,
    Setting,
)
STANDING = (
    Person,
    Post,
    Unit,
)  # made by an earlier step; only referred to here


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    with db.bind_ctx((*TABLES, *STANDING), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    with db.bind_ctx((*TABLES, *STANDING), bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
