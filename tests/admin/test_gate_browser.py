"""The gate in a real browser: progress that moves, cards exchanged under the reader's eyes with what was typed kept, readable on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.gate_site import GateSite, approve, gate_site, post, shut_site
from tests.cli.installation import seeded
from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tickets.store import drafts, runs
from tickets.store.draft_models import ReplayRun

__all__ = ["seeded"]


@pytest.fixture
def site(tmp_path: Path, seeded: Path) -> Iterator[GateSite]:
    made = gate_site(tmp_path, seeded)
    yield made
    shut_site(made)


@pytest.fixture
def served(site: GateSite) -> Iterator[Served[GateSite]]:
    with Served(site) as made:
        yield made


def opened(browser: Browser, served: Served[GateSite], who: str, path: str, size: str = "desktop") -> tuple[Page, list[str]]:
    """A page as that person sees it, and the list its errors are gathered in."""
    page, errors = open_page(browser, served, size, who)
    page.goto(path)
    return page, errors


def test_a_replay_is_seen_to_move_and_its_result_comes_without_reloading(browser: Browser, site: GateSite, served: Served[GateSite]) -> None:
    number = site.ready()
    page, errors = opened(browser, served, "he", f"/admin/drafts/{number}")
    page.fill("#opinion", "同意，夜班先排好")
    info = drafts.draft(number)
    assert info is not None
    last = runs.last_replay(number)
    assert last is not None
    run = runs.ask_replay(number, info.hash, last.base_hash, (last.window_from, last.window_to), "he", site.clock[0])
    assert runs.claim(ReplayRun, "t", site.clock[0]) == run
    runs.progress(ReplayRun, run, "t", site.clock[0], 2140, 5012)
    expect(page.locator("[data-step=replay] .g-num")).to_have_text("2,140 / 5,012", timeout=15_000)
    expect(page.locator("#decide .btn-primary")).to_be_disabled(timeout=15_000)
    runs.progress(ReplayRun, run, "t", site.clock[0], 4000, 5012)
    expect(page.locator("[data-count=replay]")).to_have_text("4,000 / 5,012", timeout=15_000)
    runs.finish_replay(run, "t", site.clock[0], done=5012, changed=0, summary={"flows": [], "load": [], "kinds": {}}, hash_="new")
    expect(page.locator("#replay")).to_contain_text("5,012 件无一改变", timeout=15_000)
    expect(page.locator("#decide .btn-primary")).to_be_enabled()
    assert page.input_value("#opinion") == "同意，夜班先排好", "what was typed stays"
    page.locator("#decide .btn-primary").click()
    expect(page.locator(".note.good").first).to_contain_text("已批准")
    assert errors == []


def test_a_draft_that_moves_under_the_readers_eyes_says_so(browser: Browser, site: GateSite, served: Served[GateSite]) -> None:
    number = site.ready()
    page, errors = opened(browser, served, "he", f"/admin/drafts/{number}")
    expect(page.locator("#moved")).to_be_hidden()
    client = site.client("zhou")
    post(client, f"/admin/drafts/{number}/withdraw")
    expect(page.locator("#moved")).to_contain_text("已把草稿撤回", timeout=15_000)
    expect(page.locator("#decide .btn-primary")).to_be_disabled()
    site.write(number, "停水，管网科牵头", "停水，由管网科牵头")
    site.checked(number)
    post(client, f"/admin/drafts/{number}/submit")
    expect(page.locator("#moved")).to_have_text("草稿已变，请重新看。", timeout=15_000)
    expect(page.locator("[data-part=changes]")).to_contain_text("由管网科牵头")
    assert [one for one in errors if "404" not in one] == []


@pytest.mark.parametrize("size", sorted(SIZES))
def test_every_page_of_the_gate_fits_its_screen(browser: Browser, site: GateSite, served: Served[GateSite], size: str) -> None:
    site.appeal("w-1")
    number = site.draft()
    site.checked(number)
    site.later(minutes=1)
    client = site.client("zhou")
    post(client, f"/admin/drafts/{number}/submit")
    post(client, f"/admin/drafts/{number}/replay", days="30")
    site.turn()
    for path in ("/admin/drafts/", f"/admin/drafts/{number}", f"/admin/drafts/{number}/lines", f"/admin/drafts/{number}/changes", "/admin/releases/"):
        page, errors = opened(browser, served, "he", path, size)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], path
        assert page.evaluate(SMALL_WORDS) == [], path
        assert errors == [], path
        page.context.close()
    assert approve(site, number).status_code == 302
    site.later(minutes=1)
    for path in (f"/admin/drafts/{number}", "/admin/releases/", "/admin/releases/compare?a=1&b=2", "/admin/releases/1/back"):
        page, errors = opened(browser, served, "he", path, size)
        assert (page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], page.evaluate(SMALL_WORDS), errors) == (True, [], []), path
        page.context.close()
