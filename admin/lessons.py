"""培训课程: lessons are written here with their questions as plain lines, checked in words; what changes is a new edition."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import abort, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose

from admin.base import Page
from tickets.domain.roles import LEARN, ROLES, TRAIN
from tickets.domain.times import stored
from tickets.files.lesson_text import QuizWrong, read_quiz, write_quiz
from tickets.store import lessons
from tickets.store.connect import Conflict, transaction
from tickets.store.lessons import LessonView
from web.hall import hall

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,19}\Z")
NUMBERS = {"pass_mark": (1, 100), "due_days": (1, 365), "repeat_days": (0, 3650)}
LEARNERS = tuple(key for key, role in ROLES.items() if role.may(LEARN))
LONGEST = 20_000  # characters of a text


class Lessons(Page):
    """The list of lessons and the form of one."""

    right = TRAIN

    def __init__(self) -> None:
        super().__init__(name="lessons", endpoint="lessons", url="/admin/lessons")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """All lessons, retired ones too."""
        return render_template("lessons.html", lessons=lessons.every(active=False))

    @expose("/new", methods=("GET", "POST"))
    def new(self) -> ResponseReturnValue:
        """An empty form, then a first edition."""
        return _form(None)

    @expose("/<code>", methods=("GET", "POST"))
    def edit(self, code: str) -> ResponseReturnValue:
        """A lesson's form."""
        return _form(lessons.find(code) or abort(404))


def _form(lesson: LessonView | None) -> ResponseReturnValue:
    given = _given() if request.method == "POST" else _standing(lesson)
    if request.method == "GET":
        return _shown(lesson, given, {})
    values, wrong = _read(lesson, given)
    if wrong:
        return _shown(lesson, given, wrong)
    try:
        with transaction():
            newest = lessons.find(lesson.code) if lesson is not None else None
            if newest is not None and str(newest.edition) != request.form.get("edition", ""):
                return _shown(newest, given, {"": _say("overtaken")})
            lessons.save(newest.id if newest is not None else None, values)
    except Conflict:
        return _shown(lesson, given, {"code": _say("code_taken")})
    flash(_say("saved", edition=values["edition"]), "good")
    return redirect(f"/admin/lessons/{values['code']}")


def _shown(lesson: LessonView | None, given: Mapping[str, object], wrong: Mapping[str, str]) -> ResponseReturnValue:
    page = render_template("lesson_edit.html", lesson=lesson, given=given, wrong=wrong, learners=LEARNERS)
    return page, 422 if wrong else 200


def _say(key: str, **parts: object) -> str:
    return hall().words.say(f"learn.{key}", g.lang, **parts)


def _standing(lesson: LessonView | None) -> dict[str, object]:
    if lesson is None:
        return {"code": "", "title": "", "text": "", "quiz": "", "roles": ("grid_officer",), "pass_mark": 80, "due_days": 14, "repeat_days": 0, "active": True}
    return {
        "code": lesson.code, "title": lesson.title, "text": lesson.text, "quiz": write_quiz(lesson.questions), "roles": lesson.roles,
        "pass_mark": lesson.pass_mark, "due_days": lesson.due_days, "repeat_days": lesson.repeat_days,
        "published": lesson.published_at is not None, "active": lesson.active,
    }  # fmt: skip


def _given() -> dict[str, object]:
    form = request.form
    texts = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in ("code", "title", "text", "quiz", *NUMBERS)}
    return {**texts, "roles": tuple(form.getlist("roles")), **{name: name in form for name in ("published", "active", "again")}}


def _read(lesson: LessonView | None, given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """The columns to write, and what is wrong by field."""
    wrong: dict[str, str] = {}
    code = lesson.code if lesson is not None else str(given["code"])
    if not CODE.match(code) or code == "new":
        wrong["code"] = _say("bad_code")
    title, text = str(given["title"]), str(given["text"])
    if not 0 < len(title) <= 120 or not title.isprintable():
        wrong["title"] = _say("bad_title")
    if not 0 < len(text) <= LONGEST or "\x00" in text:
        wrong["text"] = _say("bad_text")
    asked = given["roles"]
    roles = [key for key in LEARNERS if isinstance(asked, tuple) and key in asked]
    if not roles:
        wrong["roles"] = _say("bad_roles")
    numbers: dict[str, object] = {}
    for name, (least, most) in NUMBERS.items():
        typed = str(given[name])
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6 and least <= int(typed) <= most):
            wrong[name] = _say("bad_number", least=least, most=most)
        else:
            numbers[name] = int(typed)
    try:
        questions = read_quiz(str(given["quiz"]))
    except QuizWrong as mistake:
        wrong["quiz"] = str(mistake)
        return {}, wrong
    changed = lesson is None or (lesson.title, lesson.text, lesson.questions) != (title, text, questions)
    again = bool(given.get("again")) and lesson is not None
    edition = 1 if lesson is None else lesson.edition + int(changed or again)
    counts_from = 1 if lesson is None else edition if again else lesson.counts_from
    published = (lesson.published_at if lesson is not None else None) if not again else None
    at = (published or stored(hall().now())) if given.get("published") else None
    return {
        "code": code, "title": title, "text": text, "questions": lessons.written(questions, counts_from), "roles": ",".join(roles), **numbers,
        "edition": edition, "published_at": at, "active": bool(given.get("active")),
    }, wrong  # fmt: skip
