"""Stories 6 and 7 clicked through: a ticket returned in time goes elsewhere, too late it stays and says why, and after the third return it is designated."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.served import assert_accessible, pictures
from tests.stories.browser_scene import PHONE, ROAD, WIDTHS, Scene, scene
from tickets.store.models import Ticket

__all__ = ["scene"]
ELSEWHERE = "城市管理局/市政设施科"
DAY = 24 * 60  # Monday nine o'clock to Tuesday nine o'clock is one working day
WHY = {"reason": "这一段是村道，由镇里养护", "basis": "农村公路养护职责清单第三条"}


@WIDTHS
def test_the_wrong_unit_returns_it_in_time_and_it_goes_elsewhere(scene: Scene, size: str) -> None:
    scene.size = size
    number = scene.call(ROAD)
    first = scene.ticket(number).person
    scene.at(1)
    scene.sign(number)
    scene.at(30)
    page = scene.step(scene.handler(number), number, "return")
    assert_accessible(page)
    scene.take(page, number, "return", **WHY)
    pictures(page, f"story-6-returned-{size}")
    assert scene.ticket(number).status == "争议"
    scene.at(60)
    centre = scene.look(scene.centre(), number)
    expect(centre.locator("main")).to_contain_text(WHY["reason"])
    pictures(centre, "story-6-dispute")
    assert_accessible(centre)
    scene.take(centre, number, "redirect", to_unit=ELSEWHERE, reason="退单成立，属市政设施")
    ticket = scene.ticket(number)
    assert (ticket.status, ticket.unit.address) == ("待签收", ELSEWHERE)
    scene.at(61)
    assert scene.told(number).count(("派单", ticket.person.name)) == 1
    assert scene.told(number).count(("派单", first.name)) == 1
    inbox = scene.handler(number)
    inbox.goto("/inbox")
    expect(inbox.locator(f"#sign-{number}")).to_be_visible()
    scene.sign(number)
    wanted = ["签收", "退单", "派单", "签收"]
    assert scene.course(number, "签收", "退单", "派单")[1:] == wanted
    expect(scene.look(scene.centre(), number).locator("main")).to_contain_text("退单成立，属市政设施")


@PHONE
def test_too_late_the_page_says_so_and_the_ticket_stays(scene: Scene, size: str) -> None:
    number = scene.begun(size, 1)
    page = scene.step(scene.handler(number), number, "return")
    page.fill("#reason", WHY["reason"])
    page.fill("#basis", WHY["basis"])
    scene.installation.clock.at(DAY + 1)  # the form was open over night
    page.click("#c-check" if size == "phone" else "#f-send")
    expect(page.locator("#f-summary")).to_contain_text("已过退单时限，须在派单后一个工作日内（11-24 09:00 前）提出")
    expect(page.locator("#reason")).to_have_value(WHY["reason"])
    assert_accessible(page)
    pictures(page, f"story-6-too-late-{size}")
    expect(scene.look(page, number).locator("#do-return")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#do-return")).to_contain_text("已过退单时限")
    assert scene.ticket(number).status == "办理中"
    assert "退单" not in scene.course(number)


@PHONE
def test_the_third_return_leaves_only_a_designation_and_that_binds(scene: Scene, size: str) -> None:
    scene.size = size
    number = scene.call(ROAD)
    unit = scene.ticket(number).unit.address
    for turn in range(3):
        scene.at(10 + 20 * turn)
        scene.take(scene.handler(number), number, "return", **WHY)
        scene.at(20 + 20 * turn)
        if turn < 2:
            assert offered(scene.look(scene.centre(), number)) == {"do-redirect", "do-uphold"}
            scene.take(scene.centre(), number, "uphold", reason="这一段是县道，由公路科养护")
    centre = scene.look(scene.centre(), number)
    assert offered(centre) == {"do-designate"}
    pictures(centre, "story-7-third-return")
    scene.take(centre, number, "designate", to_unit=unit, reason="三次退单，按职责清单由公路科承办")
    ticket: Ticket = scene.ticket(number)
    assert (ticket.status, ticket.unit.address) == ("待签收", unit)
    scene.at(70)
    assert [kind for kind, _ in scene.told(number)].count("指定") == 1  # to whoever leads the unit; the handler gets the dispatch
    assert ("派单", ticket.person.name) in scene.told(number)[-2:]
    scene.sign(number)
    page = scene.look(scene.handler(number), number)
    for key in ("return", "transfer"):
        shown = page.locator(f"#do-{key}")
        assert shown.count() == 0 or shown.get_attribute("aria-disabled") == "true", key
    page.goto(f"/t/{number}/do/return")
    expect(page.locator("#f-summary")).to_contain_text("由热线中心指定承办，不能再退")
    assert_accessible(page)
    pictures(page, "story-7-binds")
    assert scene.course(number, "退单", "维持", "指定", "签收") == ["退单", "维持", "退单", "维持", "退单", "指定", "签收"]


def offered(page: Page) -> set[str]:
    """What the action bar offers, of the decisions about a dispute."""
    found = page.locator(".t-acts a[id^=do-]").evaluate_all("all => all.map(one => one.id)")
    return set(found) & {"do-redirect", "do-uphold", "do-designate"}
