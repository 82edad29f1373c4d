"""A month's rates in numbers alone: whole, by town, unit, section and person. What pages keep of past months, whose tickets nobody lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from insights.rates import Case, Rates
from tickets.domain.period import Period

HEADLINE = ("response_rate", "on_time_rate", "solved_rate", "satisfaction_rate", "mean_hours")
WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Told:
    """One figure: `good` of `total` tickets; `value` in percent, hours or pieces, None for a rate of nothing."""

    value: Decimal | None
    good: int
    total: int


@dataclass(frozen=True)
class MonthRates:
    """The figures of a month by (what it is of, its key): ("whole", None), ("town", name), ("unit" or "section" or "person", id)."""

    period: Period
    of: Mapping[tuple[str, Hashable], Mapping[str, Told]]

    def told(self, what: str, key: Hashable, name: str) -> Told:
        """That figure; nothing of nothing where there was no case."""
        return self.of.get((what, key), {}).get(name, NOTHING)


NOTHING = Told(None, 0, 0)


def in_numbers(rates: Rates, town_of: Callable[[str], str]) -> MonthRates:
    """The rates of a month as numbers; `town_of` says in which town an area lies, "" for none."""

    def town(case: Case) -> Hashable:
        return town_of(case.who.area) or None

    found: dict[tuple[str, Hashable], Mapping[str, Told]] = {(WHOLE, None): _told(rates)}
    for what, key in (("town", town), ("unit", "unit"), ("section", "section"), ("person", "person")):
        found.update({(what, one): _told(part) for one, part in rates.by(key).items()})
    return MonthRates(rates.period, found)


def _told(rates: Rates) -> dict[str, Told]:
    return {name: Told(figure.value, figure.good, figure.total) for name, figure in rates.figures().items() if figure.total}
