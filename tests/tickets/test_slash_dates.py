"""A column of days written with slashes tells by itself which of its numbers is the month."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tickets.files.refused import RowRefused
from tickets.files.slash_dates import TimeColumn


@pytest.mark.parametrize(
    ("cells", "cell", "day"),
    [
        (["04/12/2018 11:11:26 AM", "11/13/2018"], "04/12/2018 11:11:26 AM", datetime(2018, 4, 12, 3, 11, 26, tzinfo=UTC)),
        (["13/11/2018"], "04/12/2018", datetime(2018, 12, 3, 16, tzinfo=UTC)),
        (["04/12/2018"], "2018-04-12 08:00", datetime(2018, 4, 12, tzinfo=UTC)),
    ],
)
def test_the_column_decides(cells: list[str], cell: str, day: datetime) -> None:
    assert TimeColumn(cells).read(cell) == day


@pytest.mark.parametrize("cells", [["04/12/2018"], ["13/11/2018", "11/13/2018"]])
def test_what_can_not_be_told_apart_is_refused(cells: list[str]) -> None:
    with pytest.raises(RowRefused, match="分不清月和日"):
        TimeColumn(cells).read("04/12/2018")


def test_an_impossible_day_is_refused_and_a_blank_is_none() -> None:
    column = TimeColumn(["11/30/2018"])
    with pytest.raises(RowRefused, match="不存在"):
        column.read("02/30/2018")
    assert column.read(" ") is None
