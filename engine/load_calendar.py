"""Reads rules/calendar: working hours, each year's holidays and make-up days, and the seasons of the farming year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path

from engine import expect, read_file, yaml_strict
from engine.expect import Scope
from engine.findings import Report, RulesRefused
from engine.nodes import Fields, Node
from engine.vocabulary import Vocabulary


class CalendarRefused(RulesRefused):
    """Calendar files that cannot be used; `findings` gives one sentence each with file and line."""


@dataclass(frozen=True)
class Holiday:
    """One festival's days off, both ends included; `day` is the festival itself."""

    name: str
    start: date
    end: date
    day: date

    def days(self) -> Iterator[date]:
        for offset in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=offset)


@dataclass(frozen=True)
class Year:
    """One year's notice. `official` is False while only the statutory days are known."""

    year: int
    official: bool
    basis: str
    holidays: tuple[Holiday, ...]
    makeup: tuple[date, ...]

    @property
    def festivals(self) -> dict[str, date]:
        return {holiday.name: holiday.day for holiday in self.holidays}

    def days_off(self) -> Iterator[date]:
        for holiday in self.holidays:
            yield from holiday.days()


@dataclass(frozen=True)
class CalendarData:
    """Everything the folder says. `weekdays` are ISO (1 Monday); `hours` are local, in order; `seasons` name a month and a day."""

    weekdays: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    years: Mapping[int, Year]
    seasons: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    festivals: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


_Hours = tuple[frozenset[int], tuple[tuple[time, time], ...]]
_YEAR = ("year", "official", "basis", "holidays", "makeup")
_LONGEST_HOLIDAY = 31


def read(paths: Iterable[str | Path]) -> CalendarData:
    """One file of hours, at most one of each year; seasons where they are. Raises CalendarRefused with all that is wrong."""
    return _read([_File(str(path), str(path.parent), path) for path in _files(paths)])


def read_texts(texts: Mapping[str, str]) -> CalendarData:
    """The same from texts by path, as a draft holds them."""
    return _read([_File(name, name.rpartition("/")[0], text) for name, text in sorted(texts.items())])


@dataclass(frozen=True)
class _File:
    name: str
    folder: str
    content: Path | str  # where it lies, or its text


def _read(files: Sequence[_File]) -> CalendarData:
    report = Report()
    hours: list[_Hours] = []
    years: dict[int, Year] = {}
    seasons: dict[str, tuple[int, int]] = {}
    festivals: dict[str, tuple[date, ...]] = {}
    for file in files:
        scope = Scope(report, file.name, "calendar", Vocabulary())
        content = _content(file, scope)
        if content is None:
            continue
        if "year" in content.fields:
            year = _year(content, scope)
            if year is not None and year.year in years:
                scope.error(content, f"{year.year} 年在另一个文件里写过了", f"{year.year} is given in another file already")
            elif year is not None:
                years[year.year] = year
        elif "hours" in content.fields:
            hours += _hours(content, scope)
            if len(hours) > 1:
                scope.error(content, "工作时间在另一个文件里写过了", "working hours are given in another file already")
        else:
            _seasons(content, scope, seasons, festivals)
    if not hours and not report.has_errors():
        where = files[0].folder if files else "calendar"
        zh = "没有工作时间；请写一个含 weekdays 和 hours 的文件，如 hours.yaml"
        report.error(where, 1, "calendar", zh, "no working hours: write a file with weekdays and hours, such as hours.yaml")
    if report.has_errors():
        raise CalendarRefused(report.findings)
    return CalendarData(hours[0][0], hours[0][1], years, seasons, festivals)


def _files(paths: Iterable[str | Path]) -> list[Path]:
    files: list[Path] = []
    for given in paths:
        path = Path(given)
        files += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return files


def _content(file: _File, scope: Scope) -> Fields | None:
    try:
        text = read_file.read_text(file.content, file.name)[0] if isinstance(file.content, Path) else file.content
        node = yaml_strict.load(text, file.name)
    except RulesRefused as refused:
        scope.report.findings += refused.findings
        return None
    return expect.fields(node, scope, ("year", "official", "basis", "holidays", "makeup", "weekdays", "hours", "seasons", "festivals"), "日历", "the calendar")


def _year(content: Fields, scope: Scope) -> Year | None:
    expect.fields(content, scope, _YEAR, "年度日历", "a year's calendar", needed=_YEAR)
    if any(key not in content.fields for key in _YEAR):
        return None
    given = content.fields
    number = expect.whole(given["year"], scope, "year", "year", least=2000, most=2100)
    official = expect.yes_no(given["official"], scope, "official", "official")
    basis = expect.text(given["basis"], scope, "basis", "basis")
    holidays = [_holiday(item, scope) for item in expect.items(given["holidays"], scope, "holidays", "holidays", empty=True) or ()]
    listed = expect.items(given["makeup"], scope, "makeup", "makeup", empty=True) or ()
    makeup = [(_day(item, scope), item) for item in listed]
    off: set[date] = set()
    for holiday, node in holidays:
        days = () if holiday is None else tuple(holiday.days())
        for day in days:
            if day.year != number or day in off:
                scope.error(node, f"{day} 不在 {number} 年，或放了两个假", f"{day} lies outside {number}, or is off twice")
        off.update(days)
    worked: set[date] = set()
    for day_worked, node in makeup:
        if day_worked is not None and (day_worked.year != number or day_worked in off or day_worked in worked):
            scope.error(node, f"{day_worked} 不在 {number} 年、同时放假，或写了两次", f"{day_worked} lies outside {number}, is a holiday, or stands twice")
        if day_worked is not None:
            worked.add(day_worked)
    if number is None or official is None or basis is None:
        return None
    return Year(number, official, basis, tuple(one for one, _ in holidays if one is not None), tuple(sorted(worked)))


