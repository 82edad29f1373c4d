"""蓝底词: the words that decided, marked in the citizen's own sentence. Answers pieces; the template escapes and marks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SENTENCE_ENDS = "。！？!?\n；;"


@dataclass(frozen=True)
class Piece:
    """A stretch of the text; `marked` when it is one of the words."""

    text: str
    marked: bool = False


def pieces(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """The text cut where words begin and end; words that overlap or touch become one mark. Letters match in any case."""
    lowered = text.lower()
    marked = [False] * len(text)
    if len(lowered) == len(text):  # a few letters change their length in lower case; then nothing is marked rather than the wrong place
        for word in words:
            needle = word.lower()
            start = lowered.find(needle) if needle else -1
            while start >= 0:
                marked[start : start + len(needle)] = [True] * len(needle)
                start = lowered.find(needle, start + 1)
    found: list[Piece] = []
    begin = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marked[place] != marked[begin]:
            found.append(Piece(text[begin:place], marked[begin]))
            begin = place
    return tuple(found)


def excerpt(text: str, words: Iterable[str], most: int = 44) -> tuple[Piece, ...]:
    """One line of the text, at most `most` characters, chosen so that the first marked word is inside."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return pieces(flat.rstrip(), words)
    kept = [word for word in words if word]
    places = [place for place in (flat.lower().find(word.lower()) for word in kept) if place >= 0]
    first = min(places, default=0)
    start = 0
    if first > most - 12:
        start = max(flat.rfind(end, 0, first) + 1 for end in SENTENCE_ENDS + "，,")
        if first - start > most - 12:
            start = first - 8
    cut = flat[start : start + most].strip()
    return pieces(f"{'…' if start else ''}{cut}{'…' if start + most < len(flat) else ''}", kept)
