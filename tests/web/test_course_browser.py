"""A whole round in a real browser, wide and on a phone: signed, replied, sent back, replied again, reviewed, called back, closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.served import SIZES, SMALL_WORDS, Served, open_context, open_page
from tests.web.conftest import Site, served_district
from tests.web.course_site import GOOD, add_people, put_in_force
from tests.web.district_rows import Rows
from tests.web.test_browser import OWN
from tickets.store.models import History, Ticket

SMALL_TARGETS = """() => [...document.querySelectorAll('main .f-form textarea, main .f-form select, main .f-pick, main .f-form button, main .t-acts a, main .c-back, main .f-combo input')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.id || e.className)"""


@pytest.fixture
def course(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as site:
        put_in_force(site.site.app)
        add_people(site.site.rows)
        yield site


def fits(page: Page, size: str) -> None:
    """Nothing is wider than the screen, written too small, or too small for a thumb."""
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert page.evaluate(SMALL_WORDS) == []
    if size == "phone":
        assert page.evaluate(SMALL_TARGETS) == []


def pick(page: Page, field: str, words: str) -> None:
    page.locator(f'[data-field="{field}"]').get_by_label(words, exact=True).check()


def hand_in(page: Page, size: str) -> None:
    """Sends the form; on a phone the answers are read once more first."""
    if size == "phone":
        page.click("#c-check")
        expect(page.locator("h1")).to_have_text("核对后提交")
        fits(page, size)
        page.click("#c-confirm")
    else:
        page.click("#f-send")
    expect(page.locator(".note.good")).to_be_visible()


def step(browser: Browser, course: Served[Site], size: str, who: str, do: str) -> tuple[Page, list[str]]:
    """The step's form, opened from the ticket's action bar by its person."""
    page, errors = open_page(browser, course, size, who)
    page.goto(f"{course.address}/t/{OWN}")
    fits(page, size)
    page.click(f"#do-{do}")
    fits(page, size)
    return page, errors


def answer(browser: Browser, course: Served[Site], size: str, solved: str, result: str) -> None:
    page, errors = step(browser, course, size, "handler", "reply")
    pick(page, "solved", solved)
    page.fill("#result", result)
    if solved != "已解决":
        page.fill("#unsolved_why", "等配件")
    pick(page, "told_caller", "是")
    hand_in(page, size)
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_a_whole_round_from_the_signature_to_the_end(browser: Browser, course: Served[Site], size: str) -> None:
    page, errors = open_page(browser, course, size, "handler")
    page.goto(f"{course.address}/t/{OWN}")
    page.click("#sign")
    expect(page.locator("#do-reply")).to_be_visible()
    assert errors == []
    page.context.close()
    answer(browser, course, size, "部分解决", "先关了阀门")
    page, errors = step(browser, course, size, "chief", "rework")
    expect(page.locator(".c-before")).to_contain_text("先关了阀门")
    page.fill("#reason", "要换好管子再回复")
    hand_in(page, size)
    assert errors == []
    page.context.close()
    answer(browser, course, size, "已解决", GOOD)
    page, errors = step(browser, course, size, "chief", "review")
    hand_in(page, size)
    assert errors == []
    page.context.close()
    page, errors = step(browser, course, size, "agent", "verify")
    expect(page.locator('[data-field="satisfied"]')).to_have_count(0)
    pick(page, "reached", "是")
    pick(page, "solved", "已解决")
    pick(page, "satisfied", "非常满意")
    fits(page, size)
    hand_in(page, size)
    page.click("#do-close")
    hand_in(page, size)
    expect(page.locator(".t-acts a")).to_have_count(0)
    assert errors == []
    page.context.close()
    ticket = Ticket.get(Ticket.number == OWN)
    assert ticket.status == "已结案"
    moved = [
        line.what for line in History.select().where((History.ticket == ticket) & (History.from_status != "") & (History.to_status != "")).order_by(History.seq)
    ]
    assert moved == ["签收", "回复", "重办", "回复", "审核通过", "核实", "结案"]


def test_what_is_missing_is_said_and_a_link_leads_there(browser: Browser, course: Served[Site]) -> None:
    Ticket.update(status="办理中").where(Ticket.number == OWN).execute()
    page, _ = step(browser, course, "desktop", "handler", "reply")
    page.click("#f-send")
    expect(page.locator("#f-summary")).to_be_focused()
    expect(page.locator("#f-summary li")).to_have_count(3)
    page.locator("#f-summary a", has_text="办理结果").press("Enter")
    expect(page.locator("#result")).to_be_focused()
    page.context.close()


def test_a_reply_is_sent_without_javascript(browser: Browser, course: Served[Site]) -> None:
    Ticket.update(status="办理中").where(Ticket.number == OWN).execute()
    signed_in, _ = open_page(browser, course, "phone", "handler")
    context = open_context(browser, course, "phone", java_script_enabled=False, storage_state=signed_in.context.storage_state())
    page = context.new_page()
    page.goto(f"{course.address}/t/{OWN}/do/reply")
    page.locator('label.f-pick:has(input[value="未解决"])').click()
    page.fill("#result", "到场，等备件")
    page.locator('label.f-pick:has(input[name="told_caller"][value="yes"])').click()
    page.get_by_role("button", name="继续填").click()
    page.fill("#unsolved_why", "备件明天到")
    page.click("#c-check")
    expect(page.get_by_text("备件明天到")).to_be_visible()
    page.click("#c-confirm")
    expect(page).to_have_url(re.compile(rf"/t/{OWN}$"))
    assert Ticket.get(Ticket.number == OWN).status == "待审核"
    context.close()
    signed_in.context.close()
