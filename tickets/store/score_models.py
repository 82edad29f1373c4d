"""The tables of the month's score: frozen editions, tickets left out, appeals against a score."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from tickets.store.directory_models import Person, Row, Unit


class ScoreMonth(Row):
    """A month's score frozen, appended and never edited; the newest edition holds, the others stay. `facts` and `result` are the two texts of
    tickets/domain/score_sheet.py, `sha256` is that of `result`; ruleset, version and context_hash name the RuleSetVersion that computed it."""

    id = BigAutoField()
    period = CharField(20)  # 2026-10
    edition = IntegerField()  # from 1
    at = DateTimeField()
    actor = CharField(60)
    why = TextField(default="")  # 冻结, or the appeal that was granted
    ruleset = CharField(40)
    version = CharField(64)
    context_hash = CharField(64)
    basic = BooleanField(default=True)  # 基本满意 counted as satisfied
    facts = TextField()
    result = TextField()
    sha256 = CharField(64)

    class Meta:
        indexes = ((("period", "edition"), True),)


class Exclusion(Row):
    """A ticket left out of a period's figures. state: counts (no approval needed) asked granted refused; only counts and granted leave it out.

    `rates` is a JSON list of figures, or ["all"]; `approve` the address whose approval the rule asks for. `proposer` is account:ID, or rule:ID
    where the rule itself found it; `facts` what was stated, as JSON.
    """

    id = BigAutoField()
    ticket = BigIntegerField()  # Ticket.id
    period = CharField(20)
    rule = CharField(40)
    rates = TextField()
    reason = CharField(200)
    approve = CharField(120, default="")
    state = CharField(10)
    proposer = CharField(60)
    person = ForeignKeyField(Person, null=True, backref="+")  # who proposed it
    facts = TextField(default="{}")
    at = DateTimeField()
    decided_by = CharField(60, default="")
    decider = ForeignKeyField(Person, null=True, backref="+")
    decided_at = DateTimeField(null=True)
    opinion = TextField(default="")

    class Meta:
        indexes = ((("period", "ticket", "rule"), True),)


class ScoreAppeal(Row):
    """An appeal against a frozen score: that a ticket should be left out of these figures. state: asked granted refused."""

    id = BigAutoField()
    period = CharField(20)
    edition = IntegerField()  # against which
    unit = ForeignKeyField(Unit, backref="+")
    ticket = BigIntegerField()
    rates = TextField()  # JSON list, or ["all"]
    words = TextField()
    evidence = TextField(default="")
    at = DateTimeField()
    actor = CharField(60)
    person = ForeignKeyField(Person, null=True, backref="+")
    due_at = DateTimeField()  # to be decided by then
    state = CharField(10, default="asked")
    decided_at = DateTimeField(null=True)
    decided_by = CharField(60, default="")
    decider = ForeignKeyField(Person, null=True, backref="+")
    opinion = TextField(default="")
    new_edition = IntegerField(null=True)

    class Meta:
        indexes = ((("period", "unit"), False), (("state", "due_at"), False))


SCORE_MODELS = (ScoreMonth, Exclusion, ScoreAppeal)
