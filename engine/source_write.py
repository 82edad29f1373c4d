"""How a new value is spelled in a file: short things in one line like the project's own files, long ones as a block.

Words stand bare where every YAML reader takes them as words; `no`, `22:30`, `2026-10-01` and numbers meant as text get quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from engine.yaml_strict import DECIMAL, WHOLE, WORDS

WIDTH = 140  # characters
STR_TAG = "tag:yaml.org,2002:str"
_RESOLVER = Resolver()  # type: ignore[no-untyped-call]
# What may stand raw in a file; the reader refuses or folds the rest (its line breaks, the byte order mark …).
RAW = re.compile("[ -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\\Z")
INDICATORS = frozenset("-?:,[]{}#&*!|>'\"%@`=.<~")
IN_FLOW = re.compile(r"[,\[\]{}]")
NOT_PLAIN = re.compile(r":\s|:\Z|\s#")
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}

Style = Literal["plain", "single", "double"]


def write(value: object, *, column: int, flow: bool, width: int = WIDTH) -> str:
    """The value as YAML text, to stand after the `key:` or `-` that begins in `column`.

    In `flow` it is one line. Else a long list or mapping begins with a line break and is indented by column + 2, and a text of
    several lines is a `|` block.
    """
    if flow:
        return inline(value)
    first, *more = under_key(value, used=column, width=width)
    return "\n".join([first.lstrip(" "), *(" " * column + line if line else line for line in more)])


def inline(value: object, *, flow: bool = True, keep: Style | None = None) -> str:
    """The value in one line; `flow` when it stands inside brackets. `keep` is how the word that stood there was quoted."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_text(key)}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(inline(item) for item in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return scalar(str(value), flow=flow, keep=keep)


def scalar(text: str, *, flow: bool, keep: Style | None = None) -> str:
    """Words, quoted when they must be."""
    if not RAW.match(text) or "\n" in text or keep == "double":
        return double(text)
    if keep == "single" or not _may_stand_bare(text, flow) or (keep is None and _meant(text) != STR_TAG):
        return "'" + text.replace("'", "''") + "'"
    return text


def _meant(text: str) -> object:
    """What another YAML reader would take the bare word for."""
    return _RESOLVER.resolve(ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]


def key_text(key: object) -> str:
    """A field's name; always text to the reader, so numbers and dates need no quotes."""
    text = str(key)
    if RAW.match(text) and _lexically_plain(text, flow=True):
        return text
    return double(text) if not RAW.match(text) else "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    """In double quotes, with what cannot stand raw escaped."""
    return '"' + "".join(ESCAPES.get(ch) or (ch if RAW.match(ch) else f"\\U{ord(ch):08X}") for ch in text) + '"'


def under_key(value: object, *, used: int, width: int = WIDTH, block: bool = False) -> list[str]:
    """What follows `key:`, lines relative to the key's column; `used` is how far the line already reaches; `block` asks for a block."""
    if isinstance(value, str) and _fits_literal(value):
        return _literal(value)
    if not isinstance(value, Mapping | list | tuple) or not value:
        return [" " + inline(value, flow=False)]
    one = inline(value)
    if not block and _flat(value) and used + 1 + len(one) <= width:
        return [" " + one]
    return ["", *("  " + line if line else line for line in block_lines(value, used=used + 2, width=width))]


def block_lines(value: Mapping[str, object] | list[object] | tuple[object, ...], *, used: int, width: int = WIDTH) -> list[str]:
    """A list or mapping that is not empty as a block, lines relative to its own column."""
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            word = key_text(key)
            first, *more = under_key(item, used=used + len(word) + 1, width=width)
            lines += [f"{word}:{first}", *more]
        return lines
    for item in value:
        lines += ["- " + line if number == 0 else line for number, line in enumerate(under_dash(item, used=used, width=width))]
    return lines


def under_dash(value: object, *, used: int, width: int = WIDTH, block: bool = False) -> list[str]:
    """What follows `- `: the first line stands beside the dash, the others relative to the dash's column."""
    if not isinstance(value, Mapping | list | tuple) or not value:
        first, *more = under_key(value, used=used, width=width)
        return [first.lstrip(" "), *more]
    one = inline(value)
    if not block and _flat(value) and used + 2 + len(one) <= width:
        return [one]
    first, *more = block_lines(value, used=used + 2, width=width)
    return [first, *("  " + line if line else line for line in more)]


def _flat(value: object) -> bool:
    """Whether it reads well in one line: a list whose items are themselves many-fielded (tests, links of a chain) does not."""
    if isinstance(value, Mapping):
        return all(_flat(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(_flat(item) and not _wide(item) for item in value)
    return not isinstance(value, str) or "\n" not in value


def _wide(item: object) -> bool:
    return isinstance(item, Mapping) and len(item) > 1 and any(isinstance(part, Mapping | list | tuple) for part in item.values())


def _fits_literal(text: str) -> bool:
    if "\n" not in text.rstrip("\n") or text.endswith("\n\n") or text[0] in " \n":
        return False
    return all(RAW.match(line) and (not line or not line.isspace()) for line in text.split("\n"))


def _literal(text: str) -> list[str]:
    lines = text.removesuffix("\n").split("\n")
    return [" |" if text.endswith("\n") else " |-", *("  " + line if line else line for line in lines)]


def _may_stand_bare(text: str, flow: bool) -> bool:
    return text not in WORDS and not WHOLE.match(text) and not DECIMAL.match(text) and _lexically_plain(text, flow)


def _lexically_plain(text: str, flow: bool) -> bool:
    if not text or text[0] in INDICATORS or text != text.strip() or NOT_PLAIN.search(text):
        return False
    return not (flow and IN_FLOW.search(text))
