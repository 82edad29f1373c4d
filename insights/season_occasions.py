"""The festivals and seasons of a span of days, from rules/calendar: what the columns of the season map are named by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.load_calendar import CalendarData

LUNAR = ("腊八", "小年", "春节", "元宵节", "端午节", "中秋节")
NEW_YEAR = "春节"
FROM_NEW_YEAR = {"腊八": -22, "小年": -7, "元宵节": 14}  # 腊八 and 小年 move by a day with the length of the twelfth month


@dataclass(frozen=True)
class Occasion:
    """A festival or season on a day; `lunar` says that its day moves with the moon."""

    name: str
    day: date
    lunar: bool


def festivals_of(data: CalendarData) -> dict[str, tuple[date, ...]]:
    """Every festival's known days in order: those of the yearly files and of seasons.yaml together."""
    days: dict[str, set[date]] = {name: set(found) for name, found in data.festivals.items()}
    for year in data.years.values():
        for name, day in year.festivals.items():
            days.setdefault(name, set()).add(day)
    return {name: tuple(sorted(found)) for name, found in days.items()}


def between(festivals: Mapping[str, tuple[date, ...]], seasons: Mapping[str, tuple[int, int]], start: date, end: date) -> tuple[Occasion, ...]:
    """Every festival and season that begins in [start, end), in order of its day."""
    found = [Occasion(name, day, name in LUNAR) for name, days in festivals.items() for day in days if start <= day < end]
    for name, (month, day_of) in seasons.items():
        told = {day.year for day in festivals.get(name, ())}  # a year whose own file names the day needs no rule of thumb
        years = [year for year in range(start.year, end.year + 1) if year not in told]
        found += [Occasion(name, day, False) for year in years if start <= (day := date(year, month, day_of)) < end]
    for name, shift in FROM_NEW_YEAR.items():
        if name not in festivals:
            found += [Occasion(name, near, True) for day in festivals.get(NEW_YEAR, ()) if start <= (near := day + timedelta(days=shift)) < end]
    return tuple(sorted(found, key=lambda one: (one.day, one.name)))
