"""The list 挂账 as a page: what is due to be looked at again is marked, and nobody sees another's."""

from __future__ import annotations

from datetime import timedelta

from tests.web.conftest import Site
from tests.web.course_site import add_people, at_status, put_in_force
from tickets.actions.suspend import suspend
from tickets.store.course_models import Suspended


def test_the_list_shows_reason_plan_and_what_is_due(site: Site) -> None:
    put_in_force(site.app)
    add_people(site.rows)
    ticket = at_status(site.rows, "办理中")
    agent = site.signed_in("agent")
    assert "没有挂账的工单" in agent.get("/suspended").get_data(as_text=True)
    suspend(site.app.extensions["suda"].desk, ticket.id, "account:1", "管材未到货", "月底更换", 5)
    page = agent.get("/suspended").get_data(as_text=True)
    for words in (ticket.number, "管材未到货", "月底更换"):
        assert words in page
    assert "该复查了" not in page
    Suspended.update(review_at=Suspended.get().at - timedelta(days=9)).execute()
    assert "该复查了" in agent.get("/suspended").get_data(as_text=True)


def test_a_step_of_the_list_is_taken_on_its_page(site: Site) -> None:
    put_in_force(site.app)
    add_people(site.rows)
    ticket = at_status(site.rows, "办理中")
    page = site.signed_in("chief").get(f"/t/{ticket.number}/do/suspend")
    assert page.status_code == 200
    assert "几天后再看" in page.get_data(as_text=True)
