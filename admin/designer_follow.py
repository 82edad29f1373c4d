"""Finds the place an edit meant, after somebody else changed the form: a field by its name, a page by its title, not by its number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.source import Edit, Path

PAGES, ASK = "pages", "ask"


def followed(edits: Sequence[Edit], old: object, new: object) -> tuple[list[Edit], bool] | None:
    """The edits as they must be made in `new` (both plain data), and whether nobody touched what they change. None: its place is gone."""
    found = [_follow(edit, old, new) for edit in edits]
    kept = [one for one in found if one is not None]
    return ([edit for edit, _ in kept], all(free for _, free in kept)) if len(kept) == len(found) else None


def _follow(edit: Edit, old: object, new: object) -> tuple[Edit, bool] | None:
    path = edit.path
    if len(path) < 2 or path[0] != PAGES:
        return edit, at(old, path[:1]) == at(new, path[:1])
    page = _same_page(old, new, path[1])
    if len(path) == 2:  # a page put in, moved or taken away: only where the pages stand as they did
        return (edit, at(old, path) == at(new, path)) if _titles(old) == _titles(new) else None
    if page is None:
        return None
    if path[2] != ASK or len(path) < 4:
        moved = (PAGES, page, *path[2:])
        return replace(edit, path=moved), at(old, path[:3]) == at(new, moved[:3])
    if len(path) == 4 and edit.op in ("insert", "move"):
        same = field_names(at(old, path[:3])) == field_names(at(new, (PAGES, page, ASK)))
        return (replace(edit, path=(PAGES, page, *path[2:])), True) if same else None
    name = field_name(at(old, path[:4]))
    spot = place_of(new, name) if name is not None else None
    if spot is None:
        return None
    moved = (*spot, *path[4:])
    return replace(edit, path=moved), at(old, path[:4]) == at(new, spot)


def place_of(data: object, name: str) -> Path | None:
    """Where a field stands: ("pages", 1, "ask", 0)."""
    for page, one in enumerate(_listed(at(data, (PAGES,)))):
        for place, item in enumerate(_listed(at(one, (ASK,)))):
            if field_name(item) == name:
                return (PAGES, page, ASK, place)
    return None


def field_name(item: object) -> str | None:
    """The field an item of `ask` stands for."""
    if isinstance(item, str):
        return item
    return str(next(iter(item))) if isinstance(item, Mapping) and len(item) == 1 else None


def field_names(asked: object) -> list[str | None]:
    """The fields of a page, in order."""
    return [field_name(item) for item in _listed(asked)]


def at(data: object, path: Path) -> object:
    """The value at a path of plain data; None where there is none."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data = data[step]
        else:
            return None
    return data


def _same_page(old: object, new: object, index: str | int) -> int | None:
    titles = _titles(new)
    before = _titles(old)
    if not isinstance(index, int) or not 0 <= index < len(before):
        return None
    if index < len(titles) and titles[index] == before[index]:
        return index
    if before[index] in titles:
        return titles.index(before[index])
    return index if len(titles) == len(before) else None


def _titles(data: object) -> list[object]:
    return [at(page, ("title",)) for page in _listed(at(data, (PAGES,)))]


def _listed(data: object) -> list[object]:
    return data if isinstance(data, list) else []
