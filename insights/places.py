"""Finds the estate, village, road or town that an appeal is about, in its address and in its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine import normalise
from engine.tree import Tree
from insights.places_index import FUZZY, Hit, PlaceIndex
from tickets.ports import PlaceFound

# The more a level tells about where to go, the higher it stands.
SPECIFIC = ("小区", "网格", "村居", "道路", "镇街", "区")
PRECISE = ("小区", "网格", "村居", "道路")  # with one of these as written nobody looks for slips of the pen
MIN_SCORE = 86.0
BETWEEN_SCORE = 90.0  # two places alike: what lies above both is right, but less sure


@dataclass(frozen=True)
class _Reading:
    """The one area that the hits of a text agree on, and the hits that say so."""

    area: str
    hits: tuple[Hit, ...]
    score: float


class PlaceFinder:
    """Knows the names and aliases of one district; safe to share between threads.

    An address has more weight than the text; the more specific place more than the one it lies in; of two places that are
    equally likely, what lies above both is taken, unless that is the whole district.
    """

    def __init__(self, areas: Tree, aliases: Iterable[tuple[str, str]], min_score: float = MIN_SCORE) -> None:
        self._areas = areas
        self._index = PlaceIndex(areas, aliases)
        self._min_score = min_score

    def find(self, text: str, address: str = "") -> PlaceFound | None:
        """The area named in `address` or `text` (original, not normalised), or None when none is or none is likely enough."""
        plain_address, plain_text = normalise.text(address), normalise.text(text)
        in_address, in_text = self._index.exact(plain_address, lenient=True), self._inside(self._index.exact(plain_text, lenient=False))
        if not self._precise(in_address):
            in_address = [*in_address, *self._apart(self._index.fuzzy(plain_address, self._min_score), in_address)]
        by_address = self._read(in_address)
        if by_address is not None and self._areas.nodes[by_address.area].level in PRECISE:
            return self._found(by_address, address)
        if not self._precise(in_text):
            in_text = [*in_text, *self._apart(self._index.fuzzy(plain_text, self._min_score), in_text)]
        if by_address is None:
            by_text = self._read(in_text)
            return self._found(by_text, text) if by_text is not None else None
        within = self._read(self._beneath(in_text, by_address.area))
        return self._found(within, text) if within is not None else self._found(by_address, address)

    def _inside(self, hits: Sequence[Hit]) -> list[Hit]:
        """Without the district itself: in a text its name says nothing about where."""
        roots = self._areas.roots()
        return [hit for hit in hits if not any(area in roots for area in hit.areas)]

    def _precise(self, hits: Sequence[Hit]) -> bool:
        return any(self._areas.nodes[area].level in PRECISE for hit in hits for area in hit.areas)

    @staticmethod
    def _apart(hits: Sequence[Hit], taken: Sequence[Hit]) -> list[Hit]:
        return [hit for hit in hits if all(hit.end <= other.start or hit.start >= other.end for other in taken)]

    def _beneath(self, hits: Sequence[Hit], area: str) -> list[Hit]:
        """The hits that can lie in `area`, each with only the areas that do, `area` itself left out."""
        narrowed = (
            Hit(hit.start, hit.end, tuple(name for name in hit.areas if name != area and self._areas.holds(area, name)), hit.score, hit.how) for hit in hits
        )
        return [hit for hit in narrowed if hit.areas]

    def _read(self, hits: Sequence[Hit]) -> _Reading | None:
        """What the hits say together."""
        says = self._settle(hits)
        # A place above another that is named too only tells where that one lies.
        lowest = [name for name in says if not any(other != name and self._areas.holds(name, other) for other in says)]
        if not lowest:
            return None
        rank = min(self._rank(name) for name in lowest)
        alike = [name for name in lowest if self._rank(name) == rank]
        written = [name for name in alike if any(hit.how != FUZZY for hit in says[name])]
        alike = written or alike
        chosen = tuple(hit for name in alike for hit in says[name][:1])
        if len(alike) == 1:
            return _Reading(alike[0], chosen, chosen[0].score)
        above = self._above(alike)
        return None if above is None else _Reading(above, tuple(dict.fromkeys(chosen)), BETWEEN_SCORE)

    def _settle(self, hits: Sequence[Hit]) -> dict[str, list[Hit]]:
        """Per area the hits that mean it, best first; words with several meanings keep those that other hits speak for."""
        sure = {hit.areas[0] for hit in hits if len(hit.areas) == 1}
        says: dict[str, list[Hit]] = {}
        for hit in sorted(hits, key=lambda hit: (-hit.score, hit.start)):
            backed = [name for name in hit.areas if any(self._areas.holds(other, name) or self._areas.holds(name, other) for other in sure)]
            for name in backed or hit.areas:
                says.setdefault(name, []).append(hit)
        return says

    def _rank(self, name: str) -> int:
        level = self._areas.nodes[name].level
        return SPECIFIC.index(level) if level in SPECIFIC else len(SPECIFIC)

    def _above(self, names: Sequence[str]) -> str | None:
        """The lowest area above all of them, or None when that is the whole district."""
        paths = [self._areas.path(name) for name in names]
        shared = [steps[0] for steps in zip(*paths, strict=False) if len(set(steps)) == 1]
        return shared[-1] if len(shared) > 1 else None

    @staticmethod
    def _found(reading: _Reading, raw: str) -> PlaceFound:
        mapped = normalise.spans(raw)
        words: list[str] = []
        for hit in sorted(reading.hits, key=lambda hit: hit.start):
            start, end = mapped.span(hit.start, hit.end)
            words.append(raw[start:end])
        return PlaceFound(reading.area, round(reading.score, 1), "、".join(dict.fromkeys(words)), reading.hits[0].how)
