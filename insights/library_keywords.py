"""What the catalogue's own keywords say of a text: a score per category, with the words found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ahocorasick

from engine import normalise
from engine.load_library import Catalogue
from insights import library_text

TITLE_FACTOR = 1.5  # a keyword in the title says more than one in passing


@dataclass(frozen=True)
class Said:
    """What the keywords say of one leaf: the sum of their weights, and which they are (normalised), strongest first."""

    score: float
    words: tuple[str, ...]


class KeywordFinder:
    """All keywords of the catalogue in one automaton. A longer keyword is worth more, one shared by several leaves less, and
    one that only stands inside a longer hit (停水 in 停水通知) nothing."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.tree = catalogue.tree
        self._leaves: dict[str, list[str]] = {}
        for name, words in catalogue.keywords.items():
            for word in dict.fromkeys(map(normalise.text, words)):
                if word:
                    self._leaves.setdefault(word, []).append(name)
        self._automaton = ahocorasick.Automaton()
        for word in self._leaves:
            self._automaton.add_word(word, word)
        if self._leaves:
            self._automaton.make_automaton()

    def said(self, text: str) -> dict[str, Said]:
        """By category name, for every category with a keyword in the text (not normalised yet)."""
        title, rest = library_text.split(text)
        weights: dict[str, float] = {}
        for part, factor in ((title, TITLE_FACTOR), (rest, 1.0)):
            for word in self._hits(normalise.text(part)):
                weights[word] = max(weights.get(word, 0.0), factor * len(word) ** 1.2 / len(self._leaves[word]))
        found: dict[str, dict[str, float]] = {}
        for word, weight in weights.items():
            for name in self._leaves[word]:
                found.setdefault(name, {})[word] = weight
        return {name: Said(sum(words.values()), tuple(sorted(words, key=lambda w: -words[w]))) for name, words in found.items()}

    def _hits(self, text: str) -> list[str]:
        """In the order of the text: a set would order equal words, and so a ticket's reason, anew in every process."""
        if not self._leaves or not text:
            return []
        spans = sorted(((end - len(word) + 1, end + 1, word) for end, word in self._automaton.iter(text)), key=lambda s: (s[0], -s[1]))
        hits: list[str] = []
        reach = -1
        for _start, end, word in spans:  # by start, longest first: one that ends no later than an earlier one lies inside it
            if end > reach:
                hits.append(word)
                reach = end
        return hits

    def under(self, said: Mapping[str, Said], node: str) -> dict[str, Said]:
        """Only what is said of `node` and the categories beneath it."""
        return {name: what for name, what in said.items() if self.tree.holds(node, name)}

    def best(self, said: Mapping[str, Said]) -> str | None:
        """The category with the highest score; several with the same score give their common ancestor, or None without one."""
        if not said:
            return None
        top = max(what.score for what in said.values())
        tied = [name for name, what in said.items() if what.score >= top - 1e-9]
        if len(tied) == 1:
            return tied[0]
        shared = [step[0] for step in zip(*(self.tree.path(name) for name in tied), strict=False) if len(set(step)) == 1]
        return shared[-1] if shared else None
