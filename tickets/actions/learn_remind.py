"""Whoever has an overdue lesson is reminded by SMS, once for each lesson and week."""

from __future__ import annotations

from datetime import date

from tickets.actions.message_words import SAMPLE
from tickets.domain.times import local, stored
from tickets.ports import Desk
from tickets.store import lessons, outbox
from tickets.store.connect import transaction
from tickets.store.lessons import Line
from tickets.store.outbox import Owed

KIND, SMS = "培训", "短信"


def remind_late(desk: Desk) -> int:
    """Queues what is owed this week; answers how many messages. Only in working hours: nobody is woken for a lesson.

    Overdue is what the lesson's own term says. Who has left, passed, or has no number is told nothing; asked again in the same
    week it queues nothing new, whoever asks.
    """
    now = desk.clock()
    if not desk.calendar.is_working_time(now):
        return 0
    week = _week(local(stored(now)).date())
    told = outbox.once_of(f"lesson:{week}:")
    owed = [one for line in lessons.lines(lessons.published(), stored(now), late=True) if line.learner.phone and (one := _owed(line, week)).once not in told]
    with transaction():
        return sum(outbox.queue(one, now) is not None for one in owed)


def _week(day: date) -> str:
    """The week a day lies in, Monday to Sunday: 2026-W48."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02d}"


def _owed(line: Line, week: str) -> Owed:
    lesson, who, due = line.standing.lesson, line.learner, line.standing.due_at
    words: dict[str, object] = dict.fromkeys(SAMPLE, "")
    return Owed(
        once=f"lesson:{week}:{lesson.id}:{who.person_id}",
        channel=SMS,
        kind=KIND,
        ticket_id=None,
        person_id=who.person_id,
        to_phone=who.phone,
        context={**words, "time": 1, "times": 1, "title": lesson.title, "due": local(due).strftime("%m-%d") if due is not None else ""},
    )
