"""One spelling for the same data, whatever its comments, key order and layout; and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring

from engine.nodes import Node, from_plain


def dumps(data: object) -> str:
    """JSON with sorted keys, no spaces, and numbers without idle zeros (0.30 is 0.3). Takes dict, list, tuple, str, bool, int, Decimal, None."""
    if isinstance(data, str):
        return encode_basestring(data)
    if isinstance(data, dict):
        inside = ",".join(f"{_text(str(key))}:{dumps(data[key])}" for key in sorted(data))
        return "{" + inside + "}"
    if isinstance(data, list | tuple):
        return "[" + ",".join(dumps(item) for item in data) + "]"
    if data is None or isinstance(data, bool):
        return {None: "null", True: "true", False: "false"}[data]
    if isinstance(data, int):
        return str(data)
    if isinstance(data, Decimal):
        return _number(data)
    raise TypeError(f"{type(data).__name__} 不能写成规范 JSON (has no canonical form)")


def plain_data(value: object, leaf: Callable[[object], object] | None = None) -> object:
    """The same in dicts with text for keys, and lists, as deep as it goes; what is neither a mapping nor a list passes through `leaf`, if there is one."""
    if isinstance(value, Mapping):
        return {str(key): plain_data(one, leaf) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_data(one, leaf) for one in value]
    return value if leaf is None else leaf(value)


def loads(text: str) -> Node:
    """The reverse: canonical JSON as nodes; every line is 0."""
    return from_plain(json.loads(text, parse_float=Decimal))


def sha256(text: str) -> str:
    """The version: SHA-256 of the UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _text(value: str) -> str:
    return encode_basestring(value)  # what json.dumps(value, ensure_ascii=False) comes to, without making an encoder for every word


def _number(value: Decimal) -> str:
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
