"""The year's shape of a weekly count: learned on the solar and on the lunar calendar, kept only where it foretells years it has not seen.

A category's week is held for Poisson with a level, a shape over the year and some unrest: y ~ level × shape(day of the year) × shape(day of the lunar
year). Shapes are kernel averages over the same time of all years, drawn towards "no season" where little was counted. Which calendar, and how
smooth, is decided by leaving out one year after the other (the deviance of the year left out); all categories are computed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from insights.season_calendar import YearShape, middles
from insights.season_weeks import CIRCLE, WEEK, YEAR, Weekly

Numbers = NDArray[np.float64]
SOLAR, LUNAR, BOTH, FLAT = "公历", "农历", "公历和农历", "无"
WIDTHS = (1.0, 2.0, 4.0)  # weeks: the kernel's standard deviation
MOON_WIDTHS = (1.0, 2.0)
DRAWN = 4.0  # appeals' worth of belief in "no season"
GAIN = 4.0  # by how much (in deviance) a shape must foretell better than none, and two calendars better than one
MOONLESS = 3.0  # by how much the moon must foretell better than the sun: most seasons are the sun's
MEMORY = 30.0  # weeks: half-life with which the level of today forgets
NEIGHBOURS = 4  # weeks around the same week of other years among which a storm must find its like; Spring Festival moves by as much
SMALL = 1e-9


@dataclass(frozen=True)
class Choice:
    """One way to see the year: the widths (weeks) of a solar and of a lunar kernel, None where that calendar is not asked."""

    solar: float | None = None
    lunar: float | None = None

    @property
    def kind(self) -> str:
        """In words."""
        return BOTH if self.solar and self.lunar else SOLAR if self.solar else LUNAR if self.lunar else FLAT


@dataclass(frozen=True)
class Fitted:
    """What was learned of a table: per name the choice, and per week (past, then ahead) the shape; `level` is today's appeals a week without season."""

    table: Weekly
    ahead: int
    choices: tuple[Choice, ...]
    shape: Numbers  # (weeks + ahead, names), 1.0 is the mean of a year
    slow: Numbers  # (weeks, names): the level each past week had
    level: Numbers  # (names,)
    unrest: Numbers  # (names,): variance over mean, at least 1
    drift: Numbers  # (names,): relative standard deviation of a year's level
    phases: dict[str, Numbers] = field(default_factory=dict)  # per calendar, weeks in its circle, past and ahead

    def first_ahead(self) -> date:
        """The Monday the forecast begins on."""
        return self.table.end

    def mean(self) -> Numbers:
        """Expected appeals per week ahead, (ahead, names)."""
        return np.asarray(self.level * self.shape[self.table.weeks :])

    def monday(self, week: int) -> date:
        """The Monday of a week of `shape`."""
        return self.table.first + week * WEEK


def fit(table: Weekly, year: YearShape, ahead: int = YEAR + 8) -> Fitted:
    """Learns every column of the table and draws it `ahead` weeks on. With less than two years nothing but a level is learned."""
    days = middles(table.first, table.weeks + ahead)
    phases: dict[str, Numbers] = {SOLAR: year.solar(days)}
    moon = year.lunar(days)
    if moon is not None:
        phases[LUNAR] = moon
    slow = _slow(table)
    calm = _calm(table, slow)
    choices = _choose(table, calm, slow, phases) if table.weeks >= 2 * YEAR - 4 else (Choice(),) * len(table.names)
    shape = np.ones((table.weeks + ahead, len(table.names)))
    for choice in dict.fromkeys(choices):
        columns = [place for place, one in enumerate(choices) if one == choice]
        shape[:, columns] = _shape(choice, calm[:, columns], slow[:, columns], table.known[:, columns], phases)
    unrest = _unrest(table, calm, slow * shape[: table.weeks])
    return Fitted(table, ahead, choices, shape, slow, _level(table, calm, shape), unrest, _drift(table, calm, shape), phases)


