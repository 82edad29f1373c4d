"""Clocks start, are met, stand still, run on and end; none is ever lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.tickets.conftest import MONDAY_NINE
from tests.tickets.fakes import FixedClock
from tickets.actions.facts import facts_of
from tickets.actions.moves import MovedMeanwhile, finish, move
from tickets.actions.sign import sign
from tickets.domain.appeal import Opened
from tickets.domain.status import NotAllowed
from tickets.domain.times import aware, local, stored
from tickets.ports import Desk
from tickets.store.connect import transaction
from tickets.store.models import ChainLink, Deadline, History, Ticket

Make = Callable[..., Opened]


def go(desk: Desk, ticket_id: int, *names: str) -> Ticket:
    """Makes the moves one after the other, now."""
    at = desk.clock()
    for name in names:
        with transaction():
            ticket = Ticket.get_by_id(ticket_id)
            move(desk, ticket, name, actor="test", at=at, facts=facts_of(desk, ticket, at))
            finish(desk, ticket, at)
    return Ticket.get_by_id(ticket_id)  # type: ignore[no-any-return]


def clock_named(name: str) -> Deadline:
    """The newest clock of that name."""
    return Deadline.select().where(Deadline.name == name).order_by(Deadline.id.desc()).first()  # type: ignore[no-any-return]


def shown(moment: datetime) -> str:
    return local(moment).strftime("%m-%d %H:%M")


def waiting(clock: Deadline) -> list[str]:
    """When the links of the clock that still wait or are held are due, in the district's time."""
    rows = ChainLink.select().where((ChainLink.deadline == clock) & ChainLink.state.in_(("waiting", "held"))).order_by(ChainLink.seq)
    return [shown(row.at) for row in rows]


