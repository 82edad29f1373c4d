"""Which earlier appeals of the neighbourhood are about the same thing: the same part of the catalogue, the same village, most alike first."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.names import Names
from engine.tree import Tree
from insights.similar import Question, Similar, similar
from tickets.store.scope import Viewer

DAYS = 90
BRANCH = 2  # the catalogue's level within which two appeals are of the same matter
NEIGHBOURHOOD = "村居"
SHOWN = 4


def near(viewer: Viewer, ticket_id: int, title: str, text: str, category: str, area: str, now: datetime, names: Names) -> tuple[Similar, ...]:
    """Up to four of the last ninety days that the viewer may see; empty where category or area is unknown. `now` is stored UTC."""
    asked = Question(title, text, category, area, now, ticket_id)
    return similar(viewer, names, asked, since=now - timedelta(days=DAYS), near=True, most=SHOWN)


def beneath(tree: Tree, name: str) -> list[str]:
    """The node and all beneath it."""
    names = [name]
    for node in names:
        names += tree.children(node)
    return names
