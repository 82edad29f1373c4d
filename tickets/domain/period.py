"""A stretch of time that is counted: a month of the district, half-open, from the first midnight to the next month's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.times import SHANGHAI, local

_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")


class PeriodRefused(ValueError):
    """No such month; the sentence says how one is written."""

    permanent = True


@dataclass(frozen=True)
class Period:
    """Half-open [since, until), both aware. `key` names it: 2026-10 for a month, two dates for any other stretch."""

    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        first = local(self.since)
        if (first.day, first.hour, first.minute) == (1, 0, 0) and self.until == _first(*_after(first.year, first.month)):
            return f"{first:%Y-%m}"
        return f"{first:%Y-%m-%d}/{local(self.until):%Y-%m-%d}"

    def before(self) -> Period:
        """The month before the one in which this stretch begins."""
        first = local(self.since)
        return of_month(first.year - (first.month == 1), 12 if first.month == 1 else first.month - 1)

    def after(self) -> Period:
        """The month after the one in which this stretch begins."""
        first = local(self.since)
        return of_month(*_after(first.year, first.month))

    def over(self, at: datetime) -> bool:
        """True when nothing of it lies ahead any more at `at` (aware)."""
        return at >= self.until


def month(text: str) -> Period:
    """The month written 2026-10. PeriodRefused for anything else."""
    found = _MONTH.match(text.strip())
    if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 9998:
        raise PeriodRefused(f"「{text[:40]}」不是月份；请写成 2026-10 (not a month: write 2026-10)")
    return of_month(int(found[1]), int(found[2]))


def month_of(at: datetime) -> Period:
    """The month in which `at` (aware) lies, by the district's clock."""
    here = local(at)
    return of_month(here.year, here.month)


def of_month(year: int, number: int) -> Period:
    """That month of that year, 1 to 12."""
    return Period(_first(year, number), _first(*_after(year, number)))


def _first(year: int, number: int) -> datetime:
    return datetime(year, number, 1, tzinfo=SHANGHAI)


def _after(year: int, number: int) -> tuple[int, int]:
    return (year + 1, 1) if number == 12 else (year, number + 1)
