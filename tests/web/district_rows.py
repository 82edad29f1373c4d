"""A small invented district with appeals in every state, written straight into the tables, for the pages' tests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.decision import Decision, Line, RuleVerdict
from engine.decision_json import dumps
from engine.ruleset import Action
from tickets.domain.times import stored
from tickets.store import accounts
from tickets.store.models import Area, ChainLink, Deadline, Evaluation, History, Holding, Outbox, Person, Post, Ticket, Unit

NOW = datetime(2026, 11, 23, 6, 32, 7, tzinfo=UTC)  # Monday 14:32:07 in the district
PASSWORD = accounts.DEMONSTRATION_PASSWORD


@dataclass
class Place:
    """A section with one post and its holder."""

    unit: Unit
    post: Post
    person: Person


@dataclass
class Rows:
    """What the tests refer to by name."""

    places: dict[str, Place] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)


def make_place(rows: Rows, unit: str, section: str, post: str, person: str, role: str = "") -> Place:
    """A section of a unit with a post and its holder; units and sections are made once."""
    top, _ = Unit.get_or_create(address=unit, defaults={"name": unit, "kind": "区直部门"})
    part = top
    if section:
        part, _ = Unit.get_or_create(address=f"{unit}/{section}", defaults={"name": section, "kind": "区直部门", "parent": top, "superior": top})
    job = Post.create(unit=part, name=post, role=role, receiving=True)
    who = Person.create(code=f"P{len(rows.places):03d}", name=person, phone=f"1990000{len(rows.places):04d}")
    Holding.create(post=job, person=who)
    place = Place(part, job, who)
    rows.places[section or unit] = place
    return place


def make_ticket(rows: Rows, place: Place | None = None, text: str = "菜市场北门水管爆裂，周围几栋楼没有自来水", **given: object) -> Ticket:
    """A ticket that waits for its signature since `ago` seconds; name only what matters. `signed` seconds after dispatch, else not."""
    ago, signed = float(str(given.pop("ago", 60))), given.pop("signed", None)
    words, sms, call = given.pop("words", ("水管爆裂",)), given.pop("sms", "delivered"), given.pop("call", None)
    registered = stored(NOW) - timedelta(seconds=ago)
    number = f"20261123-{len(rows.tickets) + 1:04d}"
    status = "待签收" if signed is None else "办理中"
    values: dict[str, object] = {
        "number": number, "source": "12345", "source_id": number, "status": status, "text": text, "title": text[:20], "address": "临河镇菜市场北门",
        "caller_phone": "19900000013", "phone_tail": "0013", "registered_at": registered, "dispatched_at": registered + timedelta(seconds=1),
        "category": "供水", "area": "菜市场北门", "urgency": "一般", "dispatch_rule": "else", "reason": "停水抢修归管网科", "millis": 38.0,
        "evidence": json.dumps({"words": words}, ensure_ascii=False), "category_by": "model", "category_confidence": 0.93,
    }  # fmt: skip
    if place is not None:
        values |= {"unit": place.unit, "post": place.post, "person": place.person}
    ticket = Ticket.create(**values | given)
    rows.tickets.append(ticket)
    start = ticket.dispatched_at or registered
    for seq, (actor, what, to) in enumerate((("system", "登记", "已登记"), ("system", "受理", "已受理"), ("rule:D-010", "派单", "待签收"))):
        History.create(ticket=ticket, seq=seq, at=registered + timedelta(milliseconds=400 * seq), actor=actor, what=what, to_status=to, holder=ticket.person_id)
    sign = Deadline.create(
        ticket=ticket, name="签收", rule="T-010", from_status="待签收", until_status="办理中", within="5m", clock="自然时", started_at=start,
        due_at=start + timedelta(minutes=5),
    )  # fmt: skip
    links = [(0, "开始", "短信"), (300, "到期", "电话"), (900, "wait 10m", "短信")]
    made = [
        ChainLink.create(
            deadline=sign, ticket=ticket, seq=seq, at=start + timedelta(seconds=after), rule="E-020", send=send, to='["承办人"]', when=when,
            state="fired" if ago >= after else "waiting", fired_at=start + timedelta(seconds=after) if ago >= after else None,
        )
        for seq, (after, when, send) in enumerate(links, 1)
    ]  # fmt: skip
    if signed is not None:
        _sign(ticket, sign, start + timedelta(seconds=float(str(signed))))
    if place is not None and sms:
        _message(ticket, made[0], place, "短信", "派单", str(sms), start + timedelta(seconds=1))
    if place is not None and call:
        _message(ticket, made[1], place, "电话", "催签", str(call), start + timedelta(minutes=5))
    if sign.met_at is None and sign.due_at <= stored(NOW):
        Deadline.update(state="breached", breached_at=sign.due_at, breach_step="待签收").where(Deadline.id == sign.id).execute()
    return ticket


def _sign(ticket: Ticket, sign: Deadline, at: datetime) -> None:
    Ticket.update(signed_at=at, step_seq=4).where(Ticket.id == ticket.id).execute()
    sign.state, sign.met_at = "met" if at <= sign.due_at else "breached", at
    sign.breached_at = None if sign.state == "met" else sign.due_at
    sign.save()
    ChainLink.update(state="cancelled", why="已签收").where((ChainLink.deadline == sign) & (ChainLink.state == "waiting")).execute()
    History.create(
        ticket=ticket, seq=3, at=at, actor=f"person:{ticket.person_id}", what="签收", from_status="待签收", to_status="办理中", holder=ticket.person_id
    )
    Deadline.create(
        ticket=ticket, name="办结", rule="T-020", from_status="办理中", until_status="待审核", within="24h", clock="自然时", started_at=at,
        due_at=at + timedelta(hours=24),
    )  # fmt: skip


def _message(ticket: Ticket, link: ChainLink, place: Place, channel: str, kind: str, state: str, at: datetime) -> None:
    Outbox.create(
        ticket=ticket, link=link, once=f"{link.id}-{channel}", channel=channel, kind=kind, person=place.person, to_phone=place.person.phone,
        state=state, not_before=at, queued_at=at, sent_at=at + timedelta(seconds=1), delivered_at=at + timedelta(seconds=2) if state == "delivered" else None,
        body=f"{ticket.number} 请签收",
    )  # fmt: skip


WATER = Line(
    "all",
    True,
    parts=(
        Line("has_any", True, "text", ["停水", "水管爆裂", "没有自来水"], "菜市场北门水管爆裂", ("水管爆裂", "没有自来水"), 21),
        Line("in", True, "category", ["供水", "供电"], "供水", (), 22),
        Line("none", True, parts=(Line("has_any", False, "text", ["停水通知", "停水公告"], "菜市场北门水管爆裂", (), 23),)),
    ),
)
TRACE = (
    RuleVerdict("D-010", "停水派水务局", "won", WATER),
    RuleVerdict("D-021", "路面塌陷派住建局", "lost", Line("all", True, parts=(Line("has_any", True, "text", ["塌"], "塌了", ("塌",), 31),))),
    RuleVerdict("D-034", "物业管网派物业", "unmet", Line("all", False, parts=(Line("eq", False, "area", "花园小区", "菜市场北门", (), 41),))),
    RuleVerdict("D-050", "影响百户以上加派", "unknown", Line("all", None, parts=(Line("gte", None, "households", 100, None, (), 51),))),
)
DECISION = Decision(
    ruleset="dispatch",
    version="7f3a19c0" * 8,
    event="ticket.accepted",
    at="2026-11-23T06:30:43Z",
    fired=("D-010", "D-021"),
    winners=("D-010",),
    actions=(("D-010", Action("dispatch", {"to": ["水务局/管网科"]}, 12)),),
    by_else=False,
    agreed=True,
    reason="诉求内容 出现“水管爆裂”“没有自来水”；因此：派水务局/管网科",
    reason_en="Request text mentions 水管爆裂; therefore: to 水务局/管网科",
    basis="区热线办理规程第七条",
    facts=(("area", "菜市场北门"), ("category", "供水"), ("text", "菜市场北门水管爆裂，周围几栋楼没有自来水")),
    trace=TRACE,
    micros=412,
)


def add_evaluation(ticket: Ticket, decision: Decision = DECISION) -> None:
    """Stores a decision for the ticket."""
    Evaluation.create(
        ticket=ticket, at=ticket.registered_at, ruleset=decision.ruleset, version=decision.version, context_hash="c" * 64, event=decision.event,
        fired=",".join(decision.fired), micros=decision.micros, decision=dumps(decision),
    )  # fmt: skip


def fill() -> Rows:
    """The afternoon of the mock-up: eight appeals, an account for every role."""
    rows = Rows()
    district = Area.create(name="示范区", level="区")
    town = Area.create(name="临河镇", level="镇街", parent=district)
    Area.create(name="菜市场北门", level="小区", parent=town)
    heat = make_place(rows, "热力公司", "临河维修班", "班长", "石长河")
    water = make_place(rows, "水务局", "管网科", "值班员", "韩雨澄")
    lamps = make_place(rows, "城市管理局", "照明科", "科员", "梁知远")
    wages = make_place(rows, "人社局", "监察大队", "队员", "顾行简")
    police = make_place(rows, "城市管理局", "执法二队", "队员", "吴承岳")
    desk = make_place(rows, "热线中心", "人工派单席", "派单员", "蒋以宁")
    watch = make_place(rows, "热线中心", "值班室", "值班长", "苏禾")
    village = make_place(rows, "北庄村", "", "村书记", "赵启明")
    ask = make_ticket
    ask(
        rows,
        heat,
        "水岸花园5号楼也没有暖气，和3号楼一个换热站",
        ago=877,
        signed=72,
        category="供热",
        words=["没有暖气"],
        reason="同站 24 小时 9 件，已并入督办件",
    )
    ask(
        rows,
        village,
        "北庄村口垃圾堆了三天没人清，路都占了一半",
        ago=653,
        signed=48,
        category="农村保洁",
        words=["垃圾", "没人清"],
        reason="村内保洁归属地，派北庄村书记，网格员协办",
    )
    ask(
        rows,
        desk,
        "有人说楼上的事社区管，社区说找物业，不知道找谁",
        ago=485,
        signed=12,
        category="",
        manual=True,
        words=[],
        reason="没有规则命中，交人工派单席",
    )
    ask(
        rows,
        police,
        "临河镇中街餐馆油烟直排居民窗户，天天熏",
        ago=331,
        call="sending",
        category="餐饮油烟",
        words=["油烟直排"],
        reason="已领执照的门店油烟，执法队查处",
    )
    ask(
        rows,
        wages,
        "柳湾镇工地拖欠工资，11个人从8月到现在没拿到",
        ago=257,
        category="劳动保障",
        words=["拖欠工资"],
        reason="欠薪满 10 人，人社局主办，柳湾镇协办",
    )
    ask(
        rows,
        lamps,
        "和平路东段路灯不亮三晚了，学生放学看不清路",
        ago=169,
        category="市政照明",
        words=["路灯不亮"],
        reason="与“路灯损坏”相似 92%，道路照明归照明科",
    )
    ask(
        rows,
        water,
        "菜市场北门水管爆裂，周围几栋楼没有自来水",
        ago=86,
        urgency="特急",
        words=["水管爆裂", "没有自来水"],
        reason="停水抢修归管网科；同日 2 件同址，已提示并单",
    )
    ask(
        rows,
        heat,
        "水岸花园3号楼暖气不热，家里只有13度，有老人",
        ago=11,
        urgency="特急",
        category="供热",
        words=["暖气不热", "13度"],
        reason="室温低于 16℃ 列特急；按楼栋派片区维修班",
    )
    add_evaluation(rows.tickets[6])
    for key, place in (
        ("agent", watch), ("handler", water), ("reviewer", water), ("unit_leader", water), ("grid_officer", village), ("supervisor", watch), ("leader", watch), ("policy", watch),
        ("approver", watch), ("auditor", watch), ("admin", watch),
    ):  # fmt: skip
        unit = Unit.get(Unit.address == "水务局") if key in ("reviewer", "unit_leader") else None
        accounts.create(key, PASSWORD, key, person=place.person, unit=unit, demonstration=True)
    return rows
