"""The form designer in a real browser: a field with a condition is added and seen to appear, by mouse and by keyboard, and nothing else changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.admin.designer_site import FACTS, HOUSEHOLDS, INTAKE, PATH, Desk, changed, put
from tests.served import SIZES, SMALL_WORDS, Served, open_page
from tests.web.conftest import Site, make_site
from tests.web.district_rows import Rows
from tickets.store import drafts
from tickets.store.models import database


@pytest.fixture
def served(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with Served(make_site(tmp_path, filled)) as made:
        yield made
    database.close()


def open_designer(browser: Browser, served: Served[Site], size: str = "desktop", address: str = "intake?field=households") -> tuple[Page, list[str]]:
    """The designer, signed in as the policy officer, and the list its errors are gathered in."""
    page, errors = open_page(browser, served, size, "policy")
    page.goto(f"{served.address}/admin/forms/{address}")
    if "?" in address:
        expect(page.locator('#work[data-ready="1"]')).to_have_count(1, timeout=20_000)
    return page, errors


def text_now(path: str = PATH) -> str:
    """The draft's text of a file."""
    return str(drafts.changed(1)[path])


def toggle(page: Page, fact: str, words: str) -> None:
    """Answers a question above the preview."""
    page.locator(f'.dz-toggle[data-fact="{fact}"] .seg', has_text=words).click()


