"""Suggests an appeal's category: the trained model where there is one and it is sure, else the catalogue's keywords, else nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.load_library import Catalogue
from insights.library_evidence import carried_by
from insights.library_features import keyword_features
from insights.library_keywords import KeywordFinder, Said
from insights.library_model import Matrix, Model
from insights.library_text import document
from tickets.ports import Suggestion

OTHERS = 2  # runners-up that are shown
FULL_SCORE = 3.7  # the weight of one keyword of three characters: enough to go by


@dataclass(frozen=True)
class Judged:
    """The model alone on one text: its labels by falling probability, and the words that carried the first."""

    ranked: tuple[tuple[str, float], ...]
    words: tuple[str, ...]


class CategoryLibrary:
    """Implements ports.Library. `confidence` (0 to 1) is config.yaml's library_confidence; without a model the keywords decide."""

    def __init__(self, catalogue: Catalogue, model: Model | None, confidence: float) -> None:
        self.finder = KeywordFinder(catalogue)
        self.model = model
        self.confidence = confidence
        self._reader = model.reader() if model is not None else None

    def judge(self, texts: Sequence[str], *, words: bool = True) -> list[Judged]:
        """The model's opinion of each text, without threshold; a ValueError when there is no model."""
        return self._judge(texts, [self.finder.said(text) for text in texts], words)

    def _judge(self, texts: Sequence[str], said_of: Sequence[Mapping[str, Said]], words: bool) -> list[Judged]:
        if self.model is None or self._reader is None:
            raise ValueError("还没有训练分类模型；请先运行 library train FILE (no model yet: run library train FILE)")
        documents = [document(text) for text in texts]
        read = self._reader.transform(documents)
        chances = self.model.probabilities(read, keyword_features(self.finder.tree, said_of, self.model.nodes))
        return [self._judged(texts[row], documents[row], read[row], chances[row], words) for row in range(len(texts))]

    def _judged(self, text: str, read_as: str, read: Matrix, chances: Matrix, words: bool) -> Judged:
        assert self.model is not None
        order = np.argsort(-chances)
        ranked = tuple((self.model.labels[place], float(chances[place])) for place in order[: OTHERS + 1])
        carried = carried_by(text, read_as, read, self.model.grams, self.model.svm[order[0]]) if words else ()
        return Judged(ranked, carried)

    def suggest(self, text: str) -> Suggestion:
        """A category with its confidence and the words that carried it; `by` says who decided (model, keywords or none)."""
        said = self.finder.said(text)
        judged = self._judge([text], [said], words=True)[0] if self.model is not None else None
        if judged is not None:
            label, chance = judged.ranked[0]
            if chance >= self.confidence and label in self.finder.tree:
                inside = self.finder.under(said, label)
                closer = self.finder.best(inside) or label
                words = tuple(dict.fromkeys([*(inside[closer].words if closer in inside else ()), *judged.words]))
                return Suggestion(closer, chance, "model", judged.ranked[1:], words[:6])
        return self._by_keywords(said, dict(judged.ranked) if judged is not None else {})

    def _by_keywords(self, said: Mapping[str, Said], chances: Mapping[str, float]) -> Suggestion:
        """The keywords decide; where a model was unsure, its chances still weigh the branches it named."""
        if chances:
            said = {name: Said(what.score * self._weight(name, chances), what.words) for name, what in said.items()}
        best = self.finder.best(said)
        if best is None:
            return Suggestion("", 0.0, "none", unsure=True)
        ranked = sorted(((what.score, name) for name, what in said.items()), reverse=True)
        total = sum(score for score, _ in ranked[: OTHERS + 1])
        inside = self.finder.under(said, best)
        strength = max(what.score for what in inside.values())
        confidence = min(1.0, strength / FULL_SCORE) * sum(what.score for what in inside.values()) / max(total, sum(w.score for w in inside.values()))
        words = tuple(dict.fromkeys(word for what in inside.values() for word in what.words))[:6]
        others = tuple((name, score / total) for score, name in ranked if name not in inside)[:OTHERS]
        return Suggestion(best, confidence, "keywords", others, words)

    def _weight(self, name: str, chances: Mapping[str, float]) -> float:
        return max((chances[node] for node in self.finder.tree.path(name) if node in chances), default=0.1)
