"""Without network, in a real browser on a phone: what is handed in is kept on the device, comes back with the page, and is sent once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.served import Served, assert_accessible, open_page, pictures, sign_in
from tests.web.conftest import Site, served_district
from tests.web.course_site import add_people, put_in_force
from tests.web.district_rows import Rows
from tests.web.inbox_site import OFFICER, add_officer
from tickets.actions.transfer import transfer
from tickets.store.models import History, Ticket

READY = "navigator.serviceWorker.controller && document.documentElement.dataset.outbox === 'ready'"
ON_DEVICE = "await caches.match(given, {ignoreVary: true})"
# Looked at again until it holds; the page's policy forbids Playwright's own way of waiting.
UNTIL = "async given => { for (let tries = 0; !(%s); tries++) { if (tries > 200) throw new Error('never'); await new Promise(soon => setTimeout(soon, 50)); } }"
Scene = tuple[Served[Site], dict[str, Ticket]]


@pytest.fixture
def scene(tmp_path: Path, filled: tuple[Path, Rows]) -> Iterator[Scene]:
    with served_district(tmp_path, filled) as served:
        tickets = add_officer(served.site.rows)
        put_in_force(served.site.app)
        add_people(served.site.rows)
        yield served, tickets


def until(page: Page, holds: str, given: str = "") -> None:
    page.evaluate(UNTIL % holds, given)


def start(browser: Browser, served: Served[Site]) -> Page:
    """The officer's inbox on a phone, ready to go without network."""
    page, _ = open_page(browser, served, "phone", OFFICER)
    expect(page).to_have_url(re.compile("/inbox$"))
    until(page, READY)
    until(page, ON_DEVICE, "/inbox")
    return page


def opened(page: Page, path: str) -> None:
    """The page, once it is on the device too."""
    page.goto(path)
    until(page, READY)
    until(page, ON_DEVICE, path)


def fill(page: Page, result: str, solved: str = "已解决") -> None:
    page.locator('[data-field="solved"]').get_by_label(solved, exact=True).check()
    page.fill("#result", result)
    page.locator('[data-field="told_caller"]').get_by_label("是", exact=True).check()


def path_of(ticket: Ticket) -> str:
    return f"/t/{ticket.number}/do/reply"


def lines(ticket: Ticket, what: str) -> list[dict[str, object]]:
    found = History.select().where((History.ticket == ticket.id) & (History.what == what)).order_by(History.seq)
    return [json.loads(line.note) for line in found]


def in_the_tunnel(browser: Browser, scene: Scene, result: str = "十点到场，换了灯头") -> tuple[BrowserContext, Page]:
    """A reply handed in without network."""
    served, tickets = scene
    page = start(browser, served)
    opened(page, path_of(tickets["lamp"]))
    page.context.set_offline(True)
    fill(page, result)
    page.click("#c-check")
    expect(page.locator("#off-box")).to_contain_text("已离线保存，联网后自动发送一次")
    return page.context, page


def test_a_reply_written_in_a_tunnel_comes_back_with_the_page_and_is_sent_once(browser: Browser, scene: Scene) -> None:
    lamp = scene[1]["lamp"]
    context, page = in_the_tunnel(browser, scene)
    page.close()
    page = context.new_page()
    page.goto(path_of(lamp))
    expect(page.locator("#result")).to_have_value("十点到场，换了灯头")
    expect(page.locator("#off-strip")).to_contain_text("更新于")
    expect(page.locator("#c-check")).to_have_text("更新回复")
    assert_accessible(page)
    pictures(page, "phone-kept")
    assert lines(lamp, "回复") == []
    context.set_offline(False)
    expect(page.locator("#off-box")).to_contain_text("已送达")
    (told,) = lines(lamp, "回复")
    assert told["result"] == "十点到场，换了灯头"
    assert str(told["device_at"]).endswith("Z")
    assert Ticket.get_by_id(lamp.id).status == "待审核"


