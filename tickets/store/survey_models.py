"""The tables of the citizen's survey: the question that was asked, and every answer to it."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from tickets.store.directory_models import Row


class Survey(Row):
    """One citizen asked about one ticket at one step. The link itself is kept nowhere: it is made of `nonce` and the installation's secret.

    `key_hash` is the SHA-256 of the key inside the link. `step_seq` is the ticket's when it was asked: later steps make the answer a record.
    """

    id = BigAutoField()
    ticket = BigIntegerField()  # Ticket.id
    step_seq = IntegerField()
    rule = CharField(40)
    nonce = CharField(32)
    key_hash = CharField(64, unique=True)
    made_at = DateTimeField()
    expires_at = DateTimeField()
    answered_at = DateTimeField(null=True)  # the first answer; it may be changed for a day from then on

    class Meta:
        indexes = ((("ticket", "step_seq"), True),)


class SurveyAnswer(Row):
    """What was answered, appended and never edited; the newest holds. `counted`: it verified the ticket; else it is kept as a record."""

    id = BigAutoField()
    survey = ForeignKeyField(Survey, backref="answers")
    at = DateTimeField()
    solved = CharField(10)
    satisfied = CharField(10)
    why = TextField(default="[]")  # JSON list of survey.REASONS
    words = CharField(200, default="")
    counted = BooleanField(default=False)


SURVEY_MODELS = (Survey, SurveyAnswer)
