"""A progress bar for long work: drawn on a terminal, silent when piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, TypeVar

Item = TypeVar("Item")
WIDTH = 30
EVERY = 0.1  # seconds between two drawings: drawing must not slow the work


def track(items: Iterable[Item], total: int, label: str, stream: TextIO | None = None) -> Iterator[Item]:
    """The same items, with a bar on stderr (or `stream`) that shows how many of `total` are done; the bar is wiped at the end."""
    out = stream or sys.stderr
    if not out.isatty():
        yield from items
        return
    began = drawn = time.monotonic()
    done = 0
    _draw(out, label, 0, total, 0.0)
    try:
        for item in items:
            yield item
            done += 1
            if (now := time.monotonic()) - drawn >= EVERY:
                drawn = now
                _draw(out, label, done, total, now - began)
    finally:
        out.write("\r\x1b[K")
        out.flush()


@contextmanager
def bar(label: str, stream: TextIO | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar for work that tells how far it is: the block is given a function (done, total); silent when piped, wiped at the end."""
    out = stream or sys.stderr
    began, drawn = time.monotonic(), [0.0]

    def told(done: int, total: int) -> None:
        if out.isatty() and (time.monotonic() - drawn[0] >= EVERY or done >= total):
            drawn[0] = time.monotonic()
            _draw(out, label, done, total, drawn[0] - began)

    try:
        yield told
    finally:
        if out.isatty():
            out.write("\r\x1b[K")
            out.flush()


def _draw(out: TextIO, label: str, done: int, total: int, seconds: float) -> None:
    share = min(done / total, 1.0) if total else 1.0
    filled = round(share * WIDTH)
    left = f" · {seconds * (total - done) / done:,.0f} s" if done and seconds > 1 else ""
    out.write(f"\r\x1b[K{label} {'█' * filled}{'·' * (WIDTH - filled)} {done:,}/{total:,} {share:.0%}{left}")
    out.flush()
