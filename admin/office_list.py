"""How a list of the back office is asked for: search, choices, order and page, each checked, none of them able to break the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request
from peewee import Expression, Field, Model, ModelSelect

from admin.asked import number

MOST_PAGES = 1_000_000
Beside = Mapping[int, str]


@dataclass(frozen=True)
class Column:
    """A column: `show(row, beside)` is its text in lists, details, exports and the log alike, so that what is masked is masked everywhere.

    `by` is what sorting by it means; `look` is a class of the cell. A column that is not `listed` stands in details and exports only.
    """

    key: str
    show: Callable[[Any, Beside], str]
    by: Field | Expression | None = None
    look: str = ""
    listed: bool = True
    logged: bool = True


@dataclass(frozen=True)
class Choice:
    """A select above the list: `options()` are (value, words or a key of the catalogue); `narrow(value)` is the condition."""

    key: str
    options: Callable[[], Sequence[tuple[str, str]]]
    narrow: Callable[[str], Expression | None]
    default: str = ""


@dataclass(frozen=True)
class Wanted:
    """What the address bar asks for; nonsense in it is as if it were not there."""

    q: str = ""
    sort: str = ""
    desc: bool = False
    page: int = 1
    chosen: Mapping[str, str] = field(default_factory=dict)

    def query(self, **other: object) -> str:
        """The same question with other parts, as the part of an address after the ?."""
        parts: dict[str, object] = {"q": self.q, "sort": self.sort, "desc": "1" if self.desc else "", **self.chosen, **other}
        return urlencode({name: value for name, value in parts.items() if value not in ("", None)})


def wanted(columns: Sequence[Column], choices: Sequence[Choice]) -> Wanted:
    """Reads the address bar."""
    asked = request.args
    sortable = {column.key for column in columns if column.by is not None}
    return Wanted(
        q=asked.get("q", "").strip()[:60],
        sort=asked.get("sort", "") if asked.get("sort") in sortable else "",
        desc=asked.get("desc") == "1",
        page=number(asked.get("page"), MOST_PAGES) or 1,
        chosen={choice.key: asked[choice.key].strip()[:120] for choice in choices if choice.key in asked},
    )


def narrowed(query: ModelSelect, asked: Wanted, searched: Sequence[Field], choices: Sequence[Choice]) -> ModelSelect:
    """The query with every word of the search found in one of the fields, and every choice kept."""
    for word in asked.q.split():
        found: Expression | None = None
        for one in searched:
            found = one.contains(word) if found is None else found | one.contains(word)
        if found is not None:
            query = query.where(found)
    for choice in choices:
        condition = choice.narrow(asked.chosen.get(choice.key, choice.default))
        if condition is not None:
            query = query.where(condition)
    return query


def ordered(query: ModelSelect, asked: Wanted, columns: Sequence[Column], usual: Sequence[Any], model: type[Model]) -> ModelSelect:
    """By the column asked for, then as usual; the id last, so that pages never overlap."""
    by = next((column.by for column in columns if column.key == asked.sort), None)
    first = [] if by is None else [by.desc() if asked.desc else by.asc()]
    return query.order_by(*first, *usual, model.id)  # type: ignore[attr-defined]
