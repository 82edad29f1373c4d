"""Counts in words: English tells one from many, Chinese does not."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[..., str]


def counted(say: Say, key: str, count: int, **parts: object) -> str:
    """The words `key_one` for one and `key_many` for none and for more; `count` is filled in with thousands set apart."""
    return say(f"{key}_{'one' if count == 1 else 'many'}", count=f"{count:,}", **parts)