def test_signing_meets_one_clock_and_starts_the_next_on_working_days(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket("路灯不亮")
    clock.on(minutes=4)
    sign(desk, opened.ticket_id, "system")
    assert (clock_named("签收").state, aware(clock_named("签收").met_at)) == ("met", clock.now)
    handling = clock_named("办结")
    assert (handling.state, shown(handling.started_at), shown(handling.due_at)) == ("running", "11-23 09:04", "11-26 09:04")
    assert waiting(clock_named("签收")) == []
    assert waiting(handling) == ["11-24 14:49", "11-26 09:04"]  # half of 22.5 working hours, lunch left out


def test_signing_at_the_very_moment_is_on_time_and_a_second_later_is_a_breach(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    first, second = make_ticket(), make_ticket()
    clock.on(minutes=5)
    sign(desk, first.ticket_id, "system")
    assert clock_named("签收").ticket_id == second.ticket_id
    assert Deadline.get(name="签收", ticket=first.ticket_id).state == "met"
    clock.on(seconds=1)
    sign(desk, second.ticket_id, "system")
    late = Deadline.get(name="签收", ticket=second.ticket_id)
    assert (late.state, aware(late.breached_at), aware(late.met_at)) == ("breached", MONDAY_NINE + timedelta(minutes=5), clock.now)
    assert late.breach_step.startswith("待签收")
    assert [line.what for line in History.select().where(History.ticket == second.ticket_id)].count("逾期") == 1


# signed, paused, resumed (district time, 24 h natural clock): due
NATURAL = (
    ("11-23 09:00", "11-23 12:00", "11-23 13:00", "11-24 10:00"),  # one hour out
    ("11-23 09:00", "11-23 09:00", "11-25 09:00", "11-26 09:00"),  # at once, for two days
    ("11-23 09:00", "11-24 08:59", "11-30 00:00", "11-30 00:01"),  # a minute before the end
)
# the same on a clock of three working days (rules/calendar)
WORKING = (
    ("11-23 10:00", "11-23 11:00", "11-24 11:00", "11-27 10:00"),  # a whole working day out
    ("11-23 10:00", "11-27 20:00", "11-29 20:00", None),  # after it had run out: it stays run out
    ("11-23 10:00", "11-24 10:00", "11-24 10:00", "11-26 10:00"),  # for no time at all
    ("11-27 10:00", "11-28 10:00", "11-29 10:00", "12-02 10:00"),  # Saturday to Sunday: nothing was counting anyway
)


def at(words: str) -> datetime:
    return datetime.strptime(f"2026-{words} +0800", "%Y-%m-%d %H:%M %z").astimezone(UTC)


@pytest.mark.parametrize(("text", "signed", "paused", "resumed", "due"), [("停水", *row) for row in NATURAL] + [("路灯", *row) for row in WORKING])
def test_paused_time_does_not_count(
    desk: Desk, clock: FixedClock, make_ticket: Make, text: str, signed: str, paused: str, resumed: str, due: str | None
) -> None:
    clock.now = at(signed)
    opened = make_ticket(text)
    sign(desk, opened.ticket_id, "system")
    before = clock_named("办结").due_at
    clock.now = at(paused)
    go(desk, opened.ticket_id, "挂账")
    held = clock_named("办结")
    assert aware(held.paused_at) == clock.now
    assert {link.state for link in held.links} <= {"held", "fired"}
    clock.now = at(resumed)
    go(desk, opened.ticket_id, "销账")
    clock_now = clock_named("办结")
    assert (clock_now.id, clock_now.paused_at) == (held.id, None)
    assert shown(clock_now.due_at) == (due or shown(before))
    assert not clock_now.links.where(ChainLink.state == "held").exists()


def test_links_move_on_with_the_clock(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    assert waiting(clock_named("办结")) == ["11-23 21:00", "11-24 09:00"]
    clock.on(hours=3)
    go(desk, opened.ticket_id, "挂账")
    clock.on(hours=10)
    go(desk, opened.ticket_id, "销账")
    assert waiting(clock_named("办结")) == ["11-24 07:00", "11-24 19:00"]


def test_a_clock_paused_twice_counts_both_pauses(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    for _ in range(2):
        clock.on(hours=1)
        go(desk, opened.ticket_id, "挂账")
        clock.on(hours=2)
        go(desk, opened.ticket_id, "销账")
    assert shown(clock_named("办结").due_at) == "11-24 13:00"


def test_a_clock_whose_pause_ends_in_its_goal_is_met(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    clock.on(hours=1)
    go(desk, opened.ticket_id, "回复")
    done = clock_named("办结")
    assert (done.state, aware(done.met_at)) == ("met", clock.now)
    assert {link.state for link in done.links} == {"cancelled"}
    assert {link.why for link in done.links} == {"已到「待审核」"}


def test_work_sent_back_runs_its_clock_anew_under_the_rule_it_was_given(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    clock.on(hours=1)
    go(desk, opened.ticket_id, "回复")
    clock.on(hours=1)
    go(desk, opened.ticket_id, "重办")
    runs = list(Deadline.select().where(Deadline.name == "办结").order_by(Deadline.id))
    assert [(run.state, run.rule, shown(run.due_at)) for run in runs] == [("met", "T-020", "11-24 09:00"), ("running", "T-020", "11-24 11:00")]
    assert waiting(runs[1]) == ["11-23 23:00", "11-24 11:00"]
    go(desk, opened.ticket_id, "回复", "重办")
    assert Deadline.select().where(Deadline.name == "办结").count() == 3


def test_an_answer_at_once_meets_the_dispatch_clock_though_nobody_was_sent(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("今天天气很好")
    go(desk, opened.ticket_id, "直接答复")
    assert (clock_named("派单").state, waiting(clock_named("派单"))) == ("met", [])


def test_a_merged_ticket_leaves_no_clock_behind(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket("今天天气很好")
    go(desk, opened.ticket_id, "并单")
    assert (clock_named("派单").state, clock_named("派单").why) == ("cancelled", "工单并单")
    assert {link.why for link in ChainLink.select()} == {"工单并单"}


def test_a_breached_clock_runs_on_until_it_is_met(desk: Desk, clock: FixedClock, make_ticket: Make) -> None:
    opened = make_ticket()
    Deadline.update(state="breached", breached_at=stored(MONDAY_NINE + timedelta(minutes=5))).where(Deadline.name == "签收").execute()
    clock.on(minutes=20)
    sign(desk, opened.ticket_id, "system")
    late = clock_named("签收")
    assert (late.state, aware(late.met_at)) == ("breached", clock.now)
    assert waiting(late) == []


def test_the_whole_way_closes_with_every_clock_settled_and_every_move_written(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    sign(desk, opened.ticket_id, "system")
    ticket = go(desk, opened.ticket_id, "回复", "审核通过", "核实", "结案")
    assert (ticket.status, ticket.closed_at) == ("已结案", stored(MONDAY_NINE))
    assert {row.state for row in Deadline.select()} == {"met"}
    assert not ChainLink.select().where(ChainLink.state.in_(("waiting", "held", "firing"))).exists()
    moves = [line.what for line in History.select().where(History.to_status != "").order_by(History.seq)]
    assert moves == ["登记", "受理", "派单", "签收", "回复", "审核通过", "核实", "结案"]
    assert ticket.step_seq == len(moves) - 1


def test_a_move_the_table_does_not_know_changes_nothing(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    with pytest.raises(NotAllowed, match=r"待签收.*不能结案.*签收"):
        go(desk, opened.ticket_id, "结案")
    assert Ticket.get().status == "待签收"


def test_who_read_an_old_state_of_the_ticket_cannot_move_it(desk: Desk, make_ticket: Make) -> None:
    opened = make_ticket()
    stale = Ticket.get_by_id(opened.ticket_id)
    sign(desk, opened.ticket_id, "system")
    with pytest.raises(MovedMeanwhile, match="办理中"), transaction():
        move(desk, stale, "退单", actor="test", at=desk.clock(), facts={})
    assert Ticket.get().status == "办理中"
