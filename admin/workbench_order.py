"""Moving a rule to another place among those tried: which edits, in which files, make it so."""

from __future__ import annotations

import re
from collections.abc import Collection

from admin.base import Refused
from admin.workbench_family import Family, RuleSpot
from engine.load_ruleset import HIGHEST_PRIORITY
from engine.source import Edit

NUMBERED = re.compile(r"(.*?)(\d+)\Z", re.DOTALL)


def suggested_id(taken: Collection[str], near: str) -> str:
    """An id that is free, counted on from the rule it stands behind: D-052 -> D-053."""
    found = NUMBERED.match(near)
    stem, number, width = (found[1], int(found[2]), len(found[2])) if found else (f"{near or 'R'}-", 0, 3)
    while True:
        number += 1
        wanted = f"{stem}{number:0{width}d}"
        if wanted not in taken:
            return wanted


def reorder(family: Family, rule_id: str, before: str | None) -> dict[str, list[Edit]]:
    """The edits, by file, that put the rule in front of `before` (None: last). Rules of one file and one priority change places in
    the file; otherwise the rule takes a priority between its neighbours', and those behind are moved up where there is no room.
    """
    order = list(family.rules())
    mine = next((spot for spot in order if spot.id == rule_id), None)
    if mine is None:
        raise Refused(f"没有规则「{rule_id[:60]}」，请刷新", f"there is no rule {rule_id[:60]}: refresh", 404)
    rest = [spot for spot in order if spot is not mine]
    place = next((index for index, spot in enumerate(rest) if spot.id == before), len(rest)) if before is not None else len(rest)
    if order.index(mine) == place:
        return {}
    above = rest[place - 1] if place else None
    below = rest[place] if place < len(rest) else None
    return _within(mine, above, below) or _between(mine, above, rest[place:])


def _within(mine: RuleSpot, above: RuleSpot | None, below: RuleSpot | None) -> dict[str, list[Edit]] | None:
    """A move inside the file, when neighbours there have the same priority."""
    if above is not None and (above.path, above.priority) == (mine.path, mine.priority):
        to = above.index + (above.index < mine.index)
    elif below is not None and (below.path, below.priority) == (mine.path, mine.priority):
        to = below.index - (below.index > mine.index)
    else:
        return None
    return {mine.path: [Edit("move", ("rules", mine.index), to=to)]}


def _between(mine: RuleSpot, above: RuleSpot | None, behind: list[RuleSpot]) -> dict[str, list[Edit]]:
    low = above.priority if above is not None else -1
    high = behind[0].priority if behind else low + 20
    edits: dict[str, list[Edit]] = {}
    own = (low + high) // 2 if high - low >= 2 else low + 1
    _put(edits, mine, own)
    last = own
    for spot in behind:
        if spot.priority > last:
            break
        last += 1
        _put(edits, spot, last)
    if last > HIGHEST_PRIORITY:
        raise Refused(f"优先级已到上限 {HIGHEST_PRIORITY}，请先把前面的规则调小", f"priorities end at {HIGHEST_PRIORITY}: lower those in front first")
    return edits


def _put(edits: dict[str, list[Edit]], spot: RuleSpot, priority: int) -> None:
    edits.setdefault(spot.path, []).append(Edit("set", ("rules", spot.index, "priority"), priority))
