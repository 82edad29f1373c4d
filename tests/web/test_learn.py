"""Training: what is due for whom, a quiz without script, one try a page, editions, the board and its export."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.web.conftest import PROJECT, Site, token
from tests.web.district_rows import NOW
from tickets.actions.learn import judge
from tickets.domain.roles import LEARN, ROLES, TRAIN
from tickets.domain.times import stored
from tickets.files.lesson_text import QuizWrong, read_quiz, write_quiz
from tickets.store import lessons
from tickets.store.desk_models import Lesson, LessonTry
from tickets.store.models import Account, Person
from wiring.demonstration import make_lessons

QUIZ = "问：一加一？\n√ 二\n× 三\n解：数一数。\n\n问：哪些是颜色？\n√ 红\n√ 蓝\n× 方\n解：方是形状。"
RIGHT = {"q0": ["0"], "q1": ["0", "1"]}


def lesson(code: str = "first", ago: int = 1, **more: object) -> None:
    values = {"code": code, "title": "第一课", "text": "一段。\n\n又一段。", "questions": lessons.written(read_quiz(QUIZ), 1)}
    Lesson.create(**{**values, "published_at": stored(NOW) - timedelta(days=ago), **more})


def page_of(client: FlaskClient, code: str = "first") -> dict[str, str]:
    html = client.get(f"/learn/{code}").get_data(as_text=True)
    return {name: re.search(rf'name="{name}" value="([^"]*)"', html)[1] for name in ("csrf_token", "once", "edition")}  # type: ignore[index]


def send(client: FlaskClient, answers: dict[str, list[str]], page: dict[str, str] | None = None) -> tuple[int, str]:
    answer = client.post("/learn/first", data={**(page or page_of(client)), **answers})
    return answer.status_code, answer.get_data(as_text=True)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_page_asks_for_its_right(site: Site, role: str) -> None:
    lesson()
    client = site.signed_in(role)
    may = ROLES[role]
    assert client.get("/learn").status_code == (200 if may.may(LEARN) else 403)
    assert client.get("/learn/first").status_code == (403 if not may.may(LEARN) else 200 if role == "grid_officer" or may.may(TRAIN) else 404)
    for path in ("/learn/board", "/learn/board.xlsx", "/admin/lessons/", "/admin/lessons/new", "/admin/lessons/first"):
        assert client.get(path).status_code == (200 if may.may(TRAIN) else 403), path


def test_a_lesson_is_due_then_late_then_passed_and_repeated_when_it_says_so(site: Site) -> None:
    lesson(due_days=14, repeat_days=30)
    view, person, day = lessons.every()[0], Person.get().id, timedelta(days=1)
    begin = stored(NOW) - day

    def state(at: datetime) -> str:
        return lessons.standings([view], [person], at)[person, view.id].state

    assert [state(begin + 13 * day), state(begin + 15 * day)] == ["due", "late"]
    lessons.keep_try(view, person, begin + 20 * day, 100, {}, "a")
    assert [state(begin + 21 * day), state(begin + 51 * day)] == ["passed", "late"]
    lessons.keep_try(view, person, begin + 52 * day, 50, {}, "b")
    assert state(begin + 52 * day) == "late"


def test_the_list_shows_what_is_due_and_the_late_in_red(site: Site) -> None:
    lesson(ago=20)
    html = site.signed_in("grid_officer").get("/learn").get_data(as_text=True)
    assert "已逾期" in html
    assert "现在没有要学的课" in site.signed_in("handler").get("/learn").get_data(as_text=True)


def test_right_answers_pass_with_every_explanation_shown(site: Site) -> None:
    lesson()
    client = site.signed_in("grid_officer")
    status, html = send(client, RIGHT)
    assert status == 200
    assert "通过，100 分" in html
    assert "数一数" in html
    assert "方是形状" in html
    assert "通过" in client.get("/learn").get_data(as_text=True)


@pytest.mark.parametrize(
    ("answers", "score"),
    [({"q0": ["1"], "q1": ["0", "1"]}, 50), ({"q0": ["0"], "q1": ["0"]}, 50), ({"q0": ["0"], "q1": ["0", "1", "2"]}, 50), ({"q0": ["9"], "q1": ["7"]}, 0)],
)
def test_half_right_is_not_right_and_may_be_tried_again(site: Site, answers: dict[str, list[str]], score: int) -> None:
    lesson()
    client = site.signed_in("grid_officer")
    _, html = send(client, answers)
    assert f"{score} 分" in html
    assert "再做一次" in html
    assert send(client, RIGHT)[1].count("通过，100 分") == 1
    assert [row.passed for row in LessonTry.select().order_by(LessonTry.id)] == [False, True]


def test_a_page_sent_twice_is_one_try(site: Site) -> None:
    lesson()
    client = site.signed_in("grid_officer")
    page = page_of(client)
    assert [send(client, RIGHT, page)[0] for _ in range(2)] == [200, 200]
    assert LessonTry.select().count() == 1


def test_a_question_left_open_is_asked_for_and_keeps_the_rest(site: Site) -> None:
    lesson()
    client = site.signed_in("grid_officer")
    status, html = send(client, {"q1": ["1"]})
    assert status == 422
    assert "还有 1 道题没有答" in html
    assert re.search(r'name="q1" value="1" checked', html)
    assert LessonTry.select().count() == 0


@pytest.mark.parametrize("answers", [{"q0": ["x"], "q1": ["-1"]}, {"q0": ["0" * 50]}, {"q9": ["0"]}, {"q0": ["１"]}])
def test_nonsense_is_no_answer(site: Site, answers: dict[str, list[str]]) -> None:
    lesson()
    assert send(site.signed_in("grid_officer"), answers)[0] == 422


def test_somebody_elses_page_number_is_not_taken_for_ones_own(site: Site) -> None:
    lesson(roles="grid_officer,handler")
    first, second = site.signed_in("grid_officer"), site.signed_in("handler")
    page = page_of(first)
    send(first, RIGHT, page)
    assert send(second, RIGHT, {**page_of(second), "once": page["once"]})[0] == 200
    assert LessonTry.select().count() == 2


def edit(client: FlaskClient, code: str = "first", **values: object) -> tuple[int, str]:
    shown = lessons.find(code)
    form: dict[str, object] = {"code": code, "title": "第一课", "text": "一段。\n\n又一段。", "quiz": QUIZ, "roles": ["grid_officer"], "pass_mark": "80",
                               "due_days": "14", "repeat_days": "0", "published": "on", "active": "on", "edition": str(shown.edition) if shown else ""}  # fmt: skip
    answer = client.post(f"/admin/lessons/{code if shown else 'new'}", data={"csrf_token": token(client, "/learn"), **form, **values})
    return answer.status_code, answer.get_data(as_text=True)


def test_a_changed_lesson_is_a_new_edition_and_older_passes_count_unless_it_must_be_learnt_again(site: Site) -> None:
    lesson()
    officer, trainer = site.signed_in("grid_officer"), site.signed_in("policy")
    page = page_of(officer)
    send(officer, RIGHT)
    person = Account.get(Account.username == "grid_officer").person_id

    def state() -> tuple[int, str]:
        found = lessons.every()[0]
        return found.edition, lessons.standings([found], [person], stored(NOW))[person, found.id].state

    assert edit(trainer)[0] == 302
    assert state() == (1, "passed")  # nothing changed
    assert edit(trainer, text="改过了。")[0] == 302
    assert state() == (2, "passed")
    assert edit(trainer, text="改过了。", again="on")[0] == 302
    assert state() == (3, "due")
    status, html = send(officer, RIGHT, page)  # the page of an older edition
    assert status == 409
    assert "课程刚刚改过" in html
    assert LessonTry.select().count() == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"quiz": ""}, "还没有题目"),
        ({"quiz": "√ 二"}, "第 1 行：先写一行"),
        ({"quiz": "问：甲？\n√ 二\n解：因为"}, "第 1 行：这道题的选项少于两个"),
        ({"quiz": "问：甲？\n× 二\n× 三\n解：因为"}, "没有正确选项"),
        ({"quiz": "问：甲？\n√ 二\n× 三"}, "没有讲解"),
        ({"quiz": "问：甲？\n√ 二\n× 二\n解：因为"}, "写了两次"),
        ({"quiz": "问：甲？\n二\n"}, "第 2 行：看不懂这一行"),
        ({"quiz": "问：" + "甲" * 400}, "一行最多"),
        ({"title": ""}, "课名要有"),
        ({"text": "x" * 20_001}, "课文要有"),
        ({"roles": ["auditor"]}, "至少选一个角色"),
        ({"pass_mark": "0"}, "1 至 100"),
        ({"due_days": "abc"}, "1 至 365"),
        ({"repeat_days": "-1"}, "0 至 3650"),
        ({"edition": "7"}, "别人刚刚改过"),
    ],
)
def test_a_lesson_that_cannot_be_is_refused_in_words_and_kept_on_the_page(site: Site, values: dict[str, object], said: str) -> None:
    lesson()
    status, html = edit(site.signed_in("supervisor"), **values)
    assert status == 422
    assert said in html
    assert lessons.every()[0].edition == 1


def test_a_new_lesson_is_written_and_its_code_is_taken_once(site: Site) -> None:
    trainer = site.signed_in("policy")
    assert edit(trainer, "second")[0] == 302
    assert lessons.find("second") is not None
    answer = trainer.post("/admin/lessons/new", data={"csrf_token": token(trainer, "/learn"), "code": "second", "title": "t", "text": "t", "quiz": QUIZ,
                                                      "roles": "handler", "pass_mark": "80", "due_days": "1", "repeat_days": "0"})  # fmt: skip
    assert "已经用了" in answer.get_data(as_text=True)
    assert edit(trainer, "坏的编号")[0] == 422


def test_the_board_names_who_is_late_and_its_export_holds_no_formula(site: Site) -> None:
    lesson(ago=20, title="=1+1")
    person = Account.get(Account.username == "grid_officer").person
    Person.update(name="=cmd|' /C calc'!A0").where(Person.id == person.id).execute()
    client = site.signed_in("supervisor")
    assert "逾期" in client.get("/learn/board?late=1").get_data(as_text=True)
    sheet = load_workbook(BytesIO(client.get("/learn/board.xlsx").data)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][4:6] == ("'=1+1", "逾期")
    assert not [cell for row in rows for cell in row if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("query", ["lesson=none", "page=0", "page=99999999", "page=x", "lesson=%27--&late=1", "late=maybe"])
def test_nonsense_in_the_boards_address_is_passed_over(site: Site, query: str) -> None:
    lesson()
    assert site.signed_in("policy").get(f"/learn/board?{query}").status_code == 200


def test_hostile_words_stay_words(site: Site) -> None:
    hostile = "<script>alert(1)</script>"
    lesson(title=hostile, text=hostile, questions=lessons.written(read_quiz(f"问：{hostile}\n√ {hostile}\n× b\n解：{hostile}"), 1))
    client = site.signed_in("policy")
    for path in ("/learn/first", "/learn/board", "/admin/lessons/", "/admin/lessons/first"):
        assert "<script>alert" not in client.get(path).get_data(as_text=True), path


def test_the_demonstrations_lessons_are_whole_and_made_once(site: Site) -> None:
    file = PROJECT / "demo" / "lessons.yaml"
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert (make_lessons(file, at), make_lessons(file, at), make_lessons(Path("none.yaml"), at)) == (3, 0, 0)
    for one in lessons.every(role="grid_officer"):
        assert 4 <= len(one.questions) <= 5
        assert any(question.several for question in one.questions)
        assert read_quiz(write_quiz(one.questions)) == one.questions
        assert judge(one, {number: question.right for number, question in enumerate(one.questions)}).score == 100


def test_a_quiz_reads_back_as_it_was_written() -> None:
    assert write_quiz(read_quiz(QUIZ)) == QUIZ
    with pytest.raises(QuizWrong) as wrong:
        read_quiz("\n\n问：\n")
    assert wrong.value.line == 3
