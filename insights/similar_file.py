"""Similar past appeals in anybody's file, whatever district it is of: every row is scored, how rare words are is the file's own matter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from engine import normalise
from engine.tree import Tree
from insights.similar_score import INSIDE, SAME_TOWN, SAME_VILLAGE, TOWN, VILLAGE, Parts, Step, alike, days_between, days_since, measure
from insights.similar_words import shared_words
from tickets.domain import likeness
from tickets.domain.likeness import Weights
from tickets.store.similar import terms_of

LEAST_TEXT = 0.03  # words hardly shared at all are no likeness
NOWHERE: Step = (0.0, "")


@dataclass(frozen=True)
class Past:
    """One row: its number, title, words, address, and when (any one kind of time; None where it says none)."""

    row: int
    title: str
    text: str
    address: str
    at: datetime | None


@dataclass(frozen=True)
class FoundRow:
    """A row, how like the question it is, the words both hold, and how many days before the newest row it was (None: not said)."""

    one: Past
    parts: Parts
    words: tuple[str, ...]
    days: int | None


def places_of(area: str, areas: Tree, aliases: Iterable[tuple[str, str]]) -> tuple[tuple[str, Step], ...]:
    """What a row may call the place asked for, normalised, with what each is worth, the most first; a place the district does not know has its own name alone."""
    if area not in areas:
        return ((normalise.text(area), (1.0, f"同在{area}")),)
    village, town = areas.at_level(area, VILLAGE), areas.at_level(area, TOWN)
    steps: dict[str, Step] = {}
    for name in areas.nodes:
        if name == area:
            steps[name] = 1.0, f"同在{area}"
        elif areas.holds(area, name):
            steps[name] = INSIDE, f"都在{area}内"
        elif village is not None and areas.holds(village, name):
            steps[name] = SAME_VILLAGE, f"同在{village}"
        elif town is not None and areas.holds(town, name):
            steps[name] = SAME_TOWN, f"同在{town}"
    called = [*((name, name) for name in steps), *((alias, name) for alias, name in aliases if name in steps)]
    return tuple(sorted(((plain, steps[name]) for word, name in called if len(plain := normalise.text(word)) > 1), key=lambda one: (-one[1][0], -len(one[0]))))


def in_rows(text: str, past: Sequence[Past], places: Sequence[tuple[str, Step]] = (), most: int = 10) -> tuple[FoundRow, ...]:
    """Up to `most` rows most like `text`, the most alike first; of equal ones the earlier row. `places` names the area asked for, if any."""
    terms = [likeness.packed(terms_of(one.title, one.text)) for one in past]
    counts = np.zeros(likeness.BUCKETS, np.int64)
    for held in terms:
        counts[np.frombuffer(held, "<u4")] += 1
    weights = Weights(1, len(past), likeness.rarity_of(counts.tolist(), len(past)))
    now = max((one.at for one in past if one.at is not None), default=None)
    days = None if now is None else days_since([one.at or _longest(past) for one in past], now)
    steps = [_step(one, places) for one in past] if places else None
    text_parts = alike(weights, terms_of("", text), terms)
    measured = measure(text_parts, None, [worth for worth, _ in steps] if steps is not None else None, days)
    order = np.lexsort((np.arange(len(past)), -measured.whole))
    best = [one for one in order.tolist() if measured.text[one] >= LEAST_TEXT][:most]
    return tuple(
        FoundRow(
            past[one],
            Parts(float(measured.whole[one]), float(measured.text[one]), "", steps[one][1] if steps is not None else ""),
            shared_words(weights, text, f"{past[one].title}。{past[one].text}"),
            int(days_between(at, now)) if now is not None and (at := past[one].at) is not None else None,
        )
        for one in best
    )


def _longest(past: Sequence[Past]) -> datetime:
    """A row without a time counts as old as the oldest."""
    return min(one.at for one in past if one.at is not None)


def _step(one: Past, places: Sequence[tuple[str, Step]]) -> Step:
    """The nearest of the places that the address names; without any, the nearest the words name."""
    for words in (normalise.text(one.address), normalise.text(f"{one.title}{one.text}")):
        found = next((step for name, step in places if name in words), None)
        if found is not None:
            return found
    return NOWHERE
