"""The office's own calendar, and times written as they are read in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from engine.calendar import SHANGHAI, Calendar

CALENDAR = Calendar.load([Path(__file__).parents[2] / "rules" / "calendar"])


def at(text: str) -> datetime:
    """2026-10-01 08:30 in Shanghai, as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def said(moment: datetime) -> str:
    """The weekday beside the date, so that a reader can check the table with a wall calendar."""
    return f"{moment.astimezone(SHANGHAI):%a %Y-%m-%d %H:%M}"
