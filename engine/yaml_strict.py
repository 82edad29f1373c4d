"""Plain YAML only: a file that means what it looks like, read with the line of every key and value.

PyYAML's parser, kept narrow: its events are walked here, so depth, size, aliases and tags are refused before they cost anything (its own
loaders recurse, which crashed at depth 50,000, and take alias bombs). libyaml's events come seven times as fast and are tried first; whatever
it refuses, and every text in which the two parsers are known to differ, is read by the pure-Python one, whose sentences we give.
Only `true`, `false`, `null` (or nothing), whole numbers and decimals are more than text: `22:30`, `no`, `on` and dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from unicodedata import category

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from engine.findings import Finding, RulesRefused, shown
from engine.nodes import Fields, Items, Node, Scalar, Value

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_DIGITS = 30  # more is no quantity a rule can mean; it stays text and is refused where a number belongs

WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
# Where libyaml reads otherwise: ? in brackets and as a key, a byte order mark within, odd line breaks, a comment that touches | or >.
READ_SLOWLY = re.compile("[?\ufeff\r\x85\u2028\u2029]|[|>][-+0-9]*#")
NO_TEXT = ("Cc", "Cs")  # control characters, and halves of characters that no file can hold
WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}


class _Refused(Exception):
    def __init__(self, line: int, zh: str, en: str) -> None:
        super().__init__(en)
        self.line, self.zh, self.en = line, zh, en


@dataclass
class _Open:
    """A list or mapping still being read."""

    is_map: bool
    line: int
    items: list[Node] = field(default_factory=list)
    fields: dict[str, Node] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None
    doubled: bool = False


class _Walk:
    """Walks a parser's events without recursion; `doubles` are the keys met twice, with their lines."""

    doubles: list[tuple[int, str]]

    def events(self) -> Iterator[Event]:
        while self.check_event():  # type: ignore[attr-defined]
            yield self.get_event()  # type: ignore[attr-defined]

    def tree(self) -> Node | None:
        """The one document as a Node, or None when there is nothing in it."""
        stack: list[_Open] = []
        root: Node | None = None
        count = documents = 0
        for event in self.events():
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, DocumentStartEvent):
                documents += 1
                _refuse_document(event, documents, line)
            if not isinstance(event, NodeEvent | MappingEndEvent | SequenceEndEvent):
                continue
            if isinstance(event, NodeEvent):
                count += 1
                _refuse_node(event, count, line)
            done: Node
            if isinstance(event, MappingStartEvent | SequenceStartEvent):
                _refuse_start(stack, line)
                stack.append(_Open(isinstance(event, MappingStartEvent), line))
                continue
            if isinstance(event, ScalarEvent):
                if stack and stack[-1].is_map and stack[-1].key is None:
                    self._take_key(stack[-1], event, line)
                    continue
                done = Value(_resolve(event), line)
            else:
                box = stack.pop()
                done = Fields(box.fields, box.line, box.lines) if box.is_map else Items(tuple(box.items), box.line)
            if stack:
                self._put(stack[-1], done)
            else:
                root = done
        return root

    def _take_key(self, box: _Open, event: ScalarEvent, line: int) -> None:
        key = str(event.value)
        if key == "<<" and not event.style:
            raise _Refused(line, "合并键「<<」不允许，请把内容逐项写出", "the merge key << is not allowed: write the fields out")
        box.doubled = key in box.fields
        if box.doubled:
            self.doubles.append((line, key))
        else:
            box.lines[key] = line
        box.key = key

    def _put(self, box: _Open, node: Node) -> None:
        if not box.is_map:
            box.items.append(node)
        elif box.key is not None:
            if not box.doubled:
                box.fields[box.key] = node
            box.key, box.doubled = None, False


class StrictLoader(_Walk, yaml.SafeLoader):
    """The pure-Python parser, which knows where everything stands and what to say of what it refuses."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.doubles = []


class _QuickReader(_Walk, CParser):
    """libyaml's parser: the same tree, or a refusal that says nothing."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.doubles = []


def _refuse_document(event: DocumentStartEvent, documents: int, line: int) -> None:
    if documents > 1:
        raise _Refused(line, "一个文件只能有一份内容，请删去多余的「---」", "one document to a file: remove the extra ---")
    if event.version or event.tags:
        raise _Refused(line, "不允许 % 开头的指令行，请删去", "directives (lines beginning with %) are not allowed: remove them")


