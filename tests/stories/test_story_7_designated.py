"""Story 7: after the third return the hotline centre designates who handles a ticket, and that binds."""

from __future__ import annotations

import json

import pytest

from tests.stories.conftest import Installation
from tickets.actions.allowed import barred
from tickets.actions.dispute import designate, redirect, uphold
from tickets.actions.return_ticket import return_ticket
from tickets.actions.sign import sign
from tickets.actions.steps import StepRefused
from tickets.actions.transfer import transfer
from tickets.store.models import History, Ticket

TEXT = "我们小区停水三天了，没人管"


def offered(installation: Installation, number: str) -> set[str]:
    """What the centre's people may decide now."""
    steps = (("维持", "维持"), ("维持", "改派"), ("指定", "指定承办"))
    return {called for move, called in steps if barred(installation.parts.desk, number, move, called, None, of_centre=True) is None}


def test_the_third_return_leaves_only_a_designation_and_that_binds(installation: Installation) -> None:
    desk, opened = installation.parts.desk, installation.appeal(TEXT)
    for turn in range(3):
        installation.clock.at(10 + 20 * turn)
        return_ticket(desk, opened.ticket_id, "system", "不归我们", "职责清单第三条")
        if turn < 2:
            assert offered(installation, opened.ticket) == {"维持", "改派"}
            uphold(desk, opened.ticket_id, "system", "就是你们的")
    assert offered(installation, opened.ticket) == {"指定承办"}
    with pytest.raises(StepRefused, match="只能由热线中心指定承办"):
        uphold(desk, opened.ticket_id, "system", "就是你们的")
    with pytest.raises(StepRefused, match="只能由热线中心指定承办"):
        redirect(desk, opened.ticket_id, "城市管理局/市政设施科", "system", "归物业")
    installation.clock.at(70)
    unit = Ticket.get_by_id(opened.ticket_id).unit.address
    found = designate(desk, opened.ticket_id, unit, "account:1", "三次退单，按职责清单由水务局承办")
    installation.turn()
    assert len(installation.told("指定")) == 1
    with pytest.raises(StepRefused, match="由热线中心指定承办，不能再退"):
        return_ticket(desk, opened.ticket_id, "system", "还是不归我们", "职责清单第三条")
    with pytest.raises(StepRefused, match="本单位不能转派"):
        transfer(desk, opened.ticket_id, "城市管理局/市政设施科", "system", "归物业", found.person.id)
    assert barred(desk, opened.ticket, "转派", "转派", found.person.id) is not None
    assert barred(desk, opened.ticket, "转派", "转派", None, of_centre=True) is None
    line = History.get(History.what == "指定")
    assert (line.from_status, line.to_status, json.loads(line.note)["to"]) == ("争议", "待签收", unit)
    sign(desk, opened.ticket_id, "system")
    assert Ticket.get_by_id(opened.ticket_id).status == "办理中"
