"""Nothing lost and nothing twice by the providers' own records, whatever mixture of faults they and we have."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from notifications.channels import Provider, Route
from notifications.channels.marks import Marks
from notifications.channels.twilio_account import TwilioAccount
from notifications.channels.twilio_errors import CALLS, MESSAGES
from notifications.channels.twilio_sms import TwilioSms
from notifications.channels.twilio_voice import TwilioVoice
from tests.peers.twilio_peer import FAULTS, Taken, TwilioPeer, peer_at
from tests.tickets.chain_scene import Scene, StepClock, make_scene
from tests.tickets.test_deliver import Killed
from tickets.actions.deliver import Terms, deliver_due
from tickets.actions.receive import Report, receive
from tickets.store import outbox
from tickets.store.connect import transaction
from tickets.store.models import Alarm, ChainLink, Outbox

SEEDS = int(os.environ.get("SUDA_FAULT_SEEDS", "10"))  # a night takes more
MARKS = Marks(lambda: b"k" * 32)
NAMES = ("twilio", "backup")
PLACES = ("before_claim", "after_claim", "before_hand_over", "after_send", "after_record", "before_lookup", "after_lookup")
PASSING = tuple(fault for fault in FAULTS if fault not in ("bad number", "odd", "accept, then silence"))


class Stage:
    """Two peers, the routes to them, and a clock."""

    def __init__(self, scene: Scene, peers: dict[str, TwilioPeer], per_second: float = 0.0) -> None:
        self.scene, self.peers = scene, peers
        accounts = [TwilioAccount(name, peer.account, peer.token, "+861", "https://h.example", MARKS, base_url=peer.url) for name, peer in peers.items()]
        self.channels = {
            kind: Route(tuple(Provider(one.name, make(one), per_second) for one in accounts)) for kind, make in (("短信", TwilioSms), ("电话", TwilioVoice))
        }

    def owe(self, count: int, chance: random.Random) -> None:
        there = Outbox.select().count()
        with transaction():
            for number in range(there, there + count):
                person = self.scene.people[chance.choice(("韩", "卢", "温"))]
                channel = chance.choice(("短信", "电话"))
                owed = outbox.Owed(f"m:{number}", channel, "派单", self.scene.ticket.id, person.id, person.phone, WORDS)
                assert outbox.queue(owed, self.scene.clock()) is not None

    def turn(self, terms: Terms = Terms()) -> None:  # noqa: B008 - frozen
        try:
            deliver_due(self.scene.desk, self.channels, terms)
        except Killed:
            self.scene.clock.now += timedelta(seconds=1)

    def taken(self) -> list[tuple[str, Taken]]:
        return [(name, one) for name, peer in self.peers.items() for one in peer.taken]

    def carried(self) -> Counter[int | None]:
        """How often the peers took each of our messages, by the mark in the callback's address."""
        return Counter(MARKS.read(one.said("StatusCallback").rpartition("/")[2]) for _, one in self.taken())

    def report(self, name: str, one: Taken, status: str) -> str:
        id_ = MARKS.read(one.said("StatusCallback").rpartition("/")[2])
        assert id_ is not None
        states = MESSAGES if one.kind == "Messages" else CALLS
        return receive(self.scene.desk, Report(id_, name, one.sid, status, states[status]), calls=True)  # type: ignore[arg-type]


WORDS = {"number": "20261123-0001", "urgency": "一般", "place": "菜市场", "category": "供水", "sign_by": "", "due_by": "", "todo": "办理", "holder": "韩"}
WORDS |= {"title": "", "reason": "", "clock": "", "due": "", "action": "", "time": "1", "times": "1", "into": "", "link": "", "day": "", "days": ""}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, TwilioPeer]]:
    clock = StepClock()
    with peer_at(clock) as first, peer_at(clock) as second:
        yield dict(zip(NAMES, (first, second), strict=True))


