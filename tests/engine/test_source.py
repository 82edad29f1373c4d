"""Files are edited in place: nothing changes but the lines of what was edited, in every layout plain YAML allows."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from engine import nodes, source, source_spots
from engine.source import Edit, Source, apply
from engine.source_edit import expected
from engine.yaml_strict import load
from tests.engine.generate_rules import paths, some_text
from tests.engine.source_edits import allowed, at, changed, some_edit

RULES = sorted(Path("rules").rglob("*.yaml"))
FILES_IN_ALL, TURNS = 10_000, 20


@pytest.mark.parametrize("turn", range(TURNS))
def test_ten_thousand_generated_files_change_only_where_they_are_edited(turn: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_rewritten", _never)  # that last resort is for what nobody writes; none of these may need it
    for number in range(turn, FILES_IN_ALL, TURNS):
        check(number)


def check(number: int) -> None:
    rng = Random(number)
    text, data = some_text(rng)
    before = Source(text)
    assert before.plain == data, number
    edit = some_edit(rng, data)
    made = apply(text, edit)
    wanted = expected(data, edit)
    assert nodes.plain(load(made, "made.yaml")) == wanted, (number, edit)
    lines = allowed(before, edit) | last_line(text)
    assert any(found <= lines for found in changed(text, made)), (number, edit, lines)
    if "\r\n" in text:
        assert not re.search(r"(?<!\r)\n", made), (number, edit)
    assert sorted(set(notes(text)) - set(notes(made))) == sorted(set(notes(text, lines)) - set(notes(made))), (number, edit)


def _never(*_: object) -> None:
    raise AssertionError("a whole value was written anew")


def last_line(text: str) -> set[int]:
    """Without a last line break, what is put below takes the last line's end as its own."""
    return set() if text.endswith("\n") else {text.count("\n") + 1}


def notes(text: str, lines: set[int] | None = None) -> list[str]:
    """The comments of these lines; a move takes them along."""
    return re.findall(r"# 说明 \d+", "\n".join(line for n, line in enumerate(text.split("\n"), 1) if lines is None or n in lines))


DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_rule_file_is_read_like_the_engine_reads_it_and_edited_in_its_own_lines(path: Path) -> None:
    text = path.read_text("utf-8")
    before = Source(text)
    data = nodes.plain(load(text, path.name))
    assert before.plain == data
    rng = Random(path.name)
    for _ in range(5):
        edit = some_edit(rng, data)
        made = apply(text, edit)
        assert nodes.plain(load(made, path.name)) == expected(data, edit)
        assert any(found <= allowed(before, edit) for found in changed(text, made)), edit


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_what_is_put_back_leaves_the_file_as_it_was(path: Path) -> None:
    text = path.read_text("utf-8")
    data = nodes.plain(load(text, path.name))
    words = [here for here in paths(data) if isinstance(at(data, here), str) and not DAY.match(at(data, here))]  # a day is written in quotes, for other readers
    for here in Random(path.name).sample(words, min(len(words), 5)):
        changed_text = apply(text, Edit("set", here, f"{at(data, here)}改"))
        assert changed_text != text
        assert apply(changed_text, Edit("set", here, at(data, here))) == text, here


def test_an_edit_that_changes_nothing_leaves_the_bytes() -> None:
    text = "rules:\n  - {id:   D-1 }   # spaces stay\n"
    assert apply(text, Edit("set", ("rules", 0, "id"), "D-1")) == text
    assert apply(text, Edit("move", ("rules", 0), to=0)) == text


def test_a_long_file_reads_only_the_rule_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = "  - id: 长-{0}\n    title: 第 {0} 条\n    then: [{{urgency: 特急}}]\n"
    text = "ruleset: urgency\nrules:\n" + "".join(rule.format(n) for n in range(1_000))
    Source(text)
    read: list[str] = []
    real = source_spots._read

    def noted(piece: str) -> source_spots.Spot:
        read.append(piece)
        return real(piece)

    monkeypatch.setattr(source_spots, "_read", noted)
    made = apply(text, Edit("set", ("rules", 700, "title"), "改了"))
    assert read == ["  - id: 长-700\n    title: 改了\n    then: [{urgency: 特急}]\n"]
    assert made == text.replace("第 700 条", "改了")


def test_source_tells_the_lines_and_the_place_of_each_value() -> None:
    text = "# file\nrules:\n  # about a\n  - id: a\n    when: {all: [{kind: 咨询}]}   # said\n  - id: b\n"
    found = Source(text)
    assert found.lines(("rules", 0)) == (3, 5)
    assert found.lines(("rules", 0, "when")) == (5, 5)
    assert found.lines(("rules",)) == (2, 6)
    start, end = found.span(("rules", 0, "when", "all", 0, "kind"))
    assert text[start:end] == "咨询"
