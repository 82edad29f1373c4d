"""What an address, a form's field or a script names: the number of a row, an object of JSON. One reading for every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from flask import request

from admin.base import Refused

LARGEST_ID = 2**31 - 1


def number(word: str | None, most: int = LARGEST_ID) -> int | None:
    """The number, or None where it is none, not positive, or larger than a key can be."""
    if word is None or not (word.isascii() and word.isdigit()) or len(word) > 10:
        return None
    return int(word) if 0 < int(word) <= most else None


def body() -> Mapping[str, object]:
    """The JSON object that was sent; Refused (400) for anything else."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Refused("请求应当是 JSON", "the request must be JSON", 400)
    return cast(Mapping[str, object], data)