@pytest.fixture
def stage(sqlite_database: str, servers: dict[str, TwilioPeer]) -> Stage:
    scene = make_scene()
    ChainLink.update(state="cancelled").execute()
    for peer in servers.values():
        peer.clock = scene.clock
        peer.taken.clear()
        peer.faults.clear()
        peer.blind.clear()
    return Stage(scene, servers)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_mixture_of_faults_loses_nothing_and_sends_nothing_twice(stage: Stage, seed: int) -> None:
    chance = random.Random(seed)
    for turn in range(40):
        stage.owe(2 if turn < 10 else 0, chance)
        for peer in stage.peers.values():
            peer.faults.extend(chance.choice(PASSING) for _ in range(chance.randrange(4)))
            peer.blind.extend(chance.choice(("429", "500", "401")) for _ in range(chance.randrange(2)))
        place = chance.choice((*PLACES, "", "", ""))
        skipped = [chance.randrange(4)]

        def fp(name: str, place: str = place, skipped: list[int] = skipped) -> None:
            if name == place:
                skipped[0] -= 1
                if skipped[0] < 0:
                    raise Killed

        stage.turn(Terms(fp=fp, tries=40))
        for name, one in chance.sample(stage.taken(), min(1, len(stage.taken()))):  # late, repeated, out of order
            stage.report(name, one, chance.choice(("queued", "sent", "delivered") if one.kind == "Messages" else ("initiated", "ringing", "no-answer")))
        stage.scene.clock.now += timedelta(seconds=chance.choice((0, 1, 20, 70, 400, 2000)))
    for peer in stage.peers.values():
        peer.faults.clear()
        peer.blind.clear()
        for one in peer.taken:  # what Twilio asked for can be read once the calls are over
            peer.asks(one, one.said("Url") or one.said("StatusCallback"))
    for _ in range(6):
        stage.scene.clock.now += timedelta(seconds=2000)
        stage.turn(Terms(tries=40))
    assert stage.carried() == {row.id: 1 for row in Outbox.select()}
    assert {row.state for row in Outbox.select()} <= {"sent", "delivered"}
    assert {(row.id, row.provider, row.provider_id) for row in Outbox.select()} == {
        (MARKS.read(one.said("StatusCallback").rpartition("/")[2]), name, one.sid) for name, one in stage.taken()
    }


def test_the_second_provider_sends_at_once_what_the_first_refuses_and_the_first_is_left_alone_for_a_while(stage: Stage) -> None:
    stage.peers["twilio"].faults.extend(["429"] * 9)
    stage.owe(5, random.Random(1))
    stage.turn()
    assert {row.state for row in Outbox.select()} == {"sent"}
    assert {row.provider for row in Outbox.select()} == {"backup"}
    assert len(stage.peers["twilio"].faults) in range(3, 7)  # three refusals of each kind of message at most
    assert [alarm.kind for alarm in Alarm.select()] in (["渠道受阻"], [])
    assert all(row.tries == 1 for row in Outbox.select())


def test_what_is_in_doubt_goes_to_nobody_else_until_the_provider_has_been_asked(stage: Stage) -> None:
    stage.peers["twilio"].faults.append("drop")
    stage.owe(1, random.Random(1))
    stage.turn()
    row = Outbox.get()
    assert (row.state, row.provider, stage.taken()) == ("unknown", "twilio", [])
    stage.peers["twilio"].blind.extend(["500"] * 2)
    for _ in range(2):
        stage.scene.clock.now += timedelta(seconds=70)
        stage.turn()
        assert (Outbox.get().state, stage.taken()) == ("unknown", [])
    stage.scene.clock.now += timedelta(seconds=70)
    stage.turn()
    stage.turn()
    assert Outbox.get().state == "sent"
    assert len(stage.taken()) == 1


def test_a_wrong_number_is_wrong_for_every_provider(stage: Stage) -> None:
    stage.peers["twilio"].faults.append("bad number")
    stage.owe(1, random.Random(3))
    stage.turn()
    first = Outbox.select().order_by(Outbox.id).first()
    assert first.state == "failed"
    assert "21211" in first.error
    assert stage.peers["backup"].taken == []


def test_no_more_leave_in_a_second_than_the_provider_allows_and_waiting_is_no_try(stage: Stage) -> None:
    slow = Stage(stage.scene, stage.peers, per_second=2)
    slow.owe(9, random.Random(5))
    seen = []
    for _ in range(8):
        before = len(slow.taken())
        slow.turn()
        seen.append(len(slow.taken()) - before)
        slow.scene.clock.now += timedelta(seconds=1)
    assert max(seen) == 4  # two messages and two calls
    assert sum(seen) == 9
    assert {row.tries for row in Outbox.select()} == {1}
    assert stage.peers["backup"].taken == []


def test_a_receipt_that_comes_before_our_own_record_is_kept_and_a_failure_becomes_a_dead_letter_once(stage: Stage) -> None:
    stage.peers["twilio"].faults.append("accept, then drop")
    stage.owe(1, random.Random(3))
    stage.turn()
    ((name, one),) = stage.taken()
    assert one.kind == "Messages"
    assert stage.report(name, one, "sent") == "taken"
    assert Outbox.get().state == "sent"
    assert stage.report(name, one, "undelivered") == "taken"
    assert [stage.report(name, one, said) for said in ("undelivered", "sent", "delivered")] == ["repeated", "repeated", "taken"]
    assert [(row.channel, row.state) for row in Outbox.select().order_by(Outbox.id)] == [("短信", "failed"), ("电话", "queued")]
    assert Alarm.select().where(Alarm.kind == "消息未送达").count() == 1
    assert stage.report("backup", one, "sent") == "stranger"
    stage.turn()
    assert len(stage.taken()) == 2
