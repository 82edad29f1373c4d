"""The knowledge base: who opens it, what is found and lit, what has expired, and the same in a browser as one types."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.served import SMALL_WORDS, Served, assert_accessible, open_page, pictures
from tests.web.conftest import Site
from tests.web.district_rows import NOW
from tickets.domain.roles import KNOWLEDGE, ROLES
from tickets.domain.times import stored
from tickets.store import knowledge
from tickets.store.knowledge import Wanted

PIPE = Wanted("水管爆了找谁", "先关总阀，再登记报修。\n抢修一小时内到场。", "供水", "爆管 跑水", "《供水规定（示范）》第三条", "水务局/管网科", None, "K0001")
METER = Wanted("水表不准怎么校验", "可以申请校验，误差超标的不收费。", "供水", "水表 校验", "《供水规定（示范）》第九条", "水务局", None, "K0002")
PAST = replace(METER, title="旧的水价怎么算", code="K0003", answer="按旧价。", words="", valid_until=stored(NOW - timedelta(days=1)))
LAMP = Wanted("路灯不亮报给谁", "写清路名和灯杆号。", "", "灯杆", code="K0004")


@pytest.fixture(autouse=True)
def _entries(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("running" if "running" in request.fixturenames else "site")
    knowledge.put((PIPE, METER, PAST, LAMP), NOW)


def test_whoever_works_on_appeals_may_look_up(site: Site) -> None:
    for role in sorted(ROLES):
        client = site.signed_in(role)
        for path in ("/knowledge", "/knowledge/results?q=水", "/knowledge/search?q=水"):
            assert client.get(path).status_code == (200 if ROLES[role].may(KNOWLEDGE) else 403), (role, path)


def test_the_desk_gets_entries_in_force_alone_best_first(site: Site) -> None:
    found = site.signed_in("agent").get("/knowledge/search", query_string={"q": "水表不准", "category": "供水"}).get_json()
    assert [one["code"] for one in found] == ["K0002"]
    assert set(found[0]) == {"code", "title", "answer", "basis", "unit", "until", "edition", "score", "lit"}
    assert found[0]["lit"] == ["水表不准"]
    everything = site.signed_in("agent").get("/knowledge/search", query_string={"category": "供水"}).get_json()
    assert {one["code"] for one in everything} == {"K0001", "K0002"}
    assert site.signed_in("agent").get("/knowledge/search").get_json() == []


def test_the_page_shows_an_expired_entry_last_grey_and_without_the_copy_button(site: Site) -> None:
    html = site.signed_in("agent").get("/knowledge/results", query_string={"q": "水价"}).get_data(as_text=True)
    assert 'k-past" data-code="K0003"' in html
    assert "过期，不能用来答复" in html
    assert "data-copy" not in html
    assert "水价" in html.split('<mark class="key">', 1)[1][:10]


def test_a_branch_of_the_catalogue_narrows_and_nonsense_finds_nothing(site: Site) -> None:
    agent = site.signed_in("agent")
    assert 'data-code="K0004"' not in agent.get("/knowledge/results?category=供水").get_data(as_text=True)
    assert 'data-code="K0004"' in agent.get("/knowledge").get_data(as_text=True)
    assert "没有找到相近的条目" in agent.get("/knowledge/results", query_string={"q": "<b>zzz\x00%"}).get_data(as_text=True)


def test_what_an_entry_holds_is_shown_as_text(site: Site) -> None:
    knowledge.put((Wanted("<script>alert(1)</script>怎么办", '"><img src=x onerror=alert(1)>', code="K0009"),), NOW)
    html = site.signed_in("agent").get("/knowledge/results", query_string={"q": "alert"}).get_data(as_text=True)
    assert "<script>alert" not in html.replace("&lt;", "~")
    assert "<img" not in html


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_results_follow_what_one_types(browser: Browser, running: Served[Site], size: str) -> None:
    page, errors = open_page(browser, running, size, "agent")
    page.goto("/knowledge")
    expect(page.locator(".k-one")).to_have_count(4)
    page.locator("#k-q").press_sequentially("水表不准", delay=20)
    expect(page.locator(".k-one")).to_have_count(1)
    expect(page.locator(".k-one mark").first).to_have_text("水表不准")
    expect(page.locator("#k-said")).to_have_text("找到 1 条")
    assert "q=" in page.url
    page.click(".k-copy")
    expect(page.locator(".k-copy > span").first).to_have_text("已复制")
    page.fill("#k-q", "水")
    expect(page.locator(".k-past")).to_have_count(1)
    assert_accessible(page)
    assert page.evaluate(SMALL_WORDS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pictures(page, f"knowledge-{size}")
    assert errors == []


def test_without_a_script_the_form_is_a_form(browser: Browser, running: Served[Site]) -> None:
    page, _ = open_page(browser, running, "desktop", "grid_officer", java_script_enabled=False)
    page.goto("/knowledge")
    page.fill("#k-q", "爆管")
    page.press("#k-q", "Enter")
    expect(page.locator(".k-one")).to_have_count(1)
    expect(page.locator(".k-one h2")).to_contain_text("水管爆了找谁")
