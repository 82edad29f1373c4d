"""What the citizen's pages say of a visit and of a merged appeal: by when somebody comes, and how the one that is handled stands."""

from __future__ import annotations

import json
from datetime import timedelta

from flask.testing import FlaskClient

from tests.web.conftest import Site
from tests.web.course_site import at_status, put_in_force, send
from tests.web.district_rows import NOW, make_ticket
from tests.web.survey_site import Link, link, phone
from tests.web.test_survey_mine import look
from tickets.domain.times import stored
from tickets.store import merged, surveys, visits
from tickets.store.connect import transaction
from tickets.store.models import Deadline, History, Ticket
from tickets.store.survey_models import SurveyAnswer

__all__ = ["link", "phone"]


def test_whoever_is_dissatisfied_reads_by_when_somebody_comes(site: Site, phone: FlaskClient, link: Link) -> None:
    ticket = link.ticket
    survey = surveys.by_id(1)
    with transaction():
        surveys.add_answer(survey, NOW, "未解决", "不满意", (), "", counted=True)
        visits.ask(ticket, site.rows.places["照明科"].person, "M-010", "属地网格员", NOW)
        Ticket.update(status="调解", unit=site.rows.places["照明科"].unit).where(Ticket.id == ticket.id).execute()
    asked = phone.get(link.path).get_data(as_text=True)
    assert "热线中心会看到您的意见" in asked  # no clock says by when
    due = stored(NOW + timedelta(days=2))
    times = {"started_at": stored(NOW), "due_at": due, "state": "running"}
    Deadline.create(ticket=ticket, name="调解", rule="B-020", from_status="调解", until_status="待回访", within="2d", clock="工作日", **times)
    page = phone.get(link.path).get_data(as_text=True)
    assert "11月25日前，会有工作人员上门了解情况" in page
    assert "水务局" in page  # the unit that handled it, not whoever visits
    assert "城市管理局" not in page
    assert "11月25日前，会有工作人员上门了解情况" in look(phone, ticket.number, ticket.phone_tail)[1]


def test_a_merged_caller_sees_how_the_one_that_is_handled_stands(site: Site, phone: FlaskClient, link: Link) -> None:
    other = make_ticket(site.rows, site.rows.places["照明科"], "楼上也没有水", caller_phone="13800000077")
    with transaction():
        Ticket.update(status="并单", phone_tail="0077", title="楼上停水").where(Ticket.id == other.id).execute()
        merged.keep(other.id, link.ticket.id, "account:1", "同一处停水", NOW)
    status, html = look(phone, other.number, "0077")
    assert status == 200
    for said in ("已有答复，等您评价", "与同一事项合并办理", "水务局", "更换阀门"):
        assert said in html
    assert link.ticket.number not in html
    assert "城市管理局" not in html


def test_a_merged_caller_is_called_back_from_his_own_ticket_and_the_answer_is_kept_on_the_head(site: Site) -> None:
    put_in_force(site.app)
    head, other = at_status(site.rows, "待审核"), at_status(site.rows, "并单")
    agent = site.signed_in("agent")
    assert send(agent, other, "callback").status_code == 409  # merged into nothing
    with transaction():
        merged.keep(other.id, head.id, "account:1", "同一处停水", NOW)
    assert "还没有可以回访的答复" in send(agent, other, "callback").get_data(as_text=True)
    Ticket.update(status="待回访", step_seq=5).where(Ticket.id == head.id).execute()
    assert f"/t/{other.number}/do/callback" in agent.get(f"/t/{other.number}").get_data(as_text=True)
    for role, status in (("handler", 403), ("auditor", 403), ("grid_officer", 403)):
        assert send(site.signed_in(role), other, "callback").status_code == status
    assert send(agent, other, "callback", reached="no").status_code == 302
    assert send(agent, other, "callback", satisfied="非常满意", citizen_words="来得很快").status_code == 302
    line = json.loads(History.select().where((History.ticket == head) & (History.what == "评价留存")).get().note)
    assert {name: line[name] for name in ("how", "solved", "satisfied", "words", "number")} == {
        "how": "电话", "solved": "已解决", "satisfied": "非常满意", "words": "来得很快", "number": other.number,
    }  # fmt: skip
    assert [(row.satisfied, row.counted) for row in SurveyAnswer.select()] == [("非常满意", False)]
    assert Ticket.get_by_id(head.id).status == "待回访"  # its own caller has not answered
    assert "已经评价" in send(agent, other, "callback").get_data(as_text=True)
