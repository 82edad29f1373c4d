from __future__ import annotations

import json
from threading import Barrier, Thread

import pytest

from tests.tickets.chain_scene import NINE, Scene, make_scene, messages, send_away, sign_by_hand
from tickets.actions.escalate import MET, MOVED_ON, REPLACED, fire
from tickets.actions.sweep import sweep
from tickets.domain.times import stored
from tickets.store.connect import transaction
from tickets.store.models import Alarm, ChainLink, Deadline, History, Holding, Outbox, Ticket, Unit
from tickets.store.models import database as database_proxy


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def scene(database: str) -> Scene:
    return make_scene()


def course() -> list[tuple[str, str]]:
    """(what, actor) of the ticket's course, without the dispatch."""
    return [(row.what, row.actor) for row in History.select().order_by(History.seq) if row.seq > 1]


def sent(channel: str) -> int:
    return Outbox.select().where(Outbox.channel == channel).count()  # type: ignore[no-any-return]


def test_the_chain_runs_as_the_rules_say(scene: Scene) -> None:
    for minutes in range(60):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [(channel, kind, person) for channel, kind, person, _ in messages()] == [
        ("短信", "派单", "韩"),  # 09:00
        ("电话", "催签", "韩"),  # 09:05
        *[("短信", "催办", "韩"), ("短信", "催办", "卢")] * 3,  # 09:15, 09:25, 09:35
        ("短信", "升级", "邵"),  # 09:45
        ("电话", "升级", "邵"),
    ]
    assert course() == [("通知", "rule:E-020"), ("呼叫", "rule:E-020"), ("逾期", "system"), *[("催办", "rule:E-020")] * 3, ("升级", "rule:E-020")]


def test_reminders_are_counted_in_their_words(scene: Scene) -> None:
    for minutes in range(40):
        sweep(scene.desk, scene.clock.at(minutes))
    counted = [(json.loads(row.context)["time"], json.loads(row.context)["times"]) for row in Outbox.select().where(Outbox.kind == "催办")]
    assert counted == [(1, 3), (1, 3), (2, 3), (2, 3), (3, 3), (3, 3)]


def test_a_second_pass_at_the_same_moment_does_nothing(scene: Scene) -> None:
    assert sweep(scene.desk, scene.clock.at(5.1)).fired == 2
    again = sweep(scene.desk, scene.clock())
    assert (again.fired, again.silent, again.breached, again.outbox_ids) == (0, 0, 0, ())


def test_a_link_fires_once_however_often_it_is_asked_to(scene: Scene) -> None:
    first = scene.deadline.links.order_by(ChainLink.seq).first()
    with transaction():
        assert fire(scene.desk, first.id, scene.clock()) is not None
    with transaction():
        assert fire(scene.desk, first.id, scene.clock()) is None
    assert course() == [("通知", "rule:E-020")]


def test_two_workers_that_see_the_same_link_at_once_call_once(scene: Scene) -> None:
    sweep(scene.desk, scene.clock())
    scene.clock.at(5)
    both_have_seen_it = Barrier(2, timeout=20)
    fired: list[int] = []

    def work() -> None:
        def fp(name: str) -> None:
            if name == "before_link":
                both_have_seen_it.wait()

        try:
            fired.append(sweep(scene.desk, scene.clock.now, fp).fired)
        finally:
            database_proxy.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(fired) == [0, 1]
    assert sent("电话") == 1
    assert course().count(("呼叫", "rule:E-020")) == 1


SIGNED_AT = [  # minutes; calls
    (4.999, 0),
    (5.001, 1),
]


@pytest.mark.parametrize(("minutes", "calls"), SIGNED_AT)
def test_signed_before_the_fifth_minute_no_call_after_it_one(scene: Scene, minutes: float, calls: int) -> None:
    for step in (0, 4.9, minutes):
        sweep(scene.desk, scene.clock.at(step))
    sign_by_hand(scene, scene.clock())
    for step in (5, 6, 16, 50):
        sweep(scene.desk, scene.clock.at(step))
    assert sent("电话") == calls


