from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from tests.tickets.chain_scene import NINE, Scene, make_scene, sign_by_hand
from tickets.actions.receive import Report, receive
from tickets.domain.times import stored
from tickets.store import outbox, preferences, receipts
from tickets.store.models import Deadline, Outbox, Ticket
from tickets.store.models import database as database_proxy
from tickets.store.outbox import NO_LONGER, REPLACED, Owed

MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=60)


@pytest.fixture
def scene(database: str) -> Scene:
    return make_scene()


def owe(scene: Scene, once: str = "a", kind: str = "催签", channel: str = "电话", link: bool = True, cancel_step: int | None = 2) -> int:
    """Queues one message at nine."""
    link_id = scene.deadline.links[0].id if link else None
    owed = Owed(once, channel, kind, scene.ticket.id, scene.people["韩"].id, "19900000000", {}, link_id, cancel_step)
    queued = outbox.queue(owed, NINE)
    assert queued is not None
    return queued


def test_the_same_message_is_queued_once(scene: Scene) -> None:
    owe(scene)
    assert outbox.queue(Owed("a", "短信", "派单", None, None, ""), NINE) is None
    assert Outbox.select().count() == 1


def test_only_one_of_two_senders_gets_a_message(scene: Scene) -> None:
    message = owe(scene)
    assert outbox.claim(message, "first", NINE, LEASE, "请签收")
    assert not outbox.claim(message, "second", NINE, LEASE, "请签收")
    row = Outbox.get_by_id(message)
    assert (row.state, row.token, row.tries, row.body) == ("sending", "first", 1, "请签收")
    assert row.lease_until == stored(NINE + LEASE)


def test_of_two_senders_that_claim_at_once_one_gets_it(scene: Scene) -> None:
    message = owe(scene)
    ready = Barrier(2, timeout=20)
    won: list[bool] = []

    def work(token: str) -> None:
        try:
            ready.wait()
            won.append(outbox.claim(message, token, NINE, LEASE, ""))
        finally:
            database_proxy.close()

    senders = [Thread(target=work, args=(token,)) for token in ("a", "b")]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(won) == [False, True]


def test_a_message_waits_for_its_hour(scene: Scene) -> None:
    message = owe(scene)
    assert outbox.claim(message, "t", NINE, LEASE, "")
    assert outbox.put_back(message, "t", NINE, MINUTE, "忙")
    assert outbox.due(NINE) == []
    assert not outbox.claim(message, "t", NINE, LEASE, "")
    assert outbox.due(NINE + MINUTE) == [message]
    assert outbox.claim(message, "t", NINE + MINUTE, LEASE, "")


def test_a_call_leaves_before_a_whole_file_of_messages(scene: Scene) -> None:
    first = owe(scene, once="a", kind="派单", channel="短信")
    second = owe(scene, once="b", kind="派单", channel="短信")
    call = owe(scene, once="c")
    assert outbox.due(NINE) == [call, first, second]


NOT_NEEDED = {
    "signed": lambda scene: sign_by_hand(scene, NINE),
    "the step has passed": lambda _: Ticket.update(step_seq=3).execute(),
    "the clock was met": lambda _: Deadline.update(met_at=stored(NINE), state="met").execute(),
    "breached and met late": lambda _: Deadline.update(met_at=stored(NINE), state="breached").execute(),
    "called off": lambda _: Deadline.update(state="cancelled", why="重新派单").execute(),
    "breached, then called off": lambda _: Deadline.update(state="breached", why="重新派单").execute(),
}


@pytest.mark.parametrize("change", NOT_NEEDED.values(), ids=NOT_NEEDED.keys())
def test_a_message_nobody_needs_is_never_claimed_and_says_why(scene: Scene, change: object) -> None:
    message = owe(scene)
    change(scene)  # type: ignore[operator]
    assert not outbox.claim(message, "t", NINE, LEASE, "")
    assert outbox.cancel_stale() == 1
    row = Outbox.get_by_id(message)
    assert (row.state, row.error) == ("cancelled", NO_LONGER)


def test_a_paused_clock_sends_nothing_and_keeps_the_message(scene: Scene) -> None:
    message = owe(scene)
    Deadline.update(paused_at=stored(NINE)).execute()
    assert not outbox.claim(message, "t", NINE, LEASE, "")
    assert outbox.cancel_stale() == 0
    Deadline.update(paused_at=None).execute()
    assert outbox.claim(message, "t", NINE, LEASE, "")


def test_a_message_of_no_clock_and_no_step_is_sent_whatever_happens(scene: Scene) -> None:
    message = owe(scene, kind="协办", link=False, cancel_step=None)
    sign_by_hand(scene, NINE)
    assert outbox.cancel_stale() == 0
    assert outbox.claim(message, "t", NINE, LEASE, "")


