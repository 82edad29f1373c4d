"""The pages in a real browser: sign in, see the stream live, open the ticket, sign it; wide and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tests.web.conftest import Site
from tests.web.district_rows import make_ticket
from tickets.store.models import Ticket

OWN = "20261123-0007"


@pytest.mark.parametrize("size", sorted(SIZES))
def test_an_officer_signs_in_opens_the_ticket_and_signs_it(browser: Browser, running: Served[Site], size: str) -> None:
    page, errors = open_page(browser, running, size, "handler")
    expect(page).to_have_url(re.compile("/inbox$"))
    page.goto("/")
    row = page.locator(f'[data-id="{OWN}"]')
    expect(row.locator("mark.key").first).to_have_text("水管爆裂")
    expect(row.locator(".ring b")).to_have_text(re.compile(r"^3:\d\d$"))
    row.locator(".r-link").click()
    expect(page.locator("h1")).to_contain_text("菜市场北门水管爆裂")
    expect(page.get_by_text("D-010 停水派水务局")).to_be_visible()
    page.click("#sign")
    expect(page.get_by_text("已签收，办理时钟开始走。")).to_be_visible()
    expect(page.locator("#sign")).to_have_count(0)
    assert Ticket.get(Ticket.number == OWN).status == "办理中"
    assert errors == []
    page.context.close()


def test_new_appeals_arrive_by_themselves_and_pause_holds_them_back(browser: Browser, running: Served[Site]) -> None:
    page, errors = open_page(browser, running, "desktop", "supervisor")
    rows = page.locator("#rows > li")
    expect(rows).to_have_count(8)
    make_ticket(running.site.rows, running.site.rows.places["管网科"], "青禾镇主街水管爆裂", ago=0)
    expect(rows).to_have_count(9, timeout=10_000)
    expect(rows.first).to_contain_text("青禾镇主街")
    page.click("#pause")
    make_ticket(running.site.rows, running.site.rows.places["管网科"], "第二件水管爆裂", ago=0)
    expect(page.locator("#held")).to_have_text("新到 1 件", timeout=10_000)
    expect(rows).to_have_count(9)
    page.click("#pause")
    expect(rows).to_have_count(10)
    assert errors == []
    page.context.close()


def test_a_lost_connection_is_said_and_the_rings_stop(browser: Browser, running: Served[Site]) -> None:
    page, _ = open_page(browser, running, "desktop", "supervisor")
    page.context.set_offline(True)
    expect(page.locator("#line")).to_contain_text("已断开", timeout=15_000)
    expect(page.locator(".ring b").first).to_have_text("—")
    page.context.set_offline(False)
    expect(page.locator("#line")).to_contain_text("收发正常", timeout=15_000)
    expect(page.locator(".ring b").first).not_to_have_text("—")
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_no_page_is_wider_than_its_screen_or_writes_too_small(browser: Browser, running: Served[Site], size: str) -> None:
    page, errors = open_page(browser, running, size, "supervisor")
    for address in ("/", f"/t/{OWN}", "/tickets", "/library", "/library/供水", "/messages", "/rules", "/nowhere"):
        page.goto(f"{running.address}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], address
        assert page.evaluate(SMALL_WORDS) == [], address
    assert [error for error in errors if "404" not in error] == []
    page.context.close()


def test_a_payload_in_every_field_runs_nowhere(browser: Browser, running: Served[Site]) -> None:
    payload = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    place = running.site.rows.places["管网科"]
    made = make_ticket(running.site.rows, place, payload, ago=0, title=payload, address=payload, area=payload[:60], reason=payload, words=["<script>"])
    page, _ = open_page(browser, running, "desktop", "supervisor")
    for address in ("/", f"/t/{made.number}", "/tickets", "/library/供水", "/messages"):
        page.goto(f"{running.address}{address}")
        page.wait_for_load_state("networkidle") if address != "/" else page.wait_for_timeout(2500)
        assert "hacked" not in page.title(), address
    page.context.close()
