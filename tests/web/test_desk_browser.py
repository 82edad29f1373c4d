"""The agent's desk in a real browser: suggestions follow the words and give way to choices, calls end in a dialog, what is typed survives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import SIZES, SMALL_WORDS, Served, assert_accessible, open_page, pictures
from tests.web.conftest import Site, served_district
from tests.web.desk_site import open_desk
from tests.web.district_rows import Rows
from tickets.store.course_models import Correction, FormDraft
from tickets.store.models import Ticket

WORDS = "花园小区从昨晚起停水，到现在也没有人来"


@pytest.fixture
def desk(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as site:
        open_desk(site.site)
        yield site


def at_desk(browser: Browser, desk: Served[Site], size: str = "desktop", path: str = "/intake?phone=13800000013") -> tuple[Page, list[str]]:
    page, errors = open_page(browser, desk, size, "agent")
    page.goto(desk.address + path)
    return page, errors


def chosen(page: Page) -> str:
    return str(page.evaluate("document.querySelector('select[name=category]').value"))


def test_the_suggestion_fills_in_what_nobody_chose_and_never_what_somebody_did(browser: Browser, desk: Served[Site]) -> None:
    page, errors = at_desk(browser, desk)
    page.get_by_label("诉求内容").fill(WORDS)
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    assert chosen(page) == "供水"
    expect(page.locator(".d-lit mark")).to_have_text(["停水"])
    page.get_by_label("诉求内容").fill("巷子里路灯不亮")
    expect(page.locator("#d-panel")).to_have_attribute("data-adopt", "照明")
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    assert chosen(page) == "照明"
    box = page.get_by_role("combobox", name="诉求类别")
    box.fill("物业")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator(".d-chip-category")).to_have_text("已改为物业服务")
    page.get_by_label("诉求内容").fill(WORDS)
    expect(page.locator("#d-panel")).to_have_attribute("data-adopt", "供水")
    assert chosen(page) == "物业服务"
    page.locator('[data-use="供水"]').click()
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    assert chosen(page) == "供水"
    page.get_by_label("诉求内容").fill("村里有怪味")
    expect(page.get_by_text("没有替您勾选")).to_be_hidden()  # he has chosen himself
    assert errors == []


def test_low_confidence_leaves_the_choice_open(browser: Browser, desk: Served[Site]) -> None:
    page, errors = at_desk(browser, desk)
    page.get_by_label("诉求内容").fill("村里有怪味")
    expect(page.get_by_text("没有替您勾选")).to_be_visible()
    assert chosen(page) == ""
    assert errors == []


def test_a_call_is_taken_by_keyboard_alone_and_the_cursor_goes_where_something_is_missing(browser: Browser, desk: Served[Site]) -> None:
    page, errors = at_desk(browser, desk)
    page.get_by_label("诉求内容").focus()
    page.keyboard.type(WORDS)
    expect(page.locator("#d-first")).to_have_text("先填“诉求性质”即可派单")
    for key in ("answer", "decline"):  # a call cannot end otherwise either before all is asked
        page.locator(f"[data-end={key}]").press("Enter")
        expect(page.locator("#kind")).to_be_focused()
        expect(page.locator("#d-dialog")).to_be_hidden()
    page.get_by_label("诉求内容").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#kind")).to_be_focused()
    expect(page.locator("#f-summary")).to_have_count(0)  # nothing was sent
    page.keyboard.press("ArrowRight")
    page.locator("#outage").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/t/\d{8}-\d{4}$"))
    assert Ticket.get(Ticket.source == "电话").category == "供水"
    assert Correction.select().count() == 0
    page.get_by_role("button", name="5 分").click()
    expect(page.get_by_text("已记下通话评价 5 分")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("size", sorted(SIZES))
def test_a_question_is_answered_at_once_in_a_dialog(browser: Browser, desk: Served[Site], size: str) -> None:
    page, errors = at_desk(browser, desk, size)
    page.get_by_label("诉求内容").fill("路灯什么时候修好")
    page.locator("#kind").check(force=True)
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    page.get_by_role("button", name="直接答复并办结").click()
    expect(page.locator("#d-dialog")).to_be_visible()
    page.locator("#d-dialog").get_by_label("答复内容").fill("今晚八点前修好")
    page.locator("#d-dialog").get_by_label("是", exact=True).check(force=True)
    page.locator("#d-dialog").get_by_label("满意", exact=True).first.check(force=True)
    expect(page.locator("#d-dialog").get_by_label("答复内容")).to_have_value("今晚八点前修好")
    assert_accessible(page)
    pictures(page, f"desk-answer-{size}")
    page.get_by_role("button", name="登记并答复").click()
    expect(page.locator("#d-dialog .e-wrong")).to_contain_text("解决情况")
    expect(page.locator("#e-solved")).to_be_focused()
    page.locator("#d-dialog label.f-pick:has(input[value=已解决])").click()
    page.get_by_role("button", name="登记并答复").click()
    page.wait_for_url(re.compile(r"/t/\d{8}-\d{4}$"))
    assert Ticket.get(Ticket.source == "电话").status == "已结案"
    assert [one for one in errors if "422" not in one] == []  # what was missing is answered so


def test_what_is_typed_is_saved_by_itself_and_comes_back(browser: Browser, desk: Served[Site]) -> None:
    page, errors = at_desk(browser, desk)
    page.get_by_label("诉求内容").fill(WORDS)
    expect(page.locator("#d-saved")).to_contain_text("已自动保存", timeout=12_000)
    page.context.set_offline(True)
    page.get_by_label("诉求内容").fill(WORDS + "，很急")
    expect(page.locator("#d-saved")).to_contain_text("没有连上", timeout=12_000)
    expect(page.locator("#d-fresh")).to_have_text("建议暂不可用，可照常登记")
    page.context.set_offline(False)
    expect(page.locator("#d-saved")).to_contain_text("已自动保存", timeout=12_000)
    page.goto(f"{desk.address}/intake")
    page.get_by_role("link", name="接着填").click()
    expect(page.get_by_label("诉求内容")).to_have_value(WORDS + "，很急")
    assert chosen(page) == "供水"
    assert FormDraft.select().count() == 1
    assert [one for one in errors if "ERR_INTERNET_DISCONNECTED" not in one] == []


@pytest.mark.parametrize("size", [*sorted(SIZES), "zoomed"])
def test_the_desk_fits_its_screen(browser: Browser, desk: Served[Site], size: str) -> None:
    page, errors = at_desk(browser, desk, "desktop" if size == "zoomed" else size)
    if size == "zoomed":
        page.set_viewport_size({"width": 720, "height": 450})  # 1440 at 200 %
    page.get_by_label("诉求内容").fill(WORDS)
    expect(page.locator(".d-chip-category")).to_have_text("建议已采用")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(SMALL_WORDS) == []
    assert_accessible(page)
    pictures(page, f"desk-{size}")
    assert errors == []
