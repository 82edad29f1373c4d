"""A tiny district in the tables, to match tests/tickets/rules/directory.yaml."""

from __future__ import annotations

from datetime import datetime

from tickets.domain.times import stored
from tickets.store.models import Absence, Area, AreaService, Holding, Person, Post, Shift, Unit

AREAS = (
    ("示范区", "区", None),
    ("城区", "镇街", "示范区"),
    ("花园社区", "村居", "城区"),
    ("花园小区", "小区", "花园社区"),
    ("柳岸小区", "小区", "花园社区"),
    ("青禾镇", "镇街", "示范区"),
    ("北庄村", "村居", "青禾镇"),
    ("北庄一网格", "网格", "北庄村"),
)
# address, kind, superior, receiving post, its role, its people in rank order
UNITS = (
    ("热线中心", "热线中心", None, "值班长", "", ("中心主任",)),
    ("热线中心/人工派单席", "热线中心", "热线中心", "派单员", "", ("派单甲", "派单乙")),
    ("热线中心/值班室", "热线中心", "热线中心", "值班长", "", ("值班长甲",)),
    ("区政府", "督查", None, "值班员", "", ("区政府值班员", "区政府副值班员")),
    ("供水公司", "企业", "区政府", "调度", "", ("调度甲",)),
    ("供水公司/抢修班", "企业", "供水公司", "班长", "", ("班长甲", "副班长乙", "副班长丙")),
    ("城管局", "区直部门", "区政府", "联络员", "", ("联络员甲",)),
    ("城管局/照明科", "区直部门", "城管局", "承办岗", "科室负责人", ("照明甲",)),
    ("城管局/空科", "区直部门", "城管局", "承办岗", "", ()),
    ("住建局", "区直部门", "区政府", "联络员", "", ("住建联络员",)),
    ("住建局/物业科", "区直部门", "住建局", "承办岗", "", ("物业科甲",)),
    ("好家物业", "企业", "住建局", "经理", "", ("物业经理",)),
    ("北庄村", "村居", "区政府", "村书记", "村书记", ("村书记甲",)),
)


def settle() -> None:
    """Fills the tables: units with their receiving posts and people, areas, a property company for 花园小区, a grid officer."""
    for name, level, parent in AREAS:
        Area.create(name=name, level=level, parent=Area.get(name=parent) if parent else None)
    for address, kind, superior, post, role, people in UNITS:
        head = address.rpartition("/")[0]
        unit = Unit.create(
            address=address,
            name=address.rpartition("/")[2],
            kind=kind,
            parent=Unit.get(address=head) if head else None,
            superior=Unit.get(address=superior) if superior else None,
        )
        area = Area.get(name="北庄村") if address == "北庄村" else None
        hold(Post.create(unit=unit, name=post, role=role, receiving=True, area=area), *people)
    AreaService.create(area=Area.get(name="花园小区"), role="属地物业企业", unit=Unit.get(address="好家物业"))
    grid = Post.create(unit=Unit.get(address="北庄村"), name="一网格网格员", role="网格员", area=Area.get(name="北庄一网格"))
    hold(grid, "网格员甲")


def hold(post: Post, *names: str) -> None:
    """Gives the post to these people: the first holds it, the others are deputies in order."""
    for rank, name in enumerate(names):
        Holding.create(post=post, person=person(name), rank=rank)


def person(name: str) -> Person:
    """The person of that name, made when there is none; telephone numbers are ones that no one can own."""
    found = Person.get_or_none(Person.name == name)
    number = Person.select().count() + 1
    return found or Person.create(code=f"P{number:03d}", name=name, phone=f"000{number:08d}")


def post_of(address: str) -> Post:
    """The receiving post of that unit."""
    return Post.select().join(Unit).where((Unit.address == address) & Post.receiving).get()  # type: ignore[no-any-return]


def absent(name: str, start: datetime, end: datetime, reason: str = "休假") -> None:
    """Sends the person on leave from `start` until `end` (aware)."""
    Absence.create(person=person(name), start=stored(start), end=stored(end), reason=reason)


def rostered(address: str, name: str, weekday: int, start: str, end: str) -> None:
    """Puts the person on the roster of the unit's receiving post; weekday 0 is Monday, times are HH:MM."""
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (start, end)]
    Shift.create(post=post_of(address), person=person(name), weekday=weekday, start_minute=minutes[0], end_minute=minutes[1])
