"""Which earlier appeals of the neighbourhood are about the same thing: the same part of the catalogue, the same village, alike in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from engine import normalise
from engine.tree import Tree
from tickets.store.nearby import Neighbour, neighbours
from tickets.store.scope import Viewer

DAYS = 90
BRANCH = 2  # the catalogue's level within which two appeals are of the same matter
NEIGHBOURHOOD = "村居"
SHOWN = 4


@dataclass(frozen=True)
class Near:
    """An earlier appeal and how alike its words are, 0 to 100 (RapidFuzz token-free ratio of the normalised texts)."""

    neighbour: Neighbour
    likeness: int


def near(viewer: Viewer, ticket_id: int, category: str, area: str, text: str, now: datetime, categories: Tree, areas: Tree) -> tuple[Near, ...]:
    """Up to four, most alike first; empty where category or area is unknown. `now` is stored UTC."""
    if category not in categories or area not in areas:
        return ()
    branch = categories.at_depth(category, BRANCH)
    place = areas.at_level(area, NEIGHBOURHOOD) or area
    found = neighbours(viewer, ticket_id, beneath(categories, branch), beneath(areas, place), now - timedelta(days=DAYS))
    plain = normalise.text(text)
    ranked = sorted((Near(one, round(fuzz.ratio(plain, normalise.text(one.text)))) for one in found), key=lambda one: -one.likeness)
    return tuple(ranked[:SHOWN])


def beneath(tree: Tree, name: str) -> list[str]:
    """The node and all beneath it."""
    names = [name]
    for node in names:
        names += tree.children(node)
    return names
