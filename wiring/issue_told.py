"""What an issue's row says of its members: size, people, place, words, a title; read by the report of the hot command."""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any

from tickets.domain.times import aware
from tickets.store.issues import Said

TITLE, WORDS = 60, 120  # characters kept


def told(issue: int, members: list[Said], profile: Collection[str] = ()) -> dict[str, object]:
    """The columns of the issue's row; `profile` are the pairs of characters that tell it from others, where they are known."""
    report = _report()
    row = report.issue(issue, [report.Told(one.ticket, aware(one.at), one.title, one.text, one.who, one.area) for one in members], profile)
    words = "、".join(row.words)
    category, newest = _most([one.category for one in members]), members[-1]
    called = category or words  # the catalogue's word, where it is known, says more than the words all share
    return {
        "title": (f"{row.place} {called}" if called else newest.title or newest.text)[:TITLE].strip(),
        "place": row.place[:TITLE],
        "words": words[:WORDS],
        "category": category,
        "size": row.size,
        "people": row.people,
        "first_at": min(one.at for one in members),
        "last_at": max(one.at for one in members),
    }


def _most(names: list[str]) -> str:
    known = [name for name in names if name]
    return max(dict.fromkeys(known), key=known.count, default="")


def _report() -> Any:
    """Imported when first needed: a process that only serves pages need not wait for it."""
    return import_module("insights.hot_report")
