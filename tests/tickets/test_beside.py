"""Steps that leave the status as it is: where they may be taken, and that a move may not be called by their names."""

from __future__ import annotations

import pytest

from tickets.domain.status import BESIDE, MERGED, MOVES, OPEN, NotAllowed, after, taken_at


def test_a_step_is_taken_where_its_table_says() -> None:
    assert taken_at("回复") == ("办理中",)
    assert taken_at("申请延期") == ("办理中",)
    with pytest.raises(KeyError):
        taken_at("没有这一步")


def test_no_name_is_in_both_tables_and_none_but_the_merged_callers_answer_is_taken_on_an_ended_ticket() -> None:
    assert not set(MOVES) & set(BESIDE)
    assert all(BESIDE.values())
    assert {name: statuses for name, statuses in BESIDE.items() if not set(statuses) <= set(OPEN)} == {"合并件回访": (MERGED,)}


@pytest.mark.parametrize("name", sorted(BESIDE))
def test_a_step_beside_moves_nothing(name: str) -> None:
    with pytest.raises(NotAllowed):
        after("办理中", name)
