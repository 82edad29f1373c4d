"""A disk whose power is cut: what was synced is there, of the rest a part, and the record that tests/nightly/power_shim.c wrote of the calls.

A new, removed or renamed file is certain once its folder was synced; until then the first so many of these changes are there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

SECTOR = 512  # bytes that are written whole or not at all
HEAD = struct.Struct("=cBIQ")


@dataclass(frozen=True)
class Call:
    """One call as it was made; `kind` is a letter of power_shim.c."""

    kind: str
    name: str
    offset: int
    data: bytes


def calls_of(record: Path) -> list[Call]:
    """All calls in their order. Raises ValueError for one whose effect is not known."""
    raw, at, found = record.read_bytes(), 0, list[Call]()
    while at < len(raw):
        kind, named, size, offset = HEAD.unpack_from(raw, at)
        at += HEAD.size
        name = raw[at : at + named].decode()
        at += named
        found.append(Call(kind.decode(), name, offset, raw[at : at + size]))
        at += size
    unknown = next((one for one in found if one.kind == "X"), None)
    if unknown is not None:
        raise ValueError(f"对 {unknown.name} 的调用 {unknown.data.decode()} 没有模拟 (a call this trial does not simulate)")
    return found


@dataclass
class File:
    """What is certain of a file and what was asked since: (offset, bytes) for a write, (length, None) for a new length."""

    certain: bytearray = field(default_factory=bytearray)
    asked: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for offset, data in self.asked:
            apply(self.certain, offset, data)
        self.asked.clear()


def apply(content: bytearray, offset: int, data: bytes | None) -> None:
    """One write, or one new length; what lies between the old end and the new is zeros."""
    end = offset + len(data or b"")
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if data is None:
        del content[offset:]
    else:
        content[offset:end] = data


class Disk:
    """The files of one folder, by name, as calls are made on them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {name: File(bytearray(content)) for name, content in files.items()}
        self._certain = dict(self.files)
        self._asked: list[tuple[str, File | None]] = []

    def call(self, one: Call) -> None:
        """What the call does; an acknowledgement does nothing."""
        if one.kind == "W":
            self.files[one.name].asked.append((one.offset, one.data))
        elif one.kind == "T":
            self.files[one.name].asked.append((one.offset, None))
        elif one.kind == "S":
            self.files[one.name].sync()
        elif one.kind == "D":
            self._certain, self._asked = dict(self.files), []
        elif one.kind == "C":
            self._name(one.name, File())
        elif one.kind == "U":
            self._name(one.name, None)
        elif one.kind == "R":
            self._name(one.data.decode(), self.files[one.name])
            self._name(one.name, None)

    def _name(self, name: str, file: File | None) -> None:
        self._asked.append((name, file))
        if file is None:
            del self.files[name]
        else:
            self.files[name] = file

    def cut(self, dice: Random) -> dict[str, bytes]:
        """The files after the power went now, as the dice fall. Changes nothing here."""
        names = dict[str, File | None](self._certain)
        for name, file in self._asked[: dice.randint(0, len(self._asked))]:
            names[name] = file
        return {name: _survived(file, dice) for name, file in names.items() if file is not None}


def _survived(file: File, dice: Random) -> bytes:
    """What is certain, and of what was asked none, all, the first so many, or some, whole or torn at sectors."""
    content, asked = bytearray(file.certain), file.asked
    way = dice.choice(("none", "all", "first", "some", "torn"))
    share = dice.random()
    for number, (offset, data) in enumerate(asked):
        if way == "all" or (way == "first" and number < share * len(asked)) or (way == "some" and dice.random() < share):
            apply(content, offset, data)
        elif way == "torn":
            for start, part in _sectors(offset, data):
                if dice.random() < share:
                    apply(content, start, part)
    if way != "all" and dice.random() < 0.3:  # the length went to the disk, what stands there did not
        longest = max((offset + len(data or b"") for offset, data in asked), default=0)
        content.extend(bytes(max(0, longest - len(content))))
    return bytes(content)


def _sectors(offset: int, data: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if data is None:
        yield offset, None
        return
    at = 0
    for _ in count():
        upto = min(len(data), at + SECTOR - (offset + at) % SECTOR)
        yield offset + at, data[at:upto]
        at = upto
        if at == len(data):
            return
