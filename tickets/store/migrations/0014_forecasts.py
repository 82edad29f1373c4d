# mypy: disable-error-code=misc
"""Seasons: weekly counts, forecasts, warnings; and a decision may be about no ticket. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, CharField, CompositeKey, Database, DateTimeField, FloatField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator, migrate


class WeekCount(Model):
    monday = CharField(10)
    category = CharField(60)
    area = CharField(60)
    count = IntegerField(default=0)

    class Meta:
        legacy_table_names = False
        primary_key = CompositeKey("monday", "category", "area")


class Forecast(Model):
    id = AutoField()
    monday = CharField(10)
    category = CharField(60)
    area = CharField(60, default="")
    made_at = DateTimeField()
    years = IntegerField(default=0)
    usual = FloatField(default=0.0)
    calendar = CharField(10, default="")
    weeks = TextField(default="[]")
    peaks = TextField(default="[]")
    asked = BooleanField(default=False)
    plan_day = CharField(10, default="")
    plan_rule = CharField(40, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("monday", "category", "area"), True),)


class SeasonWarning(Model):
    id = AutoField()
    forecast = BigIntegerField()
    once = CharField(200)
    rule = CharField(40)
    title = CharField(120, default="")
    category = CharField(60)
    area = CharField(60, default="")
    at = DateTimeField()
    peak_start = CharField(10, default="")
    watch_from = CharField(10)
    watch_until = CharField(10)
    expected = FloatField(null=True)
    usual = FloatField(null=True)
    words = TextField(default="{}")
    told = TextField(default="[]")
    state = CharField(10, default="观察中")
    came = IntegerField(null=True)
    judged_at = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("forecast", "rule"), True), (("once", "at"), False), (("state", "watch_until"), False))


TABLES = (WeekCount, Forecast, SeasonWarning)


def up(migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables; a forecast's decision is kept with the others, though no ticket is behind it."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    migrate(migrator.drop_not_null("evaluation", "ticket_id"))


def down(migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away, and the decisions they led to."""
    db.execute_sql("DELETE FROM evaluation_hit WHERE evaluation IN (SELECT id FROM evaluation WHERE ticket_id IS NULL)")
    db.execute_sql("DELETE FROM evaluation WHERE ticket_id IS NULL")
    migrate(migrator.add_not_null("evaluation", "ticket_id"))
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
