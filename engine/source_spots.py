"""Where each value of a plain YAML file stands: start and end of every key, item and value, as offsets into the text.

A long file is read in pieces (each rule by itself) that are remembered, so that after an edit only the rule that changed is read again.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from yaml.events import Event, MappingEndEvent, MappingStartEvent, NodeEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

from engine.findings import RulesRefused
from engine.nodes import Fields, Items, Node, Value
from engine.yaml_strict import MAX_BYTES, MAX_DEPTH, MAX_NODES, StrictLoader, load

PIECES_KEPT = 20_000
HEADER = re.compile(r"[|>][-+0-9]*")
COLON = re.compile(r"[ \r\n]*:")
ODD_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029\ufeff]")
PIECE = re.compile(r"^(?=[^ #\r\n-])", re.MULTILINE)  # a line that begins a field of the outermost mapping
ITEM = re.compile(r"^( *)-(?=[ \r\n]|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Spot:
    """One value. `start` and `end` are its own text, without comments; `mark` is the place behind the `:` or `-` that it belongs to (-1: none).

    `entry` and `entry_end` are its key, or its dash, or (in brackets) its own start. Offsets count from `shift`, which `child` adds.
    """

    kind: str  # scalar list map
    start: int
    end: int
    flow: bool
    value: object = None  # the plain data, of lists and mappings too; shared between readings, so never to be changed
    style: str = ""  # of a scalar: "" ' " | >
    children: tuple[Spot, ...] = ()
    keys: tuple[str, ...] = ()
    entry: int = 0
    entry_end: int = 0
    mark: int = -1
    shift: int = 0
    count: int = 1  # values and keys within, itself included
    depth: int = 0

    def child(self, index: int) -> Spot:
        """The item or field of that index with its place in the whole text."""
        return self.children[index].moved(self.shift) if self.shift else self.children[index]

    def moved(self, by: int) -> Spot:
        mark = self.mark + by if self.mark >= 0 else -1
        entry, entry_end, shift = self.entry + by, self.entry_end + by, self.shift + by
        told = (self.kind, self.start + by, self.end + by, self.flow, self.value, self.style, self.children, self.keys)
        return Spot(*told, entry, entry_end, mark, shift, self.count, self.depth)

    def index(self, step: str | int) -> int | None:
        """Where the field or item stands among the children; None when it is not there."""
        if self.kind == "map":
            return self.keys.index(step) if isinstance(step, str) and step in self.keys else None
        return step if self.kind == "list" and isinstance(step, int) and not isinstance(step, bool) and 0 <= step < len(self.children) else None

    @property
    def empty(self) -> bool:
        """Nothing is written here (which reads as null)."""
        return self.start == self.end


def held(children: tuple[Spot, ...], keys: tuple[str, ...] | None) -> object:
    """The data of a list (no `keys`) or a mapping, exactly as engine/nodes.py's `plain` gives it."""
    if keys is None:
        return [child.value for child in children]
    return {key: child.value for key, child in zip(keys, children, strict=True)}


def spots(text: str) -> Spot:
    """The whole text's content. Raises RulesRefused for what engine/yaml_strict.py refuses."""
    if len(text.encode("utf-8", "replace")) <= MAX_BYTES and "\t" not in text and not ODD_BREAKS.search(text):
        joined = _joined(text)
        if joined is not None and joined.count < MAX_NODES and joined.depth < MAX_DEPTH:
            return joined
    return _read(text)


