"""The action bar of a ticket: one primary action for the step and the person, the others with their limits, nothing for those who may not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.web.conftest import Site
from tests.web.course_site import add_people, at_status, put_in_force, send
from tickets.domain.times import stored
from tickets.store.models import History, Ticket


@pytest.fixture
def course(site: Site) -> Site:
    put_in_force(site.app)
    add_people(site.rows)
    return site


def acts(site: Site, who: str, ticket: Ticket) -> tuple[list[str], list[str], str]:
    """The primary actions, the others, and the page."""
    page = site.signed_in(who).get(f"/t/{ticket.number}").get_data(as_text=True)
    first = re.findall(r'btn-primary btn-lg w-100" id="(?:do-)?(\w+)"', page)
    return first, re.findall(r'class="a-line[^"]*" id="do-(\w+)"', page), page


@pytest.mark.parametrize(("who", "status", "first", "others"), [
    ("handler", "待签收", ["sign"], ["return", "transfer"]),
    ("handler", "办理中", ["reply"], ["invite", "extend", "return", "transfer"]),
    ("handler", "待审核", [], []),
    ("chief", "待审核", ["review"], ["rework", "suspend"]),
    ("reviewer", "待审核", [], []),
    ("agent", "待回访", ["verify"], ["rework"]),
    ("agent", "已核实", ["close"], ["rework"]),
    ("supervisor", "争议", ["redirect"], ["uphold"]),
    ("agent", "办理中", [], ["suspend", "transfer"]),
    ("chief", "挂账", [], ["release"]),
    ("handler", "挂账", [], []),
    ("handler", "调解", ["visit"], []),
    ("agent", "调解", [], []),
    ("auditor", "办理中", [], []),
    ("policy", "争议", [], []),
])  # fmt: skip
def test_each_person_is_offered_what_is_theirs_to_do_now(course: Site, who: str, status: str, first: list[str], others: list[str]) -> None:
    found = acts(course, who, at_status(course.rows, status))
    assert found[:2] == (first, others)
    if not first and not others:
        assert "/do/" not in found[2]


def test_what_is_offered_opens_and_what_is_not_does_not(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    client = course.signed_in("handler")
    assert client.get(f"/t/{ticket.number}/do/reply").status_code == 200
    refused = client.get(f"/t/{ticket.number}/do/review")
    assert refused.status_code == 403


def test_a_return_says_until_when_and_past_it_is_grey_with_the_reason(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    assert "明日 14:" in acts(course, "handler", ticket)[2] or "11-24 14:" in acts(course, "handler", ticket)[2]
    old = stored(course.app.extensions["suda"].now()) - timedelta(days=5)
    Ticket.update(dispatched_at=old).where(Ticket.id == ticket.id).execute()
    _, others, page = acts(course, "handler", ticket)
    assert "return" in others
    assert 'a-grey" id="do-return"' in page
    assert "已过退单时限" in page
    assert "do/return" not in page
    late = send(course.signed_in("handler"), ticket, "return")
    assert late.status_code == 409
    assert "已过退单时限" in late.get_data(as_text=True)


def test_transfers_are_counted_below_the_action(course: Site) -> None:
    ticket = at_status(course.rows, "办理中")
    History.create(ticket=ticket, seq=9, at=ticket.registered_at, actor="system", what="转派", to_status="待签收")
    assert "已转 1 次" in acts(course, "handler", ticket)[2]
