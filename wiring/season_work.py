"""The jobs process keeps the weekly counts and, once a Monday, has the year foretold, the rules asked and past warnings scored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from itertools import islice
from typing import Any

import structlog

from tickets.actions import forecast_count, forecast_make
from tickets.domain.season import Foretold, PeakTold
from tickets.ports import Desk
from wiring.hourly import Hourly

_log = structlog.get_logger("season")
AHEAD = 20  # weeks that are kept of a forecast
AT_ONCE = 24  # forecasts of one turn


class SeasonWork:
    """Its turns answer how much was counted, foretold and scored. A Monday's forecasts are made a few at a turn, so that other jobs go on."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._hourly = Hourly(desk.clock, self._begin)
        self._left: Iterator[Foretold] | None = None
        self._monday = date.min

    def turn(self) -> int:
        """The hour's counting and scoring, or the next few forecasts of a Monday that has begun to be made."""
        return self._hourly.turn() if self._left is None else self._some()

    def _begin(self) -> int:
        done = forecast_count.count_all(self._desk) + forecast_make.judge_due(self._desk)
        monday = forecast_make.due(self._desk)
        if monday is not None and not forecast_make.complete(self._desk, monday):
            self._monday, self._left = monday, foretold(self._desk, monday)
        return done + (self._left is not None)

    def _some(self) -> int:
        assert self._left is not None
        try:
            portion = list(islice(self._left, AT_ONCE))
            made = forecast_make.make(self._desk, portion, self._monday)
        except Exception:
            self._left = None  # begun again within the hour: what was kept is passed over
            raise
        if len(portion) < AT_ONCE:
            self._left = None
        if made.forecasts:
            _log.info("seasons foretold", monday=str(self._monday), forecasts=made.forecasts, warnings=made.warnings, messages=made.messages)
        return len(portion)


def work(desk: Desk) -> int:
    """All of it at once, for a command or a simulation: counts, scores, makes the Monday's forecasts; answers how much there was."""
    turns, done = SeasonWork(desk), 0
    while part := turns.turn():
        done += part
    return done


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
