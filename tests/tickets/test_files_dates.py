"""Times as people and spreadsheets write them, and those that no calendar has."""

from __future__ import annotations

import pytest

from tickets.files.dates import read_time
from tickets.files.refused import RowRefused


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-11-22 08:10", "2026-11-22T00:10:00"),
        ("2026/1/6 12:09:38", "2026-01-06T04:09:38"),
        ("2026.1.6", "2026-01-05T16:00:00"),
        ("2026年11月22日8时10分", "2026-11-22T00:10:00"),
        ("2026年11月22日8时10分05秒", "2026-11-22T00:10:05"),
        ("2026年11月22日 星期日 08:10", "2026-11-22T00:10:00"),
        ("2026年11月22日", "2026-11-21T16:00:00"),
        ("2026-11-22 下午3:05", "2026-11-22T07:05:00"),
        ("2026-11-22 12:30 AM", "2026-11-21T16:30:00"),
        ("2026-11-22T08:10:00Z", "2026-11-22T08:10:00"),
        ("2026-11-22T08:10:00.123+08:00", "2026-11-22T00:10:00"),
        ("２０２６－１１－２２　０８：１０", "2026-11-22T00:10:00"),
        ("20261122", "2026-11-21T16:00:00"),
        ("20261122081033", "2026-11-22T00:10:33"),
        ("202611220810", "2026-11-22T00:10:00"),
        ("46348", "2026-11-21T16:00:00"),
        ("46348.340277777777", "2026-11-22T00:10:00"),
        ("2026-11-22 24:00", "2026-11-22T16:00:00"),
        ("2024-02-29 08:00", "2024-02-29T00:00:00"),
    ],
)
def test_times_in_many_shapes(written: str, utc: str) -> None:
    found = read_time(written)
    assert found is not None
    assert found.isoformat() == f"{utc}+00:00"


def test_an_empty_cell_is_no_time() -> None:
    assert read_time("  ") is None


@pytest.mark.parametrize(
    "written", ["2026-02-30 08:11", "2026-13-01", "2026-11-31", "2025-02-29", "2026-11-22 25:00", "2026-11-22 08:61", "2026-11-22 24:01", "20260230"]
)
def test_what_no_calendar_has_is_refused(written: str) -> None:
    with pytest.raises(RowRefused) as refused:
        read_time(written)
    assert refused.value.zh == f"时间「{written}」不存在（日历上没有这一天或这一刻），请核对"


@pytest.mark.parametrize(
    "written", ["昨天", "11/22/2026", "26-11-22", "08:10", "2026-11", "99999999999999999999", "1e5", "2026-11-22 08:10 后半夜", "-1", "3.14"]
)
def test_what_cannot_be_read_for_sure_is_refused(written: str) -> None:
    with pytest.raises(RowRefused, match="2026-11-22 08:10"):
        read_time(written)


@pytest.mark.parametrize("written", ["0026-11-22", "1899-12-31", "9999-12-31 23:59"])
def test_an_unlikely_year_is_refused(written: str) -> None:
    with pytest.raises(RowRefused, match="年份"):
        read_time(written)


def test_a_number_in_the_wrong_column_is_not_repeated_whole() -> None:
    with pytest.raises(RowRefused) as refused:
        read_time("15400000001")
    assert "15400000001" not in str(refused.value)
