"""The tables of hot issues 多诉督办: which appeals are about one matter, what a person decided about it, and what is supervised until done."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, CharField, CompositeKey, DateTimeField, IntegerField, TextField

from tickets.store.directory_models import Row


class Issue(Row):
    """One matter at one place. `name` is what a person called it, `title` what its members call it; `into` the issue it became part of.

    `touched`: a person has split, joined or renamed it, so its members stay where they are when issues are formed anew.
    `people` counts different callers, and every appeal without a phone as one more. Times are stored UTC, of the appeals' registration.
    """

    id = AutoField()
    name = CharField(120, default="")
    title = CharField(120, default="")
    place = CharField(60, default="")
    words = CharField(200, default="")
    category = CharField(60, default="")
    size = IntegerField(default=0)
    people = IntegerField(default=0)
    first_at = DateTimeField(null=True)
    last_at = DateTimeField(null=True)
    into = IntegerField(null=True)
    touched = BooleanField(default=False)

    class Meta:
        indexes = ((("last_at", "people"), False),)


class IssueMember(Row):
    """The one issue a ticket belongs to. `asked` is False until the supervision rules have heard of the ticket: what was interrupted is found by it."""

    ticket = BigIntegerField(primary_key=True)
    issue = IntegerField(index=True)
    at = DateTimeField(index=True)
    asked = BooleanField(default=False, index=True)


class IssueApart(Row):
    """Two issues that a person keeps apart: no later arrival makes them one. `first` is the smaller number."""

    first = IntegerField()
    second = IntegerField()

    class Meta:
        primary_key = CompositeKey("first", "second")


class IssueEvent(Row):
    """What happened to an issue or to its supervision, appended and never edited. `note` is JSON."""

    id = AutoField()
    issue = IntegerField(null=True, index=True)
    item = IntegerField(null=True, index=True)
    at = DateTimeField()
    actor = CharField(60)
    what = CharField(20)
    note = TextField(default="{}")


class IssueTurn(Row):
    """The one row (id 1) that whoever changes issues locks first. `version` grows with each change; `moves` is the last history line asked about."""

    id = IntegerField(primary_key=True)
    version = IntegerField(default=0)
    moves = BigIntegerField(default=0)


class SupervisionAsked(Row):
    """A 重办 or 转派 (History.id) about which the supervision rules have been asked."""

    history = BigIntegerField(primary_key=True)


class SupervisionItem(Row):
    """What somebody supervises. While it is open `closed` is 0, afterwards its own id: so there is at most one open item per `once`.

    `level` only rises (`rank` 0 is the highest). `listed`: it is on the list 挂账, with a scheduling each week until done.
    """

    id = AutoField()
    once = CharField(200)
    closed = IntegerField(default=0)
    level = CharField(20)
    rank = IntegerField(default=0)
    rule = CharField(40)
    title = CharField(200, default="")
    ticket = BigIntegerField()
    issue = IntegerField(null=True, index=True)
    unit = CharField(120, default="")
    post = CharField(60, default="")
    person = IntegerField(null=True)
    person_name = CharField(40, default="")
    listed = BooleanField(default=False)
    opened_at = DateTimeField()
    raised_at = DateTimeField(null=True)
    done_at = DateTimeField(null=True)
    done_words = CharField(500, default="")

    class Meta:
        indexes = ((("once", "closed"), True), (("closed", "opened_at"), False))


class SupervisionTicket(Row):
    """A ticket on account of which the rules spoke of an item."""

    item = IntegerField()
    ticket = BigIntegerField(index=True)

    class Meta:
        primary_key = CompositeKey("item", "ticket")


class SupervisionStep(Row):
    """A dated step of an item: 调度 each week, 会商, 专班 …; done with words of what came of it."""

    id = AutoField()
    item = IntegerField()
    what = CharField(20)
    due_at = DateTimeField()
    every_days = IntegerField(default=0)
    plan = CharField(300, default="")
    done_at = DateTimeField(null=True)
    done_by = CharField(60, default="")
    words = CharField(500, default="")

    class Meta:
        indexes = ((("item", "what", "due_at"), True), (("done_at", "due_at"), False))


ISSUE_MODELS = (Issue, IssueMember, IssueApart, IssueEvent, IssueTurn, SupervisionAsked, SupervisionItem, SupervisionTicket, SupervisionStep)
