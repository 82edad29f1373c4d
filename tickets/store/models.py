"""The tables. Times are UTC, stored as naive datetimes to the microsecond; JSON is canonical text (sorted keys, UTF-8)."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BooleanField, CharField, DateTimeField, FloatField, ForeignKeyField, IntegerField, TextField

from tickets.store.channel_models import CHANNEL_MODELS
from tickets.store.course_models import COURSE_MODELS
from tickets.store.desk_models import DESK_MODELS
from tickets.store.directory_models import (
    Absence,
    Account,
    Area,
    AreaAlias,
    AreaService,
    DirectoryChange,
    Holding,
    Person,
    Post,
    Row,
    Shift,
    Unit,
    database,
)
from tickets.store.draft_models import DRAFT_MODELS
from tickets.store.forecast_models import FORECAST_MODELS
from tickets.store.issue_models import ISSUE_MODELS
from tickets.store.log_models import LOG_MODELS
from tickets.store.score_models import SCORE_MODELS
from tickets.store.similar_models import SIMILAR_MODELS
from tickets.store.survey_models import SURVEY_MODELS

__all__ = [
    "MODELS",
    "Absence",
    "Account",
    "Alarm",
    "Area",
    "AreaAlias",
    "AreaService",
    "Assist",
    "ChainLink",
    "Deadline",
    "DirectoryChange",
    "Evaluation",
    "Heartbeat",
    "History",
    "Holding",
    "Outbox",
    "Person",
    "Post",
    "Row",
    "RuleSetVersion",
    "Setting",
    "Shift",
    "Ticket",
    "TicketCounter",
    "Unit",
    "database",
]


# ---- tickets 工单 ------------------------------------------------------------------------------------------------------
class RuleSetVersion(Row):
    """A version once used: enough to re-run a decision years later. `canonical` is the set's canonical JSON; `context` the
    canonical JSON of what it was read with (facts, category and area tree)."""

    id = AutoField()
    name = CharField(40)
    version = CharField(64)
    context_hash = CharField(64)
    canonical = TextField()
    context = TextField()
    first_used = DateTimeField()

    class Meta:
        indexes = ((("name", "version", "context_hash"), True),)


class Ticket(Row):
    """One appeal. `number` like 20261123-0067. `category` and `area` are names of the trees (empty: not known)."""

    id = BigAutoField()
    number = CharField(20, unique=True)
    source = CharField(20)  # 12345 电话 网格 网页 演示
    source_id = CharField(120)
    status = CharField(10, index=True)
    step_seq = IntegerField(default=0)  # grows with every move; a deadline remembers the step it was set for
    kind = CharField(10, default="")
    title = CharField(200, default="")
    text = TextField()
    address = CharField(300, default="")
    caller_phone = CharField(40, default="")
    phone_tail = CharField(4, default="", index=True)  # its last four digits, to be searched by
    caller_name = CharField(40, default="")
    appealed_at = DateTimeField(null=True)
    registered_at = DateTimeField(index=True)
    dispatched_at = DateTimeField(null=True, index=True)
    signed_at = DateTimeField(null=True)
    closed_at = DateTimeField(null=True)
    category = CharField(60, default="")
    category_confidence = FloatField(default=0.0)
    category_by = CharField(10, default="")  # model keywords given none
    evidence = TextField(default="{}")  # JSON: suggestion, words that carried it, places matched, keyword spans
    area = CharField(60, default="")
    urgency = CharField(10, default="")
    unit = ForeignKeyField(Unit, null=True, backref="tickets")
    post = ForeignKeyField(Post, null=True)
    person = ForeignKeyField(Person, null=True, backref="tickets")
    manual = BooleanField(default=False)
    dispatch_rule = CharField(40, default="")
    reason = TextField(default="")
    millis = FloatField(default=0.0)  # text to commit, wall time
    extra = TextField(default="{}")  # JSON: remaining answers

    class Meta:
        indexes = (
            (("source", "source_id"), True),
            (("category", "registered_at"), False),
            (("area", "registered_at"), False),
            (("caller_phone", "registered_at"), False),
        )


class TicketCounter(Row):
    """The last ticket number given on a local day, 20261123 -> 67: numbers run without gaps because it is part of the transaction."""

    day = CharField(8, primary_key=True)
    last = IntegerField(default=0)


class Assist(Row):
    """A unit that helps, beside the lead."""

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="assists")
    unit = ForeignKeyField(Unit)
    post = ForeignKeyField(Post, null=True)
    person = ForeignKeyField(Person, null=True)
    asked = CharField(60)  # the address or role of the rule
    replied_at = DateTimeField(null=True)


class History(Row):
    """What happened, appended and never edited. `actor` is account:ID, person:ID, system or rule:ID."""

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="history")
    seq = IntegerField()
    at = DateTimeField()
    actor = CharField(60)
    what = CharField(20)  # a move of status.MOVES, or: 登记 催办 升级 逾期 呼叫 …
    from_status = CharField(10, default="")
    to_status = CharField(10, default="")
    holder = ForeignKeyField(Person, null=True)
    note = TextField(default="{}")

    class Meta:
        indexes = ((("ticket", "seq"), True),)


class Evaluation(Row):
    """One stored Decision. `decision` is engine/decision.py as canonical JSON, complete enough to be re-run to the same bytes.

    `outcome` is a word of tickets/domain/outcome.py; `unit` and `person` had the ticket once the action was done.
    """

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, null=True, backref="evaluations")  # none of a forecast: its facts say what it is about
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
    outcome = CharField(20, default="")
    unit = ForeignKeyField(Unit, null=True, backref="+")
    person = ForeignKeyField(Person, null=True, backref="+")

    class Meta:
        indexes = tuple(((name, "at"), False) for name in ("ruleset", "version", "outcome", "unit", "person", "agreed"))


class Deadline(Row):
    """A clock: from entering one status until reaching another. state: planned running met breached cancelled.

    A planned clock was decided at dispatch and waits for its from_status; started_at and due_at are empty until then. A
    breached clock runs on (met_at says when it was met after all). While a pause status holds, `paused_at` is set, its
    waiting links are `held`, and nothing of it may fire; on resume due_at and the links move on by the time left.
    """

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, backref="deadlines")
    name = CharField(20)
    rule = CharField(40)
    from_status = CharField(10)
    until_status = CharField(10)
    within = CharField(10)
    clock = CharField(10)  # 自然时 工作时 工作日
    pause = CharField(60, default="")  # 争议,挂账
    step_seq = IntegerField(default=0)
    started_at = DateTimeField(null=True)
    due_at = DateTimeField(null=True)
    state = CharField(10, default="running")
    why = CharField(120, default="")  # why cancelled
    paused_at = DateTimeField(null=True)
    met_at = DateTimeField(null=True)
    breached_at = DateTimeField(null=True)
    breach_step = CharField(40, default="")  # the step that held it when it fell due
    token = CharField(40, default="")

    class Meta:
        indexes = ((("state", "due_at"), False),)


class ChainLink(Row):
    """One link of the escalation chain, laid down when its clock starts. state: waiting held firing fired cancelled."""

    id = BigAutoField()
    deadline = ForeignKeyField(Deadline, backref="links")
    ticket = ForeignKeyField(Ticket, backref="links")
    seq = IntegerField()
    at = DateTimeField()
    rule = CharField(40)
    send = CharField(40)  # 短信,电话
    to = TextField()  # JSON list of addresses and roles
    otherwise = TextField(default="[]")  # JSON list: the link's `or`, told when nobody of `to` can be found
    when = CharField(40, default="")  # the link's own words: 到期, before 3m, spent 70% …
    state = CharField(10, default="waiting")
    fired_at = DateTimeField(null=True)
    why = CharField(120, default="")  # why cancelled

    class Meta:
        indexes = ((("state", "at"), False), (("deadline", "seq"), True))


class Outbox(Row):
    """A message owed. queued -> sending (token, lease) -> sent -> delivered | failed | unknown. `once` is the key that makes it one."""

    id = BigAutoField()
    ticket = ForeignKeyField(Ticket, null=True, backref="messages")
    link = ForeignKeyField(ChainLink, null=True)
    once = CharField(120, unique=True)
    channel = CharField(10)  # 短信 电话 弹屏
    kind = CharField(20)  # 派单 催签 催办 升级 协办 告知 …; names the template
    person = ForeignKeyField(Person, null=True)
    to_phone = CharField(40, default="")
    context = TextField(default="{}")  # JSON for the template: plain data, no personal data beyond what it must say
    body = TextField(default="")  # as sent
    state = CharField(10, default="queued", index=True)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)
    tries = IntegerField(default=0)
    not_before = DateTimeField()
    queued_at = DateTimeField()
    sent_at = DateTimeField(null=True)
    delivered_at = DateTimeField(null=True)
    provider_id = CharField(80, default="")
    error = CharField(200, default="")
    cancel_step = IntegerField(null=True)  # not sent when the ticket's step_seq has passed this
    provider = CharField(20, default="")  # who was asked to carry it last, by its name in config.yaml

    class Meta:
        indexes = ((("state", "not_before"), False),)


class Alarm(Row):
    """Something an operator must see: engine and atoms differ, a message failed for good, the worker was away."""

    id = BigAutoField()
    at = DateTimeField(index=True)
    kind = CharField(30)
    ticket = ForeignKeyField(Ticket, null=True)
    text = TextField()
    cleared_at = DateTimeField(null=True)


class Heartbeat(Row):
    name = CharField(20, primary_key=True)
    at = DateTimeField()
    note = CharField(120, default="")


class Setting(Row):
    """Small facts about the installation: seeded district and the like."""

    name = CharField(60, primary_key=True)
    value = TextField()


MODELS = (
    Unit, Area, AreaAlias, Post, Person, Holding, Shift, Absence, AreaService, Account, DirectoryChange,
    RuleSetVersion, TicketCounter, Ticket, Assist, History, Evaluation, Deadline, ChainLink, Outbox, Alarm, Heartbeat, Setting,
    *DRAFT_MODELS, *LOG_MODELS, *SURVEY_MODELS, *COURSE_MODELS, *DESK_MODELS, *CHANNEL_MODELS, *SCORE_MODELS,
    *SIMILAR_MODELS, *FORECAST_MODELS, *ISSUE_MODELS,
)  # fmt: skip
