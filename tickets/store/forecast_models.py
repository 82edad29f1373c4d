"""The tables of seasons 未诉先办: appeals counted by week, what was foretold each Monday, and the warnings with what became of them."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, CharField, CompositeKey, DateTimeField, FloatField, IntegerField, TextField

from tickets.store.directory_models import Row

WATCHED = "观察中"


class WeekCount(Row):
    """Appeals of one leaf category in one town (empty: town not known) in one week; `monday` is an ISO day. Added to as tickets are counted."""

    monday = CharField(10)
    category = CharField(60)
    area = CharField(60)
    count = IntegerField(default=0)

    class Meta:
        primary_key = CompositeKey("monday", "category", "area")


class Forecast(Row):
    """What was foretold on a Monday of one category in one town; an empty `area` is the whole district, of which no rule is asked.

    `weeks` is a JSON list of [expected, low, high, ratio] for each week ahead, `peaks` of the peaks (tickets/domain/season.py).
    """

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
    plan_day = CharField(10, default="")  # the first Monday on which the rules would warn, as things stand; of the whole district's alone
    plan_rule = CharField(40, default="")

    class Meta:
        indexes = ((("monday", "category", "area"), True),)


class SeasonWarning(Row):
    """One warning given ahead of a season. `peak_start` is empty where the calendar alone warned, then the span is what is looked at afterwards.

    `state` is 观察中 until the span is over, then how it went; `came` are the appeals of the span. `words` is JSON: what the message said.
    """

    id = AutoField()
    forecast = BigIntegerField()  # Forecast.id
    once = CharField(200)  # what may be warned of but once within a time: the rule, its category, its area
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
    state = CharField(10, default=WATCHED)
    came = IntegerField(null=True)
    judged_at = DateTimeField(null=True)

    class Meta:
        indexes = ((("forecast", "rule"), True), (("once", "at"), False), (("state", "watch_until"), False))


FORECAST_MODELS = (WeekCount, Forecast, SeasonWarning)
