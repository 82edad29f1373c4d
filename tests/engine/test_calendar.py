"""When things are due. Each case is a line; the weekday stands beside each date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import CLOCKS, Calendar
from engine.load_calendar import CalendarRefused
from engine.spans import LONGEST, Span, SpanRefused, percent
from tests.engine.clocks import CALENDAR, at, said

DUE = [
    # start (weekday), span, clock, due (weekday)
    ("Thu 2026-10-01 23:55", "10m", "自然时", "Fri 2026-10-02 00:05"),  # over midnight, on a holiday
    ("Sat 2026-02-28 23:00", "2h", "自然时", "Sun 2026-03-01 01:00"),  # over a month's end
    ("Thu 2026-12-31 12:00", "1d", "自然时", "Fri 2027-01-01 12:00"),
    ("Mon 2026-11-23 09:00", "2h", "工作时", "Mon 2026-11-23 11:00"),
    ("Mon 2026-11-23 11:00", "2h", "工作时", "Mon 2026-11-23 15:00"),  # one hour, lunch, one hour
    ("Mon 2026-11-23 12:30", "30m", "工作时", "Mon 2026-11-23 14:30"),  # begins at lunch
    ("Mon 2026-11-23 11:00", "1h", "工作时", "Mon 2026-11-23 12:00"),  # used up as lunch begins
    ("Mon 2026-11-23 17:58", "10m", "工作时", "Tue 2026-11-24 08:38"),  # over the night
    ("Mon 2026-11-23 06:00", "1h", "工作时", "Mon 2026-11-23 09:30"),  # before the office opens
    ("Mon 2026-11-23 20:00", "1h", "工作时", "Tue 2026-11-24 09:30"),  # after it has closed
    ("Mon 2026-11-23 08:30", "24h", "工作时", "Thu 2026-11-26 10:00"),  # three days of 7.5 hours and 1.5 hours
    ("Mon 2026-11-23 09:40", "1d", "工作日", "Tue 2026-11-24 09:40"),
    ("Mon 2026-11-23 09:40", "3d", "工作日", "Thu 2026-11-26 09:40"),
    ("Mon 2026-11-23 08:30", "1d", "工作日", "Mon 2026-11-23 18:00"),  # a whole day is used up at its close
    ("Mon 2026-11-23 12:30", "1d", "工作日", "Tue 2026-11-24 12:00"),  # an afternoon and a morning: used up as lunch begins
    ("Mon 2026-11-23 18:00", "1d", "工作日", "Tue 2026-11-24 18:00"),  # begins with the next day
    ("Fri 2026-11-27 17:00", "1d", "工作日", "Mon 2026-11-30 17:00"),  # over a weekend
    ("Sat 2026-11-28 10:00", "1d", "工作日", "Mon 2026-11-30 18:00"),  # begins on a day off
    ("Mon 2026-11-30 15:00", "1d", "工作日", "Tue 2026-12-01 15:00"),  # over a month's end
    ("Fri 2026-01-30 16:00", "7d", "工作日", "Tue 2026-02-10 16:00"),
    ("Wed 2026-09-30 16:00", "1d", "工作日", "Thu 2026-10-08 16:00"),  # over the National Day week
    ("Wed 2026-09-30 16:00", "7d", "工作日", "Thu 2026-10-15 16:00"),  # 10 October, a Saturday, is worked
    ("Fri 2026-10-09 16:00", "1d", "工作日", "Sat 2026-10-10 16:00"),  # due on a make-up Saturday
    ("Sat 2026-10-10 16:00", "1d", "工作日", "Mon 2026-10-12 16:00"),
    ("Sat 2026-09-19 10:00", "1h", "工作时", "Sun 2026-09-20 09:30"),  # Sunday is worked
    ("Sun 2026-01-04 09:00", "1h", "工作时", "Sun 2026-01-04 10:00"),  # a make-up Sunday after New Year
    ("Fri 2026-02-13 17:00", "1d", "工作日", "Sat 2026-02-14 17:00"),  # make-up day before Spring Festival
    ("Sat 2026-02-14 17:00", "1d", "工作日", "Tue 2026-02-24 17:00"),  # over Spring Festival, 15 to 23 February
    ("Tue 2026-02-17 10:00", "5d", "工作日", "Sat 2026-02-28 18:00"),  # from within it, to a make-up Saturday
    ("Thu 2026-04-30 16:00", "2d", "工作日", "Thu 2026-05-07 16:00"),  # over Labour Day
    ("Thu 2026-06-18 16:00", "1d", "工作日", "Mon 2026-06-22 16:00"),  # over the Dragon Boat Festival
    ("Thu 2026-12-31 10:00", "1d", "工作日", "Mon 2027-01-04 10:00"),  # into a year without a notice: statutory days and weekends
    ("Thu 2027-02-04 10:00", "1d", "工作日", "Thu 2027-02-11 10:00"),  # Spring Festival 2027, weekend days made up
    ("Mon 2026-11-23 12:30", "0m", "工作时", "Mon 2026-11-23 12:30"),  # nothing is due at once
]


@pytest.mark.parametrize(("start", "span", "clock", "due"), DUE)
def test_it_is_due_when_the_office_has_had_its_time(start: str, span: str, clock: str, due: str) -> None:
    begin = at(start[4:])
    assert said(CALENDAR.add(begin, Span.parse(span), clock)) == due
    assert said(begin) == start


SPENT = [
    # start, now, clock, hours spent
    ("2026-11-23 11:00", "2026-11-23 15:00", "自然时", 4),
    ("2026-11-23 11:00", "2026-11-23 15:00", "工作时", 2),  # lunch does not count
    ("2026-11-23 12:00", "2026-11-23 14:00", "工作时", 0),  # lunch alone
    ("2026-11-27 17:00", "2026-11-30 09:30", "工作日", 2),  # Friday's last hour and Monday's first
    ("2026-10-01 00:00", "2026-10-08 00:00", "工作日", 0),  # the National Day week
    ("2026-10-10 00:00", "2026-10-11 00:00", "工作日", 7.5),  # a make-up Saturday
    ("2026-02-15 00:00", "2026-02-24 00:00", "工作日", 0),  # Spring Festival
    ("2026-11-23 15:00", "2026-11-23 11:00", "自然时", 0),  # now before the start
]


@pytest.mark.parametrize(("start", "now", "clock", "hours"), SPENT)
def test_only_the_clocks_own_time_is_spent(start: str, now: str, clock: str, hours: float) -> None:
    assert CALENDAR.spent(at(start), at(now), clock) == hours * 3600


DAYS = [
    (date(2026, 11, 23), True, "Mon"),
    (date(2026, 11, 28), False, "Sat"),
    (date(2026, 10, 10), True, "Sat, make-up"),
    (date(2026, 9, 20), True, "Sun, make-up"),
    (date(2026, 2, 23), False, "Mon, Spring Festival"),
    (date(2026, 1, 2), False, "Fri, New Year"),
    (date(2027, 2, 9), False, "Tue, Spring Festival made up"),
    (date(2029, 10, 1), True, "Mon, a year without a file: only weekends are known"),
]


@pytest.mark.parametrize(("day", "works", "why"), DAYS)
def test_a_working_day_follows_the_notice(day: date, works: bool, why: str) -> None:
    assert CALENDAR.is_working_day(day) is works, why


def test_working_time_ends_with_the_closing_minute() -> None:
    times = ["08:29", "08:30", "11:59", "12:00", "13:59", "14:00", "17:59", "18:00"]
    assert [CALENDAR.is_working_time(at(f"2026-11-23 {time}")) for time in times] == [False, True, True, False, False, True, True, False]


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_the_files_agree_with_the_published_calendar(year: int) -> None:
    china = holidays.country_holidays("CN", years=year)
    made_up = {day for day in china.weekend_workdays if day.year == year}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    expected = [day in made_up or (day.weekday() < 5 and day not in china) for day in days]
    differ = [f"{day:%a %F}" for day, works in zip(days, expected, strict=True) if CALENDAR.is_working_day(day) is not works]
    assert differ == []


def test_a_year_without_an_official_notice_is_doubted() -> None:
    assert CALENDAR.doubt(date(2026, 5, 1)) is None
    provisional, unknown = CALENDAR.doubt(date(2027, 5, 1)), CALENDAR.doubt(date(2031, 5, 1))
    assert provisional is not None
    assert "2027年还没有国务院办公厅的放假通知" in provisional.zh
    assert "statutory days only" in provisional.en
    assert unknown is not None
    assert "只按周末推算" in unknown.zh


DOUBTS = [
    ("2026-12-30 09:00", "2027-01-05 09:00", "工作日", 1),  # reaches into 2027
    ("2026-12-30 09:00", "2027-01-05 09:00", "自然时", 0),  # natural time needs no calendar
    ("2026-12-30 09:00", "2026-12-31 09:00", "工作日", 0),
    ("2026-12-30 09:00", "2028-01-05 09:00", "工作时", 2),
]


@pytest.mark.parametrize(("start", "due", "clock", "count"), DOUBTS)
def test_a_deadline_is_doubted_with_the_years_it_rests_on(start: str, due: str, clock: str, count: int) -> None:
    assert len(CALENDAR.doubts(at(start), at(due), clock)) == count


DAYS_TO = [
    ("春节", date(2026, 11, 22), 76),  # 6 February 2027
    ("春节", date(2026, 2, 17), 0),  # the day itself
    ("春节", date(2026, 2, 18), 353),
    ("春节", date(2027, 2, 7), 353),  # 26 January 2028, from seasons.yaml
    ("中秋节", date(2025, 10, 2), 4),  # 6 October 2025, within the National Day week
    ("麦收", date(2026, 5, 31), 1),
    ("麦收", date(2026, 6, 2), 364),
    ("春节", date(2031, 1, 24), None),  # not known yet: the fact stays unknown
    ("没有这个节", date(2026, 1, 1), None),
]


@pytest.mark.parametrize(("name", "on", "days"), DAYS_TO)
def test_the_days_to_a_festival_count_to_its_next_coming(name: str, on: date, days: int | None) -> None:
    assert CALENDAR.days_to(name, on) == days


def test_a_pause_takes_no_time() -> None:
    start, paused, resumed = at("2026-11-23 09:00"), at("2026-11-23 11:00"), at("2026-11-25 14:00")
    left = CALENDAR.length(Span.parse("1d"), "工作日") - CALENDAR.spent_time(start, paused, "工作日")
    assert said(CALENDAR.add(resumed, left, "工作日")) == "Thu 2026-11-26 10:00"


def test_a_time_without_a_zone_and_an_unknown_clock_are_refused() -> None:
    with pytest.raises(ValueError, match="没有时区"):
        CALENDAR.add(datetime(2026, 1, 1), Span.parse("1h"), "自然时")  # noqa: DTZ001
    with pytest.raises(ValueError, match="不是时钟"):
        CALENDAR.spent(at("2026-01-01 09:00"), at("2026-01-01 10:00"), "工作周")


EARLIEST, LATEST = datetime(2025, 1, 1), datetime(2028, 1, 1)  # noqa: DTZ001
moments = st.datetimes(EARLIEST, LATEST).map(lambda moment: moment.replace(tzinfo=UTC))
spans = st.one_of(
    st.builds(Span, st.integers(0, 6000), st.just("m")), st.builds(Span, st.integers(0, 300), st.just("h")), st.builds(Span, st.integers(0, 40), st.just("d"))
)
clocks = st.sampled_from(CLOCKS)


@given(moments, spans, clocks)
def test_what_was_added_has_been_spent(start: datetime, span: Span, clock: str) -> None:
    due = CALENDAR.add(start, span, clock)
    assert CALENDAR.spent_time(start, due, clock) == CALENDAR.length(span, clock)
    assert CALENDAR.spent(start, due, clock) == CALENDAR.length(span, clock).total_seconds()


@given(moments, spans, clocks)
def test_it_is_due_at_the_first_instant_it_can_be(start: datetime, span: Span, clock: str) -> None:
    due = CALENDAR.add(start, span, clock)
    if span.amount:
        assert CALENDAR.spent_time(start, due - timedelta(microseconds=1), clock) < CALENDAR.length(span, clock)


@given(moments, spans, spans, clocks)
def test_a_longer_span_is_never_due_earlier(start: datetime, one: Span, other: Span, clock: str) -> None:
    short, long = sorted((one, other), key=lambda span: CALENDAR.length(span, clock))
    assert CALENDAR.add(start, short, clock) <= CALENDAR.add(start, long, clock)


@given(moments, st.timedeltas(timedelta(), timedelta(days=9)), spans, clocks)
def test_a_later_start_is_never_due_earlier(start: datetime, later: timedelta, span: Span, clock: str) -> None:
    assert CALENDAR.add(start, span, clock) <= CALENDAR.add(start + later, span, clock)


@given(moments, st.timedeltas(timedelta(), timedelta(days=9)), st.timedeltas(timedelta(), timedelta(days=9)), clocks)
def test_time_spent_in_two_parts_is_the_time_spent(start: datetime, first: timedelta, second: timedelta, clock: str) -> None:
    middle, end = start + first, start + first + second
    assert CALENDAR.spent_time(start, middle, clock) + CALENDAR.spent_time(middle, end, clock) == CALENDAR.spent_time(start, end, clock)


HOURS = "weekdays: [1, 2, 3, 4, 5]\nhours:\n  - {from: '08:30', to: '12:00'}\n"
YEAR = "year: 2026\nofficial: true\nbasis: 通知\nholidays:\n  - {name: 元旦, from: 2026-01-01, to: 2026-01-03}\nmakeup: [2026-01-04]\n"
REFUSED = [
    # what is wrong, the file, the line and words of the sentence
    ("reversed hours", "weekdays: [1]\nhours:\n  - {from: '12:00', to: '08:30'}\n", ":3:", "颠倒"),
    ("overlapping hours", HOURS + "  - {from: '11:00', to: '13:00'}\n", ":4:", "重叠"),
    ("an eighth weekday", HOURS.replace("5]", "8]"), ":1:", "1 到 7"),
    ("no weekday", HOURS.replace("[1, 2, 3, 4, 5]", "[]"), ":1:", "是空的"),
    ("no such time", HOURS.replace("08:30", "25:00"), ":3:", "时刻应当如"),
    ("a date no calendar has", YEAR.replace("2026-01-03", "2026-02-30"), ":5:", "日期应当如"),
    ("reversed dates", YEAR.replace("2026-01-03", "2025-12-31"), ":5:", "颠倒"),
    ("another year's day", YEAR.replace("[2026-01-04]", "[2027-01-04]"), ":6:", "不在 2026 年"),
    ("both off and worked", YEAR.replace("[2026-01-04]", "[2026-01-02]"), ":6:", "同时放假"),
    ("an unknown field", YEAR + "note: 无\n", ":7:", "没有这个字段"),
    ("a missing field", YEAR.replace("basis: 通知\n", ""), ":1:", "缺少「basis」"),
    ("29 February as a season", "seasons: {闰日: 02-29}\n", ":1:", "每年都有"),
    ("a double key", YEAR + "makeup: []\n", ":7:", "写了两次"),
    ("an alias", YEAR.replace("[2026-01-04]", "*days"), ":6:", "不允许引用"),
]


@pytest.mark.parametrize(("why", "text", "place", "words"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_wrong_calendar_is_refused_with_its_place(tmp_path: Path, why: str, text: str, place: str, words: str) -> None:
    (tmp_path / "one.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(CalendarRefused) as refused:
        Calendar.load([tmp_path])
    assert any(place in finding.text() and words in finding.zh for finding in refused.value.findings), str(refused.value)


def test_a_calendar_without_hours_or_with_a_year_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2026.yaml").write_text(YEAR, encoding="utf-8")
    with pytest.raises(CalendarRefused, match="没有工作时间"):
        Calendar.load([tmp_path])
    (tmp_path / "hours.yaml").write_text(HOURS, encoding="utf-8")
    assert Calendar.load([tmp_path]).working_day == timedelta(hours=3, minutes=30)
    (tmp_path / "again.yaml").write_text(YEAR, encoding="utf-8")
    with pytest.raises(CalendarRefused, match="写过了"):
        Calendar.load([tmp_path])
    with pytest.raises(CalendarRefused, match="读取"):
        Calendar.load([tmp_path / "missing.yaml"])


def test_a_six_day_week_without_lunch_is_a_matter_of_settings(tmp_path: Path) -> None:
    (tmp_path / "hours.yaml").write_text("weekdays: [1, 2, 3, 4, 5, 6]\nhours: [{from: '09:00', to: '17:00'}]\n", encoding="utf-8")
    calendar = Calendar.load([tmp_path / "hours.yaml"])
    assert said(calendar.add(at("2026-11-27 16:00"), Span.parse("1d"), "工作日")) == "Sat 2026-11-28 16:00"


SPANS = [("10m", Span(10, "m"), "10分钟", "10 minutes"), ("1h", Span(1, "h"), "1小时", "1 hour"), (" 3d ", Span(3, "d"), "3天", "3 days")]


@pytest.mark.parametrize(("text", "span", "zh", "en"), SPANS)
def test_a_span_is_read_and_said(text: str, span: Span, zh: str, en: str) -> None:
    assert Span.parse(text) == span
    assert (span.say("zh"), span.say("en"), str(span)) == (zh, en, text.strip())


def test_a_day_of_a_working_clock_is_said_as_one() -> None:
    assert (Span(3, "d").say("zh", "工作日"), Span(1, "d").say("en", "工作日")) == ("3个工作日", "1 working day")


@pytest.mark.parametrize("text", ["", "10", "m", "1.5h", "-1h", "10 m", "10M", "10s", "３d", "1h30m", None, 10, True, f"{LONGEST['d'] + 1}d", "9999999h"])
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(SpanRefused, match="时长"):
        Span.parse(text)


@pytest.mark.parametrize("text", ["70", "101%", "-1%", "70.%", "", None, 0.7])
def test_what_is_no_share_is_refused(text: object) -> None:
    with pytest.raises(SpanRefused, match="不是比例"):
        percent(text)
