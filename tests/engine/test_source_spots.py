"""A file read in pieces is the file read in one go: same data, same places, same refusals, whatever is wrong with it."""

from __future__ import annotations

from random import Random

import pytest

from engine import nodes
from engine.findings import RulesRefused
from engine.source_spots import Spot, _read, spots
from engine.yaml_strict import load
from tests.engine.generate_rules import some_text

PIECES = [
    "\n",
    "- ",
    "  - ",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ": ",
    "?",
    "|",
    "#",
    " ",
    "---\n",
    "...\n",
    "a: 1\n",
    "- x\n",
    "&a ",
    "*a",
    "!t ",
    "\r",
    "\u2028",
    ">",
    "%",
    ",",
    "<<: 1\n",
]

SAME = [
    "a: 'x\nb: y'\nc: 1\n",
    "a: [x,\ny]\nb: 1\n",
    "a:\n  - 'x\n  - y'\n  - z\n",
    "rules: ~\n  - a\n",
    "? a\n: b\nc: 1\n",
    "? a\nc: 1\n",
    "a: 1\n: b\n",
    "a:\n- -12\n-5: 1\n",
    "a:\n  - b\n - c\n",
    "a:\n  - b\n- c\n",
    "a: 1\na: 2\n",
    "a: 1\n---\nb: 2\n",
    "a: |\n  x\n\n\nb: |+\n  y\n\n",
    "# c\n---\na: 1\n",
    "- a\n- b\n",
    "{a: 1,\nb: 2}\n",
    "a\nb\n",
    "a:\n  b:\n    - c\n  - d\n",
    "a:\n  - b: |\n     x\n    - y\n  - c\n",
]


def seen(read: object, text: str) -> object:
    try:
        return places(read(text))  # type: ignore[operator]
    except RulesRefused as refused:
        return [(one.line, one.zh) for one in refused.findings]


def places(spot: Spot) -> object:
    own = (spot.kind, spot.start, spot.end, spot.flow, spot.style, spot.entry, spot.entry_end, spot.mark, spot.keys, spot.count, spot.depth, spot.value)
    return (own, [places(spot.child(index)) for index in range(len(spot.children))])


@pytest.mark.parametrize("text", SAME)
def test_what_cannot_be_read_in_pieces_is_read_in_one_go(text: str) -> None:
    assert seen(spots, text) == seen(_read, text)


@pytest.mark.parametrize("turn", range(10))
def test_generated_files_whole_and_broken_are_read_alike(turn: int) -> None:
    for number in range(turn, 1_500, 10):
        rng = Random(number)
        text, data = some_text(rng)
        assert spots(text).value == nodes.plain(load(text, "x.yaml")) == data
        for _ in range(rng.randrange(3)):
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(PIECES) + text[at + rng.choice((0, 0, 1, 4)) :]
        assert seen(spots, text) == seen(_read, text), number
