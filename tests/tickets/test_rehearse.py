"""A rehearsal says what intake would do, to the rule and the person, and leaves no trace."""

from __future__ import annotations

import json

import pytest

from tests.databases import counted
from tests.tickets.conftest import make_appeal
from tests.tickets.fakes import FixedClock
from tickets.actions.intake import open_ticket
from tickets.actions.rehearse import rehearse
from tickets.ports import Desk
from tickets.store.models import Deadline, Evaluation, Ticket

# what was said, what was answered
APPEALS = [
    ("花园小区停水", {}),
    ("花园小区停水", {"outage": False}),
    ("路灯不亮", {}),
    ("说不清的事", {}),
    ("楼下噪声太大，一直停水", {"danger": True}),
]


@pytest.mark.parametrize(("text", "answers"), APPEALS)
def test_what_is_rehearsed_is_what_happens(desk: Desk, clock: FixedClock, text: str, answers: dict[str, object]) -> None:
    for _ in range(2):  # the second time there is one before it to be counted
        appeal = make_appeal(text, phone="00000000001", answers=answers)
        told = rehearse(desk, appeal, clock())
        made = open_ticket(desk, appeal)
        ticket = Ticket.get_by_id(made.ticket_id)
        assert (told.read.category, told.ticket.area, told.urgency) == (ticket.category, ticket.area, ticket.urgency)
        assert (told.route.to.person.id if told.route.to else None) == (None if ticket.manual else ticket.person_id)
        assert told.route.ruling.rule == ticket.dispatch_rule
        due = {one.name: (one.within, one.clock) for one in told.limits}
        assert due == {one.name: (one.within, one.clock) for one in Deadline.select().where(Deadline.ticket == ticket)}
        stored = Evaluation.select().where((Evaluation.ticket == ticket) & (Evaluation.ruleset == "urgency")).get()
        asked = dict(json.loads(stored.decision)["facts"])
        assert set(asked) == {name for name in told.facts if name not in ("urgency",)}


def test_a_rehearsal_writes_nothing_and_raises_no_alarm(desk: Desk, clock: FixedClock) -> None:
    open_ticket(desk, make_appeal("花园小区停水", phone="00000000001"))
    with counted() as asked:
        rehearse(desk, make_appeal("花园小区停水", phone="00000000002"), clock())
    assert asked
    assert [sql for sql in asked if not sql.lstrip().startswith("SELECT")] == []
