"""One change to a file of plain YAML, as the rule workbench sends it, and what it makes of the file's data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args
from unicodedata import category

from engine.findings import shown
from engine.yaml_strict import DECIMAL, MAX_DEPTH, MAX_DIGITS, NO_TEXT, WHOLE

Path = tuple[str | int, ...]
Op = Literal["set", "insert", "remove", "move", "rename"]
LONGEST_KEY = 500  # characters; the reader's own limit for a field's name is 1,024


class EditRefused(ValueError):
    """A change that cannot be made; `zh` and `en` say why in one sentence each."""

    permanent = True

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} ({en})")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Edit:
    """`path` leads through the file: a list's items by index from 0, a mapping's fields by name, such as ("rules", 3, "when", "all", 0).

    set puts `value` there (a new field goes to the end of its mapping) · insert makes `value` item path[-1] of the list path[:-1] (and the
    list, when there is none) · remove takes the field or item away · move gives the item the place `to` in its list · rename calls the field `to`.
    """

    op: Op
    path: Path
    value: object = None
    to: int | str | None = None


def from_json(data: object) -> Edit:
    """An Edit from a browser's JSON, such as {"op": "set", "path": ["rules", 0, "title"], "value": "…"}. EditRefused when it is none."""
    if not isinstance(data, Mapping):
        raise EditRefused("修改应当是映射（op、path、value、to）", "an edit must be a mapping (op, path, value, to)")
    strange = [str(key) for key in data if key not in ("op", "path", "value", "to")]
    if strange:
        raise EditRefused(f"修改里没有字段「{shown(strange[0])}」", f"an edit has no field {shown(strange[0])}")
    op = next((known for known in get_args(Op) if known == data.get("op")), None)
    if op is None:
        raise EditRefused(f"没有这种修改「{shown(data.get('op'))}」，可用：{'、'.join(get_args(Op))}", f"unknown edit; there are {', '.join(get_args(Op))}")
    path = data.get("path")
    if not isinstance(path, list) or any(isinstance(step, bool) or not isinstance(step, str | int) for step in path):
        raise EditRefused("path 应当是字段名和序号的列表", "path must be a list of names and indexes")
    if op in ("set", "insert") and "value" not in data:
        raise EditRefused(f"{op} 要写 value", f"{op} needs a value")
    to = data.get("to")
    if (op == "move" and (isinstance(to, bool) or not isinstance(to, int))) or (op == "rename" and not isinstance(to, str)):
        raise EditRefused("move 的 to 是序号，rename 的 to 是新名", "`to` is an index for move and a name for rename")
    return Edit(op, tuple(path), normal(data.get("value")), to)


