"""Marks a message towards its provider, so that what comes back names the message and nobody can make a mark up."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from hashlib import sha256

DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without I and O: it is read aloud and typed
LONGEST = 40  # characters of a mark; a longer one is not ours


class Marks:
    """Signs outbox ids with the installation's key, which is asked for at the first mark."""

    def __init__(self, key: Callable[[], bytes]) -> None:
        self._key = key

    def make(self, outbox_id: int) -> str:
        """Such as 4711-9f0c…: the id and 80 bits that only this installation can add."""
        return f"{outbox_id}-{self._seal(outbox_id)}"

    def read(self, mark: str) -> int | None:
        """The id in a mark; None for anything this installation did not make."""
        number, dash, seal = mark[:LONGEST].partition("-")
        if not (dash and number.isascii() and number.isdigit() and len(number) <= 18 and len(mark) <= LONGEST):
            return None
        return int(number) if hmac.compare_digest(seal.encode(), self._seal(int(number)).encode()) and number == str(int(number)) else None

    def _seal(self, outbox_id: int) -> str:
        return hmac.new(self._key(), str(outbox_id).encode(), sha256).hexdigest()[:20]


def short(outbox_id: int) -> str:
    """The id in few characters, as an SMS carries it at its end: # and base 34."""
    number, text = outbox_id, ""
    while number or not text:
        number, rest = divmod(number, len(DIGITS))
        text = DIGITS[rest] + text
    return f"#{text}"
