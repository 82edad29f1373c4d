"""The survey on a phone: one column, thumbs, keyboard, no JavaScript, no network."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.served import SIZES, SMALL_WORDS, Served, open_context, watched
from tests.web.conftest import Site
from tests.web.survey_site import Link, ask
from tickets.store.models import Ticket
from tickets.store.survey_models import SurveyAnswer

SMALL_TARGETS = """() => [...document.querySelectorAll('.sv-row, .sv-chip, .sv-words, .sv-send')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.className)"""


@pytest.fixture
def link(running: Served[Site]) -> Link:
    return ask(running.site.app, running.site.rows)


def open_link(browser: Browser, running: Served[Site], link: Link, *, script: bool = True) -> tuple[BrowserContext, Page, list[str]]:
    context = open_context(browser, running, "phone", java_script_enabled=script)
    page, errors = watched(context)
    page.on("request", lambda request: errors.append(request.url) if not request.url.startswith((running.address, "data:")) else None)
    page.goto(f"{running.address}{link.path}")
    return context, page, errors


@pytest.mark.parametrize("script", [True, False])
def test_a_citizen_answers_by_thumb_with_and_without_javascript(browser: Browser, running: Served[Site], link: Link, script: bool) -> None:
    context, page, errors = open_link(browser, running, link, script=script)
    expect(page.locator("h1")).to_have_text("这件事办得怎么样？")
    assert page.locator(":checked").count() == 0
    expect(page.locator("#why")).to_be_hidden()
    page.get_by_text("基本满意", exact=True).click()
    expect(page.locator("#why")).to_be_hidden()
    page.get_by_text("不满意", exact=True).click()
    expect(page.locator("#why")).to_be_visible()
    page.get_by_text("等得太久").click()
    page.fill("#words", "打了三次电话")
    page.locator("#solved").get_by_text("没有解决").click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_contain_text("谢谢，已收到")
    expect(page.locator(".sv-given")).to_contain_text("等得太久；打了三次电话")
    assert (Ticket.get_by_id(link.ticket.id).status, SurveyAnswer.get().satisfied) == ("已核实", "不满意")
    assert errors == []
    context.close()


def test_without_a_network_nothing_chosen_is_lost_and_it_is_sent_once_back(browser: Browser, running: Served[Site], link: Link) -> None:
    context, page, _ = open_link(browser, running, link)
    page.get_by_text("满意", exact=True).click()
    page.locator("#solved").get_by_text("解决了", exact=True).click()
    context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#unsent")).to_be_visible()
    expect(page.locator('[name="satisfied"]:checked')).to_have_value("满意")
    context.set_offline(False)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("h1")).to_contain_text("谢谢，已收到")
    assert SurveyAnswer.select().count() == 1
    context.close()


def test_sent_unfinished_it_says_what_is_missing_and_keeps_the_rest(browser: Browser, running: Served[Site], link: Link) -> None:
    context, page, _ = open_link(browser, running, link)
    page.get_by_text("非常满意", exact=True).click()
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#missing")).to_have_text("请选一下问题解决了没有")
    expect(page.locator('[name="satisfied"]:checked')).to_have_value("非常满意")
    context.close()


def test_the_pages_fit_a_phone_a_thumb_and_a_pair_of_eyes(browser: Browser, running: Served[Site], link: Link) -> None:
    context, page, _ = open_link(browser, running, link)
    page.get_by_text("非常不满意", exact=True).click()
    for address in (link.path, "/mine", "/s/guess"):
        if address != link.path:
            page.goto(f"{running.address}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"], address
        assert page.evaluate(SMALL_WORDS) == [], address
        assert page.evaluate(SMALL_TARGETS) == [], address
    context.close()


def test_the_keyboard_is_enough(browser: Browser, running: Served[Site], link: Link) -> None:
    context, page, _ = open_link(browser, running, link)
    page.locator('[name="satisfied"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")  # 哪里不满意 is out of sight and out of the way
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("谢谢，已收到")
    assert (SurveyAnswer.get().satisfied, SurveyAnswer.get().solved) == ("非常满意", "已解决")
    context.close()