def test_a_breached_clock_still_reminds(scene: Scene) -> None:
    message = owe(scene)
    Deadline.update(state="breached", breached_at=stored(NINE)).execute()
    assert outbox.claim(message, "t", NINE, LEASE, "")


def test_of_reminders_that_pile_up_only_the_newest_stays(scene: Scene) -> None:
    first, second, third = (owe(scene, once=name, kind="催办", channel="短信") for name in "abc")
    call = owe(scene, once="d", kind="催签")
    assert outbox.cancel_stale() == 2
    states = {row.id: (row.state, row.error) for row in Outbox.select()}
    assert states == {first: ("cancelled", REPLACED), second: ("cancelled", REPLACED), third: ("queued", ""), call: ("queued", "")}


def test_an_expired_lease_becomes_unknown_for_one_asker_only(scene: Scene) -> None:
    message = owe(scene)
    outbox.claim(message, "dead", NINE, LEASE, "")
    assert outbox.expired(NINE + LEASE - timedelta(seconds=1)) == []
    late = NINE + LEASE
    assert outbox.expired(late) == [message]
    assert outbox.claim_unknown(message, "asker", late, LEASE)
    assert not outbox.claim_unknown(message, "other", late, LEASE)
    assert not outbox.accepted(message, "dead", late, "sent", "x")  # the dead one's late answer no longer counts
    assert outbox.accepted(message, "asker", late, "sent", "x")
    assert Outbox.get_by_id(message).state == "sent"


RECEIPTS = [  # stands at, receipt says, stands at afterwards
    ("sent", "delivered", "delivered"),
    ("sent", "failed", "failed"),
    ("delivered", "failed", "delivered"),
    ("failed", "delivered", "failed"),
    ("delivered", "sent", "delivered"),
    ("unknown", "delivered", "delivered"),
    ("queued", "delivered", "queued"),
    ("cancelled", "delivered", "cancelled"),
]


@pytest.mark.parametrize(("before", "said", "after"), RECEIPTS)
def test_a_receipt_moves_a_message_forward_only(scene: Scene, before: str, said: str, after: str) -> None:
    message = owe(scene)
    Outbox.update(state=before, provider="twilio", provider_id="p1", tries=int(before != "queued")).execute()
    assert outbox.reported(message, "twilio", "p1", said, NINE) == (before != after)
    assert Outbox.get_by_id(message).state == after
    assert not outbox.reported(message, "twilio", "p2", "failed", NINE)  # another message's
    assert not outbox.reported(message, "backup", "p1", "failed", NINE)
    assert Outbox.get_by_id(message).state == after


def test_a_late_receipt_of_a_message_that_was_queued_again_keeps_it_from_being_sent_twice(scene: Scene) -> None:
    message = owe(scene)
    assert outbox.claim(message, "t", NINE, LEASE, "", "twilio")
    assert outbox.put_back(message, "t", NINE, MINUTE, "没有收到")
    assert outbox.reported(message, "twilio", "p1", "sent", NINE)
    assert not outbox.claim(message, "t", NINE + 9 * MINUTE, LEASE, "", "twilio")
    assert (Outbox.get_by_id(message).provider_id, Outbox.get_by_id(message).state) == ("p1", "sent")


def test_reports_are_kept_once_and_move_on_and_wishes_are_kept_on_both_databases(scene: Scene) -> None:
    message = owe(scene)
    assert outbox.claim(message, "t", NINE, LEASE, "", "twilio")
    reports = (("sent", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("queued", "sent"))
    told = [receive(scene.desk, Report(message, "twilio", "SM1", said, state), calls=True) for said, state in reports]  # type: ignore[arg-type]
    assert told == ["taken", "repeated", "taken", "taken"]
    assert receive(scene.desk, Report(message, "backup", "SM1", "failed", "failed"), calls=True) == "stranger"
    row = Outbox.get_by_id(message)
    assert (row.state, row.provider_id, row.delivered_at is not None) == ("delivered", "SM1", True)
    assert receipts.reached(message, "SM1", ("delivered",), NINE)
    assert not receipts.reached(message, "SM1", ("delivered",), NINE - MINUTE)
    assert not outbox.settled_by_hand(message, NINE, True, "")
    for channel in ("弹屏", "短信"):
        preferences.keep(scene.people["韩"].id, {"channel": channel}, NINE)
        assert preferences.written(preferences.of(scene.people["韩"].id)) == {"quiet_from": "", "quiet_until": "", "channel": channel, "lang": ""}
