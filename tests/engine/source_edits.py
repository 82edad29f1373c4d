"""Edits made at random, and which lines of a file each of them may touch."""

from __future__ import annotations

from difflib import SequenceMatcher
from random import Random

from engine.source import Edit, EditRefused, Path, Source
from engine.source_lines import Lines
from tests.engine.generate_rules import KEYS, paths, some_map, some_scalar, some_value


def some_edit(rng: Random, data: object) -> Edit:
    """An edit that is possible in this data."""
    while True:
        path = rng.choice(paths(data))
        here = at(data, path)
        if isinstance(here, list) and rng.random() < 0.3:
            return Edit("insert", (*path, rng.randint(0, len(here))), new_value(rng))
        if isinstance(here, dict) and rng.random() < 0.3:
            return Edit("set", (*path, f"新{rng.choice(KEYS)}"), new_value(rng))
        if not path:
            continue
        box, roll = at(data, path[:-1]), rng.random()
        if roll < 0.3:
            return Edit("remove", path)
        if roll < 0.5 and isinstance(box, list):
            return Edit("move", path, to=rng.randrange(len(box)))
        if roll < 0.5:
            return Edit("rename", path, to=f"新{rng.choice(KEYS)}")
        return Edit("set", path, new_value(rng))


def new_value(rng: Random) -> object:
    roll = rng.random()
    if roll < 0.5:
        return some_scalar(rng)
    return some_value(rng, 2) if roll < 0.9 else {"id": "N-1", **some_map(rng, 2, 3), "tests": [{"given": {"text": "停暖了"}, "expect": "hit"}] * 2}


def at(data: object, path: Path) -> object:
    for step in path:
        data = data[step]  # type: ignore[index]
    return data


def changed(before: str, after: str) -> list[set[int]]:
    """The lines of `before` (from 1) that are changed or gone: as difflib shows it, and as two readers would who begin at the top and at the
    end. They differ only where equal lines stand one below the other: which of two equal lines is gone, nobody can tell."""
    both = before.endswith("\n") and after.endswith("\n")
    old, new = (text.replace("\r\n", "\n").removesuffix("\n" if both else "").split("\n") for text in (before, after))
    shown: set[int] = set()
    for op, start, stop, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op in ("replace", "delete"):
            shown.update(range(start + 1, stop + 1))
    most = min(len(old), len(new))
    top = next((n for n in range(most) if old[n] != new[n]), most)
    end = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    return [shown, set(range(top + 1, len(old) - min(end, most - top) + 1)), set(range(min(top, most - end) + 1, len(old) - end + 1))]


def allowed(source: Source, edit: Edit) -> set[int]:
    """The lines that belong to what the edit changes."""
    path = edit.path
    try:
        box, _, inside = source.find(path[:-1])
    except EditRefused:  # the list is made: nothing that stands there changes, but a box in brackets
        return allowed(source, Edit("set", path[:-1]))
    index = box.index(path[-1])
    empty = not box.children
    if empty or (edit.op == "remove" and len(box.children) == 1):
        return span(source, path[:-1])
    if index is None or edit.op == "insert":
        first = box.child(0).entry
        beside = {Lines(source.text).number(first)} if path[-1] == 0 and not Lines(source.text).alone(first) else set()
        return span(source, path[:-1]) if box.flow else beside  # an item put before the first one, beside its dash
    lines = span(source, path)
    if edit.op == "move":
        blank = {number for number, line in enumerate(source.text.split("\n"), 1) if not line.strip()}  # between two items, it may seem to have moved
        return blank.union(*(span(source, (*path[:-1], n)) for n in range(len(box.children))))
    if edit.op == "remove" and (box.flow or index == 0):
        near = [box.child(n) for n in (index - 1, index + 1) if 0 <= n < len(box.children)]
        places = [place for child in near for place in (child.entry, child.end)] if box.flow else [near[0].entry]
        touched = {*lines, *(Lines(source.text).number(place) for place in places)}
        return set(range(min(touched), max(touched) + 1)) if not inside else touched
    return lines


def span(source: Source, path: Path) -> set[int]:
    first, last = source.lines(path)
    return set(range(first, last + 1))
