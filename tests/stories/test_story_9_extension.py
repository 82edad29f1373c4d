"""Story 9: more time asked before the deadline: the superior decides and the citizen is told; after it, it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.stories.conftest import LOCAL, Installation
from tickets.actions.extension import decide_extension, extend
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.domain.times import aware
from tickets.store import extensions
from tickets.store.models import ChainLink, Outbox, Person, Ticket
from tickets.store.waiting import extensions_for

TEXT, PHONE = "我们小区停水三天了，没人管", "19900000013"


def signed(installation: Installation, answers: Mapping[str, object] | None = None) -> Ticket:
    opened = installation.appeal(TEXT, phone=PHONE, answers=answers or {})
    installation.clock.at(2)
    sign(installation.parts.desk, opened.ticket_id, "system")
    found: Ticket = Ticket.get_by_id(opened.ticket_id)
    return found


def to_citizen() -> list[str]:
    """The words that left for the caller's telephone."""
    return [row.body for row in Outbox.select().where((Outbox.to_phone == PHONE) & Outbox.state.in_(("sent", "delivered")))]


def test_the_superior_grants_it_the_clock_and_its_reminders_move_on_and_the_citizen_is_told(installation: Installation) -> None:
    desk, ticket = installation.parts.desk, signed(installation)
    clock = installation.clock_named("办结")
    due, waiting = aware(clock.due_at), (ChainLink.deadline == clock.id) & (ChainLink.state == "waiting")
    reminders = [aware(link.at) for link in ChainLink.select().where(waiting).order_by(ChainLink.seq)]
    installation.clock.at(60)
    request = extend(desk, ticket.id, 2, "要等厂家发泵", f"person:{ticket.person_id}", ticket.person_id)
    installation.turn()
    superior = Person.get_by_id(request.decider_id)
    assert installation.told("延期申请") == [("短信", superior.name)]
    assert [one.number for one in extensions_for(superior.id)] == [ticket.number]
    assert to_citizen() == []
    installation.clock.at(90)
    decide_extension(desk, ticket.id, True, "", f"person:{superior.id}", superior.id)
    installation.turn()
    now = installation.clock_named("办结")
    span = desk.calendar.spent_time(due, aware(now.due_at), now.clock)
    assert span == (timedelta(days=2) if now.clock == "自然时" else 2 * desk.calendar.working_day)
    moved = [aware(link.at) for link in ChainLink.select().where(waiting).order_by(ChainLink.seq)]
    assert [desk.calendar.spent_time(old, new, now.clock) for old, new in zip(reminders, moved, strict=True)] == [span] * len(reminders)
    promised = aware(now.due_at).astimezone(LOCAL)
    (words,) = to_citizen()
    assert f"{promised.month} 月 {promised.day} 日 前答复您" in words
    assert ticket.number not in words
    assert PHONE not in words
    assert installation.course()[-2:] == ["申请延期", "同意延期"]


def test_after_the_deadline_nothing_is_asked_and_an_undecided_request_has_lapsed(installation: Installation) -> None:
    desk, ticket = installation.parts.desk, signed(installation)
    installation.clock.at(60)
    request = extend(desk, ticket.id, 2, "要等厂家发泵", f"person:{ticket.person_id}", ticket.person_id)
    installation.clock.now = aware(installation.clock_named("办结").due_at) + timedelta(seconds=30)
    with pytest.raises(StepRefused, match="延期申请未及审批，已失效"):
        decide_extension(desk, ticket.id, True, "", "system", request.decider_id)
    with pytest.raises(StepRefused, match="不能再申请延期"):
        extend(desk, ticket.id, 2, "还要等", f"person:{ticket.person_id}", ticket.person_id)
    installation.turn()
    assert [row.state for row in extensions.all_of(ticket.id)] == ["lapsed"]
    assert {"逾期", "延期失效"} <= set(installation.course())
    assert to_citizen() == []


def test_who_asked_for_secrecy_gets_no_message(installation: Installation) -> None:
    desk, ticket = installation.parts.desk, signed(installation, answers={"confidential": True})
    request = extend(desk, ticket.id, 2, "要等厂家发泵", f"person:{ticket.person_id}", ticket.person_id)
    decide_extension(desk, ticket.id, True, "", f"person:{request.decider_id}", request.decider_id)
    installation.turn()
    assert to_citizen() == []
