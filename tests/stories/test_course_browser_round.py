"""The full round clicked through: found on the grid with a photo, handled, sent back once, judged unsatisfied, visited, judged again, closed."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.served import assert_accessible, pictures
from tests.stories.browser_scene import Scene, fill, hand_in, says, scene
from tickets.domain.rebuild import Line, rebuilt
from tickets.store import directory
from tickets.store.course_models import Attachment, Visit
from tickets.store.models import Deadline, History, Person, Ticket

__all__ = ["scene"]
FOUND = "村口垃圾堆了好几天没人清，天热了有味，老人说了几次"
PLACE = "北庄村第1网格村口"
NODE = "北庄村第1网格"
MOVES = ["登记", "受理", "派单", "签收", "回复", "重办", "回复", "审核通过", "核实", "调解", "调解完成", "核实", "结案"]


def officer() -> Person:
    """Who walks the grid node."""
    post = directory.post_of_area(NODE, "网格员")
    assert post is not None
    return directory.holders(post)[0][1]


def reported(scene: Scene, finder: Person) -> str:
    """随手报 from the phone, with a photo; its number."""
    page = scene.person(finder, "grid_officer")
    page.goto("/inbox")
    page.goto("/discover")
    page.fill("#text", FOUND)
    scene.shoot(page, "photos", "#8a7f5c")
    page.fill("#address", PLACE)
    page.locator('[data-field="danger"]').get_by_label("否", exact=True).check()
    fill(page, self_handled="否")
    assert_accessible(page)
    pictures(page, "story-round-1-found")
    page.click("#f-send")
    expect(page.locator(".note.good").first).to_be_visible()
    return str(Ticket.get().number)


def moves(number: str) -> list[str]:
    """The history lines that moved the ticket, in order."""
    rows = History.select().join(Ticket).where((Ticket.number == number) & (History.to_status != "")).order_by(History.seq)
    return [row.what for row in rows]


def test_the_full_round(scene: Scene) -> None:
    finder = officer()
    number = reported(scene, finder)
    ticket = scene.ticket(number)
    assert (ticket.status, ticket.source, ticket.caller_name) == ("待签收", "网格", finder.name)
    scene.at(5)
    scene.sign(number)
    handler = scene.ticket(number).person
    scene.at(60)
    page = scene.handler(number)
    page.goto("/inbox")
    pictures(page, "story-round-2-inbox")
    scene.reply(number, "已清走")
    scene.at(61)
    review = scene.step(scene.reviewer(number), number, "rework")
    expect(review.locator(".c-before img").first).to_be_visible()
    scene.take(review, number, "rework", reason="照片看不出清到什么程度，请写清运走几车")
    scene.at(90)
    page = scene.step(scene.handler(number), number, "reply")
    scene.shoot(page, "photos_after", "#6b8f5a")
    fill(page, solved="已解决", result="清运两车，地面冲洗干净，增设一只垃圾箱", told_caller="是")
    pictures(page, "story-round-3-reply")
    assert_accessible(page)
    hand_in(page)
    scene.pass_reviews(number)
    assert scene.ticket(number).status == "待回访"
    scene.at(160)
    caller = scene.ticket(number).caller_phone
    says(scene.citizen(caller), "不满意", "解决了一部分", "等得太久", "又堆起来了")
    ticket = scene.ticket(number)
    assert ticket.status == "调解"
    assert ticket.person_id not in (None, handler.id)
    scene.at(200)
    page = scene.step(scene.handler(number), number, "visit")
    fill(page, visit_result="已谅解")
    scene.shoot(page, "photos", "#6f8fae")
    page.fill("#visit_words", "到村口看过，垃圾箱已换大号，约定每天清运")
    hand_in(page)
    assert (scene.ticket(number).status, scene.ticket(number).person) == ("待回访", handler)
    scene.at(300)
    says(scene.citizen(caller), "满意", "解决了")
    centre = scene.look(scene.centre(), number)
    scene.take(centre, number, "close")
    pictures(centre, "story-round-4-closed")
    assert_accessible(centre)
    ends(scene, number)


def ends(scene: Scene, number: str) -> None:
    """What the record says at the end: the moves in order, who was told what once, photos that belong to their steps, nothing still running."""
    ticket = scene.ticket(number)
    assert (ticket.status, ticket.closed_at is not None, scene.running(number)) == ("已结案", True, 0)
    assert moves(number) == MOVES
    kinds = [kind for kind, _ in scene.told(number)]
    assert {kind: kinds.count(kind) for kind in ("派单", "告知", "调解", "回访")} == {"派单": 1, "告知": 1, "调解": 1, "回访": 2}
    assert not Deadline.select().where((Deadline.ticket == ticket) & (Deadline.state == "breached")).exists()
    assert Visit.select().where(Visit.ticket == ticket.id).count() == 1
    kept = {row.key for row in Attachment.select().where(Attachment.ticket == ticket.id)}
    noted = "".join(row.note for row in History.select().where(History.ticket == ticket))
    assert len(kept) == 4
    assert all(key in noted or key in ticket.extra for key in kept)
    rows = History.select().where(History.ticket == ticket).order_by(History.seq)
    found = rebuilt(Line(row.what, row.from_status, row.to_status, row.at, row.holder_id, json.loads(row.note)) for row in rows)
    assert (found.status, found.holder_id, found.closed_at) == (ticket.status, ticket.person_id, ticket.closed_at)
