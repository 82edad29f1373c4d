"""The links of an escalation chain: right time, right order, and on the deadline's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import CLOCKS
from engine.chain import ChainRefused, lay, resumed
from engine.spans import Span
from tests.engine.clocks import CALENDAR, at, said

SMS = {"send": ["短信"], "to": ["承办人"]}

CASES = [
    # one link, clock, start, due, when it is sent
    ({"at": "开始"}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:00"]),
    ({"at": "到期"}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:05"]),
    ({"before": "3m"}, "自然时", "2026-10-01 23:55", "2026-10-02 00:05", ["Fri 2026-10-02 00:02"]),
    ({"before": "10m"}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:00"]),  # never before the start
    ({"before": "1d"}, "工作日", "2026-11-23 10:00", "2026-11-26 10:00", ["Wed 2026-11-25 10:00"]),  # one working day left
    ({"before": "1h"}, "工作日", "2026-11-27 08:40", "2026-11-30 08:40", ["Fri 2026-11-27 17:10"]),  # 50 minutes on Friday, 10 on Monday
    ({"after": "2h"}, "自然时", "2026-11-23 09:00", "2026-11-23 11:00", ["Mon 2026-11-23 13:00"]),
    ({"after": "2h"}, "工作时", "2026-11-23 09:00", "2026-11-23 11:00", ["Mon 2026-11-23 15:00"]),  # not during lunch
    ({"spent": "70%"}, "自然时", "2026-11-23 08:00", "2026-11-23 18:00", ["Mon 2026-11-23 15:00"]),
    ({"spent": "50%"}, "工作日", "2026-11-27 14:10", "2026-12-01 14:10", ["Mon 2026-11-30 14:10"]),  # the weekend is not time
    ({"spent": "100%"}, "工作日", "2026-11-27 14:10", "2026-12-01 14:10", ["Tue 2026-12-01 14:10"]),
    ({"spent": "33%"}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:01"]),  # to the full second: 09:01:39
    ({"wait": "10m"}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:10"]),  # the first counts from the start
    (
        {"wait": "10m", "every": "20m", "times": 3},
        "自然时",
        "2026-11-23 09:00",
        "2026-11-23 09:05",
        ["Mon 2026-11-23 09:10", "Mon 2026-11-23 09:30", "Mon 2026-11-23 09:50"],
    ),
    ({"wait": "10m", "times": 2}, "自然时", "2026-11-23 09:00", "2026-11-23 09:05", ["Mon 2026-11-23 09:10", "Mon 2026-11-23 09:20"]),  # every: as wait
    ({"wait": "20m", "times": 2}, "工作时", "2026-11-23 17:30", "2026-11-24 09:00", ["Mon 2026-11-23 17:50", "Tue 2026-11-24 08:40"]),
]


@pytest.mark.parametrize(("link", "clock", "start", "due", "sent"), CASES)
def test_a_link_is_laid_where_it_is_written(link: dict[str, object], clock: str, start: str, due: str, sent: list[str]) -> None:
    assert [said(one.at) for one in lay([link | SMS], at(start), at(due), CALENDAR, clock)] == sent


SIGNING: list[dict[str, object]] = [
    {"at": "开始", "send": ["短信"], "to": ["承办人"]},
    {"at": "到期", "send": ["电话"], "to": ["承办人"]},
    {"wait": "10m", "every": "10m", "times": 3, "send": ["短信"], "to": ["承办人", "承办单位"]},
    {"wait": "10m", "send": ["短信", "电话"], "to": ["上级单位"], "or": ["热线中心/值班室"]},
]


def test_five_minutes_unsigned_is_a_call_then_three_reminders_then_the_superior() -> None:
    links = lay({"value": SIGNING}, at("2026-11-23 09:00"), at("2026-11-23 09:05"), CALENDAR, "自然时")
    assert [(one.seq, said(one.at)[-5:], "+".join(one.send), "+".join(one.to)) for one in links] == [
        (1, "09:00", "短信", "承办人"),
        (2, "09:05", "电话", "承办人"),
        (3, "09:15", "短信", "承办人+承办单位"),
        (4, "09:25", "短信", "承办人+承办单位"),
        (5, "09:35", "短信", "承办人+承办单位"),
        (6, "09:45", "短信+电话", "上级单位"),
    ]
    assert [one.when for one in links] == ["开始", "到期", "再过 10m，第 1/3 次", "再过 10m，第 2/3 次", "再过 10m，第 3/3 次", "再过 10m"]
    assert [one.otherwise for one in links][-2:] == [(), ("热线中心/值班室",)]


def test_after_a_pause_the_links_to_come_move_and_the_sent_ones_stay() -> None:
    links = lay([{"at": "开始"} | SMS, {"spent": "50%"} | SMS, {"at": "到期"} | SMS], at("2026-11-23 09:00"), at("2026-11-24 09:00"), CALENDAR, "工作日")
    moved = resumed(links, at("2026-11-23 10:00"), at("2026-11-26 10:00"), CALENDAR, "工作日")
    assert [said(one.at) for one in links] == ["Mon 2026-11-23 09:00", "Mon 2026-11-23 14:45", "Tue 2026-11-24 09:00"]
    assert [said(one.at) for one in moved] == ["Mon 2026-11-23 09:00", "Thu 2026-11-26 14:45", "Fri 2026-11-27 09:00"]


REFUSED: list[tuple[object, str]] = [
    ([], "至少一环"),
    (["短信"], "至少一环"),
    ([SMS], "第 1 环应当恰好写"),
    ([{"at": "开始", "wait": "1m"} | SMS], "恰好写"),
    ([{"at": "中途"} | SMS], "只能是 开始 或 到期"),
    ([{"at": "开始"} | SMS, {"spent": "70"} | SMS], "第 2 环：「70」不是比例"),
    ([{"wait": "十分钟"} | SMS], "不是时长"),
    ([{"wait": "1m", "times": 0} | SMS], "times"),
    ([{"wait": "1m", "times": True} | SMS], "times"),
    ([{"at": "开始", "to": ["承办人"]}], "没有写 send"),
    ([{"at": "开始", "send": ["短信"]}], "没有写 to"),
]


@pytest.mark.parametrize(("chain", "words"), REFUSED)
def test_a_link_that_cannot_be_laid_is_refused(chain: list[object], words: str) -> None:
    with pytest.raises(ChainRefused, match=words):
        lay(chain, at("2026-11-23 09:00"), at("2026-11-23 09:05"), CALENDAR, "自然时")


FIRST, LAST = datetime(2026, 1, 1), datetime(2026, 12, 1)  # noqa: DTZ001
starts = st.datetimes(FIRST, LAST).map(lambda moment: moment.replace(tzinfo=UTC))
waits = st.builds(
    lambda wait, every, times: {"wait": f"{wait}m", "every": f"{every}m", "times": times} | SMS, st.integers(0, 90), st.integers(0, 90), st.integers(1, 4)
)


@given(starts, st.integers(1, 3000), st.sampled_from(CLOCKS), st.lists(st.integers(1, 100), min_size=1, max_size=5), st.lists(waits, max_size=3))
def test_shares_in_order_then_waits_are_sent_in_order_and_within_the_span(
    start: datetime, minutes: int, clock: str, shares: list[int], later: list[dict[str, object]]
) -> None:
    due = CALENDAR.add(start, Span(minutes, "m"), clock)
    chain = [{"at": "开始"} | SMS, *({"spent": f"{share}%"} | SMS for share in sorted(shares)), {"at": "到期"} | SMS, *later]
    links = lay(chain, start, due, CALENDAR, clock)
    times = [one.at for one in links]
    assert times == sorted(times)
    assert [one.seq for one in links] == list(range(1, len(links) + 1))
    assert all(start <= time <= due for time in times[: len(shares) + 2])


@given(starts, st.integers(1, 3000), st.sampled_from(CLOCKS), st.integers(1, 100))
def test_at_a_share_of_the_span_that_share_is_spent(start: datetime, minutes: int, clock: str, share: int) -> None:
    due = CALENDAR.add(start, Span(minutes, "m"), clock)
    (link,) = lay([{"spent": f"{share}%"} | SMS], start, due, CALENDAR, clock)
    assert CALENDAR.spent_time(start, link.at, clock) == timedelta(seconds=minutes * 60 * share // 100)


@given(starts, st.integers(1, 3000), st.sampled_from(CLOCKS), st.integers(0, 3000))
def test_before_leaves_that_much_or_starts_at_once(start: datetime, minutes: int, clock: str, before: int) -> None:
    due = CALENDAR.add(start, Span(minutes, "m"), clock)
    (link,) = lay([{"before": f"{before}m"} | SMS], start, due, CALENDAR, clock)
    assert CALENDAR.spent_time(link.at, due, clock) == timedelta(minutes=min(before, minutes))
