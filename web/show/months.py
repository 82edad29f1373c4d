"""Months as pages choose and name them."""

from __future__ import annotations

from collections.abc import Callable

from tickets.domain.period import Period, PeriodRefused, month
from tickets.domain.times import local

CHOICE = 12  # months offered, the present one among them


def asked_month(written: str) -> Period | None:
    """The month written 2026-10 in an address; None for anything else."""
    try:
        return month(written)
    except PeriodRefused:
        return None


def back(period: Period, months: int) -> Period:
    """So many months before."""
    for _ in range(months):
        period = period.before()
    return period


def year_to(period: Period) -> tuple[Period, ...]:
    """The twelve months that end with this one, the oldest first."""
    found = [period]
    while len(found) < CHOICE:
        found.append(found[-1].before())
    return tuple(reversed(found))


def month_words(period: Period, say: Callable[..., str]) -> str:
    """2026 年 11 月, or November 2026."""
    first = local(period.since)
    return say("month.words", year=first.year, month=say(f"month.{first.month}"))
