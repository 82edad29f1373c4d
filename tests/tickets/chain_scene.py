"""A small district with one ticket and the clock of its signature, laid straight into the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.roles import Role
from notifications.message import Message, Receipt
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store.models import Absence, ChainLink, Deadline, History, Holding, Outbox, Person, Post, Ticket, Unit

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 09:00 in the district
ROLES = {
    "承办人": Role("承办人", "holder"),
    "承办单位": Role("承办单位", "unit"),
    "上级单位": Role("上级单位", "superior"),
}
# The chain of rules/escalation.yaml for 签收: (minutes after the start, channels, recipients)
SIGNING = (
    (0, "短信", ["承办人"]),
    (5, "电话", ["承办人"]),
    (15, "短信", ["承办人", "承办单位"]),
    (25, "短信", ["承办人", "承办单位"]),
    (35, "短信", ["承办人", "承办单位"]),
    (45, "短信,电话", ["上级单位"]),
)


@dataclass
class StepClock:
    """A clock that stands still until it is moved."""

    now: datetime = NINE

    def __call__(self) -> datetime:
        return self.now

    def at(self, minutes: float) -> datetime:
        self.now = NINE + timedelta(minutes=minutes)
        return self.now


@dataclass
class FakeProvider:
    """A channel that keeps what it sent and fails as told: `failures` are raised one per send, before or after the message left."""

    failures: list[Exception] = field(default_factory=list)
    lost_answer: bool = False
    lookup_fails: list[Exception] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> Receipt:
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None and not self.lost_answer:
            raise failure
        self.sent.append(message)
        if failure is not None:
            raise failure
        return Receipt(f"fake-{message.id}", "delivered")

    def lookup(self, message: Message) -> Receipt | None:
        if self.lookup_fails:
            raise self.lookup_fails.pop(0)
        return Receipt(f"fake-{message.id}", "delivered") if any(one.id == message.id for one in self.sent) else None


@dataclass(frozen=True)
class Scene:
    """Everything a test names."""

    desk: Desk
    clock: StepClock
    ticket: Ticket
    deadline: Deadline
    people: dict[str, Person]


def make_desk(clock: Callable[[], datetime]) -> Desk:
    """A desk for the worker's actions, which ask neither rules nor library."""
    absent: object = None
    return Desk(
        clock=clock,
        library=absent,  # type: ignore[arg-type]
        places=absent,  # type: ignore[arg-type]
        rules=absent,  # type: ignore[arg-type]
        queue=absent,  # type: ignore[arg-type]
        calendar=absent,  # type: ignore[arg-type]
        manual_desk="热线中心/人工派单席",
        last_resort="热线中心/值班室",
        roles=ROLES,
    )


def make_scene(*, chain: Sequence[tuple[float, str, list[str]]] = SIGNING, within: float = 5, until: str = "办理中", pause: str = "") -> Scene:
    """A ticket dispatched at nine to 韩 of 水务局/管网科, its clock of `within` minutes, and the chain."""
    units = {address: Unit.create(address=address, name=address.rsplit("/", 1)[-1], kind="区直部门") for address in ("区政府", "水务局", "热线中心")}
    units["水务局"].superior = units["区政府"]
    units["水务局"].save()
    for address in ("水务局/管网科", "热线中心/人工派单席", "热线中心/值班室"):
        parent = units[address.split("/", 1)[0]]
        units[address] = Unit.create(address=address, name=address.rsplit("/", 1)[-1], kind=parent.kind, parent=parent)
    people: dict[str, Person] = {}
    holders = {
        "区政府": ("邵", "邵副"),
        "水务局": ("卢",),
        "水务局/管网科": ("韩",),
        "热线中心/人工派单席": ("许",),
        "热线中心/值班室": ("温",),
    }
    for number, (address, names) in enumerate(holders.items()):
        post = Post.create(unit=units[address], name="值班员", receiving=True)
        for rank, name in enumerate(names):
            people[name] = Person.create(code=f"P{number}{rank}", name=name, phone=f"1990000{number}{rank}00")
            Holding.create(post=post, person=people[name], rank=rank)
    ticket = Ticket.create(
        number="20261123-0001",
        source="12345",
        source_id="S1",
        status="待签收",
        step_seq=2,
        text="菜市场北门水管裂了，请回电13800000000",
        address="菜市场北门",
        caller_phone="13800000000",
        registered_at=stored(NINE),
        dispatched_at=stored(NINE),
        category="供水",
        area="河西社区",
        urgency="特急",
        unit=units["水务局/管网科"],
        post=Post.get(Post.unit == units["水务局/管网科"]),
        person=people["韩"],
    )
    History.create(ticket=ticket, seq=1, at=stored(NINE), actor="system", what="派单", from_status="已受理", to_status="待签收", holder=people["韩"])
    deadline = Deadline.create(
        ticket=ticket,
        name="签收",
        rule="L-010",
        from_status="待签收",
        until_status=until,
        within=f"{within}m",
        clock="自然时",
        pause=pause,
        step_seq=2,
        started_at=stored(NINE),
        due_at=stored(NINE + timedelta(minutes=within)),
    )
    for seq, (minutes, send, to) in enumerate(chain, start=1):
        ChainLink.create(
            deadline=deadline,
            ticket=ticket,
            seq=seq,
            at=stored(NINE + timedelta(minutes=minutes)),
            rule="E-020",
            send=send,
            to=json.dumps(to, ensure_ascii=False),
        )
    clock = StepClock()
    return Scene(make_desk(clock), clock, ticket, deadline, people)


def sign_by_hand(scene: Scene, at: datetime) -> None:
    """What signing leaves in the tables, without the action."""
    Ticket.update(status="办理中", step_seq=3, signed_at=stored(at)).where(Ticket.id == scene.ticket.id).execute()
    Deadline.update(state="met", met_at=stored(at)).where(Deadline.id == scene.deadline.id).execute()
    ChainLink.update(state="cancelled", why="已签收").where((ChainLink.deadline == scene.deadline) & (ChainLink.state == "waiting")).execute()


def send_away(person: Person, hours: float = 8) -> None:
    """The person is away from eight to four."""
    start = NINE - timedelta(hours=1)
    Absence.create(person=person, start=stored(start), end=stored(start + timedelta(hours=hours)), reason="出差")


def messages() -> list[tuple[str, str, str, str]]:
    """(channel, kind, person, state) of every message, in the order they were queued."""
    return [(row.channel, row.kind, row.person.name, row.state) for row in Outbox.select().order_by(Outbox.id)]
