"""The pages in a real browser: sign in, see the stream live, open the ticket, sign it; wide and on a phone."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.web.conftest import PASSWORD, make_desk, make_site
from tests.web.district_rows import NOW, Rows, make_ticket
from tickets.store.models import Ticket, database

CHROMIUM = next((file for file in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(file).exists()), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="没有装 chromium，浏览器测试跳过 (no chromium: browser tests are skipped)")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
OWN = "20261123-0007"
# What a page does wrong on a phone: wider than the screen, or words smaller than 12 px.
SMALL_WORDS = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12 && !e.closest('.visually-hidden')).map(e => e.className + ':' + e.textContent.trim().slice(0, 20))"""


class Running:
    """The app served on a port of this machine, with its clock moving from the afternoon of the test rows."""

    def __init__(self, folder: Path, filled: tuple[Path, Rows]) -> None:
        started = datetime.now(UTC)
        self.site = make_site(folder, filled)
        hall = self.site.app.extensions["suda"]
        object.__setattr__(hall, "desk", make_desk(lambda: NOW + (datetime.now(UTC) - started)))
        self.server = make_server("127.0.0.1", 0, self.site.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        database.close()


@pytest.fixture
def running(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Running]:
    site = Running(tmp_path, filled)
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def open_page(browser: Browser, running: Running, size: str, username: str) -> tuple[Page, list[str]]:
    """A page signed in through the form, and the list its errors are gathered in."""
    context = browser.new_context(viewport=SIZES[size], locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{running.address}/signin")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("#signin-form button")
    expect(page.locator("h1")).to_have_text("运行总览")
    return page, errors


@pytest.mark.parametrize("size", sorted(SIZES))
def test_an_officer_signs_in_opens_the_ticket_and_signs_it(browser: Browser, running: Running, size: str) -> None:
    page, errors = open_page(browser, running, size, "handler")
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


def test_new_appeals_arrive_by_themselves_and_pause_holds_them_back(browser: Browser, running: Running) -> None:
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


def test_a_lost_connection_is_said_and_the_rings_stop(browser: Browser, running: Running) -> None:
    page, _ = open_page(browser, running, "desktop", "supervisor")
    page.context.set_offline(True)
    expect(page.locator("#line")).to_contain_text("已断开", timeout=15_000)
    expect(page.locator(".ring b").first).to_have_text("—")
    page.context.set_offline(False)
    expect(page.locator("#line")).to_contain_text("收发正常", timeout=15_000)
    expect(page.locator(".ring b").first).not_to_have_text("—")
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_no_page_is_wider_than_its_screen_or_writes_too_small(browser: Browser, running: Running, size: str) -> None:
    page, errors = open_page(browser, running, size, "supervisor")
    for address in ("/", f"/t/{OWN}", "/tickets", "/library", "/library/供水", "/messages", "/rules", "/nowhere"):
        page.goto(f"{running.address}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], address
        assert page.evaluate(SMALL_WORDS) == [], address
    assert [error for error in errors if "404" not in error] == []
    page.context.close()


def test_a_payload_in_every_field_runs_nowhere(browser: Browser, running: Running) -> None:
    payload = "<img src=x onerror=\"document.title='hacked'\"><script>document.title='hacked'</script>"
    place = running.site.rows.places["管网科"]
    made = make_ticket(running.site.rows, place, payload, ago=0, title=payload, address=payload, area=payload[:60], reason=payload, words=["<script>"])
    page, _ = open_page(browser, running, "desktop", "supervisor")
    for address in ("/", f"/t/{made.number}", "/tickets", "/library/供水", "/messages"):
        page.goto(f"{running.address}{address}")
        page.wait_for_load_state("networkidle") if address != "/" else page.wait_for_timeout(2500)
        assert "hacked" not in page.title(), address
    page.context.close()
