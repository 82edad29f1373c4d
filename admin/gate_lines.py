"""Two texts of a file side by side, line by line, with what differs inside a line marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 3  # unchanged lines shown beside a change
TOO_MANY = 4_000_000  # pairs of lines beyond which the middle is shown as wholly replaced
Part = tuple[str, str, str]  # before, what differs, after


@dataclass(frozen=True)
class LineRow:
    """One line of the comparison. kind: same changed removed added gap; numbers count from 1, None where that side has no line."""

    kind: str
    old_number: int | None = None
    new_number: int | None = None
    old: Part = ("", "", "")
    new: Part = ("", "", "")
    hidden: int = 0  # of a gap: how many equal lines are left out


@dataclass(frozen=True)
class FileLines:
    """One file that differs. kind: changed added removed."""

    path: str
    kind: str
    rows: tuple[LineRow, ...]
    added: int
    removed: int


def files_apart(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FileLines, ...]:
    """Every file that differs, in path order."""
    return tuple(compare(path, before.get(path), after.get(path)) for path in sorted({*before, *after}) if before.get(path) != after.get(path))


def compare(path: str, old: str | None, new: str | None) -> FileLines:
    """One file's two texts; None where there is none."""
    was, now = (old or "").splitlines(), (new or "").splitlines()
    rows = tuple(_rows(was, now))
    kind = "added" if old is None else "removed" if new is None else "changed"
    added = sum(row.kind in ("added", "changed") for row in rows)
    removed = sum(row.kind in ("removed", "changed") for row in rows)
    return FileLines(path, kind, rows, added, removed)


def _rows(was: Sequence[str], now: Sequence[str]) -> Iterator[LineRow]:
    codes = _codes(was, now)
    for place, (tag, old_from, old_to, new_from, new_to) in enumerate(codes):
        if tag == "equal":
            yield from _equal(was, (old_from, old_to), new_from, first=place == 0, last=place == len(codes) - 1)
            continue
        pairs = min(old_to - old_from, new_to - new_from)
        for step in range(pairs):
            old, new = _apart(was[old_from + step], now[new_from + step])
            yield LineRow("changed", old_from + step + 1, new_from + step + 1, old, new)
        for line in range(old_from + pairs, old_to):
            yield LineRow("removed", line + 1, None, ("", was[line], ""))
        for line in range(new_from + pairs, new_to):
            yield LineRow("added", None, line + 1, ("", "", ""), ("", now[line], ""))


def _codes(was: Sequence[str], now: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    """The steps from one to the other. Equal heads and tails are taken off first; a middle too large to compare is one replacement."""
    head = 0
    while head < min(len(was), len(now)) and was[head] == now[head]:
        head += 1
    tail = 0
    while tail < min(len(was), len(now)) - head and was[-1 - tail] == now[-1 - tail]:
        tail += 1
    old, new = was[head : len(was) - tail], now[head : len(now) - tail]
    if len(old) * len(new) > TOO_MANY:
        middle: list[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    else:
        middle = list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
    found = [("equal", 0, head, 0, head)] if head else []
    found += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in middle]
    return found + ([("equal", len(was) - tail, len(was), len(now) - tail, len(now))] if tail else [])


def _equal(was: Sequence[str], span: tuple[int, int], new_from: int, *, first: bool, last: bool) -> Iterator[LineRow]:
    start, end = span
    above, below = 0 if first else AROUND, 0 if last else AROUND
    hidden = end - start - above - below
    for line in range(start, end):
        place = line - start
        if hidden > 1 and above <= place < end - start - below:
            if place == above:
                yield LineRow("gap", hidden=hidden)
            continue
        yield LineRow("same", line + 1, new_from + place + 1, (was[line], "", ""), (was[line], "", ""))


def _apart(old: str, new: str) -> tuple[Part, Part]:
    """What both lines begin and end with stands plain; the middle is marked."""
    most = min(len(old), len(new))
    head = 0
    while head < most and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return (old[:head], old[head : len(old) - tail], old[len(old) - tail :]), (new[:head], new[head : len(new) - tail], new[len(new) - tail :])
