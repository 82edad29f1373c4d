"""An auditor in a real browser: why 水务局 and not 住建局 on 3 May, who changed that rule, who approved it, what would today's rule say?"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.admin import log_scene
from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tests.web.conftest import Site
from tests.web.district_rows import make_ticket
from tickets.store.log_models import Look
from tickets.store.models import Evaluation

MOST_CLICKS = 10


@pytest.fixture
def third_of_may(running: Served[Site]) -> Evaluation:
    """The decision of 3 May, on a site where a later version of its rule is in force."""
    desk, made = log_scene.published_twice(running.site.rows)
    object.__setattr__(running.site.app.extensions["suda"], "desk", desk)
    return made


class Clicks:
    """Counts what the auditor clicks."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, what: Locator) -> None:
        what.click()
        self.count += 1


def test_an_auditor_answers_four_questions_in_under_ten_clicks(browser: Browser, running: Served[Site], third_of_may: Evaluation) -> None:
    page, errors = open_page(browser, running, "desktop", "auditor")
    clicks = Clicks()
    clicks.on(page.get_by_role("link", name="判定日志"))
    clicks.on(page.locator("summary", has_text="时间"))
    page.fill("input[name=from]", "2026-05-03")
    page.fill("input[name=to]", "2026-05-03")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?from=2026-05-03&to=2026-05-03$"))
    clicks.on(page.locator(".l-link").first)
    panel = page.locator(".l-panel")
    # Why did it go to 水务局?
    expect(panel).to_contain_text("D-090 水管爆裂先派抢修")
    expect(panel.locator(".l-does")).to_contain_text("水务局 · 管网科")
    expect(panel.locator(".l-lit").filter(has_text="诉求内容").first.locator("mark.key")).to_have_text("水管爆裂")
    # Why not to 住建局?
    panel.locator("#l-not").select_option("住建局")
    clicks.on(page.get_by_role("button", name="看原因"))
    expect(panel).to_contain_text("点名「住建局」的规则 1 条，当时都没有作数")
    clicks.on(panel.locator(".l-other summary"))
    expect(panel.locator(".l-other .l-line", has_text="楼道漏水")).to_be_visible()
    # What would today's rule say?
    today = page.locator("#today")
    expect(today).to_contain_text("与当时不同")
    expect(today).to_contain_text("住建局 · 物业科")
    expect(today).to_contain_text("按今天的 V2")
    clicks.on(page.locator("#again"))
    expect(page.locator("#proof")).to_contain_text("重新计算：字节一致")
    # Who changed the rule, and who approved?
    clicks.on(page.locator(".l-rule a", has_text="这条规则的历史").first)
    steps = page.locator(".l-step")
    expect(steps).to_have_count(2)
    expect(steps.nth(0)).to_contain_text("拟稿 周敏 · 审批 陈远")
    expect(steps.nth(0).locator("ins").first).to_contain_text("住建局/物业科")
    expect(steps.nth(1)).to_contain_text("拟稿 周敏 · 审批 何立群")
    assert clicks.count < MOST_CLICKS
    assert errors == []
    page.context.close()


def test_a_number_is_read_by_keyboard_with_a_reason_and_the_look_is_listed(browser: Browser, running: Served[Site], third_of_may: Evaluation) -> None:
    page, errors = open_page(browser, running, "phone", "auditor")
    page.goto(f"{running.address}/admin/log/{third_of_may.id}")
    expect(page.locator("body")).not_to_contain_text("19900000013")
    page.locator(".l-reveal summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("核对 5 月 3 日是否同一人")
    page.keyboard.press("Enter")
    expect(page.locator("#number")).to_contain_text("19900000013")
    expect(page.get_by_text("本次查看已记录")).to_be_visible()
    page.goto(f"{running.address}/admin/log/looks")
    expect(page.locator("table")).to_contain_text("核对 5 月 3 日是否同一人")
    assert Look.select().count() == 1
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_no_page_of_the_log_is_wider_than_its_screen_or_writes_too_small(browser: Browser, running: Served[Site], third_of_may: Evaluation, size: str) -> None:
    page, errors = open_page(browser, running, size, "auditor")
    for path in ("", "?unit=水务局&rule=D-090", str(third_of_may.id), "looks", "rule/dispatch/D-090", "?person=无此人"):
        page.goto(f"{running.address}/admin/log/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], path
        assert page.evaluate(SMALL_WORDS) == [], path
    expect_side_by_side(page, running, third_of_may, size)
    assert errors == []
    page.context.close()


def expect_side_by_side(page: Page, running: Served[Site], made: Evaluation, size: str) -> None:
    """The list and the open decision stand beside one another on a wide screen; on a phone the decision is a page of its own."""
    page.goto(f"{running.address}/admin/log/{made.id}")
    expect(page.locator(".l-panel")).to_be_visible()
    expect(page.locator(".l-list")).to_be_visible(visible=size == "desktop")


def test_a_payload_in_an_appeal_runs_nowhere_in_the_log(browser: Browser, running: Served[Site]) -> None:
    payload = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>燃气泄漏"
    ticket = make_ticket(running.site.rows, running.site.rows.places["管网科"], payload, title=payload)
    made = log_scene.decide(ticket, {"text": payload})
    page, _ = open_page(browser, running, "desktop", "auditor")
    for path in (str(made.id), f"{made.id}?not={payload}", f"?unit={payload[:60]}"):
        page.goto(f"{running.address}/admin/log/{path}")
        page.wait_for_load_state("networkidle")
        assert "hacked" not in page.title(), path
    page.context.close()