class _Noting(StrictLoader):
    """Remembers every event, and where the dashes and question marks of blocks stand."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.seen: list[Event] = []
        self.dashes: list[int] = []
        self.asks: list[int] = []

    def events(self) -> Iterator[Event]:
        for event in super().events():
            self.seen.append(event)
            yield event

    def fetch_block_entry(self) -> None:
        self.dashes.append(self.index)
        super().fetch_block_entry()  # type: ignore[no-untyped-call]

    def fetch_key(self) -> None:
        self.asks.append(self.index)
        super().fetch_key()  # type: ignore[no-untyped-call]


def _read(text: str) -> Spot:
    made: list[_Noting] = []

    def reader(given: str) -> StrictLoader:
        made.append(_Noting(given))
        return made[-1]

    node = load(text, "", reader)
    return _Placing(text, made[0]).place(node)


class _Placing:
    """Walks the values and the remembered events side by side."""

    def __init__(self, text: str, seen: _Noting) -> None:
        self.text, self.dashes, self.asks = text, seen.dashes, seen.asks
        kept = (NodeEvent, SequenceEndEvent, MappingEndEvent)
        self.events = iter([event for event in seen.seen if isinstance(event, kept)])

    def place(self, node: Node) -> Spot:
        event = next(self.events)
        start, end = _places(event)
        if isinstance(node, Value):
            assert isinstance(event, ScalarEvent)
            style = event.style or ""
            return Spot("scalar", start, self._block_end(start, end) if style in ("|", ">") else end, False, node.value, style)
        assert isinstance(event, SequenceStartEvent | MappingStartEvent)
        flow = event.flow_style is True
        children = self._items(node, flow) if isinstance(node, Items) else self._fields(node)
        closing = next(self.events)
        written = flow and self.text[start : start + 1] in ("[", "{")
        end = _places(closing)[1] if written else max([start, *(child.end for child in children)])
        is_map = isinstance(node, Fields)
        keys = tuple(node.fields) if isinstance(node, Fields) else ()
        data = held(children, keys if is_map else None)
        count = 1 + len(keys) + sum(child.count for child in children)
        depth = 1 + max((child.depth for child in children), default=0)
        return Spot("map" if is_map else "list", start, end, flow, data, "", children, keys, count=count, depth=depth)

    def _items(self, node: Items, flow: bool) -> tuple[Spot, ...]:
        found: list[Spot] = []
        for item in node.items:
            spot = self.place(item)
            if flow:
                found.append(replace(spot, entry=spot.start, entry_end=spot.start))
                continue
            dash = self.dashes[bisect_left(self.dashes, spot.start) - 1]
            found.append(replace(spot, entry=dash, entry_end=dash + 1, mark=dash + 1))
        return tuple(found)

    def _fields(self, node: Fields) -> tuple[Spot, ...]:
        found: list[Spot] = []
        for value in node.fields.values():
            key = next(self.events)
            key_start, key_end = _places(key)
            spot = self.place(value)
            colon = COLON.match(self.text, key_end)
            mark = colon.end() if colon is not None and colon.end() <= spot.start else -1
            if spot.empty:  # the reader puts what is not written where the next thing begins
                spot = replace(spot, start=max(mark, key_end), end=max(mark, key_end))
            asked = self._asked(key_start)
            found.append(replace(spot, entry=asked if asked is not None else key_start, entry_end=key_end, mark=-1 if asked is not None else mark))
        return tuple(found)

    def _asked(self, key_start: int) -> int | None:
        """The `?` before a key, where someone wrote one."""
        place = bisect_left(self.asks, key_start) - 1
        return self.asks[place] if place >= 0 and not self.text[self.asks[place] + 1 : key_start].strip() else None

    def _block_end(self, start: int, end: int) -> int:
        """A | or > block ends with its last line; empty lines below it count only under `+`."""
        header = HEADER.match(self.text, start)
        body = self.text[start:end]
        if header is None or "+" in header[0]:
            return start + len(body.removesuffix("\n").removesuffix("\r"))
        lines = body.split("\n")
        told = next((line for line in lines[1:] if line.strip()), "")
        indent = len(told) - len(told.lstrip(" "))
        while len(lines) > 1 and not lines[-1].strip() and len(lines[-1].rstrip("\r")) <= max(indent, 1):
            lines.pop()
        return start + len("\n".join(lines).removesuffix("\r"))


def _places(event: Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    return (start.index, end.index) if start is not None and end is not None else (0, 0)


@lru_cache(maxsize=PIECES_KEPT)
def _piece(text: str) -> Spot | None:
    """One field or one item by itself; None when it cannot be read alone."""
    try:
        return _read(text)
    except RulesRefused:
        return None


def _joined(text: str) -> Spot | None:
    """The file put together from its pieces; None when it is not a plain row of fields, each perhaps with a row of items.

    Sound because the reader goes from left to right: a piece that ends where the next field or dash begins, and is whole when read
    alone, leaves nothing open. Whatever is not so plain is read in one go.
    """
    cuts = [found.start() for found in PIECE.finditer(text)]
    if not cuts or text[cuts[0]] in "?:[{|>&*!%@`" or not _only_comments(text[: cuts[0]]):
        return None
    children: list[Spot] = []
    keys: list[str] = []
    for start, stop in zip(cuts, [*cuts[1:], len(text)], strict=True):
        if text[start] in "?:":
            return None
        field = _field(text[start:stop])
        if field is None or field[0] in keys:
            return None
        keys.append(field[0])
        children.append(field[1].moved(start))
    count = 1 + len(keys) + sum(child.count for child in children)
    depth = 1 + max(child.depth for child in children)
    data = held(tuple(children), tuple(keys))
    return Spot("map", cuts[0], children[-1].end, False, data, "", tuple(children), tuple(keys), count=count, depth=depth)


def _field(text: str) -> tuple[str, Spot] | None:
    """One outermost field; its items are pieces of their own."""
    first = ITEM.search(text)
    if first is not None:
        head = _piece(text[: first.start()])
        if head is not None and head.kind == "map" and len(head.keys) == 1 and head.children[0].empty and head.children[0].mark >= 0:
            items = _rows(text, first.start(), len(first[1]))
            if items is None:
                return None
            start, end = items[0].entry, items[-1].end
            count = 1 + sum(item.count for item in items)
            depth = 1 + max(item.depth for item in items)
            owner = head.children[0]
            listed = Spot("list", start, end, False, held(items, None), "", items, (), owner.entry, owner.entry_end, owner.mark, count=count, depth=depth)
            return head.keys[0], listed
    whole = _piece(text)
    if whole is None or whole.kind != "map" or whole.flow or len(whole.keys) != 1:
        return None
    return whole.keys[0], whole.children[0]


def _rows(text: str, begin: int, indent: int) -> tuple[Spot, ...] | None:
    dash = re.compile(rf"^ {{{indent}}}-(?=[ \r\n]|\Z)", re.MULTILINE)
    cuts = [found.start() for found in dash.finditer(text, begin)]
    items: list[Spot] = []
    for start, stop in zip(cuts, [*cuts[1:], len(text)], strict=True):
        row = _piece(text[start:stop])
        if row is None or row.kind != "list" or row.flow or len(row.children) != 1:
            return None
        items.append(row.children[0].moved(start))
    return tuple(items) if items and cuts[0] == begin else None


def _only_comments(text: str) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.split("\n"))