def _refuse_node(event: NodeEvent, count: int, line: int) -> None:
    if count > MAX_NODES:
        raise _Refused(line, f"内容超过 {MAX_NODES} 项，请拆成几个文件", f"more than {MAX_NODES} values: split the file")
    if isinstance(event, AliasEvent):
        raise _Refused(line, f"不允许引用「*{shown(event.anchor)}」，请把内容写出", f"aliases (*{shown(event.anchor)}) are not allowed: write it out")
    if event.anchor is not None:
        raise _Refused(line, f"不允许锚点「&{shown(event.anchor)}」，请删去", f"anchors (&{shown(event.anchor)}) are not allowed: remove it")
    if isinstance(event, ScalarEvent) and not event.value.isprintable() and any(category(ch) in NO_TEXT and ch != "\n" for ch in event.value):
        raise _Refused(line, "引号里有控制字符或残缺字符，请删去转义", "there are control or broken characters in quotes: remove the escapes")
    tag = getattr(event, "tag", None)
    if tag is not None:
        raise _Refused(line, f"不允许标签「{shown(tag)}」，请删去", f"tags ({shown(tag)}) are not allowed: remove it")


def _refuse_start(stack: list[_Open], line: int) -> None:
    if len(stack) >= MAX_DEPTH:
        raise _Refused(line, f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep")
    if stack and stack[-1].is_map and stack[-1].key is None:
        raise _Refused(line, "字段名必须是文字，不能是列表或映射", "a field's name must be text, not a list or mapping")


def _resolve(event: ScalarEvent) -> Scalar:
    text = str(event.value)
    if event.style:  # quoted, or a | or > block: always text
        return text
    if text in WORDS:
        return WORDS[text]
    if len(text) <= MAX_DIGITS:
        if WHOLE.match(text):
            return int(text)
        if DECIMAL.match(text):
            return Decimal(text)
    return text


def load(text: str, file: str, reader: Callable[[str], StrictLoader] = StrictLoader) -> Node:
    """The file's content as a tree of values that know their lines. Raises RulesRefused, never anything else, with every double key.

    `reader` may be a StrictLoader that also remembers where things stand (engine/source_spots.py).
    """
    tab = text.find("\t")
    if tab >= 0:
        raise refusal(file, line_at(text, tab), "有制表符（Tab），请改用空格", "there is a tab: use spaces")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise refusal(file, 1, f"文件超过 {MAX_BYTES // 1024} kB，请拆分", f"the file is larger than {MAX_BYTES // 1024} kB: split it")
    if reader is StrictLoader and (quick := _read_quickly(text)) is not None:
        return quick
    try:
        loader = reader(text)
        try:
            root = loader.tree()
        finally:
            loader.dispose()
    except _Refused as refused:
        raise refusal(file, refused.line, refused.zh, refused.en) from None
    except yaml.reader.ReaderError as error:
        place = error.position if isinstance(error.position, int) else 0
        zh = "有不可显示的字符，文件可能不是文本，请用 UTF-8 另存"
        raise refusal(file, line_at(text, place), zh, "there are unprintable characters; is it a text file? save it as UTF-8") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = shown(error.problem or error.context or "", 100)
        line = mark.line + 1 if mark else 1
        raise refusal(
            file, line, f"YAML 写法有误（{problem}），请检查缩进、引号和括号", f"not valid YAML ({problem}): check indents, quotes, brackets"
        ) from None
    except (ValueError, IndexError, OverflowError):  # PyYAML itself, on escapes such as "\UFFFFFFFF" or %YAML 9…9
        raise refusal(file, 1, "YAML 写法有误，请检查引号里的转义字符", "not valid YAML: check the escapes inside quotes") from None
    if loader.doubles:
        raise RulesRefused(
            Finding(file, line, "yaml", f"字段「{shown(key)}」写了两次，请只留一个", f"the field {shown(key)} is there twice: keep one")
            for line, key in loader.doubles
        )
    if root is None or (isinstance(root, Value) and root.value is None):
        raise refusal(file, 1, "文件是空的", "the file is empty")
    return root


def _read_quickly(text: str) -> Node | None:
    """The tree as libyaml reads it, or None: then StrictLoader says what is wrong, if anything is."""
    if READ_SLOWLY.search(text):
        return None
    try:
        loader = _QuickReader(text)
        root = loader.tree()
    except (_Refused, yaml.YAMLError, ValueError, IndexError, OverflowError):
        return None
    empty = isinstance(root, Value) and root.value is None
    return None if empty or loader.doubles else root


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def refusal(file: str, line: int, zh: str, en: str) -> RulesRefused:
    return RulesRefused([Finding(file, line, "yaml", zh, en)])
