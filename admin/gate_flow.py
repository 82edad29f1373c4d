"""The pictures of a replay: where tickets go now and would go (bands between two columns), and what it does to each unit (bars from a middle line)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MOST = 7  # names in a column; the rest stand together
HEIGHT, GAP, LEAST = 118, 12, 3  # pixels: of all bands, between two names, of the thinnest
LEFT, RIGHT, WIDE = 172, 286, 7  # where the two columns of bars stand, and how wide they are
LONGEST = 14  # characters of a name
HALF = 58  # pixels a load bar may reach to either side


@dataclass(frozen=True)
class Node:
    """A name in a column: how many tickets, and where its bar stands."""

    words: str
    full: str
    count: int
    x: int
    y: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 1)


@dataclass(frozen=True)
class Picture:
    """Both columns and the bands between them as SVG paths; `rows` are the same as (from, to, count) for a table."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    bands: tuple[tuple[str, float, str], ...]  # path, thickness, title
    height: float
    rows: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class Load:
    """What changes for one unit: tickets before and after (None when how many it has is not known), and its bar."""

    unit: str
    before: int | None
    after: int | None
    change: int
    x: float
    width: float


def picture(flows: Sequence[tuple[str, str, int]], rest: str) -> Picture:
    """The flows drawn. `rest` names what stands together when there are many."""
    left, right = _names(flows, 0, rest), _names(flows, 1, rest)
    joined: Counter[tuple[str, str]] = Counter()
    for old, new, count in flows:
        joined[(old if old in left else rest, new if new in right else rest)] += count
    total = sum(joined.values()) or 1
    scale = HEIGHT / total
    columns = (_column(left, scale, LEFT), _column(right, scale, RIGHT))
    spot = [{node.full: node.y for node in column} for column in columns]
    order = [{node.full: place for place, node in enumerate(column)} for column in columns]
    bands = []
    for (old, new), count in sorted(joined.items(), key=lambda item: (order[0][item[0][0]], order[1][item[0][1]])):
        thick = max(count * scale, LEAST)
        start, end = spot[0][old] + thick / 2, spot[1][new] + thick / 2
        spot[0][old] += thick
        spot[1][new] += thick
        x1, x2 = LEFT + WIDE, RIGHT
        bend = (x1 + x2) / 2
        bands.append((f"M{x1} {start:.1f}C{bend:.0f} {start:.1f} {bend:.0f} {end:.1f} {x2} {end:.1f}", round(thick, 1), f"{old} → {new} {count}"))
    height = max((node.y + node.height for column in columns for node in column), default=0) + 8
    return Picture(columns[0], columns[1], tuple(bands), round(height, 1), tuple(flows))


def loads(rows: Sequence[tuple[str, int, int]]) -> tuple[Load, ...]:
    """(unit, before, after) as bars, the largest gain first."""
    most = max((abs(after - before) for _, before, after in rows), default=1) or 1
    found = []
    for unit, before, after in rows:
        change = after - before
        known = before >= 0 and after >= 0  # tickets of the window may have moved on since
        width = max(abs(change) / most * HALF, 1.5)
        x = HALF if change > 0 else HALF - width
        found.append(Load(unit, before if known else None, after if known else None, change, round(x, 1), round(width, 1)))
    return tuple(found)


def _names(flows: Sequence[tuple[str, str, int]], side: int, rest: str) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for flow in flows:
        counted[str(flow[side])] += flow[2]
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    kept = dict(ranked if len(ranked) <= MOST + 1 else ranked[:MOST])
    if len(kept) < len(ranked):
        kept[rest] = sum(count for _, count in ranked[MOST:])
    return kept


def _column(names: dict[str, int], scale: float, x: int) -> tuple[Node, ...]:
    y, nodes = 6.0, []
    for words, count in names.items():
        height = max(count * scale, LEAST)
        nodes.append(Node(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…", words, count, x, round(y, 1), round(height, 1)))
        y += max(height, 12) + GAP - (4 if height > 16 else 0)
    return tuple(nodes)
