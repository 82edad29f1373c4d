"""A clerk who has never seen YAML changes a rule in the browser, a colleague approves it, and the next appeal follows it.

Set SUDA_PICTURES to a folder to keep its pictures (docs/screenshots are made this way).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cli.installation import seeded
from tests.databases import shut
from tests.installed import Installed, installed
from tests.served import Served, open_page, pictures
from tickets.actions.intake import open_ticket
from tickets.domain.appeal import Appeal
from tickets.store import drafts, releases
from tickets.store.models import Deadline, Ticket, database
from wiring import draft_work
from wiring.desk import utc_now
from worker import jobs
from worker.history import Asked, prepare

__all__ = ["seeded"]
UTILITIES = "rules/dispatch/utilities.yaml"
OLDER = "D-050"  # 停暖不热 with a known place: to the heating company of the place
PAST = 30  # tickets of the last sixty days
COLD = ("花园小区停暖三天了，家里有老人", "柳湾社区昨晚停暖，屋里十二度", "花园小区暖气不热")


@pytest.fixture
def running(seeded: Path, tmp_path: Path) -> Iterator[Served[Installed]]:
    """The whole installation: pages on a port of this machine, the jobs process as a thread."""
    made = installed(tmp_path, seeded)
    parts = made.parts
    for _ in prepare(parts.desk, parts.catalogue, Asked(PAST, 60, 7, utc_now())).play():
        pass
    for number, text in enumerate(COLD):
        open_ticket(parts.desk, Appeal("电话", f"cold-{number}", text, category="停暖不热"))
    stop = threading.Event()
    work = threading.Thread(target=jobs.run, args=(lambda: draft_work.turn(parts.settings, parts.desk), stop))
    work.start()
    with Served(made) as served:
        yield served
        stop.set()
    work.join()
    parts.book.close()
    database.close()
    shut()


def signed_in(browser: Browser, running: Served[Installed], username: str) -> Page:
    return open_page(browser, running, "desktop", username)[0]


def test_a_clerk_changes_a_rule_and_the_next_appeal_follows_it(browser: Browser, running: Served[Installed]) -> None:
    clerk = signed_in(browser, running, "zhengce")
    rule = _new_rule(clerk, running)
    _mend_the_shadow(clerk, rule)
    _three_examples(clerk)
    draft = _checked_replayed_submitted(clerk)
    _approved(signed_in(browser, running, "shenpi"), running, draft)
    _followed(signed_in(browser, running, "zuoxi"), running, rule)


def _new_rule(page: Page, running: Served[Installed]) -> str:
    """小区停暖 → 供热公司, by filling in a dialog: which matter, and to whom."""
    page.goto(f"{running.address}/admin/rules/dispatch?rule={OLDER}")
    expect(page.locator(f'#work[data-looked="{OLDER}"]')).to_have_count(1, timeout=30_000)
    page.click(".wb-add")
    page.keyboard.type("小区停暖 → 供热公司")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # + 条件
    page.locator("dialog .cond-fact").select_option("category")
    page.keyboard.type("停暖不热")
    page.keyboard.press("Enter")
    page.locator("dialog [data-type=address] input").first.click()
    page.keyboard.type("临河供热公司/抢修班")
    page.keyboard.press("Enter")
    pictures(page, "workbench-new-rule")
    page.click("dialog button[type=submit]")
    expect(page.locator("#rule-id")).not_to_have_text(OLDER, timeout=30_000)
    rule = page.locator("#rule-id").inner_text()
    _add_row(page, "area")
    page.locator("#cards .cond-row.waiting .cond-op").select_option("present")
    expect(page.locator(".side-sentence")).to_contain_text("所属区域", timeout=30_000)
    _add_row(page, "text")
    page.locator("#cards .cond-row.waiting .word-in").click()
    page.keyboard.type("停暖")
    page.keyboard.press("Enter")
    expect(page.locator(".side-sentence")).to_contain_text("“停暖”", timeout=30_000)
    return rule


def _add_row(page: Page, fact: str) -> None:
    page.locator("#cards .cond-add button").first.click()
    page.locator("#cards .cond-row.waiting .cond-fact").select_option(fact)


def _mend_the_shadow(page: Page, rule: str) -> None:
    """The older rule takes every such appeal first; the new one is moved before it."""
    expect(page.locator(".side-findings")).to_contain_text(OLDER, timeout=30_000)
    pictures(page, "workbench-shadowed")
    while (place := _order(page)).index(rule) > place.index(OLDER):
        page.locator(f'.wb-row[data-id="{rule}"]').focus()
        page.keyboard.press("Alt+ArrowUp")
        page.wait_for_function("was => [...document.querySelectorAll('.wb-row[data-id]')].map(row => row.dataset.id).join() !== was", arg=",".join(place))
    expect(page.locator(".side-findings")).to_contain_text("校验通过", timeout=30_000)


def _order(page: Page) -> list[str]:
    """The rules as they are tried, from the list."""
    order: list[str] = page.evaluate("[...document.querySelectorAll('.wb-row[data-id]')].map(row => row.dataset.id)")
    return order


def _three_examples(page: Page) -> None:
    for text, hit in (("花园小区停暖两天", True), ("暖气不热", False), ("停暖", True)):
        page.locator('[data-focus="+test"]').click()
        page.locator('[data-focus="test/text"]').fill(text)
        for fact, word in (("category", "停暖不热"), ("area", "花园小区")):
            page.locator('[data-focus="test/more"]').select_option(fact)
            page.locator(".test-fresh .pick-in").last.click()
            page.keyboard.type(word)
            page.keyboard.press("Enter")
        page.locator('[data-focus="test/keep"]').click()
        last = page.locator(".test").last
        expect(last).to_contain_text(text, timeout=30_000)
        if not hit:
            last.locator(".test-expect").click()
    expect(page.locator('.test[data-ok="true"]')).to_have_count(3, timeout=30_000)
    expect(page.locator(".side-tests")).to_contain_text("3 条全部符合")
    pictures(page, "workbench-desktop")


def _checked_replayed_submitted(page: Page) -> int:
    """送去检查, the last ninety days again, and to the approver."""
    page.get_by_text("送去检查").first.click()
    page.wait_for_url("**/admin/drafts/*")
    draft = int(page.url.rstrip("/").split("/")[-1].split("?")[0])
    expect(page.locator('[data-step="check"].g-is-done')).to_have_count(1, timeout=120_000)
    page.locator(".g-window button").click()
    expect(page.locator('[data-step="replay"].g-is-done')).to_have_count(1, timeout=120_000)
    expect(page.locator("#replay")).to_contain_text("临河供热公司", timeout=30_000)
    page.get_by_role("button", name="送审").click()
    expect(page.locator(".g-state")).to_contain_text("待审批", timeout=30_000)
    expect(page.locator("p.g-locked")).to_contain_text("不能审批自己的草稿")
    return draft


def _approved(page: Page, running: Served[Installed], draft: int) -> None:
    """A second person reads what changes, looks through the list and decides."""
    page.goto(f"{running.address}/admin/drafts/{draft}")
    page.locator(".g-foot a").first.click()
    expect(page.locator("main")).to_contain_text("临河供热公司")
    page.goto(f"{running.address}/admin/drafts/{draft}")
    page.fill("#opinion", "同意。请供热公司确认夜班。")
    pictures(page, "publish-gate-desktop")
    page.get_by_role("button", name="批准").first.click()
    expect(page.locator(".g-state")).to_contain_text("已发布", timeout=60_000)
    info = drafts.draft(draft)
    release = releases.current(utc_now())
    assert info is not None
    assert release is not None
    assert (info.state, release.draft_id, release.author, release.approver) == ("published", draft, "zhengce", "shenpi")
    new = releases.files(release.id)[UTILITIES].splitlines()
    old = releases.files(1 if release.id == 2 else release.id - 1)[UTILITIES].splitlines()
    assert [line for line in old if line not in new] == [], "not a line of anybody else's was touched"


def _followed(page: Page, running: Served[Installed], rule: str) -> None:
    """The next caller's appeal goes by the new rule, within ten minutes."""
    page.goto(f"{running.address}/intake")
    page.locator("[name=text]").fill("花园小区停暖了，请尽快来修")
    page.locator("input[name=kind][value=求助]").check()
    page.locator("[name=address]").fill("花园小区 3 号楼")
    page.locator("input[role=combobox]").first.fill("停暖不热")
    page.locator("[role=option]").first.click()
    page.locator("input[name=outage]").first.check(timeout=30_000)  # asked because of the category
    page.locator("[name=households]").fill("60", timeout=30_000)
    page.locator("[name=caller_phone]").fill("19900001234")
    page.get_by_text("受理并派单").first.click()
    page.wait_for_url("**/t/*", timeout=30_000)
    expect(page.locator("main")).to_contain_text("临河供热公司")
    pictures(page, "ticket-by-new-rule")
    ticket = Ticket.get(Ticket.number == page.url.rstrip("/").split("/")[-1])
    assert (ticket.dispatch_rule, ticket.unit.address) == (rule, "临河供热公司/抢修班")
    clock = Deadline.select().where(Deadline.ticket == ticket, Deadline.name == "派单").first()
    assert (clock.within, clock.state) == ("10m", "met")
