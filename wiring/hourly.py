"""Work the jobs process does once an hour, at one of its turns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

EVERY = timedelta(hours=1)


class Hourly:
    """Remembers when the work was last done; a new process does it at its first turn."""

    def __init__(self, clock: Callable[[], datetime], work: Callable[[], int]) -> None:
        self._clock, self._work = clock, work
        self._next: datetime | None = None

    def turn(self) -> int:
        """Does the work when an hour has gone by since it was; answers how much there was to do."""
        at = self._clock()
        if self._next is not None and at < self._next:
            return 0
        self._next = at + EVERY  # also after a fault: it is tried again in an hour, not at once
        return self._work()
