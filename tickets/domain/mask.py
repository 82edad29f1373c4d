"""Hides citizens' numbers from those who need not read them, in one place."""

from __future__ import annotations

import re

SHOWN_HEAD, SHOWN_TAIL = 3, 4
_MOBILE = re.compile(r"(?<!\d)1\d{2}[ -]?\d{4}[ -]?\d{4}(?!\d)")
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def phone(number: str) -> str:
    """138****0013; a number of seven digits or fewer shows its last two alone; empty stays empty."""
    digits = number.strip()
    if len(digits) <= SHOWN_HEAD + SHOWN_TAIL:
        return "*" * max(len(digits) - 2, 0) + digits[-2:] if len(digits) > 2 else "*" * len(digits)
    return digits[:SHOWN_HEAD] + "*" * (len(digits) - SHOWN_HEAD - SHOWN_TAIL) + digits[-SHOWN_TAIL:]


def in_text(text: str) -> str:
    """The text with every mobile number and identity number in it masked: people write them into their own words."""
    return _ID_NUMBER.sub(lambda found: phone(found.group()), _MOBILE.sub(lambda found: phone(found.group()), text))
