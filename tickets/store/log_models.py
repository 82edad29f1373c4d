"""The tables of the evaluation log: which rules decided what, and who looked at whose number."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CharField, DateTimeField, ForeignKeyField, TextField

from tickets.store.directory_models import Account, Row


class EvaluationHit(Row):
    """One rule that decided in one evaluation; an evaluation two rules decided has two. Narrow on purpose: a rule's history counts here.

    `rule` is "else" where no rule applied and the set's `else` answered.
    """

    id = BigAutoField()
    rule = CharField(40)
    ruleset = CharField(40)
    at = DateTimeField()
    evaluation = BigIntegerField(index=True)  # Evaluation.id

    class Meta:
        indexes = ((("rule", "at", "evaluation"), False),)


class Look(Row):
    """A look at personal data, or an export of the log: who, when, what, of which ticket, and the reason given. Appended, never edited.

    `what` is caller_phone, text or export; `ticket` its number as it was, empty for an export.
    """

    id = BigAutoField()
    at = DateTimeField(index=True)
    account = ForeignKeyField(Account, backref="+")
    account_name = CharField(80)
    role = CharField(20)
    what = CharField(20)
    ticket = CharField(20, default="", index=True)
    evaluation = BigIntegerField(null=True)  # Evaluation.id of the page it was asked on
    reason = TextField()


LOG_MODELS = (EvaluationHit, Look)
