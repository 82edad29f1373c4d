"""Splices in block style: fields and items that have lines of their own."""

from __future__ import annotations

from engine.source_lines import Lines
from engine.source_spots import HEADER, Spot
from engine.source_write import Style, block_lines, inline, key_text, under_dash, under_key


def add(text: str, box: Spot, index: int, spelled: list[str]) -> str:
    """Puts an item or field, spelled relative to its own column, before the child of that index, or behind the last."""
    lines = Lines(text)
    first = box.child(0).entry
    column = lines.column(first)
    raw = lines.newline.join([spelled[0], *(" " * column + line if line else line for line in spelled[1:])])
    return put(text, box, index, raw, lines.newline)


def put(text: str, box: Spot, index: int, raw: str, newline: str) -> str:
    """The same with text that is indented already, but for its first line."""
    lines = Lines(text)
    column = lines.column(box.child(0).entry)
    if index < len(box.children):
        at = lines.lead(box.child(index).entry)
        return text[:at] + raw + newline + " " * column + text[at:]
    at = lines.tail(box.child(index - 1).end, column)
    return text[:at] + newline + " " * column + raw + text[at:]


def own(text: str, child: Spot) -> tuple[int, int]:
    """From where to where an item or field reaches, with the comments that are its own, without the last line break."""
    lines = Lines(text)
    return lines.lead(child.entry), lines.tail(child.end, lines.column(child.entry))


def take(text: str, child: Spot) -> str:
    """Takes away an item or field of a list or mapping that has others."""
    lines = Lines(text)
    start, stop = own(text, child)
    if not lines.alone(start):  # beside a dash: what follows moves up to it
        after = lines.following(stop)
        while after < len(text) and text[after] in " \r\n":
            after += 1
        return text[:start] + text[after:]
    begin, after = lines.begin(start), lines.following(stop)
    if stop < len(text):
        return text[:begin] + text[after:]
    return text[:begin].removesuffix("\n").removesuffix("\r")


def replace(text: str, spot: Spot, value: object, *, literal: bool = True) -> str:
    """Another value for a field or item of a block; its comment stays. Not `literal`: in one line, whatever it is."""
    lines = Lines(text)
    column = lines.column(spot.entry)
    block = spot.kind != "scalar" and not spot.flow
    gap = not block and not spot.empty and "\n" in text[spot.mark : spot.start]
    spelled = _spelled(text, spot, value, column, block, literal and not gap)
    head, below = spelled[0].lstrip(" "), [" " * column + line if line else line for line in spelled[1:]]
    start, rest = spot.start, text[spot.end : lines.end(spot.end)]  # from where on, and the comment that stays
    if spot.empty or (block and lines.begin(spot.start) != lines.begin(spot.mark)):
        start, rest = spot.mark, text[spot.mark : lines.end(spot.mark)]
        head = " " + head if head else ""
    elif block:
        rest = ""
    elif spot.style in ("|", ">"):
        header = HEADER.match(text, spot.start)
        behind = header.end() if header is not None else spot.start
        rest = text[behind : lines.end(behind)]
    before = text[:start] if head else text[:start].rstrip(" ")
    return lines.newline.join([before + head + rest, *below]) + text[lines.end(spot.end) :]


def _spelled(text: str, spot: Spot, value: object, column: int, block: bool, free: bool) -> list[str]:
    """The value's lines: the first behind the `:` or `-`, the others relative to the owner's column."""
    if not free or (isinstance(value, str) and spot.kind == "scalar" and not spot.empty and spot.style not in ("|", ">") and "\n" not in value):
        return [" " + inline(value, flow=False, keep=kept(text, spot))]
    if text[spot.entry] == "-" and spot.entry_end == spot.entry + 1 == spot.mark:
        return [" " + (found := under_dash(value, used=column, block=block))[0], *found[1:]]
    return under_key(value, used=spot.mark - Lines(text).begin(spot.mark), block=block)


def kept(text: str, spot: Spot) -> Style | None:
    """How the word that stands there is quoted, if a new word may be quoted the same way."""
    if not isinstance(spot.value, str) or spot.style not in ("", "'", '"'):
        return None
    if spot.style:
        return "single" if spot.style == "'" else "double"
    return "plain" if inline(spot.value, flow=False) != text[spot.start : spot.end] else None


def field(name: str, value: object, used: int) -> list[str]:
    """A whole field, lines relative to its column."""
    word = key_text(name)
    first, *more = under_key(value, used=used + len(word) + 1)
    return [f"{word}:{first}", *more]


def respell(text: str, spot: Spot, name: str, value: object) -> str:
    """A field written as `? name` with its `: value` below becomes an ordinary one."""
    lines = Lines(text)
    column = lines.column(spot.entry)
    first, *more = field(name, value, column)
    below = [" " * column + line if line else line for line in more]
    return text[: spot.entry] + lines.newline.join([first, *below]) + text[lines.end(spot.end) if below else spot.end :]


def item(box: Spot, index: int, value: object, used: int) -> list[str]:
    """A whole item, a block where its neighbour is one."""
    beside = box.children[min(index, len(box.children) - 1)]
    first, *more = under_dash(value, used=used, block=beside.kind != "scalar" and not beside.flow)
    return [f"- {first}", *more]


def whole(text: str, root: Spot, value: object) -> str:
    """The file's content written anew; comments above and below it stay."""
    lines = Lines(text)
    spelled = block_lines(value, used=0) if isinstance(value, dict | list) and value else [inline(value, flow=False)]
    start = lines.begin(root.start) if lines.alone(root.start) else root.start
    return text[:start] + lines.newline.join(spelled) + text[lines.end(root.end) :]
