"""Takes the pictures of docs/screenshots from a running demonstration: python -m tests.web.take_screenshots http://127.0.0.1:8012 20261123-0007"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.served import CHROMIUM, FLAGS, SIZES
from tickets.store.accounts import DEMONSTRATION_PASSWORD

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
WATCHES = "zhiban"  # the demonstration account that sees everything


def take(browser: Browser, address: str, size: str, number: str) -> None:
    """The live page as one sees it, and the ticket of that number from top to bottom."""
    context = browser.new_context(viewport=SIZES[size], locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{address}/signin")
    page.fill("#username", WATCHES)
    page.fill("#password", DEMONSTRATION_PASSWORD)
    page.click("#signin-form button")
    page.wait_for_selector("#rows > li")
    page.wait_for_timeout(2500)
    page.screenshot(path=FOLDER / f"live-{size}.png")
    page.goto(f"{address}/t/{number}")
    page.wait_for_load_state("networkidle")
    page.set_viewport_size({"width": SIZES[size]["width"], "height": page.evaluate("document.documentElement.scrollHeight")})
    page.screenshot(path=FOLDER / f"ticket-{size}.png")
    context.close()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for each in sorted(SIZES):
            take(chromium, sys.argv[1].rstrip("/"), each, sys.argv[2])
        chromium.close()
