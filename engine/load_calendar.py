"""Reads rules/calendar: working hours, each year's holidays and make-up days, and the seasons of the farming year."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path

import yaml


class CalendarRefused(ValueError):
    """A calendar file that cannot be used; one sentence with the file and what is wrong."""

    permanent = True


@dataclass(frozen=True)
class Holiday:
    """One festival's days off, both ends included; `day` is the festival itself."""

    name: str
    start: date
    end: date
    day: date


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
        return {name: holiday.day for holiday in self.holidays for name in holiday.name.split("、")}

    def days_off(self) -> Iterator[date]:
        for holiday in self.holidays:
            for offset in range((holiday.end - holiday.start).days + 1):
                yield holiday.start + timedelta(days=offset)


@dataclass(frozen=True)
class CalendarData:
    """Everything the folder says. `weekdays` are ISO (1 Monday); `hours` are local, in order; `seasons` name a month and a day."""

    weekdays: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    years: Mapping[int, Year]
    seasons: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    festivals: Mapping[str, tuple[date, ...]] = field(default_factory=dict)


def read(paths: Iterable[str | Path]) -> CalendarData:
    """One set of hours, any number of years, at most one of each; raises CalendarRefused."""
    hours: tuple[frozenset[int], tuple[tuple[time, time], ...]] | None = None
    years: dict[int, Year] = {}
    seasons: dict[str, tuple[int, int]] = {}
    festivals: dict[str, tuple[date, ...]] = {}
    for path in _files(paths):
        data = _plain(path)
        try:
            if "year" in data:
                year = _year(data)
                if year.year in years:
                    raise ValueError(f"{year.year} 年写了两次 (the year is given twice)")
                years[year.year] = year
            elif "hours" in data:
                if hours is not None:
                    raise ValueError("工作时间写了两次 (working hours are given twice)")
                hours = _hours(data)
            else:
                _known(data, {"seasons", "festivals"})
                seasons |= {str(name): _month_day(value) for name, value in _map(data, "seasons").items()}
                festivals |= {str(name): tuple(_day(one) for one in value) for name, value in _map(data, "festivals").items()}
        except (KeyError, TypeError, ValueError) as problem:
            what = f"缺少 {problem} (missing)" if isinstance(problem, KeyError) else str(problem)
            raise CalendarRefused(f"{path}: {what}") from problem
    if hours is None:
        raise CalendarRefused("日历里没有工作时间；请写一个含 weekdays 和 hours 的文件，如 rules/calendar/hours.yaml (no working hours)")
    return CalendarData(hours[0], hours[1], years, seasons, festivals)


def _files(paths: Iterable[str | Path]) -> list[Path]:
    files: list[Path] = []
    for given in paths:
        path = Path(given)
        files += sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    return files


def _plain(path: Path) -> dict[str, object]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as problem:
        raise CalendarRefused(f"{path}: 读不了 (cannot be read): {' '.join(str(problem).split())}") from problem
    if not isinstance(data, dict):
        raise CalendarRefused(f"{path}: 应当是「键: 值」的表 (expected a mapping)")
    return data


def _year(data: Mapping[str, object]) -> Year:
    _known(data, {"year", "official", "basis", "holidays", "makeup"})
    number, official = data["year"], data["official"]
    if not isinstance(number, int) or not isinstance(official, bool):
        raise ValueError("year 应当是年份，official 应当是 true 或 false (year is a number, official true or false)")
    holidays = tuple(_holiday(one) for one in _list(data, "holidays"))
    makeup = tuple(_day(one) for one in _list(data, "makeup"))
    year = Year(number, official, str(data["basis"]), holidays, makeup)
    off = list(year.days_off())
    for day in (*off, *makeup):
        if day.year != number:
            raise ValueError(f"{day} 不在 {number} 年 (outside the year)")
    for day in makeup:
        if day in off or makeup.count(day) > 1:
            raise ValueError(f"{day} 既放假又上班，或写了两次 (both off and worked, or twice)")
    if len(set(off)) != len(off):
        raise ValueError("有一天放了两个假 (a day is off twice)")
    return year


def _holiday(value: object) -> Holiday:
    if not isinstance(value, dict):
        raise ValueError("holidays 的每一项应当有 name、from、to (each needs name, from, to)")
    _known(value, {"name", "from", "to", "day"})
    start, end = _day(value["from"]), _day(value["to"])
    day = _day(value["day"]) if "day" in value else start
    if not start <= day <= end:
        raise ValueError(f"{value['name']} 的日期颠倒了 (reversed dates)")
    return Holiday(str(value["name"]), start, end, day)


def _hours(data: Mapping[str, object]) -> tuple[frozenset[int], tuple[tuple[time, time], ...]]:
    _known(data, {"weekdays", "hours"})
    weekdays = _list(data, "weekdays")
    if not weekdays or any(not isinstance(day, int) or isinstance(day, bool) or not 1 <= day <= 7 for day in weekdays):
        raise ValueError("weekdays 应当是 1（星期一）到 7 的数字，至少一个 (1 to 7, at least one)")
    periods: list[tuple[time, time]] = []
    for one in _list(data, "hours"):
        if not isinstance(one, dict):
            raise ValueError("hours 的每一段应当有 from 和 to (each needs from and to)")
        _known(one, {"from", "to"})
        begin, end = _time(one["from"]), _time(one["to"])
        if begin >= end or (periods and begin < periods[-1][1]):
            raise ValueError(f"{begin:%H:%M}–{end:%H:%M} 颠倒或与前一段重叠 (reversed or overlapping)")
        periods.append((begin, end))
    if not periods:
        raise ValueError("hours 至少要有一段 (at least one period)")
    return frozenset(day for day in weekdays if isinstance(day, int)), tuple(periods)


def _known(data: Mapping[str, object], names: set[str]) -> None:
    for key in data:
        if key not in names:
            raise ValueError(f"不认识「{key}」；可以写 {'、'.join(sorted(names))} (unknown key)")


def _map(data: Mapping[str, object], key: str) -> Mapping[str, list[object]]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise ValueError(f"{key} 应当是「名称: 日期」的表 (expected a mapping)")
    return value


def _list(data: Mapping[str, object], key: str) -> list[object]:
    value = data[key]
    if not isinstance(value, list):
        raise ValueError(f"{key} 应当是列表 (expected a list)")
    return value


def _day(value: object) -> date:
    return value if type(value) is date else date.fromisoformat(str(value))


def _time(value: object) -> time:
    if not isinstance(value, str):
        raise ValueError(f"「{value}」不是时刻；请加引号写成 '08:30' (not a time of day)")
    return time.fromisoformat(value)


def _month_day(value: object) -> tuple[int, int]:
    day = date.fromisoformat(f"2024-{value}")
    if (day.month, day.day) == (2, 29):
        raise ValueError("不能用 02-29 (29 February does not come every year)")
    return day.month, day.day