def _holiday(node: Node, scope: Scope) -> tuple[Holiday | None, Node]:
    box = expect.fields(node, scope, ("name", "from", "to", "day"), "假期", "a holiday", needed=("name", "from", "to"))
    if box is None or any(key not in box.fields for key in ("name", "from", "to")):
        return None, node
    name = expect.text(box.fields["name"], scope, "假期名称", "the holiday's name")
    start, end = _day(box.fields["from"], scope), _day(box.fields["to"], scope)
    day = _day(box.fields["day"], scope) if "day" in box.fields else start
    if name is None or start is None or end is None or day is None:
        return None, node
    if not start <= day <= end:
        scope.error(node, f"{name}的日期颠倒了", f"the dates of {name} are reversed")
        return None, node
    if (end - start).days > _LONGEST_HOLIDAY:
        scope.error(node, f"{name}超过 {_LONGEST_HOLIDAY} 天", f"{name} is longer than {_LONGEST_HOLIDAY} days")
        return None, node
    return Holiday(name, start, end, day), node


def _hours(content: Fields, scope: Scope) -> list[_Hours]:
    expect.fields(content, scope, ("weekdays", "hours"), "工作时间", "working hours", needed=("weekdays", "hours"))
    if "weekdays" not in content.fields:
        return []
    listed = expect.items(content.fields["weekdays"], scope, "weekdays", "weekdays") or ()
    weekdays = [expect.whole(item, scope, "weekdays（1 是星期一）", "a weekday (1 is Monday)", least=1, most=7) for item in listed]
    periods: list[tuple[time, time]] = []
    for item in expect.items(content.fields["hours"], scope, "hours", "hours") or ():
        box = expect.fields(item, scope, ("from", "to"), "工作时段", "a working period", needed=("from", "to"))
        if box is None or len(box.fields) != 2:
            continue
        begin, end = (_time(box.fields[key], scope) for key in ("from", "to"))
        if begin is None or end is None:
            continue
        if begin >= end or (periods and begin < periods[-1][1]):
            scope.error(item, f"{begin:%H:%M}–{end:%H:%M} 颠倒，或与前一段重叠", f"{begin:%H:%M}–{end:%H:%M} is reversed or overlaps the one before")
        periods.append((begin, end))
    days = frozenset(day for day in weekdays if day is not None)
    return [(days, tuple(periods))] if days and periods else []


def _seasons(content: Fields, scope: Scope, seasons: dict[str, tuple[int, int]], festivals: dict[str, tuple[date, ...]]) -> None:
    expect.fields(content, scope, ("seasons", "festivals"), "时节", "the seasons")
    for key in content.fields:
        box = content.fields[key]
        if not isinstance(box, Fields):
            scope.wrong(box, f"{key} 应当是「名称: 日期」", f"{key} must be name: date")
            continue
        for name, node in box.fields.items():
            if key == "seasons" and (found := _month_day(node, scope)) is not None:
                seasons[name] = found
            elif key == "festivals":
                days = [_day(item, scope) for item in expect.items(node, scope, name, name) or ()]
                festivals[name] = tuple(day for day in days if day is not None)


def _day(node: Node, scope: Scope) -> date | None:
    word = expect.text(node, scope, "日期", "a date")
    try:
        return date.fromisoformat(word) if word is not None else None
    except ValueError:
        scope.wrong(node, "日期应当如 2026-10-01", "a date must look like 2026-10-01")
        return None


def _time(node: Node, scope: Scope) -> time | None:
    word = expect.text(node, scope, "时刻", "a time of day")
    try:
        found = time.fromisoformat(word) if word is not None else None
    except ValueError:
        found = None
    if word is not None and (found is None or found.tzinfo is not None or found.microsecond):
        scope.wrong(node, "时刻应当如 '08:30'", "a time of day must look like '08:30'")
        return None
    return found


def _month_day(node: Node, scope: Scope) -> tuple[int, int] | None:
    word = expect.text(node, scope, "月-日", "month-day")
    try:
        found = date.fromisoformat(f"2023-{word}") if word is not None else None  # 2023: 02-29 does not come every year
    except ValueError:
        scope.wrong(node, "应当是每年都有的「月-日」，如 06-01", "must be a month and day of every year, such as 06-01")
        return None
    return (found.month, found.day) if found is not None else None
