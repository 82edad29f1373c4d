"""Two people's changes of one text put together, line by line, when they do not touch the same place."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

Hunk = tuple[int, int, list[str]]  # lines [start, end) of the old text become these


def merged(old: str, mine: str, theirs: str) -> str | None:
    """`old` with both changes; None when they touch the same or neighbouring lines and a person must choose."""
    if mine in (old, theirs):
        return theirs
    if theirs == old:
        return mine
    before = old.splitlines(keepends=True)
    own, other = _hunks(before, mine.splitlines(keepends=True)), _hunks(before, theirs.splitlines(keepends=True))
    if any(_touch(one, another) and one != another for one in own for another in other):
        return None
    lines = list(before)
    every = sorted({(start, end, tuple(new)) for start, end, new in (*own, *other)}, reverse=True)
    for start, end, new in every:
        lines[start:end] = new
    return "".join(lines)


def _hunks(before: Sequence[str], after: Sequence[str]) -> list[Hunk]:
    found = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(start, end, list(after[first:last])) for what, start, end, first, last in found if what != "equal"]


def _touch(one: Hunk, other: Hunk) -> bool:
    """Lines that meet count: two insertions at one place have no order of their own."""
    return one[0] <= other[1] and other[0] <= one[1]
