"""libyaml's events and the pure-Python parser's give the same tree wherever the quick reader answers at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.findings import RulesRefused
from engine.nodes import Node
from engine.yaml_strict import StrictLoader, _read_quickly, load

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "rules").rglob("*.yaml"))
TEXTS = [file.read_text(encoding="utf-8") for file in FILES]
SIGNS = "abc一：:-?[]{},'\"|>#&*!%@` \n0.~<=\\\x85\u2028\ufeff\r…+"
WORDS = (
    "- ",
    "a: ",
    "\n  ",
    "---\n",
    "...\n",
    "|\n  x\n",
    ">-\n  y\n\n  z\n",
    '"a\\n',
    "<<: ",
    "null",
    "true",
    "1.5",
    "? ",
    "!!str ",
    "&a ",
    "*a ",
    "# 注\n",
    "22:30",
)
PARTS = st.sampled_from([*SIGNS, *WORDS])


class Patient(StrictLoader):
    """The same pure-Python parser under another name: `load` tries libyaml for StrictLoader alone."""


def patient(text: str) -> Node | None:
    try:
        return load(text, "f", Patient)
    except RulesRefused:
        return None


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_of_the_office_is_read_quickly_and_alike(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert _read_quickly(text) == patient(text) is not None


@given(st.lists(PARTS, max_size=30).map("".join))
@example("[" * 50_000)
@example("{a: " * 50_000)
@example("a: >#")
@example("{a?b: c}")
@example("?")
@example("- a\n\ufeff")
def test_odd_texts_are_read_alike_or_not_quickly(text: str) -> None:
    quick = _read_quickly(text)
    assert quick is None or quick == patient(text)


@given(st.data())
def test_files_with_a_slip_of_the_hand_are_read_alike_or_not_quickly(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    start = data.draw(st.integers(0, len(text) - 1))
    text = text[start : start + data.draw(st.integers(20, 500))]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(PARTS) + text[place + data.draw(st.integers(0, 2)) :]
    quick = _read_quickly(text)
    assert quick is None or quick == patient(text)
