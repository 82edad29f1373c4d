"""Taking a quiz: what was chosen is judged, kept once, and explained."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import lessons
from tickets.store.connect import transaction
from tickets.store.lessons import LessonView, Question


@dataclass(frozen=True)
class Judged:
    """A question with what was chosen and whether that is right: all right options and no other."""

    question: Question
    chosen: tuple[int, ...]
    right: bool


@dataclass(frozen=True)
class Result:
    """A try: score in per cent, rounded down, so that a pass is never rounded up."""

    score: int
    passed: bool
    judged: tuple[Judged, ...]


def judge(lesson: LessonView, chosen: Mapping[int, Collection[int]]) -> Result:
    """Judges the options chosen, by the number of the question; one left out is wrong, an option that does not exist is none."""
    judged = tuple(
        Judged(question, tuple(sorted(mine)), mine == set(question.right))
        for number, question in enumerate(lesson.questions)
        for mine in [{one for one in chosen.get(number, ()) if 0 <= one < len(question.options)}]
    )
    score = 100 * sum(one.right for one in judged) // len(judged) if judged else 0
    return Result(score, bool(judged) and score >= lesson.pass_mark, judged)


def take_quiz(desk: Desk, lesson: LessonView, person_id: int, chosen: Mapping[int, Collection[int]], once: str) -> Result:
    """Keeps the try and answers its result; a page sent twice is one try. `once` is the page's own number."""
    result = judge(lesson, chosen)
    with transaction():
        if lessons.tried(once) is None:
            answers = {str(number): one.chosen for number, one in enumerate(result.judged)}
            lessons.keep_try(lesson, person_id, stored(desk.clock()), result.score, answers, once)
    return result
