"""Quiet hours and wishes: what can wait does, what cannot never does, and each person may say otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.tickets.chain_scene import FakeProvider, Scene, make_scene
from tickets.actions.deliver import deliver_due
from tickets.actions.prefer import BadWish, prefer
from tickets.actions.tell import tell
from tickets.domain.quiet import NEVER_WAIT, Quiet, ends
from tickets.domain.times import SHANGHAI, aware, local
from tickets.store.connect import transaction
from tickets.store.models import Account, ChainLink, DirectoryChange, Outbox

NIGHT = Quiet("22:00", "07:00", frozenset(("告知", "协办")))


def wall(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "start", "until", "end"),
    [
        (wall(23, 21, 59), "22:00", "07:00", None),
        (wall(23, 22), "22:00", "07:00", wall(24, 7)),
        (wall(24, 0, 30), "22:00", "07:00", wall(24, 7)),
        (wall(24, 6, 59), "22:00", "07:00", wall(24, 7)),
        (wall(24, 7), "22:00", "07:00", None),
        (wall(24, 13), "12:00", "14:00", wall(24, 14)),
        (wall(24, 14), "12:00", "14:00", None),
        (wall(24, 3), "22:00", "22:00", None),
        (wall(24, 3), "", "", None),
        (wall(24, 3), "00:00", "06:00", wall(24, 6)),
        (wall(24, 23, 30), "12:00", "00:00", wall(25, 0)),
    ],
)
def test_quiet_hours_end_when_they_say_also_over_midnight(at: datetime, start: str, until: str, end: datetime | None) -> None:
    assert ends(at, start, until) == end


@pytest.fixture
def scene(sqlite_database: str) -> Scene:
    made = make_scene()
    ChainLink.update(state="cancelled").execute()
    made.desk.quiet = NIGHT
    Account.create(username="a", password_hash="", role="admin")
    return made


def say(scene: Scene, kind: str, once: str, *channels: str) -> None:
    with transaction():
        tell(scene.desk, scene.ticket, kind, "承办人", channels or ("短信",), scene.clock(), once=once, more={"reason": "原因"})


def test_at_night_what_can_wait_waits_until_seven_and_leaves_once_while_a_dispatch_and_a_call_leave_at_once(scene: Scene) -> None:
    provider = FakeProvider()
    channels = {"短信": provider, "电话": provider}
    scene.clock.now = wall(23, 23).astimezone(scene.clock.now.tzinfo)
    say(scene, "协办", "a", "短信", "电话")
    say(scene, "派单", "b")
    assert deliver_due(scene.desk, channels).later == 1
    assert [(message.channel, message.kind) for message in provider.sent] == [("电话", "协办"), ("短信", "派单")]
    waiting = Outbox.get(Outbox.state == "queued")
    assert (waiting.tries, local(aware(waiting.not_before))) == (0, wall(24, 7))
    scene.clock.now += timedelta(hours=7, minutes=59)
    deliver_due(scene.desk, channels)
    assert len(provider.sent) == 2
    scene.clock.now += timedelta(minutes=1)
    for _ in range(2):
        deliver_due(scene.desk, channels)
    assert [message.kind for message in provider.sent] == ["协办", "派单", "协办"]


def test_a_person_sets_hours_channel_and_language_of_his_own_and_the_change_is_logged(scene: Scene) -> None:
    person = scene.people["韩"].id
    for _ in range(2):
        prefer(scene.desk, person, {"quiet_from": "08:00", "quiet_until": "10:30", "channel": "弹屏", "lang": "en"}, 1)
    assert DirectoryChange.select().where(DirectoryChange.table == "preference").count() == 1
    say(scene, "协办", "a", "短信", "弹屏")
    say(scene, "派单", "b")
    provider = FakeProvider()
    deliver_due(scene.desk, {"短信": provider, "弹屏": provider})
    assert [(message.channel, message.kind, message.body[:7]) for message in provider.sent] == [("短信", "派单", "[12345]")]
    scene.clock.at(90)
    deliver_due(scene.desk, {"短信": provider, "弹屏": provider})
    assert [(message.channel, message.kind) for message in provider.sent[1:]] == [("弹屏", "协办")]
    prefer(scene.desk, person, {}, 1)
    say(scene, "协办", "c")
    deliver_due(scene.desk, {"短信": provider})
    assert provider.sent[-1].channel == "短信"


@pytest.mark.parametrize("sent", [{"quiet_from": "25:00"}, {"quiet_from": "22:00"}, {"channel": "电话"}, {"lang": "fr"}, {"quiet_until": "7点"}])
def test_a_wish_that_cannot_be_is_refused(scene: Scene, sent: dict[str, str]) -> None:
    with pytest.raises(BadWish):
        prefer(scene.desk, scene.people["韩"].id, sent, 1)
    assert DirectoryChange.select().count() == 0


def test_what_the_system_is_for_is_never_among_what_waits() -> None:
    assert {"派单", "催签", "催办", "升级", "超期"} <= set(NEVER_WAIT)
