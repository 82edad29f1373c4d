"""培训: what one has to learn and by when, the lesson, its quiz and what was right; for trainers who has passed and who is late."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from io import BytesIO

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from openpyxl import Workbook

from tickets.actions.learn import take_quiz
from tickets.domain.roles import LEARN, REVIEW, ROLES, TRAIN
from tickets.domain.times import local, stored
from tickets.files.safe_cells import safe
from tickets.store import lessons
from tickets.store.lessons import LessonView, Line, Standing
from tickets.store.scope import units_below
from web.access import caller, needs
from web.hall import hall
from web.limits import limited

PAGES = Blueprint("learn", __name__)
ONCE = re.compile(r"[0-9a-f]{20}\Z")
ORDER = ("late", "again", "due", "passed")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _person() -> int:
    """The person the caller is; 404 for an account without one, which has nothing to learn."""
    found = caller().account.person_id
    return found if found is not None else abort(404)


def _mine() -> tuple[Standing, ...]:
    person = caller().account.person_id
    if person is None:
        return ()
    found = lessons.every(role=caller().role.key)
    standing = lessons.standings(found, [person], stored(hall().now()))
    return tuple(sorted((standing[person, one.id] for one in found), key=lambda one: (ORDER.index(one.state), one.lesson.code)))


def _lesson(code: str) -> LessonView:
    """A lesson for the caller's role, or any for who writes them."""
    found = lessons.find(code)
    if found is None or not found.active:
        abort(404)
    if not caller().may(TRAIN) and (found.published_at is None or caller().role.key not in found.roles):
        abort(404)
    return found


@PAGES.get("/learn")
@needs(LEARN)
def mine() -> ResponseReturnValue:
    return render_template("learn.html", standings=_mine(), moment=stored(hall().now()))


@PAGES.get("/learn/<code>")
@needs(LEARN)
def read(code: str) -> ResponseReturnValue:
    """The lesson with its quiz below."""
    lesson = _lesson(code)
    return render_template("lesson.html", lesson=lesson, once=secrets.token_hex(10), result=None, open_left=(), chosen={}, stale=False)


@PAGES.post("/learn/<code>")
@needs(LEARN)
@limited("quiz")
def answer(code: str) -> ResponseReturnValue:
    """The quiz as answered: with a question left open the form again, else the result with the reasons, kept once."""
    lesson, person = _lesson(code), _person()
    chosen = {number: _chosen(number) for number in range(len(lesson.questions))}
    given = request.form.get("once", "")
    once = given if ONCE.match(given) else secrets.token_hex(10)
    stale = request.form.get("edition", "") != str(lesson.edition)
    open_left = tuple(number for number, options in chosen.items() if not options)
    if stale or open_left:
        page = render_template(
            "lesson.html", lesson=lesson, once=once, result=None, open_left=() if stale else open_left, chosen={} if stale else chosen, stale=stale
        )
        return page, 409 if stale else 422
    result = take_quiz(hall().desk, lesson, person, chosen, f"{person}-{once}"[:32])
    return render_template("lesson.html", lesson=lesson, once=secrets.token_hex(10), result=result, open_left=(), chosen=chosen, stale=False)


def _chosen(number: int) -> set[int]:
    return {int(one) for one in request.form.getlist(f"q{number}") if one.isascii() and one.isdigit() and len(one) < 3}


# ---- for those who train ----
def _lines(only: str, late: bool) -> tuple[tuple[LessonView, ...], list[Line]]:
    every = lessons.published()
    return every, lessons.lines([one for one in every if not only or one.code == only], stored(hall().now()), late=late)


@PAGES.get("/learn/unit")
@needs(REVIEW)
def unit() -> ResponseReturnValue:
    """Who of the caller's own unit has an overdue lesson, the longest overdue first."""
    lines = late_below()
    return render_template("learn_unit.html", lines=sorted(lines, key=lambda one: (str(one.standing.due_at), one.learner.name)), moment=stored(hall().now()))


def late_below() -> list[Line]:
    """The overdue of the caller's unit and those below it; nobody for an account without a unit."""
    unit_id = caller().viewer.unit_id
    return [] if unit_id is None else lessons.lines(lessons.published(), stored(hall().now()), late=True, units=units_below(unit_id))


def late_mine() -> tuple[Standing, ...]:
    """The caller's own overdue lessons."""
    return tuple(one for one in _mine() if one.state == "late")


PAGE = 50


@PAGES.get("/learn/board")
@needs(TRAIN)
def board() -> ResponseReturnValue:
    """Who passed and who is due: figures by unit, then the people."""
    only, late = request.args.get("lesson", "")[:20], request.args.get("late") == "1"
    every, lines = _lines(only, late)
    units: dict[str, Counter[str]] = {}
    for line in lines:
        units.setdefault(line.learner.unit or "—", Counter())[line.standing.state] += 1
    ordered = sorted(units.items(), key=lambda entry: (-entry[1]["late"], -entry[1]["due"], entry[0]))
    asked = request.args.get("page", "1")
    pages = max(1, -(-len(lines) // PAGE))
    page = min(int(asked), pages) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 and int(asked) else 1
    lines.sort(key=lambda line: (ORDER.index(line.standing.state), line.learner.unit, line.learner.name))
    return render_template(
        "learn_board.html",
        lessons=every,
        only=only,
        late=late,
        units=ordered,
        total=Counter(line.standing.state for line in lines),
        people=lines[(page - 1) * PAGE : page * PAGE],
        page=page,
        pages=pages,
        query=f"lesson={only}&late={'1' if late else ''}&" if only.isascii() and only.replace("-", "").isalnum() else "",
        moment=stored(hall().now()),
    )


@PAGES.get("/learn/board.xlsx", endpoint="export")
@needs(TRAIN)
def export() -> ResponseReturnValue:
    """The board as a workbook; no cell can become a formula."""
    _, lines = _lines(request.args.get("lesson", "")[:20], request.args.get("late") == "1")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("培训")
    sheet.freeze_panes = "A2"
    heads = ("unit", "area", "person", "role", "lesson", "state", "due", "passed", "best", "tries")
    sheet.append([hall().words.say(f"learn.col_{head}", g.lang) for head in heads])
    for one in lines:
        who, how = one.learner, one.standing
        days = [local(at).strftime("%Y-%m-%d") if at is not None else "" for at in (how.due_at, how.passed_at)]
        state = hall().words.say(f"learn.state_{how.state}", g.lang)
        cells = (
            who.unit,
            who.area,
            who.name,
            ROLES[who.role].title(g.lang),
            how.lesson.title,
            state,
            *days,
            how.best if how.best is not None else "",
            how.tries,
        )
        sheet.append([safe(cell) for cell in cells])
    out = BytesIO()
    book.save(out)
    name = f"suda-training-{local(stored(hall().now())).strftime('%Y%m%d')}.xlsx"
    return Response(out.getvalue(), mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
