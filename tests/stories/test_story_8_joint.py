"""Story 8: a lead and two helpers: no reply before both have answered, unless they are let off."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Installation
from tickets.actions.assist import answer, waive
from tickets.actions.reply import reply
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.store import assists, directory
from tickets.store.models import Ticket
from tickets.store.waiting import assists_for

TEXT = "工地凌晨还在打桩，一晚上没睡着"
LEAD, FIRST, SECOND = "城市管理局/执法二队", "住建局/工程质量科", "生态环境局/噪声科"


@pytest.fixture
def ticket(installation: Installation) -> Ticket:
    """The lead has signed; the dispatch rule has asked two others to help, and told them."""
    opened = installation.appeal(TEXT)
    assert (f"{opened.unit}/{opened.section}", opened.assist) == (LEAD, (FIRST, SECOND))
    installation.clock.at(2)
    sign(installation.parts.desk, opened.ticket_id, "system")
    installation.turn()
    found: Ticket = Ticket.get_by_id(opened.ticket_id)
    return found


def helpers(ticket: Ticket) -> dict[str, int]:
    return {one.unit: int(str(one.person_id)) for one in assists.helpers(ticket.id)}


def test_the_lead_replies_once_both_helpers_have_answered(installation: Installation, ticket: Ticket) -> None:
    desk, clock, people = installation.parts.desk, installation.clock, helpers(ticket)
    names = {one.unit: one.person for one in assists.helpers(ticket.id)}
    assert installation.told("协办") == [("短信", names[FIRST]), ("短信", names[SECOND])]
    clock.at(60)
    with pytest.raises(StepRefused, match=f"协办单位{FIRST}、{SECOND}还没有回复"):
        reply(desk, ticket.id, "system", "已责令停工", "已解决")
    clock.at(90)
    answer(desk, ticket.id, "核实了夜间施工许可：没有", f"person:{people[FIRST]}", people[FIRST])
    with pytest.raises(StepRefused, match=f"协办单位{SECOND}还没有回复"):
        reply(desk, ticket.id, "system", "已责令停工", "已解决")
    assert (assists_for(people[FIRST]), [one.number for one in assists_for(people[SECOND])]) == ((), [ticket.number])
    clock.at(120)
    answer(desk, ticket.id, "已到场测噪声，超标", f"person:{people[SECOND]}", people[SECOND])
    assert reply(desk, ticket.id, "system", "已责令停工并立案", "已解决").status == "待审核"
    assert installation.course().count("协办回复") == 2


def test_the_leader_of_the_lead_may_do_without_the_helper_who_is_left(installation: Installation, ticket: Ticket) -> None:
    desk, clock, people = installation.parts.desk, installation.clock, helpers(ticket)
    clock.at(90)
    answer(desk, ticket.id, "核实了夜间施工许可：没有", f"person:{people[FIRST]}", people[FIRST])
    bureau = directory.unit_at("城市管理局")
    assert bureau is not None
    post = directory.post_of_role(bureau, "分管领导")
    assert post is not None
    leader = directory.holders(post)[0][1].id
    with pytest.raises(StepRefused):
        waive(desk, ticket.id, "system", "等不及了", ticket.person_id)
    waive(desk, ticket.id, f"person:{leader}", "噪声已停，不必再测", leader)
    assert [one.state for one in assists.helpers(ticket.id)] == ["回复", "免于回复"]
    assert reply(desk, ticket.id, "system", "已责令停工", "已解决").status == "待审核"
