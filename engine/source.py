"""Edits a file of plain YAML in place: only the lines of what changed are touched; comments, order, spacing and line ends stay.

    apply(text, Edit("set", ("rules", 3, "title"), "小区停暖"))

Every result is read again and compared with what the edit asks for before it is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache

from engine import source_block as block
from engine import source_flow as flow
from engine.findings import RulesRefused
from engine.source_edit import Edit, EditRefused, Op, Path, expected, from_json, name, normal, spelled
from engine.source_lines import Lines
from engine.source_spots import Spot, spots
from engine.source_write import inline, key_text, write

__all__ = ["Edit", "EditRefused", "Op", "Path", "Source", "apply", "from_json", "write"]

TEXTS_KEPT = 64


class Source:
    """A file of plain YAML: its data, and the lines each value stands on. RulesRefused when it is not plain."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = _spots(text)

    @cached_property
    def plain(self) -> object:
        """The data as dict, list and scalars; the caller's own."""
        return _copied(self.root.value)

    def lines(self, path: Path) -> tuple[int, int]:
        """The first and last line, from 1, of the field or item with its own comments. EditRefused when the path leads nowhere."""
        lines = Lines(self.text)
        spot, _, inside = self.find(path)
        if not path or inside:
            return lines.number(spot.start), lines.number(spot.end)
        start, stop = block.own(self.text, spot)
        return lines.number(start), lines.number(stop)

    def span(self, path: Path) -> tuple[int, int]:
        """Where the value itself begins and ends, as offsets into the text. EditRefused when the path leads nowhere."""
        spot, _, _ = self.find(path)
        return spot.start, spot.end

    def find(self, path: Path) -> tuple[Spot, Spot | None, bool]:
        """The value at the path, the list or mapping it lies in, and whether that is written in brackets."""
        spot, box = self.root, None
        for depth, step in enumerate(path):
            index = spot.index(step)
            if index is None:
                place = spelled(path[: depth + 1])
                raise EditRefused(f"文件里没有 {place}，请刷新后再改", f"there is no {place} in the file: refresh and try again")
            spot, box = spot.child(index), spot
        return spot, box, box is not None and box.flow


@lru_cache(maxsize=TEXTS_KEPT)
def _spots(text: str) -> Spot:
    return spots(text)


def apply(text: str, edit: Edit) -> str:
    """The text with the edit made. EditRefused, with one sentence, when the path is not there or the text is not plain YAML."""
    source = _source(text)
    edit = Edit(edit.op, edit.path, normal(edit.value), name(edit.to) if edit.op == "rename" else edit.to)
    if edit.op == "set" and edit.path and isinstance(edit.path[-1], str):
        name(edit.path[-1])
    before = source.root.value
    wanted = expected(before, edit)
    if same(before, wanted):
        return text
    refusal: RulesRefused | None = None
    for candidate in _candidates(source, edit, wanted):
        try:
            if same(_spots(candidate).value, wanted):
                return candidate
        except RulesRefused as refused:
            refusal = refused
    first = refusal.findings[0] if refusal is not None else None
    raise EditRefused(
        f"改不成：{first.zh}" if first else "这处写法特殊，请在 YAML 里改", first.en if first else "this is written in an unusual way: change it in the YAML"
    )


def same(one: object, other: object) -> bool:
    """Equal, with true and 1 told apart, and keys in the same order."""
    if one is other:
        return True
    if isinstance(one, dict):
        return isinstance(other, dict) and list(one) == list(other) and all(same(item, other[key]) for key, item in one.items())
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _copied(data: object) -> object:
    if isinstance(data, dict):
        return {key: _copied(item) for key, item in data.items()}
    return [_copied(item) for item in data] if isinstance(data, list) else data


def _source(text: str) -> Source:
    try:
        return Source(text)
    except RulesRefused as refused:
        first = refused.findings[0]
        raise EditRefused(f"第 {first.line} 行：{first.zh}", f"line {first.line}: {first.en}") from None


def _candidates(source: Source, edit: Edit, wanted: object) -> Iterator[str]:
    """Ways to make the edit, the least intrusive first. The last ones write a whole list or mapping anew, for layouts nobody foresaw."""
    for literal in (True, False):
        for ground in _grounds(source):
            made = _spliced(ground, edit, literal)
            if made is not None:
                yield made
    for depth in range(len(edit.path), -1, -1):
        spot_path = edit.path[:depth]
        made = _rewritten(source, spot_path, _at(wanted, spot_path))
        if made is not None:
            yield made


