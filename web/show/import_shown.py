"""The preview of an import as its page shows it: plain data from the store, made into rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tickets.domain.times import clock_words
from web.show.clock import within_words


@dataclass(frozen=True)
class First:
    """One row of the file and what will become of it. `limits` are (name of the deadline, when it is due or how long it is)."""

    line: int
    words: str
    state: str
    category: str = ""
    urgency: str = ""
    unit: str = ""
    person: str = ""
    why: str = ""
    ticket: str = ""
    same_as: int = 0
    limits: tuple[tuple[str, str], ...] = field(default=())


def first_rows(report: Mapping[str, Any], lang: str) -> tuple[First, ...]:
    """The first rows of the file."""
    return tuple(_first(row, lang) for row in report.get("first", ()))


def explained(report: Mapping[str, Any]) -> dict[str, str]:
    """Header -> our column, as somebody explained it."""
    return dict(report.get("mapped", {}))


def _first(row: Mapping[str, Any], lang: str) -> First:
    limits = tuple((one["name"], clock_words(datetime.fromisoformat(one["due"])) if one["due"] else _long(one, lang)) for one in row.get("limits", ()))
    return First(
        row["line"], row["words"], row["state"], row.get("category", ""), row.get("urgency", ""), row.get("unit", ""), row.get("person", ""),
        row.get("why", "") or row.get("en" if lang == "en" else "zh", ""), row.get("ticket", ""), row.get("same_as", 0), limits,
    )  # fmt: skip


def _long(one: Mapping[str, Any], lang: str) -> str:
    """How long a clock that does not run yet will be: 7 个工作日, 24 小时."""
    if one["within"].endswith("d") and one.get("clock", "自然时") != "自然时":
        return f"{one['within'][:-1]} {'working days' if lang == 'en' else '个工作日'}"
    return within_words(one["within"], lang)
