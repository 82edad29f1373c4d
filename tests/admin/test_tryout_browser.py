"""试一试 in a real browser: a ticket, why not another rule, the change tried, kept as an example, and green in the table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.tryout_site import Scene, scene
from tests.admin.workbench_site import DISPATCH_A, A
from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tests.web.conftest import Site
from tests.web.district_rows import Rows
from tickets.store import drafts
from tickets.store.models import database

WAIT = 15_000  # milliseconds


@pytest.fixture
def place(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[tuple[Served[Site], Scene]]:
    here = scene(tmp_path, filled)
    with Served(here.site) as made:
        yield made, here
    database.close()


def signed_in(browser: Browser, served: Served[Site], size: str = "desktop", scripts: bool = True) -> tuple[Page, list[str]]:
    """A page of the policy officer, and the list its errors are gathered in."""
    return open_page(browser, served, size, "policy", java_script_enabled=scripts)


def test_from_a_ticket_to_a_green_example(browser: Browser, place: tuple[Served[Site], Scene]) -> None:
    served, here = place
    page, errors = signed_in(browser, served)
    page.goto(f"{served.address}/t/{here.number}")
    page.get_by_role("link", name="试一试").click()
    expect(page.locator("h1")).to_contain_text("为什么派给热力公司", timeout=WAIT)
    page.click('button.to-rule[data-id="D-060"]')
    expect(page.locator("h1")).to_contain_text("为什么没派给水务局", timeout=WAIT)
    assert "rule=D-060" in page.url
    assert "停暖" not in page.url
    expect(page.locator(".to-way b").first).to_have_text("供热 → 供水")
    page.get_by_role("button", name="这样试算").first.click()
    expect(page.locator(".to-tried")).to_contain_text("D-060 胜出", timeout=WAIT)
    expect(page.locator("h1")).to_contain_text("为什么派给水务局")
    page.get_by_role("button", name="存为样例").click()
    expect(page.locator(".rt-live")).to_contain_text("✓ D-060 命中", timeout=WAIT)
    page.get_by_role("button", name="保存").click()
    row = page.locator("#r-D-060 tr[data-ok=yes]").nth(1)
    expect(row).to_contain_text("通过", timeout=WAIT)
    text = drafts.changed(1)[A] or ""
    example = "- {given: {category: 供水}, expect: hit}"
    assert (text.count(example), DISPATCH_A.count(example)) == (2, 1)
    assert errors == []
    page.context.close()


def test_a_changed_fact_is_tried_at_once_and_the_keyboard_stays_where_it_was(browser: Browser, place: tuple[Served[Site], Scene]) -> None:
    served, here = place
    page, errors = signed_in(browser, served)
    page.goto(f"{served.address}/admin/tryout/?ticket={here.number}")
    page.locator("#f-category").fill("供水")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("水务局", timeout=WAIT)
    expect(page.locator("#f-category")).to_be_focused()
    expect(page.locator(".to-fact.read #f-category")).to_have_count(1)
    page.locator("button.to-rule").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("button.to-rule").nth(1)).to_be_focused()
    assert errors == []
    page.context.close()


def test_without_scripts_the_page_is_a_form(browser: Browser, place: tuple[Served[Site], Scene]) -> None:
    served, here = place
    page, _ = signed_in(browser, served, scripts=False)
    page.goto(f"{served.address}/admin/tryout/?ticket={here.number}&rule=D-070")
    page.click('button.to-rule[data-id="D-060"]')
    expect(page.locator("h1")).to_contain_text("水务局", timeout=WAIT)
    page.get_by_role("button", name="这样试算").first.click()
    expect(page.locator(".to-tried")).to_contain_text("D-060 胜出", timeout=WAIT)
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_pages_fit_their_screen_and_write_large_enough(browser: Browser, place: tuple[Served[Site], Scene], size: str) -> None:
    served, here = place
    page, errors = signed_in(browser, served, size)
    for address in (
        "tryout/", f"tryout/?ticket={here.number}&rule=D-060", "tests/", "tests/dispatch?edit=D-050:0", f"tests/new?ticket={here.number}", "coverage/dispatch",
    ):  # fmt: skip
        page.goto(f"{served.address}/admin/{address}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], address
        assert page.evaluate(SMALL_WORDS) == [], address
    assert errors == []
    page.context.close()
