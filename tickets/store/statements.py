"""Reads and changes rows by statements whose text is made once: asked thousands of times a minute, the query builder costs more than the
database. Write `?` for a value; it becomes the mark of whichever database is open. Only table and column names and marks are ever part of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from peewee import BooleanField, DateTimeField

from tickets.store.models import Row, database

Found = TypeVar("Found", bound=Row)
Convert = Callable[[Any], Any]


def execute(sql: str, values: Sequence[object] = ()) -> Any:
    """The cursor of that statement, `?` standing for each of the values."""
    return database.obj.execute_sql(_marked(sql, database.obj.param), values)


def scalar(sql: str, values: Sequence[object] = ()) -> Any:
    """The first column of the first row, None when there is none."""
    row = execute(sql, values).fetchone()
    return None if row is None else row[0]


def column(sql: str, values: Sequence[object] = ()) -> list[Any]:
    """The first column of every row."""
    return [row[0] for row in execute(sql, values).fetchall()]


def rows(model: type[Found], tail: str, values: Sequence[object] = ()) -> list[Found]:
    """Whole rows of the model: `tail` is what follows WHERE, e.g. `ticket_id = ? ORDER BY id`."""
    names, converts, text = _selected(model)  # type: ignore[arg-type]  # a model class is hashable; its metaclass does not say so
    return [_row(model, names, converts, found) for found in execute(text + tail, values).fetchall()]


def first(model: type[Found], tail: str, values: Sequence[object] = ()) -> Found | None:
    """The first of `rows`, None when there is none; say LIMIT 1 in the tail where there may be many."""
    found = rows(model, tail, values)
    return found[0] if found else None


def beside(model: type[Found], more: str, tail: str, values: Sequence[object] = ()) -> list[tuple[Found, tuple[Any, ...]]]:
    """Whole rows of the model, called `t` in the text, each with the columns `more` of the tables that the tail joins to it."""
    names, converts, text = _joined(model)  # type: ignore[arg-type]
    last = len(names)
    return [
        (_row(model, names, converts, found[:last]), tuple(found[last:]))
        for found in execute(f'{text}, {more} FROM "{model._meta.table_name}" t {tail}', values).fetchall()
    ]


def update(model: type[Row], changes: Mapping[str, object], where: str, values: Sequence[object]) -> int:
    """Changes these fields of the rows that `where` names; how many there were."""
    fields = model._meta.fields
    sql = _updated(model._meta.table_name, tuple(fields[name].column_name for name in changes)) + where
    return int(execute(sql, [*(fields[name].db_value(value) for name, value in changes.items()), *values]).rowcount)


def marks(values: Sequence[object]) -> str:
    """As many `?` as there are values, for IN (…); an empty list is NULL, which nothing equals."""
    return ",".join("?" * len(values)) or "NULL"


@lru_cache(maxsize=1024)
def _marked(sql: str, mark: str) -> str:
    return sql if mark == "?" else sql.replace("%", "%%").replace("?", mark)


@lru_cache(maxsize=128)
def _selected(model: type[Row]) -> tuple[tuple[str, ...], tuple[Convert | None, ...], str]:
    fields = model._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    return tuple(field.name for field in fields), tuple(_convert(field) for field in fields), f'SELECT {columns} FROM "{model._meta.table_name}" WHERE '


@lru_cache(maxsize=128)
def _joined(model: type[Row]) -> tuple[tuple[str, ...], tuple[Convert | None, ...], str]:
    names, converts, _ = _selected(model)  # type: ignore[arg-type]
    return names, converts, "SELECT " + ", ".join(f't."{field.column_name}"' for field in model._meta.sorted_fields)


@lru_cache(maxsize=512)
def _updated(table: str, columns: tuple[str, ...]) -> str:
    changed = ", ".join(f'"{name}" = ?' for name in columns)
    return f'UPDATE "{table}" SET {changed} WHERE '


def moment(found: Any) -> Any:
    """A time as Python has it, of a column that no model converts: SQLite keeps it as text."""
    return datetime.fromisoformat(found) if isinstance(found, str) else found


def _convert(field: object) -> Convert | None:
    """What SQLite keeps otherwise than Python has it: times as text, yes and no as numbers."""
    if isinstance(field, DateTimeField):
        return moment
    return bool if isinstance(field, BooleanField) else None


def _row(model: type[Found], names: Sequence[str], converts: Sequence[Convert | None], found: Sequence[Any]) -> Found:
    made = model(__no_default__=True)
    made.__data__ = {name: value if convert is None or value is None else convert(value) for name, convert, value in zip(names, converts, found, strict=True)}
    made._dirty.clear()
    return made
