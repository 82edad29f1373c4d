"""The tables beside the outbox: what providers report, and how each person wishes to be told."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, ForeignKeyField

from tickets.store.directory_models import Person, Row


class ProviderReceipt(Row):
    """One report of a provider about one of our messages, kept once however often it comes. `status` is the provider's own word, `code` its
    error number; `outbox` the message (a number, so that a report outlives nothing and blocks nothing)."""

    id = BigAutoField()
    outbox = BigIntegerField(index=True)
    provider = CharField(20)
    provider_id = CharField(80)
    status = CharField(24)
    code = CharField(10, default="")
    at = DateTimeField()

    class Meta:
        indexes = ((("provider", "provider_id", "status"), True),)


class Preference(Row):
    """How a person wishes to be told what can wait; empty fields follow the installation. Times are the district's, 22:00."""

    person = ForeignKeyField(Person, primary_key=True, backref="+")
    quiet_from = CharField(5, default="")
    quiet_until = CharField(5, default="")
    channel = CharField(10, default="")  # 短信 or 弹屏
    lang = CharField(2, default="")  # zh or en
    changed_at = DateTimeField()


CHANNEL_MODELS = (ProviderReceipt, Preference)
