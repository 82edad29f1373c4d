"""The district's roles lead to people: the leader above, the grid officer, or who stands in where no grid is known."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Installation
from tickets.actions.resolve import Resolved, resolve
from tickets.store.models import Ticket

# the ticket's unit and area, the role asked for, the address and post it leads to
CASES = (
    ("水务局/管网科", "", "上级单位", "水务局", "分管领导"),  # a section: its own bureau's leader
    ("水务局", "", "上级单位", "区政府督查室", ""),  # a bureau: what lies above it
    ("青禾镇/北庄村", "", "上级单位", "青禾镇", "分管领导"),
    ("水务局/管网科", "北庄村", "属地网格员", "青禾镇/北庄村", "网格长"),  # no grid known
    ("水务局/管网科", "北庄村第1网格", "属地网格员", "青禾镇/北庄村", "第1网格员"),
)


@pytest.mark.parametrize(("unit", "area", "asked", "address", "post"), CASES)
def test_a_role_leads_to_a_person_of_the_right_post(installation: Installation, unit: str, area: str, asked: str, address: str, post: str) -> None:
    desk = installation.parts.desk
    opened = installation.appeal("想反映一个情况")
    ticket = Ticket.get_by_id(opened.ticket_id)
    ticket.unit, ticket.area = ticket.unit.select().where(ticket.unit.__class__.address == unit).get(), area
    found = resolve(desk, asked, ticket, installation.clock())
    assert isinstance(found, Resolved), found
    assert found.unit.address == address
    assert not post or found.post.name == post
