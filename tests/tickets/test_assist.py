"""Joint handling: who may ask, who answers, whom the lead waits for, and what becomes of helpers when the lead changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.tickets import district
from tests.tickets.conftest import newest_note as line
from tickets.actions.assist import answer, invite, waive
from tickets.actions.reply import reply
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.transfer import transfer
from tickets.domain.appeal import Opened
from tickets.domain.roles import Reach
from tickets.ports import Desk
from tickets.store import assists, statements
from tickets.store.models import Assist, Holding, Outbox, Person, Shift, Ticket, Unit
from tickets.store.scope import Viewer, seen, visible
from tickets.store.waiting import assists_for

Make = Callable[..., Opened]


def id_of(name: str) -> int:
    return int(district.person(name).id)


def states(ticket_id: int) -> list[tuple[str, str]]:
    return [(one.unit, one.state) for one in assists.helpers(ticket_id)]


def sees(viewer: Viewer, ticket_id: int) -> tuple[bool, bool]:
    """By the condition of lists, and by that of single tickets."""
    asked, values = seen(viewer)
    single = statements.scalar(f"SELECT COUNT(*) FROM ticket t WHERE t.id = ? AND ({asked})", (ticket_id, *values))
    return Ticket.select().where(visible(viewer) & (Ticket.id == ticket_id)).exists(), single == 1


@pytest.fixture
def helped(desk: Desk, signed: int) -> int:
    """The same, with 城管局/照明科 (照明甲) asked to help."""
    invite(desk, signed, "城管局/照明科", "请断电", "person:1", id_of("班长甲"))
    return signed


def test_a_helper_is_told_sees_the_ticket_and_the_lead_waits_for_his_answer(desk: Desk, helped: int) -> None:
    told = Outbox.select().where(Outbox.kind == "协办").get()
    assert (told.person.name, states(helped)) == ("照明甲", [("城管局/照明科", "")])
    assert Ticket.select().where(visible(Viewer("own", id_of("照明甲"))) & (Ticket.id == helped)).exists()
    assert [one.ticket_id for one in assists_for(id_of("照明甲"))] == [helped]
    with pytest.raises(StepRefused, match="协办单位城管局/照明科还没有回复"):
        reply(desk, helped, "person:1", "已修好", "已解决")
    answer(desk, helped, "已断电", "person:2", id_of("照明甲"))
    assert (states(helped), line("协办回复")["did"], assists_for(id_of("照明甲"))) == ([("城管局/照明科", "回复")], "已断电", ())
    assert reply(desk, helped, "person:1", "已修好", "已解决").status == "待审核"


@pytest.mark.parametrize("how", ["deputy", "rostered"])
@pytest.mark.parametrize("reach", ["own", "unit"])
def test_whoever_may_answer_for_the_post_that_was_asked_sees_the_ticket_too(desk: Desk, helped: int, how: str, reach: Reach) -> None:
    post = Assist.get(Assist.ticket == helped).post
    stranger = Person.create(code="P-other", name="替岗甲", phone="1")
    viewer = Viewer(reach, stranger.id, Unit.get(Unit.address == "热线中心").id)
    assert (assists_for(stranger.id), sees(viewer, helped)) == ((), (False, False))
    if how == "deputy":
        Holding.create(post=post, person=stranger, rank=1)
    else:
        Shift.create(post=post, person=stranger, weekday=0, start_minute=0, end_minute=60)
    assert ([one.ticket_id for one in assists_for(stranger.id)], sees(viewer, helped)) == ([helped], (True, True))
    answer(desk, helped, "已断电", "person:2", stranger.id)
    assert sees(viewer, helped) == (True, True)  # what he answered stays in his sight
    Holding.delete().where(Holding.person == stranger).execute()
    Shift.delete().where(Shift.person == stranger).execute()
    assert sees(viewer, helped) == (True, True)


def test_of_two_colleagues_who_answer_the_second_is_told_it_is_done(desk: Desk, helped: int) -> None:
    answer(desk, helped, "已断电", "person:2", id_of("照明甲"))
    with pytest.raises(StepRefused, match="城管局/照明科已回复协办情况，不用再回复"):
        answer(desk, helped, "也断电了", "person:2", id_of("照明甲"))


@pytest.mark.parametrize(
    ("address", "why"),
    [("供水公司/抢修班", "就是主办单位"), ("热线中心/人工派单席", "人工派单席不协办"), ("城管局/空科", "请不到「城管局/空科」"), ("没有这里", "请不到"), ("城管局/照明科", "已在协办")],
)  # fmt: skip
def test_some_cannot_be_asked(desk: Desk, helped: int, address: str, why: str) -> None:
    with pytest.raises(StepRefused, match=why):
        invite(desk, helped, address, "请断电", "person:1", id_of("班长甲"))
    assert len(states(helped)) == 1


def test_only_the_lead_asks_and_only_who_was_asked_answers(desk: Desk, helped: int) -> None:
    with pytest.raises(StepRefused, match="由供水公司/抢修班办理"):
        invite(desk, helped, "住建局/物业科", "请开门", "person:2", id_of("照明甲"))
    with pytest.raises(StepRefused, match="没有请您的单位协办"):
        answer(desk, helped, "我来说", "person:1", id_of("班长甲"))
    with pytest.raises(StepRefused, match="没有填写协办情况"):
        answer(desk, helped, "  ", "person:2", id_of("照明甲"))


def test_without_helpers_there_is_nothing_to_answer_or_to_waive(desk: Desk, signed: int) -> None:
    with pytest.raises(StepRefused, match="没有请人协办"):
        answer(desk, signed, "我来说", "person:2", id_of("照明甲"))
    with pytest.raises(StepRefused, match="没有尚未回复的协办单位"):
        waive(desk, signed, "person:2", "不用了", id_of("调度甲"))


@pytest.mark.parametrize("who", ["调度甲", "值班长甲"])
def test_the_unit_above_or_the_centre_lets_helpers_off_and_the_lead_may_not(desk: Desk, helped: int, who: str) -> None:
    for other, why in (("班长甲", "由本人办理"), ("照明甲", "及其上级单位")):
        with pytest.raises(StepRefused, match=why):
            waive(desk, helped, "person:1", "不用了", id_of(other))
    waive(desk, helped, "person:2", "不用断电了", id_of(who))
    assert (states(helped), line("免于协办")) == ([("城管局/照明科", "免于回复")], {"units": ["城管局/照明科"], "reason": "不用断电了"})
    assert reply(desk, helped, "person:1", "已修好", "已解决").status == "待审核"


def test_another_lead_does_not_wait_for_the_earlier_ones_helpers(desk: Desk, helped: int) -> None:
    transfer(desk, helped, "住建局/物业科", "person:1", "归物业", id_of("班长甲"))
    assert states(helped) == [("城管局/照明科", "取消")]
    assert line("取消协办") == {"units": ["城管局/照明科"], "reason": "改由其他单位承办"}
    assert assists_for(id_of("照明甲")) == ()
    sign(desk, helped, "system")
    assert reply(desk, helped, "person:3", "已修好", "已解决").status == "待审核"
    with pytest.raises(StepRefused, match="不能协办回复"):
        answer(desk, helped, "晚了", "person:2", id_of("照明甲"))
