"""Overdue lessons: reminded once a lesson and week, shown in the inbox, and to a leader for his unit."""

from __future__ import annotations

import json
from datetime import timedelta

from notifications.render import render
from tests.web.conftest import Site, make_desk
from tests.web.district_rows import NOW
from tests.web.test_learn import lesson
from tickets.actions.learn_remind import remind_late
from tickets.domain.times import stored
from tickets.store import lessons
from tickets.store.desk_models import Lesson
from tickets.store.models import Account, Outbox, Person
from wiring.lesson_reminders import lesson_reminders


def sent_to() -> list[tuple[str, str]]:
    return [(row.person.name, json.loads(row.context)["title"]) for row in Outbox.select().where(Outbox.kind == "培训").order_by(Outbox.id)]


def test_whoever_is_overdue_is_reminded_once_a_lesson_and_week_in_working_hours(site: Site) -> None:
    lesson(ago=20)
    lesson("second", title="第二课", ago=20, due_days=30)
    now = [NOW.replace(hour=20)]  # four in the morning
    desk = make_desk(lambda: now[0])
    reminders = lesson_reminders(desk)
    assert reminders.turn() == 0
    now[0] = NOW
    assert lesson_reminders(desk).turn() == 1
    assert (lesson_reminders(desk).turn(), lesson_reminders(desk).turn()) == (0, 0)
    (row,) = Outbox.select().where(Outbox.kind == "培训")
    assert (row.ticket_id, row.channel, row.to_phone) == (None, "短信", row.person.phone)
    assert "《第一课》应于 11-17 前完成" in render(row.kind, "zh", json.loads(row.context))
    now[0] = NOW + timedelta(days=7)
    assert lesson_reminders(desk).turn() == 1
    assert {title for _, title in sent_to()} == {"第一课"}


def test_nobody_is_reminded_who_passed_left_or_has_no_lesson(site: Site) -> None:
    lesson(ago=20)
    officer = Account.get(Account.username == "grid_officer")
    Person.update(active=False).where(Person.id == officer.person_id).execute()
    assert remind_late(make_desk()) == 0
    assert "本单位" not in site.signed_in("unit_leader").get("/inbox").get_data(as_text=True)
    Person.update(active=True).where(Person.id == officer.person_id).execute()
    lessons.keep_try(lessons.every()[0], officer.person_id, stored(NOW), 100, {}, "a")
    assert remind_late(make_desk()) == 0
    Lesson.update(active=False).execute()
    assert remind_late(make_desk()) == 0


def test_the_inbox_shows_ones_own_overdue_lessons_and_a_leader_those_of_his_unit(site: Site) -> None:
    lesson(ago=20)
    own = site.signed_in("grid_officer").get("/inbox").get_data(as_text=True)
    assert "1 课培训已逾期" in own
    assert 'href="/learn/first"' in own
    leader, account = site.signed_in("unit_leader"), Account.get(Account.username == "unit_leader")
    assert "没有人逾期" in leader.get("/learn/unit").get_data(as_text=True)
    Account.update(unit=account.unit_id).where(Account.username == "grid_officer").execute()
    assert "本单位 1 人培训逾期" in leader.get("/inbox").get_data(as_text=True)
    officer = Person.get_by_id(Account.get(Account.username == "grid_officer").person_id)
    listed = leader.get("/learn/unit").get_data(as_text=True)
    assert officer.name in listed
    assert "应于 11月17日" in listed