def test_the_network_coming_and_going_sends_it_once(browser: Browser, scene: Scene) -> None:
    context, page = in_the_tunnel(browser, scene)
    for _ in range(2):
        context.set_offline(False)
        context.set_offline(True)
    context.set_offline(False)
    page.evaluate("for (let i = 0; i < 3; i++) dispatchEvent(new Event('online'))")
    expect(page.locator("#off-box")).to_contain_text("已送达")
    assert len(lines(scene[1]["lamp"], "回复")) == 1


def test_an_answer_that_never_came_back_is_sent_again_and_counts_once(browser: Browser, scene: Scene) -> None:
    lamp = scene[1]["lamp"]
    context, page = in_the_tunnel(browser, scene)
    taken = scene[0].lose_first_answer(path_of(lamp))
    context.set_offline(False)
    expect(page.locator("#off-box")).to_contain_text("已送达", timeout=15_000)
    assert len(taken) > 1, "nothing was sent again"
    assert len(lines(lamp, "回复")) == 1


def test_a_change_before_sending_replaces_the_kept_version(browser: Browser, scene: Scene) -> None:
    context, page = in_the_tunnel(browser, scene)
    page.fill("#result", "换了灯头，又紧了线")
    page.click("#c-check")
    expect(page.locator("#off-box b")).to_contain_text("已离线保存")
    assert (
        page.evaluate(
            "import('/static/outbox.js').then(box => box.entries(Number(document.querySelector('meta[name=suda-account]').content))).then(all => all.length)"
        )
        == 1
    )
    context.set_offline(False)
    expect(page.locator("#off-box")).to_contain_text("已送达")
    assert [line["result"] for line in lines(scene[1]["lamp"], "回复")] == ["换了灯头，又紧了线"]


def test_taken_back_before_sending_nothing_is_sent(browser: Browser, scene: Scene) -> None:
    context, page = in_the_tunnel(browser, scene)
    page.click("#off-undo")
    expect(page.locator("#off-box")).to_have_count(0)
    context.set_offline(False)
    page.goto("/inbox")
    until(page, READY)
    expect(page.locator("#off-strip")).to_be_hidden()
    assert lines(scene[1]["lamp"], "回复") == []


def test_a_ticket_that_went_to_somebody_else_meanwhile_keeps_the_reply_as_a_record(browser: Browser, scene: Scene) -> None:
    served, tickets = scene
    lamp = tickets["lamp"]
    context, page = in_the_tunnel(browser, scene, "到场时电缆已断，群众电话 13900001234")
    transfer(served.site.app.extensions["suda"].desk, lamp.id, "城市管理局/照明科", "account:1", "路灯归照明科")
    context.set_offline(False)
    expect(page.locator("#off-box")).to_contain_text("已转派他人，您的回复已存为记录")
    assert lines(lamp, "回复") == []
    (record,) = lines(lamp, "离线记录")
    assert "到场时电缆已断" in str(record["words"])
    agent = served.site.signed_in("agent").get(f"/t/{lamp.number}").get_data(as_text=True)
    assert "13900001234" not in agent


def test_the_session_lost_keeps_it_and_says_so(browser: Browser, scene: Scene) -> None:
    context, page = in_the_tunnel(browser, scene)
    cookies = context.cookies()
    context.clear_cookies()
    context.set_offline(False)
    expect(page.locator("#off-strip")).to_contain_text("登录已失效，1 件仍保存在本机")
    expect(page.locator("#off-strip").get_by_role("link", name="去登录")).to_be_visible()
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page.locator("#off-strip button").click()
    expect(page.locator("#off-box")).to_contain_text("已送达")
    assert len(lines(scene[1]["lamp"], "回复")) == 1


def test_a_question_that_hangs_on_an_answer_is_asked_without_network_too(browser: Browser, scene: Scene) -> None:
    served, tickets = scene
    page = start(browser, served)
    opened(page, path_of(tickets["lamp"]))
    until(page, ON_DEVICE, f"{path_of(tickets['lamp'])}/state?solved=%E9%83%A8%E5%88%86%E8%A7%A3%E5%86%B3")
    page.context.set_offline(True)
    page.locator('[data-field="solved"]').get_by_label("部分解决", exact=True).check()
    expect(page.locator("#unsolved_why")).to_be_visible()


