"""Single edits with the text that must come out, one layout each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.source import Edit, EditRefused, Op, apply, from_json, write

SET: Op = "set"
INSERT: Op = "insert"
REMOVE: Op = "remove"
MOVE: Op = "move"
RENAME: Op = "rename"

CASES = [
    # what it shows, text, edit, text after
    ("a comment behind stays", "a: 1  # one\nb: 2\n", Edit(SET, ("a",), 5), "a: 5  # one\nb: 2\n"),
    ("within brackets", "w: {all: [{k: 咨询}, {x: 1}]} # c\n", Edit(SET, ("w", "all", 0, "k"), "举报"), "w: {all: [{k: 举报}, {x: 1}]} # c\n"),
    ("quotes stay quotes", "a: 'x'\nb: \"y\"\n", Edit(SET, ("b",), "z"), "a: 'x'\nb: \"z\"\n"),
    ("a bare date stays bare", "from: 2026-01-01\n", Edit(SET, ("from",), "2026-02-01"), "from: 2026-02-01\n"),
    ("a new date is quoted", "a: b\n", Edit(SET, ("from",), "2026-02-01"), "a: b\nfrom: '2026-02-01'\n"),
    ("a new field comes last", "- a: 1\n\n# next\n- b: 2\n", Edit(SET, (0, "c"), "x"), "- a: 1\n  c: x\n\n# next\n- b: 2\n"),
    ("nothing written", "a:   # none yet\nb: 1\n", Edit(SET, ("a",), "x"), "a: x   # none yet\nb: 1\n"),
    ("nothing becomes a mapping", "given:\nb: 1\n", Edit(SET, ("given", "text"), "停"), "given: {text: 停}\nb: 1\n"),
    ("a key alone in brackets", "{a, b: 1}\n", Edit(SET, ("a",), 5), "{a: 5, b: 1}\n"),
    ("no last line break", "a: 1\nb: 2", Edit(SET, ("c",), 3), "a: 1\nb: 2\nc: 3"),
    ("carriage returns", "a: 1\r\nb:\r\n  - x\r\n", Edit(INSERT, ("b", 1), "y"), "a: 1\r\nb:\r\n  - x\r\n  - y\r\n"),
    ("a block becomes short", "t:  # tests\n  - a: 1\n    b: 2\nz: 1\n", Edit(SET, ("t",), ["x"]), "t:  # tests\n  - x\nz: 1\n"),
    ("a block becomes a word", "t:  # tests\n  - a\n  - b\nz: 1\n", Edit(SET, ("t",), "x"), "t: x  # tests\nz: 1\n"),
    ("a word becomes lines", "t: x # c\nz: 1\n", Edit(SET, ("t",), "一\n二\n"), "t: | # c\n  一\n  二\nz: 1\n"),
    ("lines become a word", "t: | # c\n  一\n  二\nz: 1\n", Edit(SET, ("t",), "x"), "t: x # c\nz: 1\n"),
    ("lines at the end of a file without one", "t: |\n  一", Edit(SET, ("z",), 1), "t: |-\n  一\nz: 1\n"),
    ("an item in one line", "a: [x, y] # c\n", Edit(INSERT, ("a", 1), "n"), "a: [x, n, y] # c\n"),
    ("an item behind the last comma", "a: [x, ]\n", Edit(INSERT, ("a", 1), "n"), "a: [x, n, ]\n"),
    ("an item on a line of its own", "a: [\n  x,  # ex\n  y  # why\n]\n", Edit(INSERT, ("a", 2), "n"), "a: [\n  x,  # ex\n  y,  # why\n  n\n]\n"),
    ("the list is made", "a: 1\n", Edit(INSERT, ("b", 0), "n"), "a: 1\nb: [n]\n"),
    ("an item before a comment and its item", "r:\n  # of a\n  - a\n", Edit(INSERT, ("r", 0), "n"), "r:\n  - n\n  # of a\n  - a\n"),
    ("a block item beside block items", "r:\n- id: a\n  t: 1\n", Edit(INSERT, ("r", 1), {"id": "b", "t": 2}), "r:\n- id: a\n  t: 1\n- id: b\n  t: 2\n"),
    ("a dash beside a dash", "- - a\n  - b\n", Edit(INSERT, (0, 0), "n"), "- - n\n  - a\n  - b\n"),
    ("the first of two dashes", "- - a\n  - b\n", Edit(REMOVE, (0, 0)), "- - b\n"),
    ("a field beside the dash", "- id: a\n  # why\n  t: 1\n", Edit(REMOVE, (0, "id")), "- # why\n  t: 1\n"),
    ("comments go with the item", "r:\n  # of a\n  - a  # x\n  # of b\n  - b\n", Edit(REMOVE, ("r", 0)), "r:\n  # of b\n  - b\n"),
    ("the heading of the file stays", "# rules\na: 1\nb: 2\n", Edit(REMOVE, ("a",)), "# rules\nb: 2\n"),
    ("the last item leaves an empty list", "r:  # rules\n  - a\nb: 1\n", Edit(REMOVE, ("r", 0)), "r: []  # rules\nb: 1\n"),
    ("the last field leaves an empty mapping", "w: {a: 1}\n", Edit(REMOVE, ("w", "a")), "w: {}\n"),
    ("from the middle of brackets", "a: [x, y, z]\n", Edit(REMOVE, ("a", 1)), "a: [x, z]\n"),
    ("from the end of brackets", "a: {x: 1, y: 2}\n", Edit(REMOVE, ("a", "y")), "a: {x: 1}\n"),
    ("a line of brackets", "a: [\n  x,  # ex\n  y  # why\n]\n", Edit(REMOVE, ("a", 0)), "a: [\n  y  # why\n]\n"),
    ("move with its comments", "- a\n# of b\n- b  # x\n- c\n", Edit(MOVE, (1,), to=0), "# of b\n- b  # x\n- a\n- c\n"),
    ("move down", "r:\n  - a  # x\n  - b\n  - c\nz: 1\n", Edit(MOVE, ("r", 0), to=2), "r:\n  - b\n  - c\n  - a  # x\nz: 1\n"),
    ("move in brackets", "a: [x, y, z]\n", Edit(MOVE, ("a", 2), to=0), "a: [z, x, y]\n"),
    ("move lines of brackets", "a: [\n  x,  # ex\n  y  # why\n]\n", Edit(MOVE, ("a", 0), to=1), "a: [\n  y,  # why\n  x  # ex\n]\n"),
    ("move the last line up without a last line break", "- a\n- b", Edit(MOVE, (1,), to=0), "- b\n- a"),
    ("rename", "a: {x: 1, 'y': 2} # c\n", Edit(RENAME, ("a", "y"), to="新 名"), "a: {x: 1, 新 名: 2} # c\n"),
    ("rename what asks", "? a\n: 1\n", Edit(RENAME, ("a",), to="b"), "? b\n: 1\n"),
    ("set what asks", "? a\n: 1\nb: 2\n", Edit(SET, ("a",), 3), "a: 3\nb: 2\n"),
    ("a pair without braces", "a: [x: 1]\n", Edit(SET, ("a", 0, "x"), 2), "a: [x: 2]\n"),
    ("the whole file", "# top\na: 1\n# end\n", Edit(SET, (), {"b": 2}), "# top\nb: 2\n# end\n"),
]


@pytest.mark.parametrize(("text", "edit", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_edit_gives_exactly_this_text(text: str, edit: Edit, after: str) -> None:
    assert apply(text, edit) == after


SPELLED = [
    # value, in brackets, spelled
    ("供水", True, "供水"),
    ("no", True, "'no'"),
    ("22:30", True, "'22:30'"),
    ("2026-10-01", False, "'2026-10-01'"),
    ("7", True, "'7'"),
    ("0.30", True, "'0.30'"),
    ("true", True, "'true'"),
    ("", True, "''"),
    ("- a", False, "'- a'"),
    ("*x", False, "'*x'"),
    ("a: b", False, "'a: b'"),
    ("a #b", False, "'a #b'"),
    ("a,b", False, "a,b"),
    ("a,b", True, "'a,b'"),
    ("it's", True, "it's"),
    ("'quoted'", True, "'''quoted'''"),
    ("一\n二", True, '"一\\n二"'),
    ("\ufeffa\u2028", True, '"\\U0000FEFFa\\U00002028"'),
    (Decimal("0.30"), True, "0.30"),
    (True, True, "true"),
    (None, True, "null"),
    ({"all": [{"category": ["供水", "供电"]}]}, False, "{all: [{category: [供水, 供电]}]}"),
    ({}, False, "{}"),
    ("一\n二", False, "|-\n    一\n    二"),
    ([{"given": {"text": "停"}, "expect": "hit"}], False, "\n    - {given: {text: 停}, expect: hit}"),
]


@pytest.mark.parametrize(("value", "flow", "spelled"), SPELLED)
def test_values_are_spelled_like_the_projects_own_files(value: object, flow: bool, spelled: str) -> None:
    assert write(value, column=2, flow=flow) == spelled


REFUSED = [
    # text, edit, words of the sentence
    ("a: 1\n", Edit(SET, ("b", "c"), 1), "没有 b"),
    ("a: 1\n", Edit(SET, ("a", "c"), 1), "没有 a.c"),
    ("a: [1]\n", Edit(SET, ("a", 1), 1), "没有 a[1]"),
    ("a: [1]\n", Edit(INSERT, ("a", 3), 1), "没有 a[3]"),
    ("a: {b: 1}\n", Edit(INSERT, ("a", 0), 1), "不是列表"),
    ("a: 1\n", Edit(REMOVE, ("b",)), "没有 b"),
    ("a: [1]\n", Edit(MOVE, ("a", 0), to=1), "没有第 1 位"),
    ("a: 1\nb: 2\n", Edit(RENAME, ("a",), to="b"), "已经有了"),
    ("a: &x 1\n", Edit(SET, ("a",), 2), "锚点"),
    ("a: 1\n", Edit(SET, ("a",), "x\ty"), "制表符"),
    ("a: 1\n", Edit(SET, ("a",), float("nan")), "写不进"),
    ("a: 1\n", Edit(SET, ("a\nb",), 1), "换行"),
    ("a: 1\n", Edit(REMOVE, ()), "整个文件"),
    ("a: 1\n", Edit(SET, ("a",), "字" * 90_000), "256 kB"),
    ("a: 1\n", Edit(SET, ("a",), object()), "写不进"),
]


@pytest.mark.parametrize(("text", "edit", "words"), REFUSED)
def test_an_edit_that_cannot_be_made_is_refused_in_one_sentence(text: str, edit: Edit, words: str) -> None:
    with pytest.raises(EditRefused) as refused:
        apply(text, edit)
    assert words in refused.value.zh
    assert refused.value.en


BAD_JSON: list[object] = [
    [],
    {"op": "eval", "path": []},
    {"op": "set", "path": "a", "value": 1},
    {"op": "set", "path": [True], "value": 1},
    {"op": "set", "path": [1.5], "value": 1},
    {"op": "set", "path": ["a"]},
    {"op": "move", "path": [0], "to": "x"},
    {"op": "move", "path": [0], "to": True},
    {"op": "rename", "path": ["a"], "to": 1},
    {"op": "set", "path": ["a"], "value": 1, "file": "/etc/passwd"},
]


@pytest.mark.parametrize("data", BAD_JSON, ids=str)
def test_json_that_is_no_edit_is_refused(data: object) -> None:
    with pytest.raises(EditRefused):
        from_json(data)


def test_json_becomes_an_edit_with_exact_numbers() -> None:
    assert from_json({"op": "set", "path": ["rules", 0, "x"], "value": [0.3, "a", None]}) == Edit(SET, ("rules", 0, "x"), [Decimal("0.3"), "a", None])
    assert from_json({"op": "move", "path": [1], "to": 0}) == Edit(MOVE, (1,), None, 0)