def _slow(table: Weekly) -> Numbers:
    """The level of each week: the mean of the year around it, which no season can move; at the ends the first and the last whole year's."""
    n = table.weeks
    if n == 0:
        return np.zeros_like(table.counts)
    width = min(n, YEAR)
    total = np.vstack([np.zeros(len(table.names)), np.cumsum(table.counts * table.known, axis=0)])
    weeks = np.vstack([np.zeros(len(table.names)), np.cumsum(table.known, axis=0)])
    start = np.clip(np.arange(n) - width // 2, 0, n - width)
    summed, known = total[start + width] - total[start], weeks[start + width] - weeks[start]
    whole = total[-1] / np.maximum(weeks[-1], 1)
    # a year of which little is known leans on the whole record
    return np.asarray(np.maximum((summed + 8 * whole) / (known + 8), SMALL))


def _calm(table: Weekly, slow: Numbers) -> Numbers:
    """The counts without storms: a week may be no higher than its like in some other year, and what chance adds to it."""
    n = table.weeks
    ratio = np.where(table.known, table.counts / slow, 0.0)
    calm = table.counts.copy()
    turns = range(1, int(n / CIRCLE) + 2)
    for week in range(n):
        around = [
            place
            for turn in turns
            for sign in (-1, 1)
            for place in range(week + sign * round(turn * CIRCLE) - NEIGHBOURS, week + sign * round(turn * CIRCLE) + NEIGHBOURS + 1)
            if 0 <= place < n
        ]
        like = ratio[around].max(axis=0, initial=0.0) if around else np.ones(len(table.names))
        fair = slow[week] * np.maximum(like, 1.0)
        calm[week] = np.minimum(calm[week], fair + 3 * np.sqrt(fair) + 1)
    return calm


def _kernel(of: Numbers, at: Numbers, width: float) -> Numbers:
    """Weights (at, of) of how near two places of the circle are."""
    away = np.abs(at[:, None] - of[None, :]) % CIRCLE
    return np.asarray(np.exp(-0.5 * (np.minimum(away, CIRCLE - away) / width) ** 2))


def _one(kernel: Numbers, counts: Numbers, level: Numbers, known: NDArray[np.bool_]) -> Numbers:
    return np.asarray((kernel @ (counts * known) + DRAWN) / (kernel @ (level * known) + DRAWN))


def _shape(
    choice: Choice, counts: Numbers, level: Numbers, known: NDArray[np.bool_], phases: dict[str, Numbers], hidden: NDArray[np.bool_] | None = None
) -> Numbers:
    """The shape over past and ahead of these columns under one choice; `hidden` weeks are not learned from."""
    n = counts.shape[0]
    seen = known if hidden is None else known & ~hidden[:, None]
    steps = [(calendar, width) for calendar, width in ((SOLAR, choice.solar), (LUNAR, choice.lunar)) if width and calendar in phases]
    parts: dict[str, Numbers] = {calendar: np.ones((len(phases[SOLAR]), counts.shape[1])) for calendar, _ in steps}
    for _ in range(2 if len(steps) > 1 else 1):
        for calendar, width in steps:
            other = np.prod([part[:n] for name, part in parts.items() if name != calendar], axis=0) if len(steps) > 1 else 1.0
            parts[calendar] = _one(_kernel(phases[calendar][:n], phases[calendar], width), counts, level * other, seen)
    whole = np.ones((len(phases[SOLAR]), counts.shape[1]))
    for part in parts.values():
        whole = whole * part
    return whole


def _choose(table: Weekly, counts: Numbers, level: Numbers, phases: dict[str, Numbers]) -> tuple[Choice, ...]:
    """Per column the choice that best foretells years left out; none where no season does clearly better than no season."""
    alone = [Choice(solar=width) for width in WIDTHS]
    alone += [Choice(lunar=width) for width in MOON_WIDTHS] if LUNAR in phases else []
    both = [Choice(solar=sun, lunar=moon) for sun in WIDTHS[1:] for moon in MOON_WIDTHS] if LUNAR in phases else []
    cost = {choice: _left_out(choice, table, counts, level, phases) for choice in (Choice(), *alone, *both)}
    unrest = _unrest(table, counts, level * _shape(Choice(solar=WIDTHS[1]), counts, level, table.known, phases)[: table.weeks])
    chosen = []
    for place in range(len(table.names)):
        at = {choice: float(found[place] / unrest[place]) for choice, found in cost.items()}
        best = min(alone, key=lambda choice: at[choice] + (MOONLESS if choice.lunar else 0.0))
        two = min(both, key=at.__getitem__, default=best)
        best = two if at[two] < at[best] - GAIN else best
        chosen.append(best if at[best] < at[Choice()] - GAIN else Choice())
    return tuple(chosen)


def _left_out(choice: Choice, table: Weekly, counts: Numbers, level: Numbers, phases: dict[str, Numbers]) -> Numbers:
    """The deviance of every year when it is foretold from the others, per column."""
    n = table.weeks
    year = ((n - 1 - np.arange(n)) / CIRCLE).astype(int)
    cost = np.zeros(len(table.names))
    for block in range(int(year[0]) + 1):
        hidden = year == block
        guessed = np.maximum(level * _shape(choice, counts, level, table.known, phases, hidden)[:n], SMALL)[hidden]
        cost += (_deviance(counts[hidden], guessed) * table.known[hidden]).sum(axis=0)
    return cost


def _deviance(counts: Numbers, mean: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(counts > 0, counts * np.log(counts / mean), 0.0)
    return np.asarray(2 * (told - counts + mean))


def _level(table: Weekly, counts: Numbers, shape: Numbers) -> Numbers:
    """Today's level without season: recent weeks count most, and a little of the whole record stays."""
    n = table.weeks
    weight = (0.5 ** ((n - 1 - np.arange(n)) / MEMORY))[:, None] * table.known
    seasonal = np.maximum(shape[:n], SMALL)
    return np.asarray((weight * counts).sum(axis=0) / np.maximum((weight * seasonal).sum(axis=0), SMALL)) if n else np.zeros(len(table.names))


def _unrest(table: Weekly, counts: Numbers, mean: Numbers) -> Numbers:
    """Variance over mean, of single weeks and of four weeks together (unrest that lasts), at least 1."""
    known = table.known
    residual = np.where(known, counts - mean, 0.0)
    found = np.ones(len(table.names))
    for width in (1, 4):
        n = (table.weeks // width) * width
        if not n:
            continue
        summed, expected = (part[-n:].reshape(-1, width, part.shape[1]).sum(axis=1) for part in (residual, mean * known))
        found = np.maximum(found, (summed**2).sum(axis=0) / np.maximum(expected.sum(axis=0), SMALL))
    return found


def _drift(table: Weekly, counts: Numbers, shape: Numbers) -> Numbers:
    """How much a year's level differs from the year before's, relatively and beyond chance; a tenth where it cannot be known."""
    n = table.weeks
    whole = n // YEAR
    if whole < 2:
        return np.full(len(table.names), 0.3)
    seen = counts * table.known
    usual = np.maximum(shape[:n], SMALL) * table.known
    years = [slice(n - YEAR * (back + 1), n - YEAR * back) for back in range(whole)]
    rate = np.array([seen[one].sum(axis=0) / np.maximum(usual[one].sum(axis=0), 1.0) for one in years])
    size = np.array([seen[one].sum(axis=0) for one in years])
    step = np.abs(np.log((rate[:-1] + 0.05) / (rate[1:] + 0.05)))
    chance = 1 / np.maximum(size[:-1], 1) + 1 / np.maximum(size[1:], 1)
    return np.asarray(np.clip(np.sqrt(np.maximum((step**2 - chance).mean(axis=0), 0.01)), 0.1, 0.6))


def past_years(fitted: Fitted) -> Sequence[slice]:
    """The weeks of each whole or half year before today, newest first."""
    n = fitted.table.weeks
    return [slice(max(0, round(n - CIRCLE * (back + 1))), round(n - CIRCLE * back)) for back in range(int(n / CIRCLE + 0.5))]
