"""Whether some boxes leave anything of another uncovered, and where: exact, by looking for a ticket outside and learning from each miss."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from engine.analyse_space import Box, Point, Space

STEPS = 4_000  # boxes looked at before a question is given up; the findings then say so


class TooHard(Exception):
    """The question was not decided within STEPS, or the whole analysis used up its own: the rules are too entangled."""


@dataclass(frozen=True)
class Cover:
    """A box with the one it belongs to, such as a rule."""

    owner: Hashable
    box: Box


@dataclass(frozen=True)
class Answer:
    """`point` is a ticket outside; with None everything is covered, proven, by the `used` owners, unless `unsure` (a `similar` without a text)."""

    point: Point | None
    used: tuple[Hashable, ...] = ()
    unsure: bool = False

    @property
    def covered(self) -> bool:
        return self.point is None and not self.unsure


def outside(space: Space, start: Iterable[Box], covers: Sequence[Cover]) -> Answer:
    """A ticket in one of the `start` boxes and in none of the covers, if there is one. TooHard.

    A ticket is taken from the box at hand; when a cover holds it, the box is cut into the pieces outside that cover, and so on.
    """
    used: dict[Hashable, None] = {}
    unsure = False
    steps = 0
    for first in start:
        stack: list[Box] = [first]
        near: Sequence[Cover] | None = None  # the covers that may meet the box at all, once the first guess has missed
        while stack:
            box = stack.pop()
            steps += 1
            space.steps_left -= 1
            if steps > STEPS or space.steps_left < 0:
                raise TooHard
            point = space.point(box)
            if point is None:
                unsure = True
                continue
            hit = next((cover for cover in (covers if near is None else near) if point.inside(cover.box)), None)
            if hit is None:
                return Answer(point)
            if near is None:
                near = [cover for cover in covers if not cover.box.apart(first)] if first.masks else covers
            used.setdefault(hit.owner)
            pieces = [box.meet(piece) for piece in space.outside(hit.box)]
            stack.extend(piece for piece in reversed(pieces) if piece is not None)
    return Answer(None, tuple(used), unsure)


def fewest(space: Space, start: Sequence[Box], covers: Sequence[Cover], used: Sequence[Hashable]) -> tuple[Hashable, ...]:
    """Of the owners that cover all together, few that still do: one where one is enough. TooHard."""
    by_owner: dict[Hashable, list[Cover]] = {owner: [] for owner in used}
    for cover in covers:
        if cover.owner in by_owner:
            by_owner[cover.owner].append(cover)
    for owner, own in by_owner.items():
        if outside(space, start, own).covered:
            return (owner,)
    kept = list(used)
    for owner in reversed(used):
        fewer = [one for one in kept if one != owner]
        if len(kept) > 2 and outside(space, start, [cover for one in fewer for cover in by_owner[one]]).covered:
            kept = fewer
    return tuple(kept)
