"""A headline rate as a card: its value beside last month and the target, and twelve months as a line with its table."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from insights.month_rates import HEADLINE, MonthRates, Told
from insights.rates import INDICATORS
from web.show.months import month_words
from web.show.targets import Aim

Say = Callable[..., str]


@dataclass(frozen=True)
class Point:
    """One month of the line: `value` is empty where the sample is too small to say anything."""

    month: str
    short: str
    value: str
    good: int
    total: int


@dataclass(frozen=True)
class RateCard:
    """One rate. `value` is empty under the least sample, then `thin` says how many of how many; `look` is good, hot or "" beside the target."""

    name: str
    title: str
    value: str
    unit: str
    good: int
    total: int
    thin: str
    before: str
    change: str
    target: str
    look: str
    points: tuple[Point, ...]

    def chart(self) -> dict[str, object]:
        """What the browser draws: labels, values with null for a gap, the target's line."""
        return {
            "kind": "line",
            "labels": [one.month for one in self.points],
            "values": [float(one.value) if one.value else None for one in self.points],
            "target": float(self.target) if self.target else None,
            "unit": self.unit,
        }


def cards(months: Sequence[MonthRates], what: str, key: Hashable, aims: Mapping[str, Aim], say: Say, names: Sequence[str] = HEADLINE) -> tuple[RateCard, ...]:
    """The cards of one whole, town, unit or person; `months` end with the month shown, at least two of them."""
    return tuple(_card(months, what, key, name, aims.get(name, Aim()), say) for name in names)


def _card(months: Sequence[MonthRates], what: str, key: Hashable, name: str, aim: Aim, say: Say) -> RateCard:
    told = [one.told(what, key, name) for one in months]
    now, before = told[-1], told[-2]
    target = "" if aim.target is None else figure(aim.target)
    enough = aim.enough(now)
    return RateCard(
        name=name,
        title=say(f"rate.{name}"),
        value=_shown(now, aim),
        unit=say(f"rate.unit_{INDICATORS[name].form}"),
        good=now.good,
        total=now.total,
        thin=say("rate.thin", total=now.total, least=aim.least) if now.total and not enough else "",
        before=_shown(before, aim),
        change=change(name, now, before, say) if enough and aim.enough(before) else "",
        target=target,
        look="" if not enough or not target else "good" if aim.reached(name, now) else "hot",
        points=tuple(
            Point(month_words(one.period, say), one.period.key, _shown(point, aim), point.good, point.total) for one, point in zip(months, told, strict=True)
        ),
    )


def _shown(told: Told, aim: Aim) -> str:
    return figure(told.value) if told.value is not None and aim.enough(told) else ""


def figure(value: Decimal) -> str:
    """100, 99.93, 18.0: without the noughts that say nothing, a whole number of percent without any."""
    text = f"{value:.2f}"
    return text[:-3] if text.endswith(".00") else text[:-1] if text.endswith("0") else text


def change(name: str, now: Told, before: Told, say: Say) -> str:
    """Against the month before, in words: the same, so many points or hours more or less. Both must have a value."""
    if now.value is None or before.value is None:
        raise ValueError(f"{name}：没有可比的数 (nothing to compare)")
    by = now.value - before.value
    if by == 0:
        return say("rate.same")
    if INDICATORS[name].form == "mean":
        return say("rate.slower" if by > 0 else "rate.faster", by=figure(abs(by)))
    return say("rate.up" if by > 0 else "rate.down", by=figure(abs(by)))
