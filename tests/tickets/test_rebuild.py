"""A ticket's state made from its history alone, and courses that do not follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.tickets.conftest import MONDAY_NINE
from tickets.domain.rebuild import BrokenCourse, Line, rebuilt
from tickets.domain.times import stored

NINE = stored(MONDAY_NINE)


def line(what: str, before: str = "", after: str = "", minutes: int = 0, holder: int | None = 1, **note: object) -> Line:
    return Line(what, before, after, NINE + timedelta(minutes=minutes), holder, note)


BEGIN = (line("登记", after="已登记", holder=None), line("受理", "已登记", "已受理", holder=None))
SENT = (*BEGIN, line("派单", "已受理", "待签收", 1, 7, to="水务局/管网科"))


def test_a_dispatched_ticket_lies_with_whom_the_line_names() -> None:
    state = rebuilt(SENT)
    assert (state.status, state.step_seq, state.holder_id, state.unit) == ("待签收", 2, 7, "水务局/管网科")
    assert (state.dispatched_at, state.signed_at) == (NINE + timedelta(minutes=1), None)


def test_the_manual_desk_holds_what_no_rule_could_send() -> None:
    state = rebuilt((*BEGIN, line("转人工", holder=3, to="热线中心/人工派单席")))
    assert (state.status, state.holder_id, state.unit) == ("已受理", 3, "热线中心/人工派单席")


def test_reminders_and_notes_move_nothing() -> None:
    assert rebuilt((*SENT, line("催办", holder=9), line("逾期", "待签收", "", holder=9))) == rebuilt(SENT)


def test_a_transfer_takes_the_signature_back() -> None:
    signed = (*SENT, line("签收", "待签收", "办理中", 3, 8))
    assert rebuilt(signed).signed_at == NINE + timedelta(minutes=3)
    again = rebuilt((*signed, line("转派", "办理中", "待签收", 9, 5, to="住建局")))
    assert (again.signed_at, again.dispatched_at, again.holder_id, again.unit) == (None, NINE + timedelta(minutes=9), 5, "住建局")


@pytest.mark.parametrize(
    "broken",
    [
        (*SENT, line("回复", "办理中", "待审核")),  # nobody signed
        (*SENT, line("签收", "待签收", "已结案")),  # not where this move leads
        (*SENT, line("飞跃", "待签收", "办理中")),  # no such move
        (*SENT, line("派单", "已受理", "待签收")),  # from where it no longer is
    ],
)
def test_a_course_whose_lines_do_not_follow_is_told(broken: tuple[Line, ...]) -> None:
    with pytest.raises(BrokenCourse, match="第 4 行"):
        rebuilt(broken)
