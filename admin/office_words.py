"""Words that several tables of the back office show: states, weekdays, times of day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admin.office_forms import say
from admin.office_list import Choice
from tickets.domain.times import local

MINUTES_OF_A_DAY = 24 * 60


def state(active: bool) -> str:
    """在用 or 已停用."""
    return say("state_on" if active else "state_off")


def state_choice(model: Any) -> Choice:
    """In force (the usual), retired, or both."""
    return Choice(
        "state",
        lambda: [("on", say("state_on")), ("off", say("state_off")), ("all", say("state_all"))],
        lambda value: {"off": model.active == False, "all": None}.get(value, model.active == True),  # noqa: E712
        "on",
    )


def weekday(number: int) -> str:
    """周一 for 0."""
    return say(f"weekday_{number}")


def minute(of_day: int) -> str:
    """08:00 for 480, 24:00 for the end of the day."""
    return f"{of_day // 60:02d}:{of_day % 60:02d}"


def moment(at: datetime) -> str:
    """2026-12-01 08:00 in the district, for a stored time."""
    return local(at).strftime("%Y-%m-%d %H:%M")
