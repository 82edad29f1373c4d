"""What a ticket still needs before it is closed, true from its state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tickets.domain import status as st
from tickets.domain.closing import missing
from tickets.domain.course import Caller, Course, Help, Reviewer, Stepped, Visited

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
SENT = (Stepped(AT, "登记", st.REGISTERED, None), Stepped(AT, "派单", st.DISPATCHED, 7))
CHAIN = (
    Reviewer(4, 0, "科室负责人", "passed", person="甲"),
    Reviewer(4, 1, "某岗", "skipped", why="找不到"),
    Reviewer(4, 2, "分管领导", "waiting", person="乙"),
)


def left(status: str, photo: bool = False, steps: tuple[Stepped, ...] = SENT, **more: object) -> list[tuple[str, str]]:
    """(key, who) of what is not done yet."""
    course = Course(AT, status, steps, **more)  # type: ignore[arg-type]
    return [(one.key, one.who) for one in missing(course, "韩雨澄", photo) if not one.done]


END = [("callback", ""), ("close", "")]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (st.ACCEPTED, [("dispatch", ""), ("sign", "韩雨澄"), ("answer", "韩雨澄"), ("review", ""), *END]),
        (st.DISPATCHED, [("sign", "韩雨澄"), ("answer", "韩雨澄"), ("review", ""), *END]),
        (st.DISPUTED, [("dispute", ""), ("sign", "韩雨澄"), ("answer", "韩雨澄"), ("review", ""), *END]),  # signed before or not: signed anew
        (st.SIGNED, [("answer", "韩雨澄"), ("review", ""), *END]),
        (st.SUSPENDED, [("suspended", ""), ("answer", "韩雨澄"), ("review", ""), *END]),
        (st.REPLIED, [("review", ""), *END]),
        (st.REVIEWED, END),
        (st.VERIFIED, [("close", "")]),
        (st.CLOSED, []),
        (st.DECLINED, []),
        (st.MERGED, []),
        (st.HANDED_OVER, []),
    ],
)
def test_at_every_status_what_comes_after_is_missing(status: str, expected: list[tuple[str, str]]) -> None:
    assert left(status) == expected


def test_what_will_never_be_closed_needs_nothing() -> None:
    assert missing(Course(AT, st.DECLINED, SENT), "") == ()


def test_each_helper_is_waited_for_unless_let_off_or_called_off() -> None:
    helpers = tuple(Help(unit, None, "", AT, state) for unit, state in (("甲局/一科", "回复"), ("乙局", ""), ("丙局", "免于回复"), ("丁局", "取消")))
    assert left(st.SIGNED, helpers=helpers)[0] == ("helper", "乙局")
    assert [one.who for one in missing(Course(AT, st.SIGNED, SENT, helpers=helpers), "") if one.key in ("helper", "waived")] == ["甲局 · 一科", "乙局", "丙局"]


def test_each_reviewer_of_the_newest_reply_is_named_and_the_skipped_are_not() -> None:
    assert left(st.REPLIED, reviewers=CHAIN) == [("reviewer", "乙"), *END]
    assert left(st.SIGNED, reviewers=CHAIN)[1] == ("review", "")  # sent back: the next reply gets a chain of its own
    again = (*CHAIN, Reviewer(6, 0, "科室负责人", "waiting", person="丙"))
    assert left(st.REPLIED, reviewers=again) == [("reviewer", "丙"), *END]


def test_a_grid_matter_needs_its_photo() -> None:
    assert left(st.SIGNED, photo=True)[0] == ("answer_photo", "韩雨澄")


def test_a_visit_is_followed_by_the_second_survey_and_merged_callers_are_asked_too() -> None:
    visit = Visited("彭德和", AT)
    assert left(st.MEDIATING, visits=(visit,)) == [("visit", "彭德和"), ("callback_again", ""), ("close", "")]
    done = Visited("彭德和", AT, AT + timedelta(hours=1), "已谅解")
    callers = (Caller("20261123-0002", AT), Caller("20261123-0003", AT, answered=True))
    assert left(st.REVIEWED, visits=(done,), callers=callers) == [("callback_again", ""), ("caller", "20261123-0002"), ("close", "")]


def test_what_was_answered_at_once_needs_neither_handler_nor_review() -> None:
    assert left(st.REVIEWED, steps=(SENT[0], Stepped(AT, "直接答复", st.REVIEWED, 3))) == END