def test_a_new_field_with_a_condition_appears_when_it_holds(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_designer(browser, served)
    lit = page.locator('.dz-screen [data-field="households"].lit')
    expect(lit).to_have_count(1, timeout=10_000)  # the field chosen is lit at left, in the middle and in the phone
    expect(page.locator('.dz-field[aria-current="true"]')).to_have_attribute("data-field", "households")
    expect(page.locator(".dz-uses")).to_contain_text("条规则在用")
    page.click("#add-field")
    page.click("[data-mode=new]")
    page.fill("#new-zh", "停水楼栋数")
    page.fill("#new-en", "Building count")
    expect(page.locator("#new-name")).to_have_value("building_count")
    page.select_option("#new-type", "number")
    page.fill("#new-max", "200")
    page.click("dialog button[type=submit]")
    expect(page.locator('.dz-field[aria-current="true"]')).to_have_attribute("data-field", "building_count", timeout=15_000)
    page.click('[data-part=condition] [data-focus="/+row"]')
    page.locator("[data-part=condition] .cond-fact").select_option("outage")
    page.locator("[data-part=condition] .cond-value .seg", has_text="是").click()
    expect(page.locator('.dz-screen [data-field="building_count"].f-revealed.lit')).to_have_count(1, timeout=15_000)
    toggle(page, "outage", "否")
    expect(page.locator('.dz-screen [data-field="building_count"]')).to_have_count(0, timeout=10_000)
    expect(page.locator(".dz-told")).to_contain_text("不显示")
    toggle(page, "outage", "是")
    expect(page.locator(".dz-told")).to_contain_text("蓝条：因", timeout=10_000)
    gone, new = changed(INTAKE, text_now())
    assert (gone, len(new)) == ([], 1)
    assert new[0].startswith("      - building_count: {show_if: ")
    assert "building_count: {label: {zh: 停水楼栋数, en: Building count}, type: number, max: 200}" in text_now(FACTS).splitlines()
    expect(page.locator("#checks")).to_contain_text("多问了：停水楼栋数")
    page.click("[data-focus='s/2/mend'], [data-focus='mend-all']")
    expect(page.locator(".dz-strip")).to_be_hidden(timeout=10_000)
    expect(page.locator("#gate")).to_be_enabled()
    assert errors == []
    page.context.close()


def test_settings_and_text_stay_in_step(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_designer(browser, served)
    page.fill('[data-focus="f/max"]', "500")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_enabled(timeout=10_000)
    assert changed(INTAKE, text_now()) == ([], ["          max: 500"])
    page.click("#yaml-button")
    expect(page.locator(".y-num[data-level=here]").first).to_have_text("20")
    area = page.locator(".y-text")
    area.fill(area.input_value().replace("max: 500", "max: 600"))
    with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/text")):
        page.keyboard.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("保存", timeout=10_000)
    page.click("#tab-visual")
    expect(page.locator('[data-focus="f/max"]')).to_have_value("600", timeout=10_000)
    page.click("#undo")
    expect(page.locator('[data-focus="f/max"]')).to_have_value("500", timeout=10_000)
    assert errors == []
    page.context.close()


def test_fields_change_places_by_keyboard_over_the_edge_of_a_page(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_designer(browser, served)
    row = page.locator('[data-row][data-name="outage"]')
    row.focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#toast")).to_contain_text("第 1 页第 5 项", timeout=10_000)
    expect(row).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#toast")).to_contain_text("第 1 页第 4 项", timeout=10_000)
    assert sorted(text_now().splitlines()) == sorted(INTAKE.splitlines())
    page.click("#toast .btn")
    expect(page.locator("#toast")).to_contain_text("已撤销", timeout=10_000)
    assert errors == []
    page.context.close()


def test_what_can_never_show_is_said_above_the_preview_and_stops_the_way_on(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_designer(browser, served)
    page.click('[data-part=condition] [data-focus="all/+row"]')
    page.locator("[data-part=condition] .cond-fact").nth(1).select_option("outage")
    page.locator("[data-part=condition] .cond-row").nth(1).locator(".seg", has_text="否").click()
    expect(page.locator(".dz-strip")).to_contain_text("字段「影响户数」永远不会显示", timeout=10_000)
    expect(page.locator("#gate")).to_be_disabled()
    expect(page.locator(".dz-screen .f-preview")).to_have_count(1)
    page.click("#yaml-button")
    area = page.locator(".y-text")
    area.fill(area.input_value().replace("title: {zh: 影响, en: Impact}", "title: {zh: 影响"))
    page.keyboard.press("Control+s")
    page.click("#tab-visual")
    expect(page.locator("#lost")).to_contain_text("文字读不成表单", timeout=10_000)
    expect(page.locator(".dz-screen .f-preview")).to_have_count(1)  # the last good form stays
    assert "title: {zh: 影响\n" in text_now()
    assert errors == []
    page.context.close()


def test_a_colleague_s_change_of_the_same_field_is_named_and_both_are_kept(browser: Browser, served: Served[Site]) -> None:
    page, _ = open_designer(browser, served)
    page.fill('[data-focus="f/max"]', "500")
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_be_enabled(timeout=10_000)
    Desk(served.site.signed_in("policy"), 1).edit(put([*HOUSEHOLDS, "min"], 1))
    page.locator(".dz-switch", has_text="显示时必填").first.click()
    expect(page.locator("#meanwhile")).to_contain_text("改过同一处", timeout=10_000)
    page.click("#meanwhile .btn-primary")
    expect(page.locator("#meanwhile")).to_be_hidden(timeout=10_000)
    expect(page.locator('[data-focus="f/min"]')).to_have_value("1")
    lines = text_now().splitlines()
    assert "          min: 1" in lines
    assert "          required: true" not in lines
    page.context.close()


def test_a_new_form_grows_from_its_first_field(browser: Browser, served: Served[Site]) -> None:
    page, errors = open_designer(browser, served, address="")
    page.click("#new-form")
    page.fill("#form-zh", "回访记录")
    page.fill("#form-en", "Call-back record")
    page.fill("#form-id", "revisit")
    page.click("dialog button[type=submit]")
    page.wait_for_url("**/admin/forms/revisit?draft=1*", timeout=15_000)
    page.get_by_role("button", name="添加第一个字段").click(timeout=15_000)
    page.fill("dialog input[type=search]", "中断")
    page.click('dialog [data-fact="outage"]')
    expect(page.locator('.dz-screen [data-field="outage"].lit')).to_have_count(1, timeout=15_000)
    page.locator('.dz-screen [data-field="outage"] .f-pick', has_text="是").first.click()
    page.click("#to-sample")
    expect(page.locator(".dz-samples tbody tr[data-ok=true]")).to_have_count(1, timeout=10_000)
    tail = "    ask:\n      - outage: {}\ntests:\n  - {given: {outage: true}, visible: [outage], required: []}\n"
    assert text_now("forms/revisit.yaml").endswith(tail)
    assert errors == []
    page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_designer_fits_its_screen_and_writes_large_enough(browser: Browser, served: Served[Site], size: str) -> None:
    page, errors = open_designer(browser, served, size)
    for step in ("tree", "field", "phone"):
        if size == "phone":
            page.click(f'#steps [data-step="{step}"]')
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], step
        assert page.evaluate(SMALL_WORDS) == [], step
    page.goto(f"{served.address}/admin/forms/")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert errors == []
    page.context.close()
