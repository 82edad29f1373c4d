"""Stories 8, 9 and 14 clicked through: two helpers, more time, and work that a reviewer sends back."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.served import assert_accessible, pictures
from tests.stories.browser_scene import CALLER, PHONE, ROAD, WIDTHS, Scene, hand_in, scene
from tests.stories.conftest import LOCAL
from tickets.domain.times import aware
from tickets.store import assists, directory, extensions
from tickets.store.models import Person

__all__ = ["scene"]
NIGHT, SITE = "工地凌晨还在打桩，一晚上没睡着", "花园小区东侧工地"
FIRST, SECOND = "住建局/工程质量科", "生态环境局/噪声科"


def refused(scene: Scene, number: str, why: str) -> None:
    """The handler's reply is not taken, and the page says why."""
    page = scene.handler(number)
    page.goto(f"/t/{number}/do/reply")
    expect(page.locator("#f-summary")).to_contain_text(why)
    assert scene.ticket(number).status == "办理中"


def leader(scene: Scene, number: str) -> Page:
    """Whoever leads the unit that has the ticket, at his desk."""
    post = directory.post_of_role(directory.whole_unit(scene.ticket(number).unit), "分管领导")
    assert post is not None
    return scene.person(directory.holders(post)[0][1], "unit_leader", "desktop")


@PHONE
def test_the_lead_waits_for_two_helpers_one_answers_and_one_is_let_off(scene: Scene, size: str) -> None:
    scene.size = size
    number = scene.call(NIGHT, address=SITE, kind="投诉")
    asked = {one.unit: Person.get_by_id(one.person_id) for one in assists.helpers(scene.ticket(number).id)}
    assert set(asked) == {FIRST, SECOND}
    scene.at(2)
    scene.sign(number)
    assert [name for kind, name in scene.told(number) if kind == "协办"] == [asked[FIRST].name, asked[SECOND].name]
    scene.at(60)
    refused(scene, number, f"协办单位{FIRST}、{SECOND}还没有回复")
    assert_accessible(scene.handler(number))
    helper = scene.person(asked[FIRST], "handler")
    helper.goto("/inbox")
    expect(helper.locator(f'[data-number="{number}"]')).to_be_visible()
    pictures(helper, f"story-8-helper-{size}")
    scene.take(helper, number, "assist", assist_words="核实了夜间施工许可：没有")
    refused(scene, number, f"协办单位{SECOND}还没有回复")
    scene.at(90)
    chief = scene.look(leader(scene, number), number)
    expect(chief.locator("main")).to_contain_text("核实了夜间施工许可：没有")
    pictures(chief, "story-8-leader")
    assert_accessible(chief)
    scene.take(chief, number, "waive", reason="噪声已停，不必再测")
    assert [one.state for one in assists.helpers(scene.ticket(number).id)] == ["回复", "免于回复"]
    scene.reply(number, "已责令停工并立案，夜间不再施工")
    assert scene.ticket(number).status == "待审核"
    assert scene.course(number, "签收", "协办回复", "免于协办", "回复") == ["签收", "协办回复", "免于协办", "回复"]


@WIDTHS
def test_more_time_is_asked_before_the_end_granted_by_the_superior_and_the_citizen_is_told(scene: Scene, size: str) -> None:
    number = scene.begun(size, 2)
    due = aware(scene.installation.clock_named("办结").due_at)
    scene.at(60)
    page = scene.step(scene.handler(number), number, "extend")
    assert_accessible(page)
    page.fill("#extend_days", "2")
    page.fill("#reason", "要等沥青到货，后天开工")
    pictures(page, f"story-9-ask-{size}")
    hand_in(page)
    scene.at(61)
    request = extensions.all_of(scene.ticket(number).id)[0]
    superior = Person.get_by_id(request.decider_id)
    assert scene.told(number).count(("延期申请", superior.name)) == 1
    assert scene.to_phone(CALLER) == []
    desk = scene.person(superior, "unit_leader", "desktop")
    desk.goto("/inbox")
    expect(desk.locator(f'[data-number="{number}"]')).to_be_visible()
    form = scene.step(desk, number, "extension")
    expect(form.locator(".c-before")).to_contain_text("要等沥青到货，后天开工")
    expect(form.locator(".c-before")).to_contain_text("2")
    pictures(form, "story-9-decide")
    assert_accessible(form)
    scene.take(desk, number, "extension", granted="是")
    scene.at(62)
    promised = aware(scene.installation.clock_named("办结").due_at)
    assert promised > due
    day = promised.astimezone(LOCAL)
    (words,) = scene.to_phone(CALLER)
    assert f"{day.month} 月 {day.day} 日 前答复您" in words
    assert scene.course(number)[-2:] == ["申请延期", "同意延期"]
    expect(scene.look(scene.handler(number), number).locator("main")).to_contain_text(f"{day.month}月{day.day}日 {day:%H:%M}")


@PHONE
def test_after_the_end_nothing_can_be_asked(scene: Scene, size: str) -> None:
    number = scene.begun(size, 2)
    page = scene.step(scene.handler(number), number, "extend")
    page.fill("#extend_days", "2")
    page.fill("#reason", "还要等")
    scene.installation.clock.now = aware(scene.installation.clock_named("办结").due_at) + timedelta(seconds=30)
    scene.installation.turn()
    page.click("#c-check")
    expect(page.locator("#f-summary")).to_contain_text("不能再申请延期")
    pictures(page, "story-9-too-late")
    expect(scene.look(page, number).locator("#do-extend")).to_have_attribute("aria-disabled", "true")
    assert list(extensions.all_of(scene.ticket(number).id)) == []
    assert scene.to_phone(CALLER) == []


@WIDTHS
def test_the_leader_sends_it_back_the_handler_does_it_again_and_all_is_kept(scene: Scene, size: str) -> None:
    scene.size = size
    number = scene.call(ROAD, kind="投诉")
    handler = scene.ticket(number).person
    scene.at(2)
    scene.sign(number)
    scene.at(60)
    scene.reply(number, "修了")
    scene.at(61)
    head = scene.reviewer(number)
    scene.take(head, number, "review", opinion="属实")
    scene.at(80)
    chief = scene.step(scene.reviewer(number), number, "rework")
    assert chief is not head
    expect(chief.locator(".c-before")).to_contain_text("修了")
    assert_accessible(chief)
    pictures(chief, "story-14-rework")
    scene.take(chief, number, "rework", reason="没有写补好的时间")
    assert (scene.ticket(number).status, scene.ticket(number).person) == ("办理中", handler)
    scene.at(81)
    page = scene.handler(number)
    page.goto("/inbox")
    expect(page.locator(f'[data-number="{number}"]')).to_contain_text("没有写补好的时间")
    assert_accessible(page)
    pictures(page, f"story-14-inbox-{size}")
    assert scene.told(number).count(("告知", handler.name)) == 1
    scene.at(120)
    scene.reply(number, "十一点补好，路面已压实，恢复通行")
    scene.pass_reviews(number)
    assert scene.ticket(number).status == "待回访"
    wanted = ["回复", "审核", "重办", "回复", "审核", "审核通过"]
    assert scene.course(number, "回复", "审核", "重办", "审核通过") == wanted
    assert scene.line(number, "重办")["reason"] == "没有写补好的时间"
    shown = scene.look(scene.centre(), number)
    for words in ("修了", "没有写补好的时间", "十一点补好，路面已压实，恢复通行"):
        expect(shown.locator("main")).to_contain_text(words)
    pictures(shown, "story-14-history")
