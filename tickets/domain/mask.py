"""Hides citizens' numbers from those who need not read them, in one place."""

from __future__ import annotations

SHOWN_HEAD, SHOWN_TAIL = 3, 4


def phone(number: str) -> str:
    """138****0013; a number of seven digits or fewer shows its last two alone; empty stays empty."""
    digits = number.strip()
    if len(digits) <= SHOWN_HEAD + SHOWN_TAIL:
        return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 2 else "*" * len(digits)
    return digits[:SHOWN_HEAD] + "*" * (len(digits) - SHOWN_HEAD - SHOWN_TAIL) + digits[-SHOWN_TAIL:]
