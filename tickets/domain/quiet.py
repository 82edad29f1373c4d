"""Quiet hours: what can wait is not sent at night, and until when it waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from tickets.domain.times import local

# These are the reason the system exists: a person is asked to act now, whatever the hour.
NEVER_WAIT = ("派单", "催签", "催办", "升级", "超期", "人工派单", "指定", "调解")


@dataclass(frozen=True)
class Quiet:
    """The installation's quiet hours on the district's clock, 22:00 to 07:00 (the same or empty: none), and the kinds of message that keep them."""

    start: str = ""
    until: str = ""
    kinds: frozenset[str] = frozenset()


def ends(at: datetime, start: str, until: str) -> datetime | None:
    """When the quiet hours end that `at` (aware) falls into; None outside of them. They may run over midnight."""
    if not start or not until or start == until:
        return None
    here, begins, over = local(at), time.fromisoformat(start), time.fromisoformat(until)
    for day in (here.date() - timedelta(days=1), here.date()):
        first = datetime.combine(day, begins, here.tzinfo)
        last = datetime.combine(day + timedelta(days=over <= begins), over, here.tzinfo)
        if first <= here < last:
            return last.astimezone(at.tzinfo)
    return None
