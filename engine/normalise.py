"""How text is made comparable before any rule sees it: one width, one case, no white space."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

# Not white space to Python, yet written to be invisible: zero-width space, word joiner, byte order mark.
_INVISIBLE = ("\u200b", "\u2060", "\ufeff")


def text(raw: str) -> str:
    """Full-width becomes half-width, capitals small, every white space goes: 「停 水」, 「停\\u3000水」 and 「停水」 are the same.

    NFKC, lower case, NFKC again (lower case can undo it), then white space and zero-width spaces removed.
    """
    folded = unicodedata.normalize("NFKC", raw)
    lowered = folded.lower()
    if lowered != folded:
        lowered = unicodedata.normalize("NFKC", lowered)
    joined = "".join(lowered.split())
    for char in _INVISIBLE:
        if char in joined:
            joined = joined.replace(char, "")
    return joined


@dataclass(frozen=True)
class Mapped:
    """Normalised text that remembers where each of its characters stood in the original."""

    raw: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open place in the original of the half-open place [start, end) in the normalised text, for highlights."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) 不在规范化文本的 {len(self.text)} 个字之内 (outside the normalised text)")
        return self.starts[start], self.ends[end - 1]

    def find(self, phrase: str) -> tuple[tuple[int, int], ...]:
        """Every place in the original where the phrase stands, in order, without overlaps."""
        wanted, found, here = text(phrase), [], 0
        while wanted and (at := self.text.find(wanted, here)) >= 0:
            here = at + len(wanted)
            found.append(self.span(at, here))
        return tuple(found)


def spans(raw: str) -> Mapped:
    """The same as `text`, with the way back to the original for highlights."""
    whole = text(raw)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end in _clusters(raw):
        for char in text(raw[start:end]):
            out.append(char)
            starts.append(start)
            ends.append(end)
    if "".join(out) != whole:  # letters that join across clusters (rare scripts): highlight the whole text rather than the wrong word
        starts, ends = [0] * len(whole), [len(raw)] * len(whole)
    return Mapped(raw, whole, tuple(starts), tuple(ends))


def _clusters(raw: str) -> list[tuple[int, int]]:
    """A letter with the accents that follow it, as half-open places: they are normalised together."""
    places: list[tuple[int, int]] = []
    start = 0
    for here in range(1, len(raw) + 1):
        if here == len(raw) or not unicodedata.combining(raw[here]):
            places.append((start, here))
            start = here
    return places
