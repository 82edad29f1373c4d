"""YAML that is not plain is refused with the line it stands on; what is plain keeps its words as they are."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from engine.findings import RulesRefused
from engine.nodes import Fields, from_plain, plain
from engine.read_file import read_text
from engine.yaml_strict import MAX_BYTES, MAX_DEPTH, MAX_NODES, load

REFUSED = [
    # yaml, line, words of the Chinese sentence, words of the English one
    ("a: &x 1\nb: *x\n", 1, "锚点「&x」", "anchors (&x)"),
    ("a: 1\nb: *x\n", 2, "引用「*x」", "aliases (*x)"),
    ("a: !!python/object:os.system ls\n", 1, "标签", "tags"),
    ("a: ! 1\n", 1, "标签", "tags"),
    ("a: !!str 1\n", 1, "标签", "tags"),
    ("a: 1\n<<: {b: 2}\n", 2, "合并键", "merge key"),
    ("a: 1\nb: 2\na: 3\n", 3, "字段「a」写了两次", "the field a is there twice"),
    ("x: {a: 1, 'a': 2}\n", 1, "写了两次", "twice"),
    ("a:\n\t- 1\n", 2, "制表符", "tab"),
    ("a: 'x\ty'\n", 1, "制表符", "tab"),
    ("a: 1\n--- \nb: 2\n", 2, "一份内容", "one document"),
    ("%YAML 1.1\n---\na: 1\n", 1, "指令行", "directives"),
    ("%TAG ! tag:x,2000:\n---\na: 1\n", 1, "指令行", "directives"),
    ("? [a, b]\n: 1\n", 1, "字段名必须是文字", "a field's name must be text"),
    ("a: [1, 2\nb: 3\n", 2, "YAML 写法有误", "not valid YAML"),
    ("a: b: c\n", 1, "YAML 写法有误", "not valid YAML"),
    ("a: 'never closed\n", 2, "YAML 写法有误", "not valid YAML"),
    ("a: \x01\n", 1, "不可显示", "unprintable"),
    ('a: "\\ud800"\n', 1, "残缺字符", "broken characters"),
    ('a: "\\0"\n', 1, "控制字符", "control"),
    ('a: "\\UFFFFFFFF"\n', 1, "转义", "escapes"),
    ("", 1, "空的", "empty"),
    ("# only a comment\n", 1, "空的", "empty"),
    ("null\n", 1, "空的", "empty"),
    ("[" * 50_000, 1, f"嵌套超过 {MAX_DEPTH} 层", "nested more than"),
    ("{a: " * 50_000, 1, "嵌套超过", "nested more than"),
    ("- " * 50_000, 1, "嵌套超过", "nested more than"),
    ("a:\n" + "- 1\n" * MAX_NODES, MAX_NODES - 1, f"超过 {MAX_NODES} 项", "more than"),
    ("a: " + "字" * (MAX_BYTES // 3), 1, "256 kB", "256 kB"),
]


@pytest.mark.parametrize(("text", "line", "zh", "en"), REFUSED, ids=[f"{case[3]}-{n}" for n, case in enumerate(REFUSED)])
def test_yaml_that_is_not_plain_is_refused_with_its_line(text: str, line: int, zh: str, en: str) -> None:
    with pytest.raises(RulesRefused) as refused:
        load(text, "rules/x.yaml")
    (finding,) = refused.value.findings
    assert (finding.file, finding.line) == ("rules/x.yaml", line)
    assert zh in finding.zh
    assert en in finding.en


def test_every_double_key_of_a_file_is_named_at_once() -> None:
    with pytest.raises(RulesRefused) as refused:
        load("a: 1\na: 2\nb:\n  c: 1\n  c: 2\n", "x.yaml")
    assert [finding.line for finding in refused.value.findings] == [2, 5]


def test_an_alias_bomb_is_refused_at_its_first_anchor_and_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9))
    began = time.thread_time()
    with pytest.raises(RulesRefused, match="锚点"):
        load(bomb, "x.yaml")
    assert time.thread_time() - began < 1


PLAIN = [
    # written, read
    ("22:30", "22:30"),
    ("no", "no"),
    ("on", "on"),
    ("yes", "yes"),
    ("True", "True"),
    ("2026-01-01", "2026-01-01"),
    ("2026-01-01T08:00:00", "2026-01-01T08:00:00"),
    ("010", "010"),
    ("0x1F", "0x1F"),
    ("1_000", "1_000"),
    ("1e3", "1e3"),
    (".5", ".5"),
    (".inf", ".inf"),
    ("70%", "70%"),
    ("10m", "10m"),
    ("'5'", "5"),
    ("9" * 31, "9" * 31),
    ("5", 5),
    ("-5", -5),
    ("0.30", Decimal("0.30")),
    ("-0.5", Decimal("-0.5")),
    ("true", True),
    ("false", False),
    ("null", None),
    ("~", None),
    ("", None),
]


@pytest.mark.parametrize(("written", "read"), PLAIN)
def test_only_true_false_null_and_numbers_are_more_than_text(written: str, read: object) -> None:
    found = plain(load(f"a: {written}\n", "x.yaml"))
    assert found == {"a": read}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(read)


def test_every_key_and_value_knows_its_line() -> None:
    tree = load("a: 1\nb:\n  c:\n    - x\n    - y: 2\n", "x.yaml")
    assert isinstance(tree, Fields)
    b = tree.fields["b"]
    assert isinstance(b, Fields)
    assert (tree.line_of("a"), tree.line_of("b"), b.line_of("c"), b.fields["c"].line) == (1, 2, 3, 4)


def test_a_tree_without_lines_reads_back_to_the_same_data() -> None:
    data = {"a": [1, "x", True, None, Decimal("0.5")], "b": {"c": []}}
    assert plain(from_plain(data)) == data
    with pytest.raises(TypeError, match="no rule data"):
        from_plain({"a": object()})


FILES = [
    # bytes, line, words
    (b"", 1, "空的"),
    (b"\n \n", 1, "空的"),
    ("a: 1\nb: 停水\n".encode("gbk"), 2, "GBK"),
    ("a: 1\nb: 没有自来水的诉求\n".encode("gbk"), 2, "GBK"),
    ("a: 1\n".encode("utf-16"), 1, "UTF-16"),
    (b"PK\x03\x04\x00\x00\xff\xfe\x90", 1, "二进制"),
    (b"a: \xff\xff\xff\n", 1, "UTF-8"),
    (b"a: " + b"x" * MAX_BYTES, 1, "256 kB"),
]


@pytest.mark.parametrize(("data", "line", "words"), FILES)
def test_a_file_that_is_no_utf8_text_gets_one_clear_sentence(data: bytes, line: int, words: str, tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(data)
    with pytest.raises(RulesRefused) as refused:
        read_text(file, "x.yaml")
    (finding,) = refused.value.findings
    assert finding.line == line
    assert words in finding.zh


def test_a_byte_order_mark_is_skipped_and_told(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_text(file, "x.yaml") == ("a: 1\n", True)


def test_a_foreign_letter_alone_is_no_sign_of_gbk(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("a: café\n", encoding="utf-8")
    assert read_text(file, "x.yaml") == ("a: café\n", False)


def test_a_folder_in_a_files_place_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RulesRefused, match="无法读取"):
        read_text(tmp_path, "x.yaml")
