"""Splices in flow style: items and fields inside [ … ] and { … }, on one line or on several."""

from __future__ import annotations

from engine.source_lines import Lines
from engine.source_spots import Spot
from engine.source_write import Style, inline, key_text


def replace(text: str, spot: Spot, value: object, keep: Style | None) -> str:
    """Another value inside brackets."""
    word = inline(value, keep=keep)
    if spot.empty:
        word = (" " if spot.mark >= 0 else ": ") + word
    return text[: spot.start] + word + text[spot.end :]


def field(name: str, value: object) -> str:
    return f"{key_text(name)}: {inline(value)}"


def add(text: str, box: Spot, index: int, word: str) -> str:
    """Puts an item or field before the child of that index, or behind the last; on a line of its own where the others have one."""
    lines = Lines(text)
    if text[box.start] not in "[{":  # a pair without braces, [a: 1]
        return f"{text[: box.start]}{{{text[box.start : box.end]}, {word}}}{text[box.end :]}"
    if not box.children:
        return text[: box.start + 1] + word + text[box.start + 1 :]
    if index < len(box.children):
        at = box.child(index).entry
        if not lines.alone(at) or (index == 0 and lines.begin(at) == lines.begin(box.start)):
            return text[:at] + word + ", " + text[at:]
        at = lines.lead(at)
        return text[:at] + word + "," + lines.newline + " " * lines.column(at) + text[at:]
    last = box.child(index - 1)
    stop = lines.end(last.end)
    behind = text[last.end : stop].strip(" ")
    comma = behind.startswith(",")
    if lines.alone(last.entry) and stop < box.end and (not behind.lstrip(", ") or behind.lstrip(", ").startswith("#")):
        middle = "" if comma else ","
        below = lines.newline + " " * lines.column(last.entry) + word + ("," if comma else "")
        return text[: last.end] + middle + text[last.end : stop] + below + text[stop:]
    return text[: last.end] + ", " + word + text[last.end :]


def take(text: str, box: Spot, index: int) -> str:
    """Takes an item or field away, with its comma; its whole line where it has one."""
    lines = Lines(text)
    child = box.child(index)
    start, stop = _own_lines(text, box, index)
    if start >= 0:
        return text[: lines.begin(start)] + text[lines.following(stop) :]
    comma = _comma(text, box, index)
    if index + 1 < len(box.children):
        follows = box.child(index + 1).entry
        between = text[child.end : follows]
        if "\n" not in between and "#" not in between:
            return text[: child.entry] + text[follows:]
    elif index > 0 and comma < 0:
        before = box.child(index - 1).end
        if "#" not in text[before : child.entry]:
            return text[:before] + text[child.end :]
    behind = comma + 1 if comma >= 0 else child.end
    while text[behind] == " " and comma >= 0:
        behind += 1
    return text[: child.entry] + text[behind:]


def move(text: str, box: Spot, index: int, to: int) -> str:
    """Changes the order; whole lines, comments and all, where every item has its own, else the items alone."""
    lines = Lines(text)
    count = len(box.children)
    order = [n for n in range(count) if n != index]
    order.insert(to, index)
    own = [_own_lines(text, box, n) for n in range(count)]
    if all(start >= 0 for start, _ in own):
        last_comma = _comma(text, box, count - 1) >= 0
        rows: list[str] = []
        for place, n in enumerate(order):
            child, (start, stop) = box.child(n), own[n]
            behind = text[child.end : stop]
            bare = behind.lstrip(" ").removeprefix(",") if behind.lstrip(" ").startswith(",") else behind
            comma = "," if place < count - 1 or last_comma else ""
            rows.append(text[lines.begin(start) : child.end] + comma + bare)
        first, final = lines.begin(own[0][0]), own[-1][1]
        return text[:first] + lines.newline.join(rows) + text[final:]
    made, at = [], box.start
    for place, n in enumerate(order):
        here, moved = box.child(place), box.child(n)
        made += [text[at : here.entry], text[moved.entry : moved.end]]
        at = here.end
    return text[: box.start] + "".join(made) + text[at:]


def _comma(text: str, box: Spot, index: int) -> int:
    """Where the comma behind a child stands, -1 when there is none on its line."""
    end = box.child(index).end
    while end < box.end and text[end] == " ":
        end += 1
    return end if text[end : end + 1] == "," else -1


def _own_lines(text: str, box: Spot, index: int) -> tuple[int, int]:
    """The comments above a child and the end of its line, when nothing else stands on them; else (-1, -1)."""
    lines = Lines(text)
    child = box.child(index)
    stop = lines.end(child.end)
    behind = text[child.end : stop].strip(" ").removeprefix(",").strip(" ")
    if lines.alone(child.entry) and stop < box.end and (not behind or behind.startswith("#")):
        start = lines.lead(child.entry)
        return (start, stop) if start > box.start else (child.entry, stop)
    return -1, -1
