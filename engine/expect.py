"""What a place in a rule file should hold: text, a list, known fields … Each reader reports what it found instead and returns None."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.findings import Report, shown
from engine.nodes import Fields, Items, Node, Value
from engine.suggest import offer
from engine.vocabulary import Vocabulary

LOCAL = ZoneInfo("Asia/Shanghai")
LONGEST_TEXT = 2_000  # characters; a title, a keyword or a reason never needs more


@dataclass(frozen=True)
class Scope:
    """Where we are: the file and the rule whose findings these are, and the words it may use."""

    report: Report
    file: str
    rule: str
    vocabulary: Vocabulary

    def within(self, rule: str) -> Scope:
        return replace(self, rule=rule)

    def error(self, at: Node | int, zh: str, en: str) -> None:
        self.report.error(self.file, at if isinstance(at, int) else at.line, self.rule, zh, en)

    def warning(self, at: Node | int, zh: str, en: str) -> None:
        self.report.warning(self.file, at if isinstance(at, int) else at.line, self.rule, zh, en)

    def wrong(self, node: Node, zh: str, en: str) -> None:
        """`zh` and `en` name what belongs here; the sentence adds what is there."""
        zh_is, en_is = described(node)
        self.error(node, f"{zh}，这里是{zh_is}", f"{en}, here is {en_is}")

    def unknown(self, at: Node | int, what_zh: str, what_en: str, word: str, known: Collection[str]) -> None:
        tail_zh, tail_en = offer(word, known)
        self.error(at, f"没有这个{what_zh}「{shown(word)}」{tail_zh}", f"unknown {what_en} {shown(word)}{tail_en}")


def described(node: Node) -> tuple[str, str]:
    """What stands there, in words."""
    if isinstance(node, Items):
        return "列表", "a list"
    if isinstance(node, Fields):
        return "映射", "a mapping"
    if node.value is None:
        return "空的", "nothing"
    if isinstance(node.value, bool):
        return f"是非值 {shown(node.value)}", f"the yes/no value {shown(node.value)}"
    if isinstance(node.value, int | Decimal):
        return f"数字 {shown(node.value)}", f"the number {shown(node.value)}"
    return f"文字「{shown(node.value)}」", f"the text {shown(node.value)}"


def fields(node: Node, scope: Scope, known: Collection[str], zh: str, en: str, *, needed: Collection[str] = ()) -> Fields | None:
    """A mapping with known fields only and the needed ones present; unknown ones are reported with the nearest right name."""
    if not isinstance(node, Fields):
        scope.wrong(node, f"{zh}应当是映射（字段: 值）", f"{en} must be a mapping (field: value)")
        return None
    for key in node.fields:
        if key not in known:
            scope.unknown(node.line_of(key), f"字段（{zh}）", f"field of {en}:", key, known)
    for key in needed:
        if key not in node.fields:
            scope.error(node, f"{zh}缺少「{key}」", f"{en} lacks {key}")
    return node


def items(node: Node, scope: Scope, zh: str, en: str, *, empty: bool = False) -> tuple[Node, ...] | None:
    """A list, not empty unless `empty`."""
    if not isinstance(node, Items):
        scope.wrong(node, f"{zh}应当是列表 [ … ]", f"{en} must be a list [ … ]")
        return None
    if not node.items and not empty:
        scope.error(node, f"{zh}是空的", f"{en} is empty")
        return None
    return node.items


def one_or_more(node: Node) -> Node:
    """A single value stands for a list of one."""
    return Items((node,), node.line) if isinstance(node, Value) and node.value is not None else node


def text(node: Node, scope: Scope, zh: str, en: str) -> str | None:
    """Words, not empty. A number or true/false in a name's place is refused: quotes make it text."""
    if not isinstance(node, Value) or not isinstance(node.value, str):
        quote = isinstance(node, Value) and node.value is not None
        scope.wrong(
            node, f"{zh}应当是文字{'（数字和 true/false 请加引号）' if quote else ''}", f"{en} must be text{' (quote numbers and true/false)' if quote else ''}"
        )
        return None
    if not node.value.strip():
        scope.error(node, f"{zh}是空的", f"{en} is empty")
        return None
    if len(node.value) > LONGEST_TEXT:
        scope.error(node, f"{zh}超过 {LONGEST_TEXT} 字", f"{en} is longer than {LONGEST_TEXT} characters")
        return None
    return node.value.strip()


def texts(node: Node, scope: Scope, zh: str, en: str) -> tuple[str, ...] | None:
    """A list of words (one word alone is a list of one), each once, in order; None when one of them is wrong."""
    found = items(one_or_more(node), scope, zh, en)
    if found is None:
        return None
    words = [text(item, scope, zh, en) for item in found]
    return tuple(dict.fromkeys(word for word in words if word is not None)) if None not in words else None


def one_of(node: Node, scope: Scope, options: Collection[str], zh: str, en: str) -> str | None:
    """One of the options; else the nearest is offered."""
    word = text(node, scope, zh, en)
    if word is not None and word not in options:
        scope.unknown(node, zh, en, word, options)
        return None
    return word


def some_of(node: Node, scope: Scope, options: Collection[str], zh: str, en: str) -> tuple[str, ...] | None:
    """A list (or one) of the options."""
    found = items(one_or_more(node), scope, zh, en)
    if found is None:
        return None
    words = [one_of(item, scope, options, zh, en) for item in found]
    return tuple(dict.fromkeys(word for word in words if word is not None)) if None not in words else None


def yes_no(node: Node, scope: Scope, zh: str, en: str) -> bool | None:
    if isinstance(node, Value) and isinstance(node.value, bool):
        return node.value
    scope.wrong(node, f"{zh}应当是 true 或 false", f"{en} must be true or false")
    return None


def number(node: Node, scope: Scope, zh: str, en: str, *, least: Decimal | None = None, most: Decimal | None = None) -> Decimal | None:
    """A number within [least, most], as Decimal."""
    if not isinstance(node, Value) or isinstance(node.value, bool) or not isinstance(node.value, int | Decimal):
        scope.wrong(node, f"{zh}应当是数字", f"{en} must be a number")
        return None
    value = Decimal(node.value)
    if (least is not None and value < least) or (most is not None and value > most):
        limits = (f"不小于 {least}", f"at least {least}") if most is None else (f"在 {least} 到 {most} 之间", f"between {least} and {most}")
        scope.wrong(node, f"{zh}应当{limits[0]}", f"{en} must be {limits[1]}")
        return None
    return value


def whole(node: Node, scope: Scope, zh: str, en: str, *, least: int, most: int) -> int | None:
    """A whole number within [least, most]."""
    if not isinstance(node, Value) or isinstance(node.value, bool) or not isinstance(node.value, int) or not least <= node.value <= most:
        scope.wrong(node, f"{zh}应当是 {least} 到 {most} 的整数", f"{en} must be a whole number from {least} to {most}")
        return None
    return node.value


def moment(node: Node, scope: Scope, zh: str, en: str) -> datetime | None:
    """A day or a minute in Asia/Shanghai, such as 2026-01-01 or 2026-01-01T08:30; answers aware UTC."""
    word = node.value if isinstance(node, Value) else None
    if isinstance(word, str) and len(word) in (10, 16, 19) and word[4:5] == "-":
        try:
            local = datetime.fromisoformat(word).replace(tzinfo=LOCAL)
            return local.astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # a day no calendar has: reported below like any other misspelling
    scope.wrong(node, f"{zh}应当是日期或时刻，如 2026-01-01 或 '2026-01-01T08:30'", f"{en} must be a date or a time, such as 2026-01-01 or '2026-01-01T08:30'")
    return None
