"""The tables of a ticket's course beside its statuses: reviewers in their order, helpers' answers, extensions, visits, merged callers, files."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from tickets.store.directory_models import Person, Post, Row, Unit


class ReviewStep(Row):
    """One reviewer of one reply, bottom-up by `position` from 0. `step_seq` is the ticket's when it was replied: a rework makes a new chain.

    state: waiting (his turn) planned (not yet) passed returned skipped; `why` says why skipped, `opinion` what he wrote. `reviewer` decided it.
    """

    id = BigAutoField()
    ticket = BigIntegerField()  # Ticket.id
    step_seq = IntegerField()
    position = IntegerField()
    rule = CharField(40)
    asked = CharField(60)  # the address or role of the rule
    unit = ForeignKeyField(Unit, null=True)
    post = ForeignKeyField(Post, null=True)
    person = ForeignKeyField(Person, null=True, backref="+")  # whose turn it was when it came
    state = CharField(10, default="planned")
    at = DateTimeField(null=True)  # when it became his turn
    decided_at = DateTimeField(null=True)
    reviewer = ForeignKeyField(Person, null=True, backref="+")
    opinion = TextField(default="")
    why = CharField(200, default="")

    class Meta:
        indexes = ((("ticket", "step_seq", "position"), True), (("person", "state"), False))


class AssistAnswer(Row):
    """What became of a helper's part, appended: 回复 with his words, or 免于回复 with the reason and who said so. The newest holds."""

    id = BigAutoField()
    assist = BigIntegerField(index=True)  # Assist.id
    ticket = BigIntegerField(index=True)
    at = DateTimeField()
    what = CharField(10)  # 回复 免于回复
    actor = CharField(60)
    person = ForeignKeyField(Person, null=True)
    words = TextField(default="")


class Extension(Row):
    """More time asked for one clock before it was over. state: asked granted refused lapsed (the ticket moved on, or the clock ran out undecided)."""

    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    deadline = BigIntegerField(index=True)  # Deadline.id
    asked_at = DateTimeField()
    person = ForeignKeyField(Person, backref="+")  # who asks
    span = CharField(10)  # 3d, on the clock's own calendar
    reason = TextField()
    old_due = DateTimeField()
    new_due = DateTimeField()  # if granted
    decider = ForeignKeyField(Person, null=True, backref="+")  # who is asked: the superior
    state = CharField(10, default="asked")
    decided_at = DateTimeField(null=True)
    decided_by = CharField(60, default="")  # actor
    opinion = TextField(default="")

    class Meta:
        indexes = ((("decider", "state"), False),)


class Visit(Row):
    """A mediation visit to a dissatisfied citizen. The ticket stands at 调解 in the visitor's hands; `unit post person` of the handler come back after it."""

    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    step_seq = IntegerField()
    rule = CharField(40)
    asked = CharField(60)
    visitor = ForeignKeyField(Person, backref="+")
    handler_unit = ForeignKeyField(Unit, null=True, backref="+")
    handler_post = ForeignKeyField(Post, null=True, backref="+")
    handler = ForeignKeyField(Person, null=True, backref="+")
    asked_at = DateTimeField()
    done_at = DateTimeField(null=True)
    result = CharField(20, default="")
    words = TextField(default="")


class Merged(Row):
    """A ticket merged into another (并单): handled once, each caller still told and asked."""

    id = BigAutoField()
    ticket = BigIntegerField(unique=True)
    into = BigIntegerField(index=True)
    at = DateTimeField()
    actor = CharField(60)
    reason = CharField(400, default="")


class Suspended(Row):
    """A ticket on the list 挂账: why, until when it is looked at again, and when it came off the list."""

    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    at = DateTimeField()
    actor = CharField(60)
    reason = TextField()
    plan = TextField(default="")  # what is to be done, by whom
    review_at = DateTimeField()  # looked at again at the latest
    released_at = DateTimeField(null=True, index=True)
    released_why = TextField(default="")


class Attachment(Row):
    """A photo or file. `key` (32 hex digits, random) is its only name outside; the bytes lie in home/uploads under it.

    `ticket` is empty until the step it was uploaded for has been taken; what nobody claims is removed after a day.
    """

    id = BigAutoField()
    key = CharField(32, unique=True)
    sha256 = CharField(64)
    kind = CharField(10)  # photo file
    mime = CharField(60)
    name = CharField(120, default="")  # as the sender called it, cleaned
    size = IntegerField()  # bytes as stored
    width = IntegerField(default=0)
    height = IntegerField(default=0)
    account = IntegerField()  # Account.id of who sent it
    at = DateTimeField(index=True)  # received
    taken_at = DateTimeField(null=True)  # as the device says; its clock may be wrong
    place = CharField(60, default="")  # "lat,lon", kept only when the form asks for it
    ticket = BigIntegerField(null=True, index=True)
    field = CharField(40, default="")  # the fact it answers
    claimed_at = DateTimeField(null=True)


class FormDraft(Row):
    """What somebody has typed into a form and not sent: kept while the connection drops. One for each account and page number."""

    id = BigAutoField()
    account = IntegerField()
    once = CharField(32)  # the page's own number
    form = CharField(40)
    ticket = BigIntegerField(null=True)
    at = DateTimeField()
    answers = TextField(default="{}")  # JSON: what was typed, by field
    title = CharField(80, default="")

    class Meta:
        indexes = ((("account", "once"), True), (("account", "form", "at"), False))


class CallRating(Row):
    """How satisfied a caller was with the call itself, asked at its end: 1 (very bad) to 5."""

    id = BigAutoField()
    ticket = BigIntegerField(unique=True)
    account = IntegerField(index=True)
    at = DateTimeField()
    level = IntegerField()


class Correction(Row):
    """A person chose another category than was suggested: what the library learns from. The words are the ticket's own."""

    id = BigAutoField()
    ticket = BigIntegerField(index=True)
    at = DateTimeField(index=True)
    account = IntegerField()
    suggested = CharField(60, default="")
    confidence = CharField(10, default="")
    chosen = CharField(60)
    learned = BooleanField(default=False)


COURSE_MODELS = (ReviewStep, AssistAnswer, Extension, Visit, Merged, Suspended, Attachment, FormDraft, CallRating, Correction)