@pytest.mark.parametrize("place", ["before_link", "link_before_commit", "link_after_commit", "breach_before_commit"])
def test_wherever_the_sweeper_dies_there_is_one_call_and_one_breach(scene: Scene, place: str) -> None:
    def fp(name: str) -> None:
        if name == place:
            raise Killed

    sweep(scene.desk, scene.clock())
    with pytest.raises(Killed):
        sweep(scene.desk, scene.clock.at(5.1), fp)
    sweep(scene.desk, scene.clock())
    sweep(scene.desk, scene.clock.at(6))
    assert sent("电话") == 1
    assert course().count(("呼叫", "rule:E-020")) == 1
    assert course().count(("逾期", "system")) == 1


def test_a_worker_that_was_away_calls_once_reminds_once_and_tells_the_superior(scene: Scene) -> None:
    sweep(scene.desk, scene.clock())
    result = sweep(scene.desk, scene.clock.at(90))
    assert (result.fired, result.silent, result.breached) == (3, 2, 1)
    assert [(channel, kind, person) for channel, kind, person, _ in messages()] == [
        ("短信", "派单", "韩"),
        ("电话", "催签", "韩"),
        ("短信", "催办", "韩"),
        ("短信", "催办", "卢"),
        ("短信", "升级", "邵"),
        ("电话", "升级", "邵"),
    ]
    assert [link.why for link in scene.deadline.links.order_by(ChainLink.seq)] == ["", "", REPLACED, REPLACED, "", ""]


def test_a_superior_who_is_away_is_replaced_by_the_deputy(scene: Scene) -> None:
    send_away(scene.people["邵"])
    for minutes in range(50):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [(channel, person) for channel, kind, person, _ in messages() if kind == "升级"] == [("短信", "邵副"), ("电话", "邵副")]
    assert Alarm.select().count() == 0
    note = json.loads(History.select().where(History.what == "升级").get().note)
    assert note["told"][0]["person"] == "邵副"


def test_a_holder_who_is_also_the_unit_gets_one_message_not_two(scene: Scene) -> None:
    Holding.update(person=scene.people["韩"]).where(Holding.person == scene.people["卢"]).execute()
    for minutes in range(16):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [person for _, kind, person, _ in messages() if kind == "催办"] == ["韩"]


def test_a_superior_nobody_can_find_is_replaced_by_the_last_resort_with_an_alarm(scene: Scene) -> None:
    Unit.update(superior=None).execute()
    for minutes in range(50):
        sweep(scene.desk, scene.clock.at(minutes))
    assert {person for _, kind, person, _ in messages() if kind == "升级"} == {"温"}
    assert Alarm.select().count() == 1
    assert "上级单位" in Alarm.get().text


def test_without_the_last_resort_the_manual_desk_is_told(scene: Scene) -> None:
    Unit.update(superior=None).execute()
    send_away(scene.people["温"])
    for minutes in range(50):
        sweep(scene.desk, scene.clock.at(minutes))
    assert {person for _, kind, person, _ in messages() if kind == "升级"} == {"许"}


def test_with_nobody_left_at_all_there_is_an_alarm_and_the_chain_goes_on(scene: Scene) -> None:
    Unit.update(superior=None).execute()
    for name in ("温", "许"):
        send_away(scene.people[name])
    for minutes in range(50):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [kind for _, kind, _, _ in messages()].count("升级") == 0
    assert "没有任何人可通知" in Alarm.get().text
    assert ChainLink.select().where(ChainLink.state == "waiting").count() == 0


STALE = {
    "the clock was met": (lambda: Deadline.update(state="met", met_at=stored(NINE)).execute(), MET),
    "called off": (lambda: Deadline.update(state="cancelled", why="重新派单").execute(), MET),
    "paused": (lambda: Deadline.update(paused_at=stored(NINE)).execute(), MET),
    "moved on": (lambda: Ticket.update(status="争议", step_seq=3).execute(), MOVED_ON),
}


