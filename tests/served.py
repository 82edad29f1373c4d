"""The app as a browser sees it: served on a port of this machine, opened in Chromium wide or on a phone, and checked for what keeps people out.

A plugin of pytest: `browser` is there in every test. Set SUDA_PICTURES to a folder to keep the pictures the stories take.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from tickets.store.accounts import DEMONSTRATION_PASSWORD

CHROMIUM = next((file for file in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if Path(file).exists()), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
# What a page does wrong on a phone: words smaller than 12 px.
SMALL_WORDS = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 12 && !e.closest('.visually-hidden')).map(e => e.className + ':' + e.textContent.trim().slice(0, 20))"""
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# Colours are measured when nothing fades any more; what turns for ever (a waiting sign) is not waited for.
SETTLED = """() => Promise.all(document.getAnimations().filter(one => one.effect?.getComputedTiming().endTime !== Infinity)
    .map(one => one.finished.catch(() => null))).then(() => null)"""
RUN_AXE = """async ([tags, within]) => (await axe.run(document.querySelector(within), {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], preload: false})).violations
    .map(v => ({id: v.id, help: v.help, url: v.helpUrl, nodes: v.nodes.map(n => ({html: n.html, why: n.failureSummary}))}))"""


class HasApp(Protocol):
    """Whatever a test builds around its app: a web Site, a GateSite, an installation."""

    @property
    def app(self) -> Flask: ...


Place = TypeVar("Place", bound=HasApp)


class Served(Generic[Place]):
    """The site's app on a free port of this machine from the moment it is made until `stop`; also a context manager.

    `clock` replaces the desk's clock, when given. `site` is what was handed in, `address` is http://127.0.0.1:port.
    The database stays open: who opened it closes it.
    """

    def __init__(self, site: Place, clock: Callable[[], datetime] | None = None) -> None:
        self.site = site
        if clock is not None:
            hall = site.app.extensions["suda"]
            object.__setattr__(hall, "desk", replace(hall.desk, clock=clock))
        self.server = make_server("127.0.0.1", 0, site.app, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def lose_first_answer(self, path: str) -> list[int]:
        """From now on the line breaks once: after the first POST to `path` was done and before its answer is out.

        Gives the list to which every POST to `path` adds the status it was answered with.
        """
        taken: list[int] = []
        app = self.site.app
        whole = app.wsgi_app

        def broken(environ: dict[str, Any], start_response: Any) -> Any:
            if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", path):
                return whole(environ, start_response)
            answer = app.response_class.from_app(whole, environ)  # all of it, before any of it goes out
            taken.append(answer.status_code)
            if len(taken) == 1:
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return answer(environ, start_response)

        app.wsgi_app = broken  # type: ignore[method-assign]
        return taken

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()


def moving_from(start: datetime) -> Callable[[], datetime]:
    """A clock that shows `start` (with its zone) now and goes on from there at the pace of the real one."""
    began = datetime.now(UTC)
    return lambda: start + (datetime.now(UTC) - began)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole session; without one, tests that ask for it are skipped."""
    if CHROMIUM is None:
        pytest.skip("没有装 chromium，浏览器测试跳过 (no chromium: browser tests are skipped)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """The session's Chromium; contexts a test leaves open are closed after it, so no cookie reaches the next test."""
    yield chromium
    for context in chromium.contexts:
        context.close()


def open_context(browser: Browser, served: Served[Any], size: str = "desktop", **options: Any) -> BrowserContext:
    """A fresh Chinese browser of that size (a key of SIZES): no cookies, paths lead to the served app.

    `options` go to Playwright's new_context: java_script_enabled=False, storage_state=….
    """
    return browser.new_context(base_url=served.address, viewport=SIZES[size], locale="zh-CN", **options)  # type: ignore[arg-type]


def watched(context: BrowserContext) -> tuple[Page, list[str]]:
    """A new page, and the list its script errors and console errors are gathered in."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return page, errors


def sign_in(page: Page, username: str, password: str = DEMONSTRATION_PASSWORD) -> None:
    """Signs in through the form, as that user; raises when the app did not let him in."""
    page.goto("/signin")
    page.fill("#username", username)
    page.fill("#password", password)
    page.click("#signin-form button")
    page.wait_for_url(lambda url: "/signin" not in url)


def open_page(browser: Browser, served: Served[Any], size: str, username: str, **options: Any) -> tuple[Page, list[str]]:
    """A page of that size, signed in as that user, and the list its errors are gathered in."""
    page, errors = watched(open_context(browser, served, size, **options))
    sign_in(page, username)
    return page, errors


def pictures(page: Page, name: str) -> None:
    """A picture for the documentation, `name`.png in the folder SUDA_PICTURES names; nothing when it names none."""
    folder = os.environ.get("SUDA_PICTURES")
    if folder:
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, within: str = "html") -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA in the page as it stands: rule, nodes and where the rule is explained, one text each.

    `within` is a CSS selector: only what is in that element is looked at.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(f"() => {{ {_axe()} }}")
    page.evaluate(SETTLED)
    found = page.evaluate(RUN_AXE, [list(WCAG), within])
    return [
        f"{one['id']}: {one['help']} ({one['url']})"
        + "".join(f"\n    {node['html'][:300]}\n      {node['why'].replace(chr(10), ' ')[:400]}" for node in one["nodes"])
        for one in found
    ]


def assert_accessible(page: Page) -> None:
    """Fails with every violation of WCAG 2.2 A and AA that axe-core sees in the page as it stands."""
    found = violations(page)
    assert not found, f"{page.url}\n" + "\n".join(found)
