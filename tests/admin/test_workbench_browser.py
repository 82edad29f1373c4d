"""The workbench in a real browser: a rule made by keyboard and mouse, its text followed by its cards, a colleague's change kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.workbench_site import DISPATCH_A, A, Bench, bench_site, put
from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tests.web.conftest import Site
from tests.web.district_rows import Rows
from tickets.store import drafts
from tickets.store.models import database


@pytest.fixture
def served(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with Served(bench_site(tmp_path, filled)) as made:
        yield made
    database.close()


def open_bench(browser: Browser, served: Served[Site], size: str = "desktop", rule: str = "D-050") -> tuple[Page, list[str]]:
    """The workbench of 派单规则, signed in as the policy officer, and the list its errors are gathered in."""
    page, errors = open_page(browser, served, size, "policy")
    page.goto(f"{served.address}/admin/rules/dispatch?rule={rule}")
    expect(page.locator(f'#work[data-looked="{rule}"]')).to_have_count(1, timeout=15_000)
    return page, errors


def text_now() -> str:
    """The draft's text of the first file."""
    return str(drafts.changed(1)[A])


def test_a_rule_is_made_without_seeing_yaml_and_touches_nothing_else(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_bench(browser, served)
    page.click(".wb-add")
    page.keyboard.type("小区停暖 → 供热公司")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # 条件
    page.locator("dialog .cond-fact").select_option("category")
    page.keyboard.type("供热")
    page.keyboard.press("Enter")
    to = page.locator("dialog [data-type=address] input").first
    to.click()
    page.keyboard.type("热力")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.click("dialog button[type=submit]")
    expect(page.locator("#rule-id")).to_have_text("D-051", timeout=10_000)
    expect(page.locator(".side-sentence")).to_contain_text("诉求类别 属于 供热")
    expect(page.locator(".side-findings")).to_contain_text("校验通过，无冲突", timeout=10_000)
    before, after = DISPATCH_A.splitlines(), text_now().splitlines()
    assert [line for line in before if line not in after] == []
    assert after.index("  - id: D-051") > after.index("      - {given: {category: 供热, text: 收费}, expect: miss}")
    page.click('.wb-row[data-id="D-050"]')  # the older rule takes everything: the new one never has its turn
    page.locator("#cards .cond-row").nth(1).locator(".tool").click()
    expect(page.locator(".side-sentence")).not_to_contain_text("停暖", timeout=10_000)
    page.click('.wb-row[data-id="D-051"]')
    expect(page.locator(".side-findings .finding").first).to_contain_text("D-050", timeout=10_000)
    page.click(".side-findings .finding-acts button")
    expect(page.locator("#rule-id")).to_have_text("D-050", timeout=10_000)
    assert errors == []
    page.context.close()


def test_cards_and_text_stay_in_step(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_bench(browser, served)
    words = page.locator('#cards [data-focus="when/x"], #cards .cond-row').nth(1).locator(".word-in")
    words.click()
    page.keyboard.type("没暖气")
    page.keyboard.press("Enter")
    expect(page.locator(".side-sentence")).to_contain_text("没暖气", timeout=10_000)
    expect(page.locator("#saved")).to_contain_text("保存")
    line = next(line for line in text_now().splitlines() if "没暖气" in line)
    assert line == "    when: {all: [{category: 供热}, {text: {has_any: [停暖, 不热, 没暖气]}}]}   # 两个词都常见"
    page.click("#tab-yaml")
    area = page.locator(".y-text")
    expect(area).to_have_value("\n".join(text_now().splitlines()[8:17]))  # with the comment that is its own
    area.fill(area.input_value().replace("title: 供热报修", "title: 供热报修改了名"))
    page.keyboard.press("Control+s")
    expect(page.locator("#rule-name")).to_have_text("供热报修改了名", timeout=10_000)
    page.click("#tab-visual")
    expect(page.locator('[data-focus="head/title"]')).to_have_value("供热报修改了名")
    page.click("#undo")
    expect(page.locator('[data-focus="head/title"]')).to_have_value("供热报修", timeout=10_000)
    assert "没暖气" in text_now()
    assert errors == []
    page.context.close()


def test_a_text_that_does_not_parse_says_its_line_and_is_not_lost(browser: Browser, served: Served[Site]) -> None:
    page, _ = open_bench(browser, served)
    page.click("#tab-yaml")
    area = page.locator(".y-text")
    area.fill(area.input_value() + "\n      - {given: [")
    page.keyboard.press("Control+s")
    page.click("#tab-visual")
    expect(page.locator("#lost")).to_contain_text("文字读不成规则", timeout=10_000)
    expect(page.locator("#lost")).to_contain_text("第")
    assert text_now().count("given: [") == 1
    page.reload()  # the browser was closed: the text is in the draft, and the page leads to its line
    page.locator(".side-rest summary").click()
    page.locator(".side-rest .finding-go").first.click()
    expect(page.locator(".y-text")).to_have_value(text_now(), timeout=10_000)
    page.context.close()


def test_a_colleague_s_change_of_the_same_rule_is_named_and_both_are_kept(browser: Browser, served: Served[Site]) -> None:
    page, _ = open_bench(browser, served)
    title = page.locator('[data-focus="head/title"]')
    title.fill("我的名称")
    title.press("Enter")
    expect(page.locator("#saved")).to_contain_text("保存", timeout=10_000)
    expect(page.locator("#undo")).to_be_enabled(timeout=10_000)
    Bench(served.site.signed_in("policy"), 1).edit("D-050", put(["priority"], 45))
    basis = page.locator('[data-focus="head/basis"]')
    basis.fill("我的依据")
    basis.press("Enter")
    expect(page.locator("#meanwhile")).to_contain_text("改过同一处", timeout=10_000)
    page.click("#meanwhile .btn-primary")
    expect(page.locator("#meanwhile")).to_be_hidden(timeout=10_000)
    expect(page.locator('[data-focus="head/priority"]')).to_have_value("45")
    assert "basis: 我的依据" in text_now()
    page.context.close()


def test_a_rule_deleted_by_slip_comes_back_by_one_button(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_bench(browser, served)
    page.locator('.wb-row[data-id="D-050"]').focus()
    page.keyboard.press("Delete")
    expect(page.locator('.wb-row[data-id="D-050"]')).to_have_count(0, timeout=10_000)
    page.click("#toast button")
    expect(page.locator('.wb-row[data-id="D-050"]')).to_have_count(1, timeout=10_000)
    assert drafts.changed(1) == {}
    assert errors == []
    page.context.close()


def test_an_example_is_written_and_turns_green_or_red(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_bench(browser, served)
    page.locator('[data-focus="+test"]').click()
    page.locator('[data-focus="test/text"]').fill("家里没暖气")
    page.locator('[data-focus="test/more"]').select_option("category")
    page.locator(".test-fresh .pick-in").click()
    page.keyboard.type("供热")
    page.keyboard.press("Enter")
    page.locator('[data-focus="test/keep"]').click()
    expect(page.locator('.test[data-ok="false"]')).to_contain_text("没暖气", timeout=10_000)
    page.locator('.test[data-ok="false"] .test-expect').click()
    expect(page.locator('.test[data-ok="true"]')).to_have_count(3, timeout=10_000)
    expect(page.locator(".side-tests")).to_contain_text("3 条全部符合")
    assert errors == []
    page.context.close()


def test_rules_change_places_by_keyboard(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_bench(browser, served, rule="D-070")
    row = page.locator('.wb-row[data-id="D-070"]')
    row.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".wb-row[data-id]").nth(1)).to_have_attribute("data-id", "D-070", timeout=10_000)
    expect(page.locator("#toast")).to_contain_text("第 2 位")
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_workbench_fits_its_screen_and_writes_large_enough(browser: Browser, served: Served[Site], size: str) -> None:
    page, errors = open_bench(browser, served, size)
    for step in ("rules", "edit", "check"):
        if size == "phone":
            page.click(f'#steps [data-step="{step}"]')
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], step
        assert page.evaluate(SMALL_WORDS) == [], step
    for address in ("", "files/rules/facts.yaml"):
        page.goto(f"{served.address}/admin/rules/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], address
    assert errors == []
    page.context.close()
