"""When something is due: natural time, working hours and working days, with the State Council's holidays and make-up days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.facts import Label
from engine.load_calendar import CalendarData, read, read_texts
from engine.spans import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATURAL, WORKING_HOURS, WORKING_DAYS = "自然时", "工作时", "工作日"
CLOCKS = (NATURAL, WORKING_HOURS, WORKING_DAYS)


class Calendar:
    """Counts time on one of three clocks. Every datetime in and out is aware; answers are UTC.

    自然时: every second counts, a day is 24 hours. 工作时 and 工作日: only working seconds count (hours.yaml, lunch left out), an hour is 60
    working minutes and a day is one whole working day's hours, so 3d from Monday 09:40 is due on Thursday 09:40. What begins outside
    working time begins to count at the next working minute. A span that fills a day (or a morning) to its last second is due when that
    closes (18:00, 12:00), not when the next one opens: it is the earliest instant at which the time is used up. The two working clocks count
    alike; 工作时 is for rules written in hours, 工作日 for rules written in days.
    """

    def __init__(self, data: CalendarData) -> None:
        self.data = data
        self._off = frozenset(day for year in data.years.values() for day in year.days_off())
        self._makeup = frozenset(day for year in data.years.values() for day in year.makeup)
        self._days: dict[date, tuple[tuple[datetime, datetime], ...]] = {}  # remembered: the same few weeks are asked for again and again
        self._spans = tuple((_since_midnight(a), _since_midnight(b)) for a, b in data.hours)
        self.working_day = sum((b - a for a, b in self._spans), timedelta())

    @classmethod
    def load(cls, paths: Iterable[str | Path]) -> Calendar:
        """From YAML files, or folders of them (rules/calendar); CalendarRefused names the file and what is wrong."""
        return cls(read(paths))

    @classmethod
    def of_texts(cls, texts: Mapping[str, str]) -> Calendar:
        """The same from texts by path, as a draft holds them."""
        return cls(read_texts(texts))

    def is_working_day(self, day: date) -> bool:
        """A make-up day is one, a holiday is not; otherwise the weekday decides."""
        if day in self._makeup:
            return True
        return day not in self._off and day.isoweekday() in self.data.weekdays

    def is_working_time(self, at: datetime) -> bool:
        """True within working hours of a working day; closing time itself is not."""
        return any(a <= at < b for a, b in self._hours(_local(at).date()))

    def length(self, span: Span, clock: str) -> timedelta:
        """How much time of that clock the span asks for: 1d is 24 h on 自然时, one working day's hours otherwise."""
        _check(clock)
        if span.unit == "d":
            return span.amount * (timedelta(days=1) if clock == NATURAL else self.working_day)
        return timedelta(**{"m": {"minutes": span.amount}, "h": {"hours": span.amount}}[span.unit])

    def add(self, start: datetime, span: Span | timedelta, clock: str) -> datetime:
        """The instant (UTC) by which that much time of the clock has passed since `start`. Nothing asked for is due at once.

        After a pause, a caller adds what is left: add(resumed, length(span, clock) - timedelta(seconds=already spent), clock).
        """
        _check(clock)
        left = self.length(span, clock) if isinstance(span, Span) else span
        begin = _utc(start)
        if clock == NATURAL or left <= timedelta():
            return begin + max(left, timedelta())
        for opens, closes in self._working_from(begin):
            opens = max(opens, begin)
            if opens >= closes:
                continue
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise AssertionError("the working periods never end")

    def spent(self, start: datetime, now: datetime, clock: str) -> float:
        """Seconds of that clock between the two instants; 0 when `now` is not after `start`."""
        return self.spent_time(start, now, clock).total_seconds()

    def spent_time(self, start: datetime, now: datetime, clock: str) -> timedelta:
        """The same as `spent`, exact to the microsecond."""
        _check(clock)
        begin, end = _utc(start), _utc(now)
        if end <= begin:
            return timedelta()
        if clock == NATURAL:
            return end - begin
        total = timedelta()
        for opens, closes in self._working_from(begin):
            if opens >= end:
                break
            total += max(min(closes, end) - max(opens, begin), timedelta())
        return total

    def days_to(self, name: str, on: date) -> int | None:
        """Days until the festival or season begins next (0 on the day); None when the calendar does not know its next date."""
        days = [year.festivals[name] for year in self.data.years.values() if name in year.festivals]
        days += self.data.festivals.get(name, ())
        if name in self.data.seasons:
            month, day = self.data.seasons[name]
            days += [date(on.year, month, day), date(on.year + 1, month, day)]
        return min(((day - on).days for day in days if day >= on), default=None)

    def doubt(self, day: date) -> Label | None:
        """A warning when that day's year stands without the State Council's official notice, else None."""
        year = self.data.years.get(day.year)
        if year is not None and year.official:
            return None
        known = ("只按法定节日推算", "statutory days only") if year is not None else ("只按周末推算", "weekends only")
        return Label(
            f"{day.year}年还没有国务院办公厅的放假通知，工作日{known[0]}；通知发布后请更新 rules/calendar/{day.year}.yaml",
            f"No official holiday notice for {day.year} yet: working days count {known[1]}; update rules/calendar/{day.year}.yaml once it is published",
        )

    def doubts(self, start: datetime, due: datetime, clock: str) -> tuple[Label, ...]:
        """The warnings of every year that a deadline between the two instants rests on; none on 自然时."""
        if clock == NATURAL:
            return ()
        years = range(_local(start).year, _local(due).year + 1)
        return tuple(doubt for year in years if (doubt := self.doubt(date(year, 1, 1))) is not None)

    def _hours(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """That day's working periods, in UTC; none on a day off."""
        known = self._days.get(day)
        if known is None:
            midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
            known = tuple((midnight + a, midnight + b) for a, b in self._spans) if self.is_working_day(day) else ()
            self._days[day] = known
        return known

    def _working_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working periods from that day on, without end."""
        day = _local(start).date()
        while True:
            yield from self._hours(day)
            day += timedelta(days=1)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _check(clock: str) -> None:
    if clock not in CLOCKS:
        raise ValueError(f"「{clock}」不是时钟；可以用 {'、'.join(CLOCKS)} (unknown clock)")


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} 没有时区；请用带时区的时间 (a naive time)")
    return at.astimezone(UTC)


def _local(at: datetime) -> datetime:
    return _utc(at).astimezone(SHANGHAI)