def normal(value: object, depth: int = 0) -> object:
    """The value as the reader will give it back: tuples are lists, floats are Decimals, 5.0e0 is written out. EditRefused for what no file holds."""
    if depth > MAX_DEPTH:
        raise EditRefused(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, list | tuple):
        return [normal(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {name(key): normal(item, depth + 1) for key, item in value.items()}
    raise EditRefused(f"{type(value).__name__} 写不进规则文件", f"a {type(value).__name__} cannot be written into a rule file")


def name(key: object) -> str:
    """A field's name, fit to be written."""
    if not isinstance(key, str):
        raise EditRefused("字段名应当是文字", "a field's name must be text")
    if len(key) > LONGEST_KEY or "\n" in key:
        raise EditRefused(f"字段名超过 {LONGEST_KEY} 字或有换行", f"a field's name is longer than {LONGEST_KEY} characters or has a line break")
    return _text(key)


def expected(data: object, edit: Edit) -> object:
    """The file's data after the edit; what did not change is shared with `data`, not copied. EditRefused when the path leads nowhere."""
    if not edit.path:
        if edit.op != "set":
            raise EditRefused("整个文件只能整体替换（set）", "the whole file can only be replaced (set)")
        return edit.value
    return _within(data, edit, 0)


def _within(data: object, edit: Edit, depth: int) -> object:
    step, last = edit.path[depth], depth == len(edit.path) - 1
    if last:
        return _changed(data, edit, step, depth)
    child = _room(data, step)
    if child is None and not _holds(data, step):
        if edit.op == "insert" and depth == len(edit.path) - 2 and isinstance(step, str):
            return {**_fields(data, edit, depth), step: _changed(None, edit, edit.path[-1], depth + 1)}
        raise _nowhere(edit, depth)
    new = _within(child, edit, depth + 1)
    if isinstance(data, list):
        return [new if index == step else item for index, item in enumerate(data)]
    return {key: new if key == step else item for key, item in _fields(data, edit, depth).items()}


def _changed(data: object, edit: Edit, step: str | int, depth: int) -> object:
    """The list or mapping at the end of the path, with the change made."""
    if data is None and edit.op == "insert" and step == 0:
        return [edit.value]
    if isinstance(data, list):
        room = len(data) + (edit.op == "insert")
        if not isinstance(step, int) or not 0 <= step < room or edit.op == "rename":
            raise _nowhere(edit, depth)
        made = list(data)
        if edit.op == "set":
            made[step] = edit.value
        elif edit.op == "insert":
            made.insert(step, edit.value)
        elif edit.op == "remove":
            del made[step]
        else:
            if isinstance(edit.to, bool) or not isinstance(edit.to, int) or not 0 <= edit.to < len(data):
                raise EditRefused(f"列表没有第 {shown(edit.to)} 位（从 0 数起）", f"the list has no place {shown(edit.to)} (counted from 0)")
            made.insert(edit.to, made.pop(step))
        return made
    if edit.op in ("insert", "move"):
        raise EditRefused(f"{spelled(edit.path[:depth])} 不是列表", f"{spelled(edit.path[:depth])} is not a list")
    fields = _fields(data, edit, depth)
    if edit.op == "set" and isinstance(step, str):
        return {**fields, step: edit.value}
    if step not in fields:
        raise _nowhere(edit, depth)
    if edit.op == "remove":
        return {key: item for key, item in fields.items() if key != step}
    if edit.to != step and edit.to in fields:
        raise EditRefused(f"字段「{shown(edit.to)}」已经有了", f"there is already a field {shown(edit.to)}")
    return {str(edit.to) if key == step else key: item for key, item in fields.items()}


def _room(data: object, step: str | int) -> object:
    if isinstance(data, dict):
        return data.get(step)
    return data[step] if isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data) else None


def _holds(data: object, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data)


def _fields(data: object, edit: Edit, depth: int) -> dict[str | int, object]:
    """The mapping there; nothing at all counts as an empty one."""
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise _nowhere(edit, depth)
    return data


def _nowhere(edit: Edit, depth: int) -> EditRefused:
    place = spelled(edit.path[: depth + 1])
    return EditRefused(f"文件里没有 {place}，请刷新后再改", f"there is no {place} in the file: refresh and try again")


def spelled(path: Path) -> str:
    """A path in words: rules[3].when."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in path)
    return words.lstrip(".") or "."


def _text(value: str) -> str:
    if not value.isprintable() and any(category(ch) in NO_TEXT and ch != "\n" for ch in value):
        raise EditRefused("文字里有制表符或控制字符，请删去", "there are tabs or control characters in the text: remove them")
    return value


def _number(value: int | float | Decimal) -> int | Decimal:
    exact = Decimal(str(value))
    text = f"{exact:f}" if exact.is_finite() else ""
    if len(text) > MAX_DIGITS or not (WHOLE.match(text) or DECIMAL.match(text)):
        raise EditRefused(f"数字 {shown(value)} 写不进规则文件", f"the number {shown(value)} cannot be written into a rule file")
    return int(text) if WHOLE.match(text) else Decimal(text)
