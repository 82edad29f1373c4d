"""What a table of the back office says of itself: its columns, what may be chosen, and the words around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from peewee import ModelSelect

from admin.office_forms import OfficeForm, say
from admin.office_list import Beside, Choice, Column
from web.hall import hall


class Table:
    """Filled in by each table; admin/office.py reads it and makes the pages."""

    model: Any
    table: ClassVar[str]  # as the log and the words call it
    form: ClassVar[type[OfficeForm]]
    columns: ClassVar[tuple[Column, ...]]
    choices: ClassVar[tuple[Choice, ...]] = ()
    searched: ClassVar[tuple[Any, ...]] = ()
    usual: ClassVar[tuple[Any, ...]] = ()
    tabbed: ClassVar[bool] = True  # False for what is no table of the directory

    def query(self) -> ModelSelect:
        """Every row the caller may see, with what its columns show joined in."""
        raise NotImplementedError

    def values(self, form: OfficeForm, row: Any | None) -> dict[str, Any]:
        """The columns to write, checked; Mistake for what is wrong. `row` is None for a new one."""
        raise NotImplementedError

    def filled(self, row: Any) -> dict[str, Any]:
        """The row as its form shows it."""
        raise NotImplementedError

    def beside(self, rows: Sequence[Any]) -> Beside:
        """A text per row id that takes one further query for a whole page; empty where none is needed."""
        return {}

    def also(self, row: Any, form: OfficeForm, created: bool) -> Mapping[str, str]:
        """What else a write brings with it, in its transaction; answers words for the log that no column shows."""
        return {}

    def remarks(self, row: Any) -> list[str]:
        """What the reader should know after a write: sentences."""
        return []

    def blocked(self, row: Any) -> list[str]:
        """Why the row cannot be retired, each with what to do first."""
        return []

    def warned(self, row: Any) -> list[str]:
        """What retiring it leads to."""
        return []

    def title_of(self, row: Any) -> str:
        """The row in a heading."""
        return self.columns[0].show(row, {})

    def label(self, field: str) -> str:
        """What a field of the form is called."""
        own = f"f_{self.table}_{field}"
        return say(own if hall().words.known(f"office.{own}") else f"col_{field}")

    def hint(self, field: str) -> str:
        """What to write into it, where that needs saying."""
        own = f"h_{self.table}_{field}"
        return say(own) if hall().words.known(f"office.{own}") else ""

    def placeholder(self, field: str, row: Any | None) -> str:
        """Pale words in an empty field."""
        return str((getattr(self.form, field).kwargs.get("render_kw") or {}).get("placeholder", "")) if hasattr(self.form, field) else ""

    @property
    def retires(self) -> bool:
        """True where rows go out of force and stay; else they are removed."""
        return "active" in self.model._meta.fields

    def more(self, row: Any) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """Cards beside the details: (title, address of the whole list, [(text, address)])."""
        return []
