# mypy: disable-error-code=misc
"""The directory: units, posts, people, areas, accounts. A frozen copy: later changes are later steps."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, Database, DateTimeField, ForeignKeyField, IntegerField, Model
from playhouse.migrate import SchemaMigrator


class Unit(Model):
    id = AutoField()
    address = CharField(120, unique=True)
    name = CharField(60)
    kind = CharField(20)
    parent = ForeignKeyField("self", null=True, backref="+")
    superior = ForeignKeyField("self", null=True, backref="+")
    active = BooleanField(default=True)

    class Meta:
        legacy_table_names = False


class Area(Model):
    id = AutoField()
    name = CharField(60, unique=True)
    level = CharField(10)
    parent = ForeignKeyField("self", null=True, backref="+")
    active = BooleanField(default=True)

    class Meta:
        legacy_table_names = False


class AreaAlias(Model):
    id = AutoField()
    area = ForeignKeyField(Area, backref="+")
    word = CharField(60)

    class Meta:
        legacy_table_names = False
        indexes = ((("area", "word"), True),)


class Post(Model):
    id = AutoField()
    unit = ForeignKeyField(Unit, backref="+")
    name = CharField(40)
    role = CharField(20, index=True, default="")
    receiving = BooleanField(default=False)
    area = ForeignKeyField(Area, null=True, backref="+")
    active = BooleanField(default=True)

    class Meta:
        legacy_table_names = False
        indexes = ((("unit", "name"), True),)


class Person(Model):
    id = AutoField()
    code = CharField(20, unique=True)
    name = CharField(40)
    phone = CharField(20)
    active = BooleanField(default=True)

    class Meta:
        legacy_table_names = False


class Holding(Model):
    id = AutoField()
    post = ForeignKeyField(Post, backref="+")
    person = ForeignKeyField(Person, backref="+")
    rank = IntegerField(default=0)

    class Meta:
        legacy_table_names = False
        indexes = ((("post", "person"), True),)


class Shift(Model):
    id = AutoField()
    post = ForeignKeyField(Post, backref="+")
    person = ForeignKeyField(Person, backref="+")
    weekday = IntegerField()
    start_minute = IntegerField()
    end_minute = IntegerField()

    class Meta:
        legacy_table_names = False


class Absence(Model):
    id = AutoField()
    person = ForeignKeyField(Person, backref="+")
    start = DateTimeField()
    end = DateTimeField()
    reason = CharField(40, default="")

    class Meta:
        legacy_table_names = False


class AreaService(Model):
    id = AutoField()
    area = ForeignKeyField(Area, backref="+")
    role = CharField(20)
    unit = ForeignKeyField(Unit, backref="+")

    class Meta:
        legacy_table_names = False
        indexes = ((("area", "role"), True),)


class Account(Model):
    id = AutoField()
    username = CharField(40, unique=True)
    password_hash = CharField(200)
    role = CharField(20)
    person = ForeignKeyField(Person, null=True, backref="+")
    unit = ForeignKeyField(Unit, null=True, backref="+")
    session_version = IntegerField(default=1)
    active = BooleanField(default=True)
    demonstration = BooleanField(default=False)

    class Meta:
        legacy_table_names = False


TABLES = (
    Unit,
    Area,
    AreaAlias,
    Post,
    Person,
    Holding,
    Shift,
    Absence,
    AreaService,
    Account,
)


def up(_migrator: SchemaMigrator, db: Database) -> None:
    """Makes the tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)


def down(_migrator: SchemaMigrator, db: Database) -> None:
    """Takes the tables away."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.drop_tables(TABLES, safe=False)
