"""Texts that were read from the database lately, kept in memory by their hash: a hash names one text for ever, so nothing here grows old."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping


class KeptTexts:
    """The texts used last, up to `most` characters in all. Safe for many threads."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._lock = threading.Lock()
        self._texts: OrderedDict[str, str] = OrderedDict()

    def among(self, shas: Iterable[str]) -> dict[str, str]:
        """Those of these hashes whose texts are kept."""
        found: dict[str, str] = {}
        with self._lock:
            for sha in shas:
                if sha in self._texts:
                    self._texts.move_to_end(sha)
                    found[sha] = self._texts[sha]
        return found

    def add(self, texts: Mapping[str, str]) -> None:
        """Keeps these; the ones not used for longest make room."""
        with self._lock:
            for sha, text in texts.items():
                if sha not in self._texts:
                    self._texts[sha] = text
                    self._held += len(text)
            while self._held > self._most:
                _, gone = self._texts.popitem(last=False)
                self._held -= len(gone)