def test_a_signature_without_network_waits_and_is_not_shown_as_signed(browser: Browser, scene: Scene) -> None:
    served, tickets = scene
    page, pipe = start(browser, served), tickets["pipe"]
    page.context.set_offline(True)
    page.click(f"#sign-{pipe.number}")
    expect(page.locator(f"#sign-{pipe.number}")).to_contain_text("秒后签收")
    card = page.locator(f'li.ib-card[data-number="{pipe.number}"]')
    expect(card.locator(".ib-state")).to_contain_text("待发：还没有签收", timeout=10_000)
    assert Ticket.get_by_id(pipe.id).status == "待签收"
    assert_accessible(page)
    pictures(page, "phone-sign-kept")
    page.context.set_offline(False)
    expect(card).to_have_count(0)
    (signed,) = lines(pipe, "签收")
    assert signed["signer"] == "秦月"
    assert str(signed["device_at"]).endswith("Z")


def test_a_tap_can_be_taken_back_for_five_seconds(browser: Browser, scene: Scene) -> None:
    served, tickets = scene
    page, pipe = start(browser, served), tickets["pipe"]
    page.click(f"#sign-{pipe.number}")
    page.locator(f'li[data-number="{pipe.number}"] .ib-undo').click()
    expect(page.locator(f"#sign-{pipe.number}")).to_have_text("签收")
    page.click(f"#sign-{tickets['rubbish'].number}")
    expect(page.locator(f'li[data-number="{tickets["rubbish"].number}"]:has(form)')).to_have_count(0, timeout=12_000)
    assert Ticket.get_by_id(pipe.id).status == "待签收"
    assert Ticket.get_by_id(tickets["rubbish"].id).status == "办理中"


def test_what_was_found_without_network_becomes_one_ticket(browser: Browser, scene: Scene) -> None:
    page = start(browser, scene[0])
    opened(page, "/discover")
    page.context.set_offline(True)
    before = Ticket.select().count()
    for words in ("村委会门口电线垂下来了", "路口护栏撞歪了"):
        page.goto("/discover")
        page.fill("#text", words)
        page.locator('[data-field="danger"]').get_by_label("是", exact=True).check()
        page.click("#f-send")
        expect(page.locator("#off-box")).to_contain_text("已离线保存")
    expect(page.locator("#off-strip")).to_contain_text("2 件已离线保存")
    assert Ticket.select().count() == before
    page.context.set_offline(False)
    expect(page.locator("#off-box")).to_contain_text("已送达")
    found = list(Ticket.select().where(Ticket.source == "网格", Ticket.id > before).order_by(Ticket.id))
    assert [ticket.text for ticket in found] == ["村委会门口电线垂下来了", "路口护栏撞歪了"]
    assert {ticket.caller_name for ticket in found} == {"秦月"}


def test_signing_out_forgets_the_pages_on_the_device(browser: Browser, scene: Scene) -> None:
    page = start(browser, scene[0])
    page.goto("/tickets")
    until(page, READY)
    page.evaluate("document.querySelector('form[action=\"/signout\"]').requestSubmit()")
    expect(page).to_have_url(re.compile("/signin"))
    assert page.evaluate("caches.keys().then(all => all.filter(name => name.startsWith('pages-')))") == []
    page.context.set_offline(True)
    page.goto("/inbox")
    expect(page.locator("h1")).to_have_text("没有网络")


def test_the_next_account_on_the_phone_sees_nothing_of_the_last(browser: Browser, scene: Scene) -> None:
    context, page = in_the_tunnel(browser, scene)
    context.clear_cookies()
    context.set_offline(False)
    sign_in(page, "handler")
    expect(page).to_have_url(re.compile("/inbox$"))
    until(page, READY)
    expect(page.locator("#off-strip")).to_be_hidden()
    until(page, ON_DEVICE, "/inbox")
    assert page.evaluate("path => caches.match(path).then(Boolean)", path_of(scene[1]["lamp"])) is False
    assert lines(scene[1]["lamp"], "回复") == []
