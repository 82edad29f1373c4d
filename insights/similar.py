"""一诉多办: past appeals like one that is at hand, of the same kind near the same place, scored and explained.

The index (tickets/store/similar.py) names candidates by a few keys; what they are compared by is then read and each is scored exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from engine.names import Names
from insights.similar_score import MATTER, PLACE, TEXT, Parts, alike, days_between, days_since, matter_step, measure, place_step
from insights.similar_words import shared_words
from tickets.domain import likeness
from tickets.domain.appeal import whole_text
from tickets.domain.likeness import Key, Weights
from tickets.store import similar as index
from tickets.store.scope import Viewer
from tickets.store.similar import Kept
from tickets.store.similar_shown import Shown, shown

SCORED = 800  # candidates scored: as many, whatever the number of tickets
LOOKED_AT = 2_400  # candidates of whoever sees only part of the tickets, before that is known
LEAST = 25.0  # a lower score is no likeness


@dataclass(frozen=True)
class Question:
    """What is looked for: words, and where known category, area and the ticket it is (which is left out). `at` is stored UTC."""

    title: str
    text: str
    category: str
    area: str
    at: datetime
    ticket: int = 0


@dataclass(frozen=True)
class Similar:
    """A past appeal, why it is like the question, and the words both hold; `days` ago it was registered."""

    one: Shown
    parts: Parts
    words: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class Scored:
    """A ticket and the parts of its likeness."""

    ticket: int
    parts: Parts


def similar(viewer: Viewer, names: Names, question: Question, *, since: datetime | None = None, near: bool = False, most: int = 10) -> tuple[Similar, ...]:
    """Up to `most` past appeals the viewer may see, most alike first; with `near` only those of the same part of the catalogue and village.

    `since` (stored UTC) leaves out older ones. Empty with `near` where category or area is not known.
    """
    best = [one for one in search(viewer, names, question, since=since, near=near, most=most) if near or one.parts.whole >= LEAST]
    found = shown([one.ticket for one in best])
    weights, words = index.newest_weights(), whole_text(question.title, question.text)
    return tuple(
        Similar(one, scored.parts, shared_words(weights, words, whole_text(one.title, one.text)), int(days_between(one.at, question.at)))
        for scored in best
        if (one := found.get(scored.ticket)) is not None
    )


def search(viewer: Viewer, names: Names, question: Question, *, since: datetime | None = None, near: bool = False, most: int = 10) -> list[Scored]:
    """The same as numbers and scores: candidates by the index, scored exactly."""
    there = index.where(names, question.category, question.area)
    if near and not (there.branch and there.neighbourhood):
        return []
    buckets, editions = index.terms_of(question.title, question.text), index.editions()
    keys = [key for weights in editions for key in likeness.keys(weights, buckets, there, asked=True)]
    ids = _promising(editions[0], buckets, keys, index.met(keys, viewer), near=near)
    ids = [ticket for ticket in ids if ticket != question.ticket][: SCORED if viewer.reach == "all" else LOOKED_AT]
    rows = [one for one in index.kept(index.seen_of(viewer, ids)[:SCORED]) if since is None or one.at >= since]
    if near:
        rows = [one for one in rows if _as_near(names, one) == (there.branch, there.neighbourhood)]
    return ranked(editions[0], names, question, buckets, rows, most)


def ranked(weights: Weights, names: Names, question: Question, buckets: Sequence[int], rows: Sequence[Kept], most: int) -> list[Scored]:
    """Every row scored; the `most` most alike first, of equal ones the newest ticket."""
    matter, place = matter_step(names.categories, question.category), place_step(names.areas, question.area)
    measured = measure(
        alike(weights, buckets, [one.terms for one in rows]),
        [matter(one.category)[0] for one in rows] if matter is not None else None,
        [place(one.area)[0] for one in rows] if place is not None else None,
        days_since([one.at for one in rows], question.at),
    )
    order = np.lexsort((np.array([-one.ticket for one in rows]), -measured.whole))[:most].tolist()
    return [
        Scored(
            rows[one].ticket,
            Parts(
                float(measured.whole[one]),
                float(measured.text[one]),
                matter(rows[one].category)[1] if matter is not None else "",
                place(rows[one].area)[1] if place is not None else "",
            ),
        )
        for one in order
    ]


def _as_near(names: Names, one: Kept) -> tuple[str, str]:
    there = index.where(names, one.category, one.area)
    return there.branch, there.neighbourhood


def _promising(weights: Weights, buckets: Sequence[int], keys: Sequence[Key], met: Sequence[tuple[int, int]], *, near: bool) -> list[int]:
    """The tickets met, first those whose keys promise most: the words they share, the same place, the same matter; of equal ones the newest."""
    if not met:
        return []
    worth = {one: likeness.weight(weights, one) ** 2 for one in buckets}
    whole = sum(worth.values()) or 1.0
    slots = {bucket: place for place, bucket in enumerate(dict.fromkeys(key.bucket for key in keys if key.bucket >= 0))}
    pairs = np.array(met, np.int64)
    tickets, row = np.unique(pairs[:, 1], return_inverse=True)
    words = np.zeros((len(tickets), len(slots) + 1), bool)
    place, matter = np.zeros(len(tickets), bool), np.zeros(len(tickets), bool)
    for number, key in enumerate(keys):
        here = row[pairs[:, 0] == number]
        if key.bucket >= 0:
            words[here, slots[key.bucket]] = True
        place[here] |= key.place
        matter[here] |= key.matter
    shares = np.array([TEXT / 100 * worth[bucket] / whole for bucket in slots] + [0.0])
    promise = words @ shares + PLACE / 100 * place + MATTER / 100 * matter + (10.0 * (place & matter) if near else 0.0)
    return tickets[np.lexsort((-tickets, -promise))].tolist()  # type: ignore[no-any-return]
