"""Reads a whole column of times: where days are written 04/12/2018, the column itself says whether the month or the day stands first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from tickets.files.dates import read_time
from tickets.files.refused import RowRefused

_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b(.*)", re.DOTALL)


class TimeColumn:
    """Times of one column, read alike. Make it from the column's cells (all of them, or as many as decide the order), then `read` each."""

    def __init__(self, cells: Iterable[str]) -> None:
        first = second = False
        for cell in cells:
            found = _SLASHED.fullmatch(_plain(cell))
            if found is not None:
                first, second = first or int(found[1]) > 12, second or int(found[2]) > 12
        self.month_first: bool | None = None if first == second else second  # None: nothing, or both, speak for an order

    def read(self, cell: str) -> datetime | None:
        """The moment as aware UTC, None for an empty cell. Raises RowRefused where the order of day and month cannot be told, and as read_time does."""
        found = _SLASHED.fullmatch(_plain(cell))
        if found is None:
            return read_time(cell)
        if self.month_first is None:
            raise RowRefused(
                f"时间「{cell[:40]}」分不清月和日，请写成 2026-11-22 08:10",
                f"in {cell[:40]} month and day cannot be told apart: write it like 2026-11-22 08:10",
            )
        month, day = (found[1], found[2]) if self.month_first else (found[2], found[1])
        return read_time(f"{found[3]}-{month}-{day}{found[4]}")


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()
