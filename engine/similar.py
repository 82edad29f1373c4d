"""Says which phrases a text comes near: RapidFuzz's partial ratio, 0 to 100, on normalised text."""

from __future__ import annotations

from rapidfuzz import fuzz

from engine import normalise
from engine.condition import Similar


class Phrases:
    """One `similar` question, its phrases normalised once."""

    def __init__(self, asked: Similar) -> None:
        self.least = asked.min
        self.phrases: tuple[tuple[str, str], ...] = tuple((phrase, normalise.text(phrase)) for phrase in asked.to)

    def near(self, text: str) -> tuple[str, ...]:
        """The phrases as written that come near enough to the normalised text.

        A text shorter than a phrase is never near it: partial ratio would slide the text along the phrase and find 水 in 停水.
        """
        return tuple(
            written
            for written, phrase in self.phrases
            if phrase and len(text) >= len(phrase) and fuzz.partial_ratio(phrase, text, score_cutoff=self.least) >= self.least
        )