@pytest.mark.parametrize(("change", "why"), STALE.values(), ids=STALE.keys())
def test_a_stale_link_does_nothing_and_says_so(scene: Scene, change: object, why: str) -> None:
    change()  # type: ignore[operator]
    assert sweep(scene.desk, scene.clock()).silent == 1
    assert messages() == []
    link = scene.deadline.links.order_by(ChainLink.seq).first()
    assert (link.state, link.why, link.fired_at) == ("cancelled", why, None)


def test_a_link_that_is_not_due_is_not_fired(scene: Scene) -> None:
    call = scene.deadline.links.where(ChainLink.seq == 2).get()
    with transaction():
        assert fire(scene.desk, call.id, scene.clock.at(4.99)) is None
    assert messages() == []


def test_a_clock_met_at_its_very_end_is_not_breached(scene: Scene) -> None:
    assert sweep(scene.desk, scene.clock.at(5)).breached == 0
    assert sweep(scene.desk, scene.clock.at(5.001)).breached == 1


def test_a_paused_clock_is_not_breached(scene: Scene) -> None:
    Deadline.update(paused_at=stored(NINE)).execute()
    assert sweep(scene.desk, scene.clock.at(600)).breached == 0


def test_a_breach_names_the_step_and_the_holder(scene: Scene) -> None:
    sweep(scene.desk, scene.clock.at(6))
    clock = Deadline.get()
    assert (clock.state, clock.breach_step, clock.breached_at) == ("breached", "待签收·水务局/管网科 韩", clock.due_at)
    line = History.get(History.what == "逾期")
    assert (line.holder.name, json.loads(line.note)["step"]) == ("韩", "待签收")


def test_a_breach_found_late_names_who_had_it_when_it_fell_due(scene: Scene) -> None:
    """The manual desk had it at 09:05, the worker slept, and by 10:00 somebody else has it."""
    desk_person = scene.people["许"]
    note = json.dumps({"to": "热线中心/人工派单席"}, ensure_ascii=False)
    History.create(ticket=scene.ticket, seq=2, at=stored(NINE), actor="system", what="转人工", from_status="待签收", holder=desk_person, note=note)
    sweep(scene.desk, scene.clock.at(60))
    assert Deadline.get().breach_step == "待签收·热线中心/人工派单席 许"


HANDLING = (
    (42, "短信", ["承办人"]),
    (48, "短信", ["承办人"]),
    (57, "短信", ["上级单位"]),
    (60, "短信,电话", ["承办人"]),
)


def test_a_handling_clock_reminds_across_steps_until_it_is_met(database: str) -> None:
    scene = make_scene(chain=HANDLING, within=60, until="待审核", pause="争议,挂账")
    Ticket.update(status="办理中", step_seq=3).execute()  # signed: the clock runs on
    for minutes in range(70):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [(channel, kind) for channel, kind, _, _ in messages()] == [
        ("短信", "临期"),
        ("短信", "临期"),
        ("短信", "升级"),
        ("短信", "超期"),
        ("电话", "超期"),
    ]


def test_the_dispatch_clock_tells_the_manual_desk_and_then_whoever_the_rule_names(database: str) -> None:
    scene = make_scene(chain=((7, "短信", ["热线中心/人工派单席"]), (10, "短信,电话", ["热线中心/值班室"])), within=10, until="待签收")
    Deadline.update(from_status="已登记").execute()
    Ticket.update(status="已受理", manual=True).execute()
    for minutes in range(12):
        sweep(scene.desk, scene.clock.at(minutes))
    assert [(channel, kind, person) for channel, kind, person, _ in messages()] == [
        ("短信", "人工派单", "许"),
        ("短信", "超期", "温"),
        ("电话", "超期", "温"),
    ]
