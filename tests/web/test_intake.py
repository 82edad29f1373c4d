"""登记诉求: what the form shows, what it refuses, and the one ticket that comes of it."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Site, token
from tests.web.intake_form import WHOLE, put_in_force
from tests.web.test_pages import PAYLOAD, text_of
from tickets.store.models import Evaluation, History, Ticket


@pytest.fixture
def agent(site: Site) -> FlaskClient:
    put_in_force(site.app)
    return site.signed_in("agent")


def once(html: str) -> str:
    found = re.search(r'name="once" value="([0-9a-f]{32})"', html)
    assert found is not None
    return found[1]


def send(client: FlaskClient, path: str = "/intake", **answers: str) -> tuple[int, str]:
    """The status and the page; of a redirect, where to."""
    answer = client.post(path, data={"csrf_token": token(client, "/intake"), **answers})
    return answer.status_code, answer.headers.get("Location") or answer.get_data(as_text=True)


def asked(html: str) -> list[str]:
    return re.findall(r'data-field="(\w+)"', html)


def test_the_empty_form_shows_what_needs_no_answer_and_no_error(agent: FlaskClient) -> None:
    html = agent.get("/intake").get_data(as_text=True)
    assert asked(html) == ["text", "kind", "category", "address", "caller_name", "caller_phone"]
    assert 'role="alert"' not in html
    assert "outage" not in html.split("<form", 1)[1].replace('data-watch="text category outage"', "")  # hidden is not in the page at all
    assert '<option value="供水" data-path="公用事业 › 供水">供水</option>' in html
    assert "novalidate" in html


def test_every_field_has_a_label_and_its_hint_is_tied_to_it(agent: FlaskClient) -> None:
    html = send(agent, category="供水", outage="yes")[1]
    for name in ("text", "category", "address", "households", "caller_name", "caller_phone"):
        assert f'<label for="{name}">' in html
        assert f'id="{name}" name="{name}"' in html
    assert 'aria-describedby="text-hint text-error"' in html
    assert html.count("<legend>") == 2
    assert 'id="kind"' in html  # the summary's link leads to the first of its buttons


def test_what_is_missing_is_said_in_a_summary_that_leads_there_and_nothing_typed_is_lost(agent: FlaskClient) -> None:
    status, html = send(agent, text="楼下水管爆裂", caller_phone="12345", caller_name="王女士")
    said = text_of(html)
    assert status == 200
    assert "还有 3 处要填或要改" in said
    assert re.findall(r'<li><a href="#(\w+)">', html) == ["kind", "outage", "caller_phone"]
    assert "诉求性质：还没有选，请选择" in said
    assert "联系电话：不是手机号" in said
    assert "楼下水管爆裂</textarea>" in html
    assert 'value="王女士"' in html
    assert 'value="12345"' in html
    assert Ticket.select().where(Ticket.source == "电话").count() == 0


def test_a_whole_form_becomes_a_ticket_and_its_page_is_shown(agent: FlaskClient) -> None:
    status, where = send(agent, **WHOLE, once="a" * 32)
    assert status == 302
    ticket = Ticket.get(Ticket.number == where.rsplit("/", 1)[1])
    assert (ticket.text, ticket.kind, ticket.category, ticket.caller_phone, ticket.caller_name) == ("楼下水管爆裂", "求助", "供水", "13800000013", "王女士")
    assert json.loads(ticket.extra)["answers"] == {"outage": True, "households": "60"}
    assert ticket.urgency == "特急"  # the rule asks whether service is out, and the form told it
    page = agent.get(where).get_data(as_text=True)
    assert "已登记" in text_of(page)
    first = History.get((History.ticket == ticket) & (History.what == "登记"))
    assert first.actor.startswith("account:")
    assert json.loads(first.note)["form"].startswith("intake@")


def test_pressing_twice_makes_one_ticket(agent: FlaskClient) -> None:
    first, second = (send(agent, **WHOLE, once="b" * 32)[1] for _ in range(2))
    assert first == second
    assert "刚才已经登记过" in agent.get(second).get_data(as_text=True)
    assert Ticket.select().where(Ticket.source == "电话").count() == 1


def test_a_hidden_or_foreign_answer_is_no_fact_and_history_names_what_was_hidden(agent: FlaskClient) -> None:
    _, where = send(agent, **{**WHOLE, "category": "照明", "text": "路灯不亮"}, urgency="特急", area="青禾镇")
    ticket = Ticket.get(Ticket.number == where.rsplit("/", 1)[1])
    assert json.loads(ticket.extra)["answers"] == {}
    assert (ticket.urgency, ticket.area) == ("一般", "")
    first = History.get((History.ticket == ticket) & (History.what == "登记"))
    assert json.loads(first.note)["hidden"] == ["outage", "households"]


def test_the_caller_is_in_no_decision(agent: FlaskClient) -> None:
    _, where = send(agent, **WHOLE, address="菜市场北门 3 号楼")
    ticket = Ticket.get(Ticket.number == where.rsplit("/", 1)[1])
    for row in Evaluation.select().where(Evaluation.ticket == ticket):
        whole = json.dumps(row.__data__, ensure_ascii=False, default=str)
        assert "13800000013" not in whole
        assert "王女士" not in whole
        assert "3 号楼" not in whole


def test_the_state_holds_what_is_now_asked_and_stores_nothing(agent: FlaskClient) -> None:
    assert asked(send(agent, "/intake/state", text="家里停 水")[1])[4:] == ["outage", "caller_name", "caller_phone"]
    html = send(agent, "/intake/state", category="供水", outage="yes", kind="咨洵")[1]
    assert asked(html)[4:] == ["outage", "households", "caller_name", "caller_phone"]
    assert "因为诉求类别 属于 供水" in html
    assert "f-error" not in html  # nobody is told off while still typing
    assert "<form" not in html
    assert Ticket.select().where(Ticket.source == "电话").count() == 0


def test_without_javascript_the_form_goes_on_by_a_button(agent: FlaskClient) -> None:
    status, html = send(agent, "/intake/continue", category="供水", text="停水", once="c" * 32)
    assert status == 200
    assert "outage" in asked(html)
    assert 'role="alert"' not in html
    assert once(html) == "c" * 32
    assert 'formaction="/intake/continue"' in html


def test_a_page_number_of_somebodys_own_making_is_replaced(agent: FlaskClient) -> None:
    assert len(once(send(agent, once="../../etc")[1])) == 32


def test_hostile_words_come_back_as_words(agent: FlaskClient) -> None:
    html = send(agent, text=PAYLOAD, caller_name=PAYLOAD, category=PAYLOAD, kind=PAYLOAD)[1]
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "49" not in text_of(html.split("<form", 1)[1])


@pytest.mark.parametrize("text", ["\x00", "a" * 20_001, "\ufffd" * 3])
def test_a_text_that_cannot_be_kept_is_refused_in_words(agent: FlaskClient, text: str) -> None:
    status, html = send(agent, **{**WHOLE, "text": text, "kind": ""})
    assert status == 200
    assert 'role="alert"' in html


def test_the_page_speaks_english(agent: FlaskClient) -> None:
    agent.set_cookie("suda_lang", "en")
    html = send(agent, category="供水")[1]
    said = text_of(html)
    assert "Accept and dispatch" in said
    assert "Request text : is not answered yet".replace(" :", ":") in said
    assert "Service is out" in said


def test_no_form_in_force_is_a_page_that_is_not_there(site: Site) -> None:
    assert site.signed_in("agent").get("/intake").status_code == 404


def test_only_an_agent_registers(site: Site) -> None:
    put_in_force(site.app)
    assert site.signed_in("handler").get("/intake").status_code == 403
