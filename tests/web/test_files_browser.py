"""Photos on a phone, in a real browser: taken, sent at once with progress, refused in words under the photo, removed, shown again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.served import SIZES, SMALL_WORDS, Served, assert_accessible, open_context, open_page
from tests.served import pictures as keep_picture
from tests.tickets import pictures
from tests.web.conftest import Site, served_district
from tests.web.course_site import GOOD, add_people, put_in_force
from tests.web.district_rows import Rows
from tests.web.test_browser import OWN
from tickets.store.course_models import Attachment
from tickets.store.models import Ticket

# remembers how large the file was that was sent
LISTEN = """() => { const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (parts) { window.sentBytes = parts.get("file").size; return send.call(this, parts); }; }"""
TAKE, BEFORE = "#photos_after", "#photos_before"


@pytest.fixture
def course(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Served[Site]]:
    with served_district(tmp_path, filled) as served:
        put_in_force(served.site.app)
        add_people(served.site.rows)
        Ticket.update(status="办理中", source="网格").where(Ticket.number == OWN).execute()
        yield served


def shot(name: str = "现场.jpg", data: bytes = b"", kind: str = "image/jpeg") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": data or pictures.picture(3200, 2400, noise=False)}


def reply_page(browser: Browser, course: Served[Site], size: str = "phone") -> tuple[Page, list[str]]:
    page, errors = open_page(browser, course, size, "handler")
    page.goto(f"{course.address}/t/{OWN}/do/reply")
    return page, errors


def fill_rest(page: Page) -> None:
    page.locator('[data-field="solved"]').get_by_label("已解决", exact=True).check()
    page.fill("#result", GOOD)
    page.locator('[data-field="told_caller"]').get_by_label("是", exact=True).check()


@pytest.mark.parametrize("size", sorted(SIZES))
def test_photos_are_sent_at_once_checked_and_seen_by_the_reviewer(browser: Browser, course: Served[Site], size: str) -> None:
    page, errors = reply_page(browser, course, size)
    page.set_input_files(BEFORE, shot(data=pictures.picture(900, 700, "#556270")))
    page.set_input_files(TAKE, [shot(), shot("二.jpg")])
    after = page.locator('[data-field="photos_after"]')
    expect(after.locator(".u-tile[data-key]")).to_have_count(2)
    expect(after.locator(".u-cap").first).to_have_text(re.compile(r"^处理后 \d\d:\d\d$"))
    expect(after.locator(".u-say")).to_have_text("再拍一张")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
    assert page.evaluate(SMALL_WORDS) == []
    assert_accessible(page)
    keep_picture(page, f"photos-{size}")
    after.locator(".u-remove").first.click()
    expect(after.locator(".u-tile")).to_have_count(1)
    fill_rest(page)
    if size == "phone":
        page.click("#c-check")
        expect(page.locator(".u-shown img")).to_have_count(2)
        assert_accessible(page)
        keep_picture(page, "photos-check")
        page.click("#c-confirm")
    else:
        page.click("#f-send")
    expect(page.locator(".note.good")).to_be_visible()
    expect(page.locator("#t-files img")).to_have_count(2)
    assert errors == []
    assert Attachment.select().where(Attachment.ticket.is_null(False)).count() == 2
    reviewer, _ = open_page(browser, course, size, "chief")
    reviewer.goto(f"{course.address}/t/{OWN}/do/rework")
    expect(reviewer.locator(".c-before img").first).to_be_visible()


def test_what_is_refused_is_said_under_the_photo_and_holds_the_form_back(browser: Browser, course: Served[Site]) -> None:
    page, _ = reply_page(browser, course)
    page.set_input_files(TAKE, shot("IMG_1.HEIC", pictures.HEIC, "image/heic"))
    tile = page.locator('[data-field="photos_after"] .u-tile')
    expect(tile.get_by_role("alert")).to_contain_text("兼容性最佳")
    expect(tile.get_by_role("button", name="重拍")).to_be_visible()
    assert_accessible(page)
    keep_picture(page, "photos-refused")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]
    fill_rest(page)
    page.click("#c-check")
    expect(page.locator("#f-trouble")).to_contain_text("先重拍")
    with page.expect_file_chooser() as chosen:
        tile.get_by_role("button", name="重拍").click()
    chosen.value.set_files(shot())
    expect(tile.locator("img")).to_have_attribute("src", re.compile("^/files/"))
    page.click("#c-check")
    expect(page.locator("h1")).to_have_text("核对后提交")


def test_a_photo_is_made_smaller_before_it_is_sent(browser: Browser, course: Served[Site]) -> None:
    page, _ = reply_page(browser, course)
    page.evaluate(LISTEN)
    large = pictures.picture(4000, 3000, noise=True)
    page.set_input_files(TAKE, shot(data=large))
    expect(page.locator('[data-field="photos_after"] .u-tile[data-key]')).to_have_count(1, timeout=30_000)
    row = Attachment.get()
    assert (row.width, row.height) == (2560, 1920)
    assert 0 < page.evaluate("sentBytes") < len(large) * 0.7


def test_without_network_it_is_said_and_sent_again_when_there_is_one(browser: Browser, course: Served[Site]) -> None:
    page, _ = reply_page(browser, course)
    page.context.set_offline(True)
    page.set_input_files(TAKE, shot())
    tile = page.locator('[data-field="photos_after"] .u-tile')
    expect(tile.get_by_role("alert")).to_contain_text("联网后自动再传")
    kept = page.evaluate("document.querySelector('form[data-uploads]').sudaFiles().map(one => [one.field, one.name, one.blob.size > 0])")
    assert kept == [["photos_after", "现场.jpg", True]]
    page.context.set_offline(False)
    expect(page.locator('[data-field="photos_after"] .u-tile[data-key]')).to_have_count(1)
    expect(tile.get_by_role("alert")).to_have_count(0)
    assert page.evaluate("document.querySelector('form[data-uploads]').sudaFiles()") == []


def test_handed_in_while_a_photo_is_on_its_way_the_form_waits_for_it(browser: Browser, course: Served[Site]) -> None:
    page, _ = open_page(browser, course, "phone", "handler", service_workers="block")  # it would answer in the page's place
    page.goto(f"{course.address}/t/{OWN}/do/reply")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/files", hold)
    with page.expect_request("**/files"):
        page.set_input_files(TAKE, shot())
    expect(page.locator('[data-field="photos_after"] progress')).to_have_count(1)
    fill_rest(page)
    page.click("#c-check")
    expect(page.locator("#f-trouble")).to_have_text("照片传完后自动提交")
    held[0].continue_()
    expect(page.locator("h1")).to_have_text("核对后提交")


def test_what_was_sent_stays_when_the_form_comes_back(browser: Browser, course: Served[Site]) -> None:
    page, _ = reply_page(browser, course, "desktop")
    page.set_input_files(TAKE, shot())
    tile = page.locator('[data-field="photos_after"] .u-tile[data-key]')
    expect(tile).to_have_count(1)
    page.click("#f-send")
    expect(page.locator("#f-summary")).to_be_visible()
    expect(tile).to_have_count(1)
    fill_rest(page)
    page.click("#f-send")
    expect(page.locator(".note.good")).to_be_visible()


def test_without_javascript_plain_inputs_carry_the_photos(browser: Browser, course: Served[Site]) -> None:
    signed_in, _ = open_page(browser, course, "phone", "handler")
    page = open_context(browser, course, "phone", java_script_enabled=False, storage_state=signed_in.context.storage_state()).new_page()
    page.goto(f"{course.address}/t/{OWN}/do/reply")
    page.set_input_files("#photos_after-album", [shot(), shot("b.jpg")])
    page.click("#c-check")
    expect(page.locator(".u-keep input")).to_have_count(2)
    page.locator('label.f-pick:has(input[value="已解决"])').click()
    page.fill("#result", GOOD)
    page.locator('label.f-pick:has(input[name="told_caller"][value="yes"])').click()
    page.locator(".u-keep input").first.uncheck()
    page.click("#c-check")
    expect(page.locator(".u-shown img")).to_have_count(1)
    page.click("#c-confirm")
    expect(page.locator("#t-files img")).to_have_count(1)
