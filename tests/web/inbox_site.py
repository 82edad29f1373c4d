"""A grid officer with a morning's work before him: what his inbox, his ticket and his report from the grid are tested on."""

from __future__ import annotations

from datetime import timedelta

from tests.web.district_rows import NOW, PASSWORD, Rows, make_place, make_ticket
from tickets.domain.times import stored
from tickets.store import accounts
from tickets.store.connect import transaction
from tickets.store.models import Area, Deadline, History, Ticket, TicketCounter

OFFICER = "officer"
WELL = "村东头浇地的机井没盖板好几天了，就在上学的小路边上。"


def add_officer(rows: Rows) -> dict[str, Ticket]:
    """秦月 of 青禾镇/北庄村 with two tickets to sign and two at work; by short names."""
    with transaction():
        place = make_place(rows, "青禾镇", "北庄村", "第6网格员", "秦月", role="网格员")
        district = Area.get(Area.name == "示范区")
        town = Area.create(name="青禾镇", level="镇街", parent=district)
        village = Area.create(name="北庄村", level="村居", parent=town)
        place.post.area = Area.create(name="北庄村第6网格", level="网格", parent=village)
        place.post.save()
        accounts.create(OFFICER, PASSWORD, "grid_officer", person=place.person, unit=place.unit, demonstration=True)
        here = {"area": "北庄村第6网格", "address": "青禾镇北庄村东头"}
        found = {
            "pipe": make_ticket(
                rows,
                place,
                "独居老人家水管冻裂，屋里进水",
                ago=252,
                urgency="特急",
                reason="类别供水；按属地规则派至青禾镇/北庄村；2 组归第 6 网格，请先上门",
                **here,
            ),
            "rubbish": make_ticket(rows, place, "村口垃圾又堆起来了，请再来看", ago=108, reason="村口归第 6 网格", **here),
            "well": make_ticket(
                rows, place, WELL, ago=20_000, signed=60, title="田边机井盖板缺失，怕小孩掉下去", words=["机井", "盖板"], source="网格", **here
            ),
            "lamp": make_ticket(rows, place, "路灯修好两天又不亮", ago=85_000, signed=60, **here),
        }
        Deadline.update(due_at=stored(NOW) + timedelta(hours=3, minutes=20, seconds=14)).where(
            (Deadline.ticket == found["well"]) & (Deadline.name == "办结")
        ).execute()
        Deadline.update(due_at=stored(NOW) + timedelta(minutes=42)).where((Deadline.ticket == found["lamp"]) & (Deadline.name == "办结")).execute()
        last = History.select().where(History.ticket == found["lamp"]).count()
        History.create(
            ticket=found["lamp"], seq=last, at=stored(NOW), actor="person:1", what="重办", from_status="待审核", to_status="办理中",
            holder=place.person, note='{"reason":"照片看不出修了哪一盏"}',
        )  # fmt: skip
        rows.places["officer"] = place
        TicketCounter.create(day="20261123", last=500)
    return found
