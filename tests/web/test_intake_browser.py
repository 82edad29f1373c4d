"""The intake form in a real browser: parts appear as answers come, nothing typed is lost, the keyboard is enough, a phone is wide enough."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import SIZES, SMALL_WORDS, Served, open_context, open_page
from tests.web.conftest import Site, served_district
from tests.web.district_rows import Rows
from tests.web.intake_form import put_in_force
from tickets.store.models import Ticket

# Everything to press or type into that is smaller than a thumb.
SMALL_TARGETS = """() => [...document.querySelectorAll('#intake input:not([type=hidden]):not([type=radio]), #intake textarea, #intake .f-pick, #intake button, #intake select')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.id || e.className)"""


@pytest.fixture
def desk(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as site:
        put_in_force(site.site.app)
        yield site


def intake(browser: Browser, desk: Served[Site], size: str = "desktop") -> tuple[Page, list[str]]:
    page, errors = open_page(browser, desk, size, "agent")
    page.goto(f"{desk.address}/intake")
    return page, errors


def choose(page: Page, words: str) -> None:
    """Picks a category by typing and Enter."""
    box = page.get_by_role("combobox", name="诉求类别")
    box.fill(words)
    box.press("ArrowDown")
    box.press("Enter")


def test_conditional_parts_appear_at_once_and_come_back_with_what_was_typed(browser: Browser, desk: Served[Site]) -> None:
    page, errors = intake(browser, desk)
    outage = page.locator('[data-field="outage"]')
    expect(outage).to_have_count(0)
    choose(page, "供水")
    expect(outage).to_be_visible()
    expect(page.get_by_text("因为诉求类别 属于 供水")).to_be_visible()
    expect(page.locator("#f-live")).to_have_text("还要问：正在中断")
    outage.get_by_label("是", exact=True).check()
    page.get_by_label("影响户数").fill("60")
    choose(page, "照明")
    expect(outage).to_have_count(0)
    choose(page, "供水")
    expect(page.get_by_label("影响户数")).to_have_value("60")
    assert errors == []
    page.context.close()


def test_typing_is_never_broken_off_when_a_part_appears(browser: Browser, desk: Served[Site]) -> None:
    page, errors = intake(browser, desk)
    words = page.get_by_label("诉求内容")
    words.focus()
    page.keyboard.type("楼下水管爆裂")
    expect(page.locator('[data-field="outage"]')).to_be_visible()
    page.keyboard.type("，水往外冒")
    expect(words).to_have_value("楼下水管爆裂，水往外冒")
    expect(words).to_be_focused()
    assert errors == []
    page.context.close()


def test_an_agent_registers_with_the_keyboard_alone(browser: Browser, desk: Served[Site]) -> None:
    page, errors = intake(browser, desk)
    page.get_by_label("诉求内容").fill("菜市场北门水管爆裂")
    expect(page.locator("#outage")).to_be_visible()
    for missing, key in ((page.locator("#kind"), "ArrowRight"), (page.locator("#outage"), "ArrowRight"), (page.get_by_label("联系电话"), "")):
        page.keyboard.press("Control+Enter")
        expect(missing).to_be_focused()  # nothing is sent: the cursor goes to what is missing, one after the other
        page.keyboard.press(key) if key else page.keyboard.type("13800000013")
    assert Ticket.select().where(Ticket.source == "电话").count() == 0
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/t/\d{8}-\d{4}$"))
    made = Ticket.select().where(Ticket.source == "电话").get()
    assert (made.kind, made.caller_phone) == ("求助", "13800000013")
    assert errors == []
    page.context.close()


def test_with_no_connection_the_form_says_so_and_keeps_what_was_typed(browser: Browser, desk: Served[Site]) -> None:
    page, _ = intake(browser, desk)
    page.context.set_offline(True)
    page.get_by_label("诉求内容").fill("停水了")
    expect(page.locator("#f-trouble")).to_contain_text("没有连上")
    page.context.set_offline(False)
    page.get_by_role("button", name="继续填").click()
    expect(page.locator('[data-field="outage"]')).to_be_visible()
    expect(page.get_by_label("诉求内容")).to_have_value("停水了")
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_form_fits_its_screen_and_a_thumb(browser: Browser, desk: Served[Site], size: str) -> None:
    page, errors = intake(browser, desk, size)
    choose(page, "供水")
    page.locator('[data-field="outage"]').get_by_label("是", exact=True).check()
    expect(page.get_by_label("影响户数")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert page.evaluate(SMALL_WORDS) == []
    if size == "phone":
        assert page.evaluate(SMALL_TARGETS) == []
    assert errors == []
    page.context.close()


def test_the_form_works_without_javascript(browser: Browser, desk: Served[Site]) -> None:
    signed_in, _ = open_page(browser, desk, "desktop", "agent")
    context = open_context(browser, desk, java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{desk.address}/intake")
    page.fill("#text", "楼下水管爆裂")
    page.select_option("#category", "供水")
    page.get_by_role("button", name="继续填").click()
    page.locator('label.f-pick:has(input[name="outage"][value="no"])').click()
    page.locator('label.f-pick:has(input[name="kind"][value="求助"])').click()
    page.fill("#caller_phone", "13800000013")
    page.get_by_role("button", name="受理并派单").click()
    expect(page).to_have_url(re.compile(r"/t/\d{8}-\d{4}$"))
    context.close()
    signed_in.context.close()
