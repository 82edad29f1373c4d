"""Stories 11 and 15 clicked through: those who called about the same matter, and those who are not satisfied."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.served import assert_accessible, pictures
from tests.stories.browser_scene import CALLER, PHONE, PLACE, ROAD, WIDTHS, Scene, hand_in, says, scene
from tickets.store.course_models import Attachment
from tickets.store.models import Deadline, History, Ticket
from tickets.store.survey_models import Survey, SurveyAnswer

__all__ = ["scene"]
NEIGHBOUR = "13800000022"


def handled(scene: Scene, number: str) -> None:
    """Signed, replied to and passed by everybody who reviews it; the survey is sent an hour later."""
    scene.at(20)
    scene.sign(number)
    scene.reply(number, "坑槽已修补，恢复通行")
    scene.pass_reviews(number)
    assert scene.ticket(number).status == "待回访"


def merge(scene: Scene, phone: str, head: str) -> str:
    """The agent sees that it is the same matter, and merges with one press; the number of the merged call."""
    page = scene.typed(ROAD, phone, PLACE, "求助")
    near = page.locator("#d-near").get_by_role("button", name=re.compile(head))
    expect(near).to_be_visible()
    pictures(page, "story-11-near")
    near.click()
    page.wait_for_url(re.compile(r"/t/\d{8}-\d{4}$"))
    return page.url.rsplit("/", 1)[-1]


@PHONE
def test_one_is_handled_and_everyone_who_called_is_told_and_asked(scene: Scene, size: str) -> None:
    scene.size = size
    head = scene.call(ROAD)
    scene.at(2)
    again, neighbour = merge(scene, CALLER, head), merge(scene, NEIGHBOUR, head)
    assert {scene.ticket(number).status for number in (again, neighbour)} == {"并单"}
    assert scene.running(again) == scene.running(neighbour) == 0
    shown = scene.look(scene.centre(), head)
    for number in (again, neighbour):
        expect(shown.locator("main")).to_contain_text(number)
    assert_accessible(shown)
    pictures(shown, "story-11-merged")
    handled(scene, head)
    scene.at(85)
    assert scene.kinds_to(NEIGHBOUR) == ["并单", "回访"]
    assert scene.kinds_to(CALLER) == ["并单", "回访", "回访"]  # he called twice and is asked about each
    asked = Survey.select().where(Survey.ticket.in_([scene.ticket(number).id for number in (head, again, neighbour)])).count()
    assert asked == 3
    page = scene.citizen(NEIGHBOUR)
    assert_accessible(page)
    says(page, "不满意", "没有解决", "等得太久", "巷口那一段还没补")
    assert (scene.ticket(head).status, scene.ticket(neighbour).status) == ("待回访", "并单")  # a neighbour's answer is kept, the first caller's decides
    kept = json.loads(History.get((History.ticket == scene.ticket(head)) & (History.what == "评价留存")).note)
    assert (kept["number"], kept["satisfied"], kept["solved"]) == (neighbour, "不满意", "未解决")
    expect(scene.look(scene.centre(), head).locator("main")).to_contain_text("巷口那一段还没补")


@WIDTHS
def test_a_visit_with_a_photo_and_the_second_survey_decides(scene: Scene, size: str) -> None:
    scene.size = size
    number = scene.call(ROAD)
    handler = scene.ticket(number).person
    handled(scene, number)
    scene.at(100)
    first = scene.citizen(CALLER)
    assert_accessible(first)
    says(first, "不满意", "解决了一部分", "等得太久", "打了三次电话")
    ticket: Ticket = scene.ticket(number)
    assert (ticket.status, ticket.unit.address) == ("调解", "青禾镇/北庄村")
    assert ticket.person != handler
    scene.at(101)
    assert scene.told(number).count(("调解", ticket.person.name)) == 1
    visitor = scene.handler(number)
    visitor.goto("/inbox")
    expect(visitor.locator(f'[data-number="{number}"]')).to_be_visible()
    pictures(visitor, f"story-15-inbox-{size}")
    scene.at(200)
    page = scene.step(visitor, number, "visit")
    page.locator('[data-field="visit_result"]').get_by_label("已谅解", exact=True).check()
    scene.shoot(page, "photos", "#6f8fae")
    page.fill("#visit_words", "上门查看，坑已补平，已当面说明并致歉")
    assert_accessible(page)
    pictures(page, f"story-15-visit-{size}")
    hand_in(page)
    ticket = scene.ticket(number)
    assert (ticket.status, ticket.person) == ("待回访", handler)
    (photo,) = Attachment.select().where(Attachment.ticket == ticket.id)
    assert photo.key in json.dumps(scene.line(number, "调解完成"))
    scene.at(300)
    assert [kind for kind, _ in scene.told(number)].count("回访") == 2
    assert first.goto(first.url) is not None
    expect(first.get_by_role("button", name="提交")).to_have_count(0)  # the first link is used up
    second = scene.citizen(CALLER)
    expect(second.get_by_role("status")).to_contain_text("上门了解过")
    says(second, "满意", "解决了")
    assert scene.ticket(number).status == "已核实"
    assert [row.satisfied for row in SurveyAnswer.select().order_by(SurveyAnswer.id)] == ["不满意", "满意"]
    centre = scene.look(scene.centre(), number)
    expect(centre.locator("main")).to_contain_text("上门查看，坑已补平")
    expect(centre.locator("#t-files img")).to_have_count(1)
    scene.take(centre, number, "close")
    pictures(centre, "story-15-closed")
    assert_accessible(centre)
    assert scene.ticket(number).status == "已结案"
    assert not Deadline.select().where(Deadline.state.in_(("planned", "running"))).exists()
    wanted = ["回复", "审核通过", "核实", "调解", "调解完成", "核实", "结案"]
    assert scene.course(number, *wanted) == wanted
