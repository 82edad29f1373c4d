"""Times as the house keeps them: aware UTC in code, naive UTC in the database, the district's clock on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def stored(at: datetime) -> datetime:
    """An aware time as the database keeps it: UTC without a zone. ValueError for a time without one, whose meaning is a guess."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} 没有时区 (a time without a zone)")
    return at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime) -> datetime:
    """A time from the database as aware UTC."""
    return at.replace(tzinfo=UTC)


def local(at: datetime) -> datetime:
    """The time on the wall in the district; `at` may be aware, or naive UTC from the database."""
    return (at if at.tzinfo else aware(at)).astimezone(SHANGHAI)


def day_key(at: datetime) -> str:
    """The local day as a ticket number begins with it: 20261123."""
    return local(at).strftime("%Y%m%d")


def clock_words(at: datetime) -> str:
    """Month, day, hour and minute in the district, for a message or a sentence: 11-23 09:05."""
    return local(at).strftime("%m-%d %H:%M")
