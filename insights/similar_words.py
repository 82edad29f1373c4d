"""Which words two appeals share, as the reader would mark them: the longest and rarest stretches that stand in both."""

from __future__ import annotations

from engine import normalise
from tickets.domain import likeness
from tickets.domain.likeness import Weights

MOST = 5
COMMON = 2.0  # a stretch is worth this much a pair at least: common phrases explain nothing
ENOUGH = 1_000  # of so many appeals or more it is known which phrases are common


def shared_words(weights: Weights, asked: str, found: str) -> tuple[str, ...]:
    """Up to five stretches of `asked` that stand in `found` as well, normalised, what tells most first; none inside another."""
    here, there = normalise.text(asked)[: likeness.LONGEST], normalise.text(found)[: likeness.LONGEST]
    stretches: dict[str, float] = {}
    start = 0
    while start < len(here) - 1:
        end = start
        while end < len(here) and here[end].isalnum() and here[start : end + 1] in there:
            end += 1
        if end - start >= 2:
            stretch = here[start:end]
            worth = [likeness.weight(weights, one) for one in likeness.terms(stretch)]
            if worth and (weights.tickets < ENOUGH or sum(worth) / len(worth) >= COMMON):
                stretches[stretch] = sum(worth)
        start = max(end, start + 1)
    ranked = sorted(stretches, key=lambda one: (-stretches[one], one))
    kept: list[str] = []
    for stretch in ranked:
        if not any(stretch in other for other in kept):
            kept.append(stretch)
    return tuple(kept[:MOST])
