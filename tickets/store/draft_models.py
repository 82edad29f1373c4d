"""The tables of what an office edits: drafts with every change, checks, replays, opinions, and what was published. Texts are kept once, by hash."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField

from tickets.store.directory_models import Row


class TextBlob(Row):
    """One text of a file, by the SHA-256 of its UTF-8 bytes."""

    sha = CharField(64, primary_key=True)
    text = TextField()


class Release(Row):
    """A published state of all files. It is in force from `effective_at` until a later one is; none is ever changed or deleted.

    `withdrawn_at` is set when a scheduled one is called off before it took effect. `back_to` is the number rolled back to.
    """

    id = AutoField()
    number = IntegerField(unique=True)
    title = CharField(120)
    note = TextField(default="")
    draft_id = IntegerField(null=True)
    author = CharField(80)
    author_name = CharField(80)
    approver = CharField(80, default="")
    approver_name = CharField(80, default="")
    opinion = TextField(default="")
    decided_at = DateTimeField()
    created_at = DateTimeField()
    effective_at = DateTimeField(index=True)
    hash = CharField(64)
    back_to = IntegerField(null=True)
    withdrawn_at = DateTimeField(null=True)
    withdrawn_by = CharField(80, default="")


class ReleaseFile(Row):
    """A file as it stands in a release; every file of the tree has its row."""

    id = BigAutoField()
    release = ForeignKeyField(Release, backref="files")
    path = CharField(200)
    sha = CharField(64)

    class Meta:
        indexes = ((("release", "path"), True),)


class SetVersion(Row):
    """The number an office knows a rule set's (or form's) version by: 派单 V37 is this hash."""

    id = AutoField()
    name = CharField(60)
    number = IntegerField()
    version = CharField(64)
    release = ForeignKeyField(Release, backref="versions")

    class Meta:
        indexes = ((("name", "number"), True), (("name", "version"), False))


class Draft(Row):
    """A set of changed files on its way to be published. state: draft submitted approved published returned dropped."""

    id = AutoField()
    title = CharField(120)
    note = TextField(default="")
    state = CharField(12, default="draft", index=True)
    author = CharField(80)
    author_name = CharField(80)
    revision = IntegerField(default=0)
    hash = CharField(64, default="")  # of its changed files; moves with every save
    base_number = IntegerField(default=0)  # the release in force when it was begun; 0: the files on disk
    created_at = DateTimeField()
    updated_at = DateTimeField()
    updated_by_name = CharField(80, default="")
    submitted_at = DateTimeField(null=True)
    shadow_until = DateTimeField(null=True)
    release_number = IntegerField(null=True)


class DraftFile(Row):
    """A file the draft changes. `sha` empty: the draft removes it; `base_sha` empty: it is new."""

    id = BigAutoField()
    draft = ForeignKeyField(Draft, backref="files")
    path = CharField(200)
    sha = CharField(64, default="")
    base_sha = CharField(64, default="")

    class Meta:
        indexes = ((("draft", "path"), True),)


class DraftChange(Row):
    """One save of one file, appended: who, when, from which text to which."""

    id = BigAutoField()
    draft = ForeignKeyField(Draft, backref="changes")
    revision = IntegerField()
    at = DateTimeField()
    who = CharField(80)
    who_name = CharField(80)
    path = CharField(200)
    before_sha = CharField(64, default="")
    after_sha = CharField(64, default="")
    what = CharField(200, default="")


class CheckRun(Row):
    """A whole check of a draft, done in the background. state: queued running done failed."""

    id = AutoField()
    draft = ForeignKeyField(Draft, backref="checks")
    hash = CharField(64)  # of the draft
    base_number = IntegerField(default=0)
    state = CharField(12, default="queued", index=True)
    done = IntegerField(default=0)
    total = IntegerField(default=0)
    errors = IntegerField(default=0)
    warnings = IntegerField(default=0)
    tests_passed = IntegerField(default=0)
    tests_total = IntegerField(default=0)
    findings = TextField(default="[]")  # JSON: [{file, line, rule, zh, en, level, kind, witness}]
    error = CharField(400, default="")
    asked_by = CharField(80)
    asked_at = DateTimeField()
    started_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)


class ReplayRun(Row):
    """A draft run over past tickets. kind: replay (a window) or shadow (what arrives while it runs). state: queued running done failed."""

    id = AutoField()
    draft = ForeignKeyField(Draft, backref="replays")
    kind = CharField(10, default="replay")
    draft_hash = CharField(64)
    base_hash = CharField(64)  # of the files in force it was compared with
    window_from = DateTimeField()
    window_to = DateTimeField()
    state = CharField(12, default="queued", index=True)
    done = IntegerField(default=0)
    total = IntegerField(default=0)
    changed = IntegerField(default=0)
    cursor = IntegerField(default=0)  # the last evaluation a shadow run has seen
    summary = TextField(default="{}")  # JSON: totals per unit, flows, counts by kind of change
    hash = CharField(64, default="")  # of the result: what an approval is bound to
    error = CharField(400, default="")
    asked_by = CharField(80)
    asked_at = DateTimeField()
    started_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)


class ReplayChange(Row):
    """One past ticket that the draft would treat otherwise. `kinds`: unit,person,deadline,urgency,chain. before and after are JSON."""

    id = BigAutoField()
    run = ForeignKeyField(ReplayRun, backref="changes")
    ticket_id = IntegerField()
    number = CharField(20)
    kinds = CharField(60)
    before = TextField()
    after = TextField()
    reason_zh = TextField(default="")
    reason_en = TextField(default="")
    aftermath = CharField(120, default="")  # what really happened then: 曾退单, 曾转派 …

    class Meta:
        indexes = ((("run", "id"), False),)


class ReplayLook(Row):
    """Who has looked at the list of a replay; an approval asks for it."""

    id = BigAutoField()
    run = ForeignKeyField(ReplayRun, backref="looks")
    who = CharField(80)
    at = DateTimeField()

    class Meta:
        indexes = ((("run", "who"), True),)


class Opinion(Row):
    """What an approver decided of which text: verdict approve or return, bound to the draft's hash and the replay's."""

    id = AutoField()
    draft = ForeignKeyField(Draft, backref="opinions")
    at = DateTimeField()
    who = CharField(80)
    who_name = CharField(80)
    verdict = CharField(10)
    opinion = TextField(default="")
    draft_hash = CharField(64)
    replay_hash = CharField(64, default="")


DRAFT_MODELS = (TextBlob, Release, ReleaseFile, SetVersion, Draft, DraftFile, DraftChange, CheckRun, ReplayRun, ReplayChange, ReplayLook, Opinion)
