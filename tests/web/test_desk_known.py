"""The knowledge base at the desk: offered beside the form, found in the dialog, filled into the answer, named in the ticket's course."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from tests.served import Served, assert_accessible, open_page, pictures
from tests.web.conftest import Site, served_district
from tests.web.desk_site import open_desk
from tests.web.district_rows import NOW, Rows
from tests.web.intake_form import WHOLE
from tests.web.test_intake import send
from tests.web.test_pages import text_of
from tickets.domain.times import stored
from tickets.store import knowledge
from tickets.store.desk_models import Knowledge
from tickets.store.knowledge import Wanted
from tickets.store.models import History, Ticket

LAMP = Wanted("路灯不亮多久修好", "主路当天修好，背街小巷两天内修好。", "照明", "路灯 灯杆", "《照明规定（示范）》第五条", "城管局", None, "K0001")
METER = Wanted("水表不准怎么校验", "可以申请校验，误差超标的不收费。", "供水", "水表 校验", "", "水务局", None, "K0002")
PAST = replace(LAMP, title="路灯不亮找谁", code="K0003", valid_until=stored(NOW - timedelta(days=1)))
ASKED = "请问路灯不亮多久能修好"
CARRIED = {f"in.{name}": words for name, words in {**WHOLE, "text": ASKED}.items()}
REST = {"told_caller": "no", "go": "send"}


@pytest.fixture
def agent(site: Site) -> FlaskClient:
    open_desk(site)
    knowledge.put((LAMP, METER, PAST), NOW)
    return site.signed_in("agent")


@pytest.fixture
def desk(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as site:
        open_desk(site.site)
        knowledge.put((LAMP, METER, PAST), NOW)
        yield site


def cited(html: str) -> list[str]:
    return re.findall(r'<input type="hidden" name="knowledge" value="([^"]*)"', html)


def listed(html: str) -> list[str]:
    return re.findall(r'name="knowledge_pick" value="(K\d+)"', html)


def test_entries_near_the_words_stand_beside_the_form_and_others_do_not(agent: FlaskClient) -> None:
    html = send(agent, "/intake/suggest", text=ASKED)[1]
    assert listed(html) == ["K0001"]
    assert "主路当天修好" in text_of(html)
    assert "路灯不亮找谁" not in html  # expired
    for words in ("村里有怪味", "", "停\x00"):
        assert listed(send(agent, "/intake/suggest", text=words)[1]) == []


def test_without_javascript_an_entry_is_searched_taken_and_let_go_of_by_buttons(agent: FlaskClient) -> None:
    taken = send(agent, "/intake/end/answer", **{**WHOLE, "text": ASKED}, knowledge_pick="K0001")[1]
    assert f"{LAMP.answer}</textarea>" in taken
    assert cited(taken) == ["K0001"]
    assert listed(taken)[0] == "K0001"
    found = send(agent, "/intake/end/answer", **CARRIED, go="find", knowledge_q="水表", knowledge="K0001", answer_words="自己写的")[1]
    assert listed(found) == ["K0002"]
    assert cited(found) == ["K0001"]
    assert "自己写的</textarea>" in found
    dropped = send(agent, "/intake/end/answer", **CARRIED, knowledge_pick="", knowledge="K0001", answer_words="自己写的")[1]
    assert cited(dropped) == [""]
    assert "自己写的</textarea>" in dropped
    for code in ("K0003", "K9", "K\x00", "<b>"):
        html = send(agent, "/intake/end/answer", **CARRIED, knowledge_pick=code, answer_words="自己写的")[1]
        assert (cited(html), "自己写的</textarea>" in html) == ([""], True)


def test_the_ticket_names_the_entry_its_answer_rests_on(agent: FlaskClient) -> None:
    code, where = send(agent, "/intake/end/answer", **CARRIED, **REST, answer_words="两天内修好", knowledge="K0001")
    assert code == 302
    line = json.loads(History.get(History.what == "直接答复").note)
    assert (line["knowledge"], line["edition"], line["answer"]) == ("K0001", 1, "两天内修好")
    assert f"依据知识库：K0001 · {LAMP.title}" in text_of(agent.get(where).get_data(as_text=True))
    assert Knowledge.get(Knowledge.code == "K0001").used == 1


def test_an_entry_that_ended_meanwhile_is_refused_and_what_was_typed_stays(agent: FlaskClient) -> None:
    Knowledge.update(active=False).where(Knowledge.code == "K0001").execute()
    code, html = send(agent, "/intake/end/answer", **CARRIED, **REST, answer_words="两天内修好", knowledge="K0001")
    assert code == 422
    assert "已停用或已过期" in text_of(html)
    assert "两天内修好</textarea>" in html
    assert cited(html) == [""]
    assert Ticket.select().where(Ticket.source == "电话").count() == 0


def test_other_endings_know_no_knowledge_base(agent: FlaskClient) -> None:
    html = send(agent, "/intake/end/decline", **CARRIED, knowledge="K0001", knowledge_pick="K0001")[1]
    assert (cited(html), listed(html)) == ([], [])


def test_an_answer_is_found_and_taken_by_keyboard_in_the_dialog(browser: Browser, desk: Served[Site]) -> None:
    page, errors = open_page(browser, desk, "desktop", "agent")
    page.goto(desk.address + "/intake?phone=13800000013")
    page.get_by_label("诉求内容").fill(ASKED)
    page.locator("#kind").check(force=True)
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    page.locator("#d-panel").get_by_role("button", name="用这条答复").click()
    dialog = page.locator("#d-dialog")
    expect(dialog.get_by_label("答复内容")).to_have_value(LAMP.answer)
    expect(dialog.locator("#e-known-chosen")).to_contain_text(f"K0001 · {LAMP.title}")
    field = dialog.get_by_label("从知识库里找答复")
    field.focus()
    page.keyboard.type("水表不准")
    expect(dialog.locator("#e-known-list li")).to_have_count(1)
    expect(dialog.locator("#e-known-said")).to_have_text("找到 1 条")
    assert_accessible(page)
    pictures(page, "desk-known-desktop")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("答复内容")).to_have_value(METER.answer)
    expect(dialog.get_by_label("答复内容")).to_be_focused()
    field.focus()
    page.keyboard.press("Escape")  # out of the search, not out of the dialog
    expect(field).to_have_value("")
    expect(dialog).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("答复内容")).to_have_value(LAMP.answer)
    page.keyboard.press("End")
    page.keyboard.type("请放心。")
    dialog.get_by_label("否", exact=True).check(force=True)
    page.get_by_role("button", name="登记并答复").click()
    page.wait_for_url(re.compile(r"/t/\d{8}-\d{4}$"))
    line = json.loads(History.get(History.what == "直接答复").note)
    assert (line["knowledge"], line["answer"]) == ("K0001", f"{LAMP.answer}请放心。")
    expect(page.get_by_text(f"依据知识库：K0001 · {LAMP.title}").first).to_be_attached()
    assert errors == []
