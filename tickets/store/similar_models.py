"""The tables by which similar appeals are found again (what each says, the keys that lead to it, how rare words are), and what is followed up."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, CharField, CompositeKey, DateTimeField, IntegerField, TextField

from tickets.store.directory_models import Row


class SimilarRow(Row):
    """One ticket as it is compared: its category, area and time as the ticket has them, its words as buckets (tickets/domain/likeness.py).

    `version` is the edition of the weights its keys were made by; -1 for a ticket older than the index, which has none yet.
    """

    ticket = BigIntegerField(primary_key=True)
    version = IntegerField(default=0)
    category = CharField(60, default="")
    area = CharField(60, default="")
    at = DateTimeField()
    terms = BlobField(default=b"")

    class Meta:
        indexes = ((("version", "ticket"), False),)


class SimilarKey(Row):
    """One key and one ticket it leads to. On SQLite the table is the index (WITHOUT ROWID, migration 0012)."""

    key = BigIntegerField()
    ticket = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("key", "ticket")


class SimilarWeights(Row):
    """An edition of the weights: how rare each bucket was among `tickets` appeals."""

    version = IntegerField(primary_key=True)
    made_at = DateTimeField()
    tickets = IntegerField()
    rarity = BlobField()


class AreaFollow(Row):
    """An expectation: no more of this matter at this place until `until_at`. Made once for a ticket, judged by itself when the time is over.

    state: 观察中 while the time runs, then 没有再发生 or 再次发生; `came` counts the appeals that came all the same, told apart by caller.
    """

    id = AutoField()
    ticket = BigIntegerField(unique=True)  # Ticket.id, the case it began with
    branch = CharField(60)  # part of the catalogue
    place = CharField(60)  # area
    days = IntegerField()
    from_at = DateTimeField()
    until_at = DateTimeField()
    actor = CharField(60)
    listed = TextField(default="[]")  # JSON: the numbers of the appeals sent along
    told = TextField(default="[]")  # JSON: whom the warning went to, as tickets/actions/tell.py notes it
    state = CharField(10, default="观察中")
    came = IntegerField(default=0)
    callers = IntegerField(default=0)
    judged_at = DateTimeField(null=True)

    class Meta:
        indexes = ((("state", "until_at"), False), (("branch", "place"), False))


SIMILAR_MODELS = (SimilarRow, SimilarKey, SimilarWeights, AreaFollow)
