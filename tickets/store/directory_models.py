"""The tables of the directory 组织名录: units, posts, people, places, accounts. tickets/store/models.py has the others and names all."""

from __future__ import annotations

from peewee import AutoField, BigAutoField, BooleanField, CharField, DatabaseProxy, DateTimeField, ForeignKeyField, IntegerField, Model, TextField

database = DatabaseProxy()


class Row(Model):  # type: ignore[misc]
    class Meta:
        database = database
        legacy_table_names = False


# ---- directory 组织名录 -------------------------------------------------------------------------------------------------
class Unit(Row):
    """A unit or a section of one. `address` is 单位 or 单位/科室; `superior` is whom its chain climbs to."""

    id = AutoField()
    address = CharField(120, unique=True)
    name = CharField(60)
    kind = CharField(20)  # 热线中心 区直部门 镇街 村居 企业 督查
    parent = ForeignKeyField("self", null=True, backref="sections")
    superior = ForeignKeyField("self", null=True, backref="subordinates")
    active = BooleanField(default=True)


class Area(Row):
    """A place in the area tree: 区 > 镇街 > 村居 > 网格 > 小区; roads hang under a town as 道路."""

    id = AutoField()
    name = CharField(60, unique=True)
    level = CharField(10)
    parent = ForeignKeyField("self", null=True, backref="children")
    active = BooleanField(default=True)


class AreaAlias(Row):
    id = AutoField()
    area = ForeignKeyField(Area, backref="aliases")
    word = CharField(60)

    class Meta:
        indexes = ((("area", "word"), True),)


class Post(Row):
    """A job in a unit. `role` is how roles.yaml finds it (科室负责人, 分管领导, 村书记, 社区书记, 网格员 …); `receiving` takes what
    is addressed to the bare unit; `area` ties a grid officer's post to a node."""

    id = AutoField()
    unit = ForeignKeyField(Unit, backref="posts")
    name = CharField(40)
    role = CharField(20, default="", index=True)
    receiving = BooleanField(default=False)
    area = ForeignKeyField(Area, null=True, backref="posts")
    active = BooleanField(default=True)

    class Meta:
        indexes = ((("unit", "name"), True),)


class Person(Row):
    id = AutoField()
    code = CharField(20, unique=True)
    name = CharField(40)
    phone = CharField(20)
    active = BooleanField(default=True)


class Holding(Row):
    """Who holds a post: rank 0 is the holder, 1 and up are deputies in order."""

    id = AutoField()
    post = ForeignKeyField(Post, backref="holdings")
    person = ForeignKeyField(Person, backref="holdings")
    rank = IntegerField(default=0)

    class Meta:
        indexes = ((("post", "person"), True),)


class Shift(Row):
    """A weekly duty shift (roster): weekday 0 = Monday, minutes of the local day, half-open; a shift past midnight is two rows.
    A post with any shift is answered by who is on shift; without, by its holder."""

    id = AutoField()
    post = ForeignKeyField(Post, backref="shifts")
    person = ForeignKeyField(Person, backref="shifts")
    weekday = IntegerField()
    start_minute = IntegerField()
    end_minute = IntegerField()


class Absence(Row):
    id = AutoField()
    person = ForeignKeyField(Person, backref="absences")
    start = DateTimeField()
    end = DateTimeField()
    reason = CharField(40, default="")


class AreaService(Row):
    """A company or post that serves an area in one respect, e.g. role 属地物业企业 for 花园小区."""

    id = AutoField()
    area = ForeignKeyField(Area, backref="services")
    role = CharField(20)
    unit = ForeignKeyField(Unit, backref="serves")

    class Meta:
        indexes = ((("area", "role"), True),)


class Account(Row):
    id = AutoField()
    username = CharField(40, unique=True)
    password_hash = CharField(200)
    role = CharField(20)
    person = ForeignKeyField(Person, null=True)
    unit = ForeignKeyField(Unit, null=True)
    session_version = IntegerField(default=1)
    active = BooleanField(default=True)
    demonstration = BooleanField(default=False)


class DirectoryChange(Row):
    """One change of the directory or of an account, appended and never edited. `table` is unit, post, person …, `row` its id;
    `before` and `after` hold, as JSON, the words of the columns that differ, phones masked. No account: the seeding did it."""

    id = BigAutoField()
    at = DateTimeField()
    account = ForeignKeyField(Account, null=True)
    table = CharField(20)
    row = IntegerField()
    what = CharField(10)  # 新增 修改 停用 恢复 删除 重设密码 装入
    before = TextField(default="{}")
    after = TextField(default="{}")

    class Meta:
        indexes = ((("table", "row"), False),)