def _grounds(source: Source) -> Iterator[Source]:
    """The text itself; and, where it ends in a | block without a last line break, the same with one."""
    yield source
    text = source.text
    spot = source.root
    while spot.children:
        spot = spot.child(len(spot.children) - 1)
    if spot.style in ("|", ">") and not text.endswith("\n"):
        yield Source(text + Lines(text).newline) if not str(spot.value) or str(spot.value).endswith("\n") else _stripped(text, spot)
    elif not text.endswith("\n"):
        yield Source(text + Lines(text).newline)


def _stripped(text: str, spot: Spot) -> Source:
    sign = text[spot.start]
    rest = text[spot.start + 1 :].removeprefix("+").removeprefix("-")
    return Source(f"{text[: spot.start]}{sign}-{rest}{Lines(text).newline}")


def _spliced(source: Source, edit: Edit, literal: bool) -> str | None:
    """The edit as a splice; None where this layout has no simple one."""
    if not edit.path:
        return None
    text, step = source.text, edit.path[-1]
    try:
        box, _, inside = source.find(edit.path[:-1])
    except EditRefused:  # a list that the insert makes
        return _spliced(source, Edit("set", edit.path[:-1], [edit.value]), literal)
    index = box.index(step)
    if edit.op == "insert" and box.kind != "list":
        return _spliced(source, Edit("set", edit.path[:-1], [edit.value]), literal)
    if index is None and (not box.children or box.kind == "scalar"):
        held = [edit.value] if edit.op == "insert" else {str(step): edit.value}
        return _replaced(text, box, edit.path[-2], inside, held, literal) if len(edit.path) > 1 else block.whole(text, box, held)
    if edit.op == "set":
        if index is not None:
            return _replaced(text, box.child(index), step, box.flow, edit.value, literal)
        return _added(text, box, len(box.children), str(step), edit.value)
    if edit.op == "insert" and isinstance(step, int):
        return _added(text, box, step, None, edit.value)
    if index is None:
        return None
    child = box.child(index)
    if edit.op == "rename":
        start = _key_start(text, child)
        return text[:start] + key_text(edit.to) + text[child.entry_end :]
    if edit.op == "remove":
        if len(box.children) == 1:
            left: object = [] if box.kind == "list" else {}
            return _replaced(text, box, edit.path[-2], inside, left, literal) if len(edit.path) > 1 else block.whole(text, box, left)
        return flow.take(text, box, index) if box.flow else block.take(text, child)
    return _moved(source, edit, box, index) if isinstance(edit.to, int) else None


def _replaced(text: str, spot: Spot, step: str | int, inside: bool, value: object, literal: bool) -> str | None:
    """Another value for the field or item `step`."""
    if inside:
        return flow.replace(text, spot, value, block.kept(text, spot))
    if spot.mark < 0:
        return block.respell(text, spot, str(step), value)
    return block.replace(text, spot, value, literal=literal)


def _added(text: str, box: Spot, index: int, key: str | None, value: object) -> str | None:
    if box.flow:
        return flow.add(text, box, index, flow.field(key, value) if key is not None else inline(value))
    column = Lines(text).column(box.child(0).entry)
    return block.add(text, box, index, block.field(key, value, column) if key is not None else block.item(box, index, value, column))


def _moved(source: Source, edit: Edit, box: Spot, index: int) -> str | None:
    text = source.text
    assert isinstance(edit.to, int)
    if box.flow:
        return flow.move(text, box, index, edit.to)
    start, stop = block.own(text, box.child(index))
    without = Source(block.take(text, box.child(index)))
    return block.put(without.text, without.find(edit.path[:-1])[0], edit.to, text[start:stop], Lines(text).newline)


def _rewritten(source: Source, path: Path, value: object) -> str | None:
    """The whole value at the path written anew."""
    if not path:
        return block.whole(source.text, source.root, value)
    try:
        spot, _, inside = source.find(path)
    except EditRefused:
        return None
    return _replaced(source.text, spot, path[-1], inside, value, False)


def _at(data: object, path: Path) -> object:
    for step in path:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def _key_start(text: str, child: Spot) -> int:
    """Where the key's own text begins: behind the `?` where someone wrote one."""
    start = child.entry
    while text[start : start + 2] in ("? ", "?\n"):
        start += 1
        while text[start] in " \r\n":
            start += 1
    return start
