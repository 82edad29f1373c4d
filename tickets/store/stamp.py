"""A number that grows whenever something changes which running processes keep in memory: they ask it and read anew."""

from __future__ import annotations

from tickets.store.models import Setting

DIRECTORY = "directory"  # units, posts, people, areas, duties
_PREFIX = "stamp:"


def touch(name: str) -> None:
    """Raises the number by one, in the caller's transaction: others see it together with what was changed."""
    raised = (Setting.value.cast("integer") + 1).cast("text")
    Setting.insert(name=_PREFIX + name, value="1").on_conflict(conflict_target=[Setting.name], update={Setting.value: raised}).execute()


def stamp(name: str) -> int:
    """The number as it stands; 0 while nothing has been changed."""
    row = Setting.get_or_none(Setting.name == _PREFIX + name)
    return int(row.value) if row is not None else 0
