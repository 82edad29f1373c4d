"""Seasons 未诉先办: what each category's weeks ahead will bring, which of them are peaks, and the reason in a sentence.

The figures are season_model's and season_peaks'; here they are put together for the command, the jobs process and the page. Every answer is made
from the weeks before its day alone. With less than three years of record a category has no peaks and no ratios, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from insights.season_calendar import YearShape
from insights.season_model import FLAT, LUNAR, SOLAR, Fitted, fit
from insights.season_peaks import LEAST_YEARS, Past, Peak, interval, peaks, usual
from insights.season_weeks import Weekly

AT_ONCE = 64  # names fitted together: enough for speed, few enough for a bar that moves
SHOWN_YEARS = 6
MOVES = 60  # days: a season longer than this is not said to move with the moon, though it was counted by it
LOOKS_BACK = 10  # years: what was longer ago is no guide any more


@dataclass(frozen=True)
class Week:
    """One week ahead: appeals expected, between `low` and `high` nine times of ten, and `ratio` over the usual week."""

    monday: date
    expected: float
    low: float
    high: float
    ratio: float


@dataclass(frozen=True)
class Outlook:
    """What lies ahead of one name. `years` are whole years of record; `usual` is a usual week's appeals; `calendar` what the season follows."""

    name: str
    years: int
    usual: float
    calendar: str
    weeks: tuple[Week, ...]
    peaks: tuple[Peak, ...]

    @property
    def enough(self) -> bool:
        """Whether there are three years: with less nothing is foretold."""
        return self.years >= LEAST_YEARS


def outlooks(table: Weekly, year: YearShape, ahead: int = 20) -> Iterator[Outlook]:
    """One outlook a name, in the table's order, `ahead` weeks each; peaks reach a year ahead. Computed in portions, so that progress can be shown."""
    recent = table.recent(LOOKS_BACK)
    for start in range(0, len(table.names), AT_ONCE):
        part = recent.only(range(start, min(start + AT_ONCE, len(table.names))))
        fitted = fit(part, year)
        plain, mean, years = usual(fitted), fitted.mean(), part.years()
        for place, name in enumerate(part.names):
            enough = int(years[place]) >= LEAST_YEARS
            level = float(fitted.level[place])
            weeks = tuple(
                _week(fitted, place, week, float(mean[week, place]) if enough else level, float(plain[place]) if enough else 1.0) for week in range(ahead)
            )
            calendar = fitted.choices[place].kind if enough else FLAT
            yield Outlook(name, int(years[place]), level * (float(plain[place]) if enough else 1.0), calendar, weeks, peaks(fitted, place))


def because(peak: Peak, year: YearShape, lang: str = "zh") -> str:
    """Why a peak is foretold: what the same weeks of past years had, and which festival or season it goes by."""
    told = peak.past[-SHOWN_YEARS:]
    times = "、".join(f"{_year(one, peak)} 年 {one.count:.0f} 件（{one.ratio:.1f} 倍）" for one in told)
    near = year.nearest(peak.start, peak.end, lunar=peak.calendar != SOLAR)
    if lang == "en":
        times = ", ".join(f"{_year(one, peak)}: {one.count:.0f} ({one.ratio:.1f}×)" for one in told)
        moon = ", following the lunar calendar" if peak.calendar == LUNAR and (peak.end - peak.start).days < MOVES else ""
        return f"the same weeks rose in past years – {times}{moon}" + (f"; {_apart(near.day, peak, 'en')} {near.name}" if near is not None else "")
    moon = "，随农历移动" if peak.calendar == LUNAR and (peak.end - peak.start).days < MOVES else ""
    return f"历年同期：{times}{moon}" + (f"；在{near.name}{_apart(near.day, peak, 'zh')}" if near is not None else "")


def _year(past: Past, peak: Peak) -> int:
    """The year most of a past span lies in."""
    return (past.start + (peak.end - peak.start) / 2).year


def _apart(day: date, peak: Peak, lang: str) -> str:
    """Where the peak lies from a festival: "前 3 周起", "前后", "后 2 周起"."""
    weeks = round((day - peak.start).days / 7)
    if day > peak.end and weeks:
        return f"前 {weeks} 周起" if lang == "zh" else f"from {weeks} weeks before"
    if peak.start <= day <= peak.end or not weeks:
        return "前后" if lang == "zh" else "around"
    return f"后 {-weeks} 周起" if lang == "zh" else f"from {-weeks} weeks after"


def _week(fitted: Fitted, place: int, week: int, mean: float, plain: float) -> Week:
    low, high = interval(mean, float(fitted.unrest[place]), float(fitted.drift[place]))
    level = float(fitted.level[place])
    return Week(fitted.monday(fitted.table.weeks + week), mean, low, high, mean / max(level * plain, 1e-9) if level > 0 else 1.0)
