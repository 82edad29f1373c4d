"""Which open appeals are about the same thing as what a caller says now: the same part of the catalogue and village, or the same caller."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from engine import normalise
from engine.tree import Tree
from insights.nearby import BRANCH, DAYS, NEIGHBOURHOOD, beneath
from tickets.store.near_open import OpenOne, open_near
from tickets.store.scope import Viewer

SHOWN = 3
LONGEST = 400  # characters compared


@dataclass(frozen=True)
class NearOpen:
    """An open appeal and how alike its words are, 0 to 100 (RapidFuzz ratio of the normalised texts)."""

    one: OpenOne
    likeness: int


def near_open(viewer: Viewer, category: str, area: str, phone: str, text: str, now: datetime, categories: Tree, areas: Tree) -> tuple[NearOpen, ...]:
    """Up to three, the caller's own before others', then the most alike. `now` is stored UTC; unknown category or area finds the caller's own alone."""
    known = category in categories and area in areas
    branch = beneath(categories, categories.at_depth(category, BRANCH)) if known else []
    place = beneath(areas, areas.at_level(area, NEIGHBOURHOOD) or area) if known else []
    found = open_near(viewer, branch, place, phone, now - timedelta(days=DAYS))
    plain = normalise.text(text[:LONGEST])
    ranked = [NearOpen(one, round(fuzz.ratio(plain, normalise.text(one.text[:LONGEST])))) for one in found]
    return tuple(sorted(ranked, key=lambda one: (-one.one.own, -one.likeness))[:SHOWN])
