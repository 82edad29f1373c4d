"""Story 11: the same caller, the same matter: one ticket, the calls linked, and each caller called back."""

from __future__ import annotations

import json

from tests.stories.conftest import Installation
from tests.stories.handled import handle
from tickets.actions.merge import merge
from tickets.actions.survey_answer import Given, answer
from tickets.actions.verify import verify
from tickets.store import merged
from tickets.store.models import Deadline, History, Outbox, Ticket
from tickets.store.survey_models import Survey

TEXT, PLACE = "我们小区停水三天了，没人管", "北庄新居3号楼"
FIRST, SECOND = "13800000021", "13800000022"


def sent_to(installation: Installation, phone: str) -> list[str]:
    return [row.kind for row in Outbox.select().where((Outbox.to_phone == phone) & Outbox.state.in_(("sent", "delivered"))).order_by(Outbox.id)]


def test_one_is_handled_and_everyone_who_called_is_told_and_asked(installation: Installation) -> None:
    desk = installation.parts.desk
    head = installation.appeal(TEXT, PLACE, phone=FIRST)
    installation.clock.at(2)
    again, neighbour = installation.appeal(TEXT, PLACE, phone=FIRST), installation.appeal(TEXT, PLACE, phone=SECOND)
    installation.clock.at(3)
    for one in (again, neighbour):
        merge(desk, one.ticket_id, head.ticket, "account:1", "同一小区同一次停水")
    assert {Ticket.get_by_id(one.ticket_id).status for one in (again, neighbour)} == {"并单"}
    assert [one.number for one in merged.callers_of(head.ticket_id)] == [again.ticket, neighbour.ticket]
    running = Deadline.select().where(Deadline.ticket.in_((again.ticket_id, neighbour.ticket_id)) & Deadline.state.in_(("running", "planned")))
    assert list(running) == []
    handle(desk, head.ticket_id)
    installation.run_until(20)
    assert installation.calls() == []  # nobody is called for what is merged
    installation.run_until(30)
    verify(desk, head.ticket_id, "system", "已解决", "满意")  # by phone, before the messages leave
    installation.run_until(90)
    assert sent_to(installation, SECOND) == ["并单", "回访"]
    assert sent_to(installation, FIRST) == ["并单", "回访"]  # for the second call; the first was asked by phone
    theirs = Survey.get(Survey.ticket == neighbour.ticket_id)
    assert answer(desk, theirs.id, Given("未解决", "不满意", ("没有解决",), "七楼还没有水")) is False
    kept = json.loads(History.get((History.ticket == head.ticket_id) & (History.what == "评价留存")).note)
    assert kept == {"number": neighbour.ticket, "satisfied": "不满意", "solved": "未解决", "words": "没有解决；七楼还没有水"}
    assert Ticket.get_by_id(head.ticket_id).status == "已核实"
