"""What was foretold of one category in one place, as it is handed to the actions and kept: plain data, without the numbers' makers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

LIFT = 1.2  # a span counts as a season come from this many times the usual on
ABSENT, CAME, LOWER, AS_TOLD, HIGHER, COUNTED = "没有来", "来了", "低于预期", "与预期相当", "高于预期", "已计数"


@dataclass(frozen=True)
class PeakTold:
    """A season ahead: ISO days of its Monday and last Sunday, appeals in all of it, the reason in both languages.

    `first` are the weeks until it begins (below 0: under way), `past` the same span of each past year as [first day, appeals, usual].
    """

    start: str
    end: str
    first: int
    expected: float
    low: float
    high: float
    usual: float
    ratio: float
    zh: str
    en: str
    past: tuple[tuple[str, float, float], ...] = ()

    @property
    def weeks(self) -> int:
        """How many weeks it lasts."""
        return ((date.fromisoformat(self.end) - date.fromisoformat(self.start)).days + 1) // 7


@dataclass(frozen=True)
class Foretold:
    """What lies ahead of a category in an area (empty: the whole district). `weeks` are (expected, low, high, ratio over the usual) from `monday` on.

    `years` are whole years of record, `usual` a usual week's appeals; with less than three years there are no peaks.
    `plan_day` is the Monday on which the rules would warn next, as things stand.
    """

    category: str
    area: str
    years: int = 0
    usual: float = 0.0
    calendar: str = ""
    weeks: tuple[tuple[float, float, float, float], ...] = ()
    peaks: tuple[PeakTold, ...] = ()
    plan_day: str = ""
    plan_rule: str = ""

    @property
    def next_peak(self) -> PeakTold | None:
        """The first peak that has not begun yet."""
        return min((peak for peak in self.peaks if peak.first >= 0), key=lambda peak: peak.first, default=None)


def written(peaks: Iterable[PeakTold]) -> str:
    """The peaks as they are kept."""
    return json.dumps([asdict(peak) for peak in peaks], ensure_ascii=False, separators=(",", ":"))


def read_peaks(text: str) -> tuple[PeakTold, ...]:
    """The peaks from what `written` made of them."""
    return tuple(PeakTold(**{**one, "past": tuple((str(day), float(came), float(usual)) for day, came, usual in one["past"])}) for one in json.loads(text))


def read_weeks(text: str) -> tuple[tuple[float, float, float, float], ...]:
    """The weeks of a stored forecast."""
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in json.loads(text))


def judged(came: int, expected: float | None, low: float | None, high: float | None, usual: float | None) -> str:
    """How a warned-of span went: it did not come, it came lower, as told or higher; without a forecast only whether it came, or the bare count."""
    if usual is None or usual <= 0:
        return COUNTED
    if came < LIFT * usual:
        return ABSENT
    if expected is None or low is None or high is None:
        return CAME
    return LOWER if came < low else HIGHER if came > high else AS_TOLD


def monday_of(day: date) -> date:
    """The Monday of that day's week."""
    return day - timedelta(days=day.weekday())
