"""The agent's desk: suggestions that write nothing, choices that are learnt from, other ways a call may end, what is saved."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Site, token
from tests.web.desk_site import open_desk, publish
from tests.web.intake_form import INTAKE, WHOLE
from tests.web.test_intake import asked, once, send
from tests.web.test_pages import text_of
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.domain.roles import INTAKE as MAY_TAKE
from tickets.domain.roles import ROLES
from tickets.store.course_models import CallRating, Correction, FormDraft
from tickets.store.models import Evaluation, History, Ticket

ONCE = "c" * 32
ENDED = {  # ending -> answers of its form, where the ticket then stands, what its history line says
    "answer": (
        {"answer_words": "每月十五日抄表", "told_caller": "yes", "satisfied": "满意", "solved": "已解决"},
        "已结案",
        ("直接答复", "answer", "每月十五日抄表"),
    ),
    "handover": ({"handed_to": "119", "opinion": "三点一刻转 119，工号 12"}, "已移交", ("移交", "handed_to", "119")),
    "decline": ({"reason": "属法院受理", "basis": "条例第九条", "told_caller": "yes"}, "不予受理", ("不予受理", "reason", "属法院受理")),
}


@pytest.fixture
def agent(site: Site) -> FlaskClient:
    open_desk(site)
    return site.signed_in("agent")


def panel_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-(adopt|chosen|words|place|missing)="([^"]*)"', html.partition('id="d-panel"')[2].partition(">")[0]))


def taken(where: str) -> Ticket:
    found = Ticket.get(Ticket.number == where.rsplit("/", 1)[1])
    assert isinstance(found, Ticket)
    return found


def test_a_suggestion_says_what_would_happen_and_stores_nothing(agent: FlaskClient) -> None:
    before = [model.select().count() for model in (Ticket, Evaluation, History)]
    html = send(agent, "/intake/suggest", text="花园小区停水了", caller_phone="19900000013")[1]
    told = panel_of(html)
    assert (told["adopt"], told["words"], told["place"], told["missing"]) == ("供水", "停水", "花园小区", "kind outage")
    assert "若正在中断为“是”" not in text_of(html)  # 停水 alone has already made it 特急: it would change nothing
    assert "特急" in text_of(html)
    assert "还差 2 项：诉求性质、正在中断" in text_of(html)
    assert [model.select().count() for model in (Ticket, Evaluation, History)] == before


def test_less_than_sixty_percent_ticks_nothing(agent: FlaskClient) -> None:
    html = send(agent, "/intake/suggest", text="村里有怪味")[1]
    assert panel_of(html)["adopt"] == ""
    assert "40%" in html
    assert 'aria-pressed="true"' not in html
    assert "没有替您勾选" in text_of(html)


def test_a_choice_of_the_agent_is_never_overwritten_and_one_filled_in_by_suggestion_gives_way(agent: FlaskClient) -> None:
    chosen = panel_of(send(agent, "/intake/suggest", text="停水了", category="照明")[1])
    assert (chosen["adopt"], chosen["chosen"]) == ("供水", "照明")
    filled = panel_of(send(agent, "/intake/suggest", text="路灯不亮", category="供水", adopted="供水")[1])
    assert (filled["adopt"], filled["chosen"]) == ("照明", "")


@pytest.mark.parametrize("text", ["", "   ", "停" * 20_001, "停\x00水", "%s<script>{{7*7}}" * 40, "\u202e停水\ufeff"])
def test_whatever_is_typed_the_suggestion_answers_in_words(agent: FlaskClient, text: str) -> None:
    status, html = send(agent, "/intake/suggest", text=text, caller_phone="电话＋86 不详", category="没有这一类", address="\t")
    assert status == 200
    assert 'id="d-panel"' in html
    assert "<script>{{" not in html
    assert "49" not in text_of(html).replace("149", "")
    if len(text) > 20_000:
        assert "20000" in text_of(html).replace(",", "")


def test_another_category_is_kept_with_the_ticket_and_suggested_the_next_time(site: Site, agent: FlaskClient) -> None:
    ticket = taken(send(agent, **{**WHOLE, "text": "东墙路灯一直不亮，走路看不见", "category": "供水"})[1])
    kept = Correction.get()
    assert (kept.ticket, kept.suggested, kept.chosen, kept.confidence, kept.learned) == (ticket.id, "照明", "供水", "0.9300", False)
    html = send(agent, "/intake/suggest", text="东墙路灯一直不亮,走路看不见！")[1]
    assert panel_of(html)["adopt"] == "供水"
    assert "人工更正" in text_of(html)
    assert panel_of(send(agent, "/intake/suggest", text="西街的路灯坏了")[1])["adopt"] == "照明"
    desk = site.app.extensions["suda"].desk
    imported = Ticket.get_by_id(open_ticket(desk, Appeal("12345", "x1", "东墙路灯一直不亮，走路看不见")).ticket_id)
    assert (imported.category, imported.category_by) == ("供水", "corrected")  # whoever brings the same words


def test_taking_the_suggestion_or_a_file_with_its_own_category_corrects_nothing(site: Site, agent: FlaskClient) -> None:
    send(agent, **{**WHOLE, "text": "停水了"})
    open_ticket(site.app.extensions["suda"].desk, Appeal("12345", "x2", "路灯不亮", category="供水"))
    assert Correction.select().count() == 0


@pytest.mark.parametrize("key", sorted(ENDED))
def test_a_call_ends_otherwise_in_one_step_with_registering(agent: FlaskClient, key: str) -> None:
    answers, status, (what, name, said) = ENDED[key]
    code, html = send(agent, f"/intake/end/{key}", **WHOLE, once=ONCE)
    assert code == 200
    assert 'name="in.text" value="楼下水管爆裂"' in html
    assert f'name="once" value="{ONCE}"' in html
    assert Ticket.select().where(Ticket.source == "电话").count() == 0
    carried = {f"in.{field}": words for field, words in WHOLE.items()}
    code, html = send(agent, f"/intake/end/{key}", **carried, go="send", once=ONCE)
    assert code == 422
    assert Ticket.select().where(Ticket.source == "电话").count() == 0
    code, where = send(agent, f"/intake/end/{key}", **carried, **answers, go="send", once=ONCE)
    assert code == 302, text_of(where)
    ticket = taken(where)
    assert ticket.status == status
    line = History.get((History.ticket == ticket) & (History.what == what))
    assert json.loads(line.note)[name] == said
    assert line.actor.startswith("account:")
    if status == "已结案":
        assert ticket.person_id is not None
    again = send(agent, f"/intake/end/{key}", **carried, **answers, go="send", once=ONCE)[1]
    assert again == where
    assert Ticket.select().where(Ticket.source == "电话").count() == 1


def test_an_answer_the_caller_was_not_asked_about_waits_for_his_opinion_and_has_a_person(agent: FlaskClient) -> None:
    carried = {f"in.{field}": words for field, words in WHOLE.items()}
    ticket = taken(send(agent, "/intake/end/answer", **carried, answer_words="明早八点恢复", told_caller="no", go="send")[1])
    assert (ticket.status, ticket.person_id is not None, ticket.manual) == ("待回访", True, False)


def test_what_lacks_an_answer_ends_in_no_way_and_says_where(agent: FlaskClient) -> None:
    for key in (*ENDED, "merge"):
        status, html = send(agent, f"/intake/end/{key}", text="停水", into="20261123-0001")
        assert status == 422
        assert "处要填或要改" in text_of(html)
    assert agent.post("/intake/end/other", data={"csrf_token": token(agent, "/intake")}).status_code == 404
    assert Ticket.select().where(Ticket.source == "电话").count() == 0


def test_merging_registers_and_joins_and_a_wrong_number_does_neither(site: Site, agent: FlaskClient) -> None:
    into = site.rows.tickets[0]
    status, _ = send(agent, "/intake/end/merge", **WHOLE, into="20261123-9999")
    assert status == 404
    assert Ticket.select().where(Ticket.source == "电话").count() == 0
    ticket = taken(send(agent, "/intake/end/merge", **WHOLE, into=into.number)[1])
    assert ticket.status == "并单"
    assert json.loads(History.get((History.ticket == ticket) & (History.what == "并单")).note)["into"] == into.number


def test_the_call_is_rated_once_by_who_took_it(site: Site, agent: FlaskClient) -> None:
    where = send(agent, **WHOLE)[1]
    assert "来电人对这次通话满意吗" in agent.get(where).get_data(as_text=True)
    assert "来电人对这次通话满意吗" not in agent.get(where).get_data(as_text=True)
    number = where.rsplit("/", 1)[1]
    for level in ("9", "五", "4", "5"):
        send(agent, "/intake/rate", number=number, level=level)
    assert [(row.ticket, row.level) for row in CallRating.select()] == [(taken(where).id, 5)]
    send(agent, "/intake/rate", number=site.rows.tickets[0].number, level="1")
    assert CallRating.select().count() == 1


def test_what_is_typed_is_kept_listed_and_opened_again_by_its_owner_alone(site: Site, agent: FlaskClient) -> None:
    html = agent.get("/intake?phone=%2B8613800000013").get_data(as_text=True)
    assert 'value="13800000013"' in html
    assert "138****0013" in html
    page = once(html)
    assert send(agent, "/intake/keep", text="停水三天了", category="供水", outage="yes", once=page)[0] == 302
    send(agent, "/intake/keep", text="停水四天了", category="供水", outage="yes", once=page, adopted="供水")
    assert FormDraft.select().count() == 1
    assert "还有 1 份没有提交的诉求" in text_of(agent.get("/intake").get_data(as_text=True))
    again = agent.get(f"/intake?draft={page}").get_data(as_text=True)
    assert "停水四天了</textarea>" in again
    assert once(again) == page
    assert asked(again)[4:6] == ["outage", "households"]
    assert 'name="adopted" value="供水"' in again
    assert site.signed_in("supervisor").get(f"/intake?draft={page}").status_code in (403, 404)
    where = send(agent, **WHOLE, once=page)[1]
    assert FormDraft.select().count() == 0
    late = agent.post("/intake/keep", data={"csrf_token": token(agent, "/intake"), "text": "迟到", "once": page}, headers={"Accept": "application/json"})
    assert late.get_json() == {"sent": where.rsplit("/", 1)[1]}
    assert FormDraft.select().count() == 0


def test_too_much_to_keep_is_refused_in_words_and_nothing_is_kept_of_nothing(agent: FlaskClient) -> None:
    csrf = token(agent, "/intake")
    long = agent.post("/intake/keep", data={"csrf_token": csrf, "text": "x" * 120_000, "once": ONCE}, headers={"Accept": "application/json"})
    assert long.status_code == 413
    assert "最多暂存" in long.get_json()["error"]
    agent.post("/intake/keep", data={"csrf_token": csrf, "text": "  ", "once": ONCE})
    assert FormDraft.select().count() == 0


def test_a_form_published_meanwhile_keeps_the_answers_and_says_so(site: Site, agent: FlaskClient) -> None:
    version = re.search(r'name="version" value="(\w+)"', agent.get("/intake").get_data(as_text=True))
    assert version is not None
    publish(site, INTAKE.replace("      - caller_name\n", ""))
    status, html = send(agent, **WHOLE, version=version[1], once=ONCE)
    assert status == 409
    assert "表单更新了" in text_of(html)
    assert "联系人" in text_of(html)
    assert "楼下水管爆裂</textarea>" in html
    assert Ticket.select().where(Ticket.source == "电话").count() == 0


def test_only_who_takes_calls_may_ask_for_suggestions(site: Site) -> None:
    open_desk(site)
    for name in ("handler", "auditor"):
        client = site.signed_in(name)
        assert not ROLES[name].may(MAY_TAKE)
        for path in ("/intake/suggest", "/intake/keep", "/intake/end/answer", "/intake/rate", "/intake/drop"):
            assert client.post(path, data={"csrf_token": token(client, "/")}).status_code == 403
