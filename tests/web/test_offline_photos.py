"""Photos without network, in a real browser on a phone: kept with the form, shown again as tiles, tried a bounded number of times, sent once."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Route, expect

from tests.served import assert_accessible, open_page
from tests.tickets.pictures import picture
from tests.web.inbox_site import OFFICER
from tests.web.test_offline_browser import Scene, fill, lines, opened, path_of, scene, start
from tickets.store.course_models import Attachment

__all__ = ["scene"]  # the fixture


def test_a_photo_taken_without_network_goes_with_the_reply(browser: Browser, scene: Scene) -> None:
    served, tickets = scene
    well = tickets["well"]
    page = start(browser, served)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 40.12345, "longitude": 116.54321})
    opened(page, path_of(well))
    page.context.set_offline(True)
    fill(page, "已盖上新盖板")
    page.locator('[data-field="photos_after"] input[type="file"]').first.set_input_files({"name": "after.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    expect(page.locator('[data-field="photos_after"] .u-tile[data-state="offline"]')).to_have_count(1)
    page.click("#c-check")
    expect(page.locator("#off-box")).to_contain_text("照片 1 张")
    context = page.context
    page.locator('[data-field="photos_before"] input[type="file"]').first.set_input_files({"name": "wrong.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    expect(page.locator('[data-field="photos_before"] .u-tile[data-state="offline"]')).to_have_count(1, timeout=10_000)
    page.click("#c-check")
    expect(page.locator("#off-box")).to_contain_text("照片 2 张")
    page.close()
    page = context.new_page()
    page.goto(path_of(well))
    for field in ("photos_before", "photos_after"):  # a tile with its picture for each photo that lies on the device
        expect(page.locator(f'[data-field="{field}"] .u-tile[data-state="kept"] img')).to_have_attribute("src", re.compile("^data:image/"))
    assert_accessible(page)
    page.locator('[data-field="photos_before"] .u-remove').click()
    page.click("#c-check")
    expect(page.locator("#off-box")).to_contain_text("照片 1 张")
    page.goto("/inbox")
    expect(page.locator(f'[data-number="{well.number}"] .ib-kept')).to_be_visible()
    expect(page.locator("#off-strip")).to_contain_text("1 件已离线保存")
    context.set_offline(False)
    expect(page.locator("#off-strip")).to_be_hidden()
    (told,) = lines(well, "回复")
    kept = Attachment.get(Attachment.ticket == well.id)
    answers = told["answers"]
    assert isinstance(answers, dict)
    assert answers["photos_after"] == kept.key
    assert kept.field == "photos_after"
    assert kept.place == "40.12345,116.54321"
    assert Attachment.select().where(Attachment.ticket.is_null(False)).count() == 1


def test_a_photo_that_never_gets_through_is_tried_a_few_times_and_goes_with_the_kept_form(browser: Browser, scene: Scene) -> None:
    """The device says that it is online, yet nothing arrives: bounded tries, one sentence, and the form is kept with its photo."""
    served, tickets = scene
    page, _ = open_page(browser, served, "phone", OFFICER, service_workers="block")  # it would answer in the page's place
    page.clock.install()
    page.goto(path_of(tickets["well"]))
    tried: list[str] = []

    def lost(route: Route) -> None:
        tried.append(route.request.url)
        route.abort()

    page.route("**/files", lost)
    page.locator('[data-field="photos_after"] input[type="file"]').first.set_input_files({"name": "after.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    tile = page.locator('[data-field="photos_after"] .u-tile')
    expect(tile.get_by_role("alert")).to_be_visible()
    for _ in range(20):  # an answer may come a moment after the clock has run on
        if len(tried) < 4:
            page.clock.run_for(16_000)
    expect(tile.get_by_role("alert")).to_have_text("试了几次都没有连上；照片还在这里，联网后再传", timeout=30_000)
    page.clock.run_for(600_000)
    assert len(tried) == 4
    assert tile.get_by_role("button", name="再传一次").is_visible()
    fill(page, "已盖上新盖板")
    page.click("#c-check")
    expect(page.locator("#off-box")).to_contain_text("照片 1 张")
    expect(page.locator("#off-strip")).to_contain_text("1 件已离线保存")
    page.unroute("**/files")
    page.locator("#off-strip button").click()
    expect(page.locator("#off-box")).to_contain_text("已送达")
    assert len(lines(tickets["well"], "回复")) == 1
