"""Lessons and their quizzes: what is due for whom, what was tried and passed. Tries are appended; a changed lesson is a new edition."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import JOIN

from tickets.store.connect import Conflict, transaction
from tickets.store.desk_models import Lesson, LessonTry
from tickets.store.models import Account, Area, Holding, Person, Post, Unit


@dataclass(frozen=True)
class Question:
    """A question of a quiz: `right` are the numbers of the right options, from 0; `why` is read after answering."""

    ask: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    why: str

    @property
    def several(self) -> bool:
        return len(self.right) > 1


@dataclass(frozen=True)
class LessonView:
    """A lesson as it is taken. `counts_from` is the first edition whose passes still count."""

    id: int
    code: str
    title: str
    text: str
    questions: tuple[Question, ...]
    pass_mark: int
    roles: tuple[str, ...]
    due_days: int
    repeat_days: int
    edition: int
    counts_from: int
    published_at: datetime | None
    active: bool


@dataclass(frozen=True)
class Standing:
    """How a person stands with a lesson: state is passed, due, late or again (passed once, to be repeated). Times are stored UTC."""

    lesson: LessonView
    state: str
    due_at: datetime | None
    passed_at: datetime | None
    best: int | None
    tries: int


@dataclass(frozen=True)
class Learner:
    """Somebody a lesson is for: where he belongs and where he is reached."""

    person_id: int
    name: str
    role: str
    unit: str
    area: str
    unit_id: int | None = None
    phone: str = ""


def written(questions: Sequence[Question], counts_from: int) -> str:
    """The questions as they are kept."""
    kept = [{"ask": one.ask, "options": list(one.options), "right": list(one.right), "why": one.why} for one in questions]
    return json.dumps({"counts_from": counts_from, "questions": kept}, ensure_ascii=False)


def view(row: Lesson) -> LessonView:
    """The lesson of a row."""
    kept = json.loads(row.questions or "[]")
    listed = kept if isinstance(kept, list) else kept.get("questions", [])
    return LessonView(
        id=row.id,
        code=row.code,
        title=row.title,
        text=row.text,
        questions=tuple(Question(one["ask"], tuple(one["options"]), tuple(one["right"]), one.get("why", "")) for one in listed),
        pass_mark=row.pass_mark,
        roles=tuple(role for role in row.roles.split(",") if role),
        due_days=row.due_days,
        repeat_days=row.repeat_days,
        edition=row.edition,
        counts_from=1 if isinstance(kept, list) else int(kept.get("counts_from", 1)),
        published_at=row.published_at,
        active=row.active,
    )


def every(*, role: str = "", active: bool = True) -> tuple[LessonView, ...]:
    """The lessons by code; with `role` those for that role that are published."""
    rows = Lesson.select().order_by(Lesson.code)
    found = [view(row) for row in (rows.where(Lesson.active) if active else rows)]
    return tuple(one for one in found if not role or (role in one.roles and one.published_at is not None))


def find(code: str) -> LessonView | None:
    """The lesson of that code, retired ones too."""
    row = Lesson.get_or_none(Lesson.code == code)
    return None if row is None else view(row)


def standings(lessons: Sequence[LessonView], people: Sequence[int], now: datetime) -> Mapping[tuple[int, int], Standing]:
    """How each of these people stands with each of these lessons, by (person, lesson), in two queries. `now` is stored UTC."""
    tries: dict[tuple[int, int], list[LessonTry]] = {}
    wanted = LessonTry.lesson.in_([one.id for one in lessons])
    for one in LessonTry.select().where(wanted & LessonTry.person.in_(list(people))).order_by(LessonTry.at) if lessons and people else ():
        tries.setdefault((one.person_id, one.lesson_id), []).append(one)
    return {(person, lesson.id): _standing(lesson, tries.get((person, lesson.id), []), now) for person in people for lesson in lessons}


def _standing(lesson: LessonView, tries: Sequence[LessonTry], now: datetime) -> Standing:
    passed = [one for one in tries if one.passed and one.edition >= lesson.counts_from]
    last = passed[-1].at if passed else None
    again = last + timedelta(days=lesson.repeat_days) if last is not None and lesson.repeat_days else None
    begins = lesson.published_at if lesson.published_at is not None else now
    due = again if again is not None else None if last is not None else begins + timedelta(days=lesson.due_days)
    state = "passed" if last is not None and (again is None or now < again) else "late" if due is not None and now > due else "again" if last else "due"
    return Standing(lesson, state, due, last, max((one.score for one in tries), default=None), len(tries))


@dataclass(frozen=True)
class Line:
    """A learner with a lesson, for a board, an export or a reminder."""

    learner: Learner
    standing: Standing


def lines(wanted: Sequence[LessonView], now: datetime, *, late: bool = False, units: Collection[int] | None = None) -> list[Line]:
    """Everybody each of these lessons is for, with how he stands; `late` only the overdue, `units` only people of these units. `now` is stored UTC."""
    people = [one for one in learners(sorted({role for lesson in wanted for role in lesson.roles})) if units is None or one.unit_id in units]
    standing = standings(wanted, [one.person_id for one in people], now)
    found = [Line(person, standing[person.person_id, lesson.id]) for lesson in wanted for person in people if person.role in lesson.roles]
    return [line for line in found if not late or line.standing.state == "late"]


def published() -> tuple[LessonView, ...]:
    """The lessons that are in use and published, by code."""
    return tuple(one for one in every() if one.published_at is not None)


def keep_try(lesson: LessonView, person_id: int, at: datetime, score: int, answers: Mapping[str, Sequence[int]], once: str) -> bool:
    """Appends a try; false when this very page was sent before. `at` is stored UTC."""
    try:
        with transaction():
            LessonTry.insert(
                lesson=lesson.id,
                edition=lesson.edition,
                person=person_id,
                at=at,
                score=score,
                passed=score >= lesson.pass_mark,
                answers=json.dumps({name: list(chosen) for name, chosen in answers.items()}),
                once=once,
            ).execute()
    except Conflict:
        return False
    return True


def tried(once: str) -> LessonTry | None:
    """The try a page was sent as."""
    found: LessonTry | None = LessonTry.get_or_none(LessonTry.once == once)
    return found


def learners(roles: Sequence[str]) -> tuple[Learner, ...]:
    """The people of these roles: those with an account, and every holder of a grid officer's post where that role is among them; nobody who has left."""
    found: dict[int, Learner] = {}
    if "grid_officer" in roles:
        rows = (
            Holding.select(Person.id, Person.name, Unit.address, Area.name, Unit.id, Person.phone)
            .join(Post)
            .join(Unit)
            .switch(Post)
            .join(Area, JOIN.LEFT_OUTER)
            .switch(Holding)
            .join(Person)
            .where((Post.role == "网格员") & (Holding.rank == 0) & Post.active & Person.active)
            .order_by(Unit.id, Post.id)
            .tuples()
        )
        for person, name, unit, area, unit_id, phone in rows:
            found.setdefault(person, Learner(person, name, "grid_officer", unit, area or "", unit_id, phone))
    rows = (
        Account.select(Person.id, Person.name, Account.role, Unit.address, Unit.id, Person.phone)
        .join(Person)
        .switch(Account)
        .join(Unit, JOIN.LEFT_OUTER)
        .where(Account.role.in_(list(roles)) & Account.active & Person.active)
        .order_by(Account.id)
        .tuples()
    )
    for person, name, role, unit, unit_id, phone in rows:
        found.setdefault(person, Learner(person, name, role, unit or "", "", unit_id, phone))
    return tuple(found.values())


def save(row_id: int | None, values: Mapping[str, object]) -> int:
    """Writes a lesson, a new one or the one of that id; Conflict when its code is taken."""
    if row_id is None:
        return int(Lesson.create(**values).id)
    Lesson.update(**values).where(Lesson.id == row_id).execute()
    return row_id
