# mypy: disable-error-code=misc
"""Drafts with every change, their checks and replays, opinions and releases. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model, TextField
from playhouse.migrate import SchemaMigrator


class TextBlob(Model):
    sha = CharField(64, primary_key=True)
    text = TextField()

    class Meta:
        legacy_table_names = False


class Release(Model):
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

    class Meta:
        legacy_table_names = False


class ReleaseFile(Model):
    id = BigAutoField()
    release = ForeignKeyField(Release, backref="+")
    path = CharField(200)
    sha = CharField(64)

    class Meta:
        legacy_table_names = False
        indexes = ((("release", "path"), True),)


class SetVersion(Model):
    id = AutoField()
    name = CharField(60)
    number = IntegerField()
    version = CharField(64)
    release = ForeignKeyField(Release, backref="+")

    class Meta:
        legacy_table_names = False
        indexes = ((("name", "number"), True), (("name", "version"), False))


class Draft(Model):
    id = AutoField()
    title = CharField(120)
    note = TextField(default="")
    state = CharField(12, default="draft", index=True)
    author = CharField(80)
    author_name = CharField(80)
    revision = IntegerField(default=0)
    hash = CharField(64, default="")
    base_number = IntegerField(default=0)
    created_at = DateTimeField()
    updated_at = DateTimeField()
    updated_by_name = CharField(80, default="")
    submitted_at = DateTimeField(null=True)
    shadow_until = DateTimeField(null=True)
    release_number = IntegerField(null=True)

    class Meta:
        legacy_table_names = False


class DraftFile(Model):
    id = BigAutoField()
    draft = ForeignKeyField(Draft, backref="+")
    path = CharField(200)
    sha = CharField(64, default="")
    base_sha = CharField(64, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("draft", "path"), True),)


class DraftChange(Model):
    id = BigAutoField()
    draft = ForeignKeyField(Draft, backref="+")
    revision = IntegerField()
    at = DateTimeField()
    who = CharField(80)
    who_name = CharField(80)
    path = CharField(200)
    before_sha = CharField(64, default="")
    after_sha = CharField(64, default="")
    what = CharField(200, default="")

    class Meta:
        legacy_table_names = False


class CheckRun(Model):
    id = AutoField()
    draft = ForeignKeyField(Draft, backref="+")
    hash = CharField(64)
    base_number = IntegerField(default=0)
    state = CharField(12, default="queued", index=True)
    done = IntegerField(default=0)
    total = IntegerField(default=0)
    errors = IntegerField(default=0)
    warnings = IntegerField(default=0)
    tests_passed = IntegerField(default=0)
    tests_total = IntegerField(default=0)
    findings = TextField(default="[]")
    error = CharField(400, default="")
    asked_by = CharField(80)
    asked_at = DateTimeField()
    started_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class ReplayRun(Model):
    id = AutoField()
    draft = ForeignKeyField(Draft, backref="+")
    kind = CharField(10, default="replay")
    draft_hash = CharField(64)
    base_hash = CharField(64)
    window_from = DateTimeField()
    window_to = DateTimeField()
    state = CharField(12, default="queued", index=True)
    done = IntegerField(default=0)
    total = IntegerField(default=0)
    changed = IntegerField(default=0)
    cursor = IntegerField(default=0)
    summary = TextField(default="{}")
    hash = CharField(64, default="")
    error = CharField(400, default="")
    asked_by = CharField(80)
    asked_at = DateTimeField()
    started_at = DateTimeField(null=True)
    finished_at = DateTimeField(null=True)
    token = CharField(40, default="")
    lease_until = DateTimeField(null=True)

    class Meta:
        legacy_table_names = False


class ReplayChange(Model):
    id = BigAutoField()
    run = ForeignKeyField(ReplayRun, backref="+")
    ticket_id = IntegerField()
    number = CharField(20)
    kinds = CharField(60)
    before = TextField()
    after = TextField()
    reason_zh = TextField(default="")
    reason_en = TextField(default="")
    aftermath = CharField(120, default="")

    class Meta:
        legacy_table_names = False
        indexes = ((("run", "id"), False),)


class ReplayLook(Model):
    id = BigAutoField()
    run = ForeignKeyField(ReplayRun, backref="+")
    who = CharField(80)
    at = DateTimeField()

    class Meta:
        legacy_table_names = False
        indexes = ((("run", "who"), True),)


class Opinion(Model):
    id = AutoField()
    draft = ForeignKeyField(Draft, backref="+")
    at = DateTimeField()
    who = CharField(80)
    who_name = CharField(80)
    verdict = CharField(10)
    opinion = TextField(default="")
    draft_hash = CharField(64)
    replay_hash = CharField(64, default="")

    class Meta:
        legacy_table_names = False


TABLES = (TextBlob, Release, ReleaseFile, SetVersion, Draft, DraftFile, DraftChange, CheckRun, ReplayRun, ReplayChange, ReplayLook, Opinion)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
