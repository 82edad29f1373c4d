"""The jobs process keeps the weekly counts and, once a Monday, has the year foretold, the rules asked and past warnings scored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from typing import Any

import structlog

from tickets.actions import forecast_count, forecast_make
from tickets.domain.season import Foretold, PeakTold
from tickets.ports import Desk
from wiring.hourly import Hourly

_log = structlog.get_logger("season")
AHEAD = 20  # weeks that are kept of a forecast


def season_work(desk: Desk) -> Hourly:
    """Its turns answer how much was counted, foretold and scored."""
    return Hourly(desk.clock, lambda: work(desk))


def work(desk: Desk) -> int:
    """Counts what is new; makes the Monday's forecasts where they are not made yet; scores warnings whose weeks are over."""
    counted = forecast_count.count_all(desk)
    judged = forecast_make.judge_due(desk)
    monday = forecast_make.due(desk)
    made = forecast_make.Made()
    if monday is not None and not forecast_make.complete(desk, monday):
        made = forecast_make.make(desk, foretold(desk, monday), monday)
    if made.forecasts or judged:
        _log.info("seasons foretold", monday=str(monday), forecasts=made.forecasts, warnings=made.warnings, messages=made.messages, scored=judged)
    return counted + judged + made.forecasts


def foretold(desk: Desk, monday: date) -> Iterator[Foretold]:
    """What lies ahead of every subject in every town and in the whole district, from the weeks before that Monday."""
    # numpy and scipy wait until there is something to foretell: no process needs them to start
    seasons: Any = import_module("insights.season")
    calendar = import_module("insights.season_calendar").YearShape.of(desk.calendar.data)
    weeks: Any = import_module("insights.season_weeks")
    subjects = forecast_make.subjects(desk)
    counts = forecast_count.daily(desk, subjects, monday - forecast_make.LOOKS_BACK)
    names = {f"{place} {number}": (subjects[number], place) for number in range(len(subjects)) for place in ("", *forecast_count.towns(desk.rules.names.areas))}
    opened = min((day for found in counts.values() for day in found), default=monday)
    appeals = {name: counts[pair] for name, pair in names.items() if pair in counts}
    for name, pair in names.items():
        if name not in appeals:
            yield Foretold(*pair)
    for one in seasons.outlooks(weeks.weekly(appeals, monday, first=opened), calendar, AHEAD):
        category, area = names[one.name]
        kept = tuple((week.expected, week.low, week.high, week.ratio) for week in one.weeks) if one.enough else ()
        peaks = tuple(_told(seasons, peak, calendar) for peak in one.peaks)
        yield Foretold(category, area, one.years, round(one.usual, 3), one.calendar, kept, peaks)


def _told(seasons: Any, peak: Any, calendar: Any) -> PeakTold:
    return PeakTold(
        peak.start.isoformat(),
        peak.end.isoformat(),
        peak.first,
        round(peak.expected, 1),
        peak.low,
        peak.high,
        round(peak.usual, 1),
        round(peak.ratio, 3),
        seasons.because(peak, calendar, "zh"),
        seasons.because(peak, calendar, "en"),
        tuple((one.start.isoformat(), one.count, round(one.usual, 2)) for one in peak.past),
    )
