"""Seasons: planted peaks are found on the calendar they follow, flat years stay silent, and an odd past does no harm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.season import Outlook, because, outlooks
from insights.season_calendar import YearShape
from insights.season_weeks import YEAR, Weekly, weekly
from tests.insights.season_years import CALENDAR, TODAY, Tops, lunar_tops, next_top, planted, solar_tops

SUN = [solar_tops(month, day) for month, day in ((1, 8), (3, 4), (4, 20), (6, 5), (7, 12), (8, 25), (9, 20), (10, 18))]
MOON = [lunar_tops("春节", shift) for shift in (-30, -21, -14, -7, 0, 10)] + [lunar_tops("中秋节"), lunar_tops("端午节")]


@cache
def three_years(end: date = TODAY, seed: int = 1) -> tuple[tuple[Outlook, ...], list[Tops | None]]:
    tops: list[Tops | None] = [*SUN, *MOON, *[None] * 40]
    return tuple(outlooks(planted(3, tops, end=end, seed=seed), CALENDAR)), tops


def one(table: Weekly) -> Outlook:
    return next(outlooks(table, CALENDAR))


def hits(found: Outlook, top: date) -> bool:
    return any(peak.start - timedelta(days=10) <= top <= peak.end + timedelta(days=10) for peak in found.peaks)


def test_planted_peaks_are_found_and_flat_years_warn_of_nothing() -> None:
    found, tops = three_years()
    planted_ones = [(outlook, next_top(top)) for outlook, top in zip(found, tops, strict=True) if top is not None]
    assert sum(hits(outlook, top) for outlook, top in planted_ones) >= 0.9 * len(planted_ones)
    assert sum(bool(outlook.peaks) for outlook, top in zip(found, tops, strict=True) if top is None) <= 0.05 * 40
    false = sum(
        not any(hits(replace(outlook, peaks=(peak,)), top) for top in tops) for outlook, tops in zip(found, tops, strict=True) if tops for peak in outlook.peaks
    )
    assert false <= 1


def test_a_festival_is_followed_by_the_moon_and_told_so() -> None:
    found, _ = three_years()
    new_year = found[len(SUN) + 2]  # two weeks before Spring Festival 2027-02-06
    peak = new_year.peaks[0]
    assert (new_year.calendar, peak.calendar) == ("农历", "农历")
    assert peak.start <= date(2027, 1, 23) <= peak.end
    assert "随农历移动；在" in because(peak, CALENDAR)
    assert "following the lunar calendar" in because(peak, CALENDAR, "en")
    assert [past.start.year for past in peak.past] == [2024, 2025, 2026]
    summer = found[4]
    assert (summer.calendar, "农历" in because(summer.peaks[0], CALENDAR)) == ("公历", False)


def test_the_interval_holds_the_expected_and_the_usual_is_below() -> None:
    found, _ = three_years()
    for outlook in found:
        for peak in outlook.peaks:
            assert peak.low <= peak.expected <= peak.high
            assert peak.usual < peak.expected
        assert all(week.low <= week.expected + 1 <= week.high + 1 for week in outlook.weeks)


@settings(max_examples=8, deadline=None)
@given(turn=st.integers(1, 4), month=st.integers(1, 12), seed=st.integers(0, 50))
def test_a_year_earlier_is_a_year_earlier(turn: int, month: int, seed: int) -> None:
    """By the sun alone the same counts a number of years before tell the same peaks a number of years before."""
    no_moon = YearShape({}, CALENDAR.seasons)
    table = planted(3, [solar_tops(month, 10)], seed=seed)
    shift = timedelta(days=7 * round(turn * 365.25 / 7))
    here = next(outlooks(table, no_moon)).peaks
    there = next(outlooks(replace(table, first=table.first - shift), no_moon)).peaks
    assert len(here) == len(there)
    for ours, theirs in zip(here, there, strict=True):
        assert abs((ours.start - shift - theirs.start).days) <= 7
        assert theirs.expected == pytest.approx(ours.expected, rel=0.25)


@settings(max_examples=12, deadline=None)
@given(years=st.floats(0.1, 2.85), seed=st.integers(0, 99), times=st.floats(1, 6))
def test_less_than_three_years_foretell_nothing(years: float, seed: int, times: float) -> None:
    found = one(planted(years, [lunar_tops("春节", -14)], times=times, seed=seed))
    assert not found.enough
    assert found.peaks == ()
    assert {round(week.ratio, 6) for week in found.weeks} == {1.0}


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 99), week=st.integers(5, 150))
def test_one_storm_is_no_season(seed: int, week: int) -> None:
    flat = planted(3, [None], seed=seed)
    flat.counts[week % flat.weeks] += 200
    assert not [peak for peak in one(flat).peaks if peak.ratio >= 1.5]


def test_missing_weeks_and_a_storm_leave_a_planted_peak_standing() -> None:
    tops = solar_tops(7, 12)
    table = planted(4, [tops])
    table.counts[60:66] = 0
    table.known[60:66] = False
    table.counts[100] += 150
    found = one(table)
    assert hits(found, next_top(tops))
    assert found.years == 4
    assert len(found.peaks) == 1


def test_a_gap_in_the_record_is_not_a_quiet_time() -> None:
    days = {date(2022, 1, 3) + timedelta(days=7 * week): 9 for week in range(200) if not 50 <= week < 56}
    table = weekly({"噪声": days, "路灯": dict.fromkeys(days, 3)}, date(2025, 11, 3))
    assert not table.known[50:56].any()
    assert table.known[:50].all()


def test_a_quiet_season_of_every_year_is_no_gap() -> None:
    days = {date(2022, 1, 3) + timedelta(days=7 * week): 9 for week in range(200) if week % YEAR < 40}
    assert weekly({"供热": days}, date(2025, 11, 3)).known.all()


def test_a_category_born_late_is_as_old_as_it_is() -> None:
    table = planted(5, [None, None])
    table.counts[:200, 1] = 0
    days = {
        name: {table.first + timedelta(days=7 * int(week)): int(table.counts[week, place]) for week in range(table.weeks)}
        for place, name in enumerate(table.names)
    }
    laid = weekly({name: {day: number for day, number in found.items() if number} for name, found in days.items()}, TODAY)
    old, young = outlooks(laid, CALENDAR)
    assert (old.years, young.years) == (5, 1)
    assert young.peaks == ()
    assert young.usual == pytest.approx(10, rel=0.3)


def test_the_future_is_never_looked_at() -> None:
    table = planted(5, [solar_tops(7, 12)])
    cut = date(2025, 1, 6)
    changed = replace(table, counts=np.where(np.arange(table.weeks)[:, None] >= (cut - table.first).days // 7, 99.0, table.counts))
    assert one(table.before(cut)) == one(changed.before(cut))


def test_nothing_at_all_and_zeros_are_answered() -> None:
    assert list(outlooks(weekly({}, TODAY), CALENDAR)) == []
    quiet = one(weekly({"无": {date(2020, 1, 6): 1}}, TODAY))
    assert quiet.peaks == ()
    assert all(week.expected >= 0 for week in quiet.weeks)
