"""The file of scores: unit, a column per rule with its points, total; two places each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TextIO

from tickets.files.safe_cells import safe

Line = tuple[str, Mapping[str, Decimal], Decimal | None]


def write(file: TextIO, rules: Sequence[str], lines: Iterable[Line]) -> None:
    """A row per unit; a rule that gave no points (too few cases and shared out, not known) is blank, and so is a total that
    is withheld (None): all of it had too few cases."""
    sheet = csv.writer(file)
    sheet.writerow(["unit", *rules, "total"])
    for unit, points, total in lines:
        sheet.writerow([safe(unit), *(f"{points[rule]:.2f}" if rule in points else "" for rule in rules), "" if total is None else f"{total:.2f}"])
