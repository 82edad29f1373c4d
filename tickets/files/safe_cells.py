"""Keeps a citizen's words from becoming a formula when an export is opened in a spreadsheet."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # the wide ones too: some spreadsheets take them for the narrow


def safe(value: object) -> object:
    """The value as it may stand in a CSV: text that a spreadsheet would run gets a ' before it; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS) else value
