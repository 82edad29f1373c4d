"""Earlier appeals of the same matter and the same village are shown to whoever may see them, most alike first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.names import Names
from engine.tree import Tree, TreeNode
from insights.nearby import near
from tickets.store import similar
from tickets.store.models import Ticket
from tickets.store.scope import Viewer

NOW = datetime(2026, 11, 23, 1, 0)  # noqa: DTZ001  # stored times are naive UTC
CATEGORIES = Tree([TreeNode("城建", None), TreeNode("供水", "城建"), TreeNode("停水", "供水"), TreeNode("水压", "供水"), TreeNode("路灯", "城建")])
AREAS = Tree(
    [
        TreeNode("区", None, "区"),
        TreeNode("北庄村", "区", "村居"),
        TreeNode("一网格", "北庄村", "网格"),
        TreeNode("花园", "一网格", "小区"),
        TreeNode("南庄村", "区", "村居"),
    ]
)
NAMES = Names(categories=CATEGORIES, areas=AREAS)
ALL = Viewer("all")


def make(number: int, text: str, category: str, area: str, days: float = 1) -> Ticket:
    ticket: Ticket = Ticket.create(
        number=f"T-{number}",
        source="12345",
        source_id=str(number),
        status="办理中",
        text=text,
        category=category,
        area=area,
        registered_at=NOW - timedelta(days=days),
    )
    similar.keep(ticket, NAMES)
    return ticket


@pytest.mark.usefixtures("database")
def test_the_same_matter_in_the_same_village_is_found_most_alike_first() -> None:
    mine = make(1, "花园三号楼停水了", "停水", "花园", 0)
    make(2, "水压太低上不了楼", "水压", "北庄村", 3)
    make(3, "花园三号楼又停水了，请打13800000000", "停水", "一网格", 5)
    make(4, "花园路灯不亮", "路灯", "花园")  # another matter
    make(5, "花园三号楼停水了", "停水", "南庄村")  # another village
    make(6, "花园三号楼停水了", "停水", "花园", 91)  # too long ago
    found = near(ALL, mine.id, "", mine.text, "停水", "花园", NOW, NAMES)
    assert [one.one.number for one in found] == ["T-3", "T-2"]
    assert found[0].parts.whole > found[1].parts.whole >= 0
    assert "13800000000" not in found[0].one.text


@pytest.mark.usefixtures("database")
def test_somebody_elses_tickets_and_unknown_places_show_nothing() -> None:
    mine = make(1, "停水", "停水", "花园")
    make(2, "停水", "停水", "花园")
    assert near(Viewer("own", person_id=7), mine.id, "", mine.text, "停水", "花园", NOW, NAMES) == ()
    assert near(ALL, mine.id, "", mine.text, "", "花园", NOW, NAMES) == ()
    assert near(ALL, mine.id, "", mine.text, "停水", "", NOW, NAMES) == ()
