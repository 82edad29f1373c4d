"""一诉多办: past appeals like one that is at hand, of the same kind near the same place, scored and explained.

The index (tickets/store/similar.py) names candidates by a few keys; what they are compared by is then read and each is scored exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.names import Names
from insights.similar_score import Parts, alike, days_between, matter_step, measure, place_step
from insights.similar_words import shared_words
from tickets.domain import likeness
from tickets.domain.appeal import whole_text
from tickets.domain.likeness import Key, Weights
from tickets.store import similar as index
from tickets.store.scope import Viewer
from tickets.store.similar import Kept
from tickets.store.similar_shown import Shown, shown

SCORED = 400  # candidates scored
LOOKED_AT = 1_200  # candidates of whoever sees only part of the tickets, before that is known
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
    return ranked(editions[0], names, question, buckets, rows)[:most]


def ranked(weights: Weights, names: Names, question: Question, buckets: Sequence[int], rows: Sequence[Kept]) -> list[Scored]:
    """Every row scored, most alike first, of equal ones the newest ticket."""
    matter, place = matter_step(names.categories, question.category), place_step(names.areas, question.area)
    matters = [matter(one.category) for one in rows] if matter is not None else None
    places = [place(one.area) for one in rows] if place is not None else None
    measured = measure(
        alike(weights, buckets, [one.terms for one in rows]),
        [worth for worth, _ in matters] if matters is not None else None,
        [worth for worth, _ in places] if places is not None else None,
        [days_between(one.at, question.at) for one in rows],
    )
    order = sorted(range(len(rows)), key=lambda one: (-measured.whole[one], -rows[one].ticket))
    return [
        Scored(
            rows[one].ticket,
            Parts(
                float(measured.whole[one]),
                float(measured.text[one]),
                matters[one][1] if matters is not None else "",
                places[one][1] if places is not None else "",
            ),
        )
        for one in order
    ]


def _as_near(names: Names, one: Kept) -> tuple[str, str]:
    there = index.where(names, one.category, one.area)
    return there.branch, there.neighbourhood


def _promising(weights: Weights, buckets: Sequence[int], keys: Sequence[Key], met: Sequence[tuple[int, int]], *, near: bool) -> list[int]:
    """The tickets met, first those whose keys promise most: the rare words they share, the same place, the same matter; of equal ones the newest."""
    worth = {one: likeness.weight(weights, one) ** 2 for one in buckets}
    whole = sum(worth.values()) or 1.0
    by_key = [(0.0 if key.bucket < 0 else 0.5 * worth[key.bucket] / whole, key) for key in keys]
    share: dict[int, dict[int, float]] = {}
    place: dict[int, float] = {}
    matter: dict[int, float] = {}
    for number, ticket in met:
        seen = share.setdefault(ticket, {})
        if number >= 0:
            value, key = by_key[number]
            seen[key.bucket] = value
            if key.place:
                place[ticket] = 0.15
            if key.matter:
                matter[ticket] = 0.15 if key.bucket >= 0 or key.place else 0.25
    both = 10.0 if near else 0.0

    def promise(ticket: int) -> float:
        here, what = place.get(ticket, 0.0), matter.get(ticket, 0.0)
        return sum(share[ticket].values()) + here + what + (both if here and what else 0.0)

    return sorted(share, key=lambda ticket: (-promise(ticket), -ticket))
