"""Counts arrived tickets into their weeks, a few thousand at a time: what it costs depends on what is new, not on how much there is."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from engine.tree import Tree
from tickets.domain.times import stored
from tickets.ports import Desk
from tickets.store import forecasts
from tickets.store.connect import transaction

AT_ONCE = 2_000
RIPE = timedelta(hours=2)  # a ticket is counted once its category has been decided
TOWN = "镇街"


def count_new(desk: Desk) -> int:
    """Counts the next tickets in one transaction; answers how many. Done twice, or by two processes at once, each counts once.

    A ticket without a category is passed over; one whose category changes later stays where it was counted.
    """
    ripe = stored(desk.clock() - RIPE)
    with transaction():
        before, arrived = forecasts.uncounted(AT_ONCE)
        ready = []
        for one in arrived:
            if one.registered_at > ripe:
                break  # in order of arrival: what comes after waits with it
            ready.append(one)
        if not ready:
            return 0
        areas = desk.rules.names.areas
        found = Counter((forecasts.week_of(one.day), one.category, town(areas, one.area)) for one in ready if one.category)
        return len(ready) if forecasts.add(before, ready[-1].id, found) else 0


def count_all(desk: Desk) -> int:
    """Counts until nothing ripe is left; answers how many."""
    total = 0
    while done := count_new(desk):
        total += done
    return total


def town(areas: Tree, area: str) -> str:
    """The town an area lies in; empty when there is none."""
    return (areas.at_level(area, TOWN) or "") if area in areas else ""


def towns(areas: Tree) -> tuple[str, ...]:
    """Every town of the district; one empty name where it has none."""
    return tuple(name for name, node in areas.nodes.items() if node.level == TOWN) or ("",)


def daily(desk: Desk, subjects: tuple[str, ...], since: date) -> dict[tuple[str, str], dict[date, int]]:
    """Appeals per (subject, town) and Monday since that day, with (subject, "") for the whole district; subjects are categories at any depth."""
    tree = desk.rules.names.categories
    over = {leaf: [name for name in subjects if tree.holds(name, leaf)] for leaf in tree.nodes}
    found: dict[tuple[str, str], dict[date, int]] = {}
    for monday, category, area, count in forecasts.counts_since(since):
        for subject in over.get(category, ()):
            for place in {area, ""}:
                weeks = found.setdefault((subject, place), {})
                day = date.fromisoformat(monday)
                weeks[day] = weeks.get(day, 0) + count
    return found
