"""What many screens ask for at the same moment is computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Kept = TypeVar("Kept")
MOST = 200


class Recent(Generic[Kept]):
    """Remembers one answer a key for as long as its stamp stays the same; the oldest of more than 200 keys is forgotten.

    The stamp must change whenever the answer could: here the second, and the last thing that was written.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, tuple[Hashable, Kept]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, stamp: Hashable, make: Callable[[], Kept]) -> Kept:
        """The answer remembered under the key and stamp, else a fresh one. Two who ask at once may both compute it; neither waits."""
        with self._lock:
            found = self._kept.get(key)
        if found is not None and found[0] == stamp:
            return found[1]
        fresh = make()
        with self._lock:
            self._kept[key] = (stamp, fresh)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return fresh
