"""Every way to write a place of the district, ready to be found in a text: as written, or with one slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from engine import normalise
from engine.tree import Tree
from insights.places_context import COMMON_STARTS, stands_alone
from insights.places_slips import alike, distinguishing, without_ending

EXACT, ALIAS, FUZZY = "exact", "alias", "fuzzy"
SCORE = {EXACT: 100.0, ALIAS: 95.0}
SHORTEST_FUZZY = 4  # characters; a shorter name with a slip is anything
LONGEST_FUZZY = 12
FUZZY_WITHIN = 600  # characters of a text that are searched for slips: the place is named early
SEARCHED = 20_000
FUZZY_LEVELS = ("村居", "小区", "道路")


@dataclass(frozen=True)
class Hit:
    """Words at [start, end) of the normalised text that may mean one of `areas`."""

    start: int
    end: int
    areas: tuple[str, ...]
    score: float
    how: str


class PlaceIndex:
    """Built once from the area tree and its aliases (about 20 ms for 2,000 names), then only read: threads may share it."""

    def __init__(self, areas: Tree, aliases: Iterable[tuple[str, str]]) -> None:
        self._meaning: dict[str, dict[str, str]] = {}
        for name in areas.nodes:
            self._meaning.setdefault(normalise.text(name), {})[name] = EXACT
        for word, name in aliases:
            if name in areas and (plain := normalise.text(word)):
                self._meaning.setdefault(plain, {}).setdefault(name, ALIAS)
        self._automaton = ahocorasick.Automaton()
        for word in self._meaning:
            self._automaton.add_word(word, word)
        self._automaton.make_automaton()
        self._halves: dict[str, list[tuple[str, bool]]] = {}  # half a name -> (name, is its first half)
        for word, meant in self._meaning.items():
            if all(areas.nodes[name].level in FUZZY_LEVELS for name in meant) and any(may_slip(word, name) for name in meant):
                self._learn(word)
        self._half_automaton = ahocorasick.Automaton()
        for half in self._halves:
            self._half_automaton.add_word(half, half)
        self._half_automaton.make_automaton()

    def _learn(self, word: str) -> None:
        """One slip leaves one half of a name whole: that half is searched for, and the name compared with what stands there."""
        middle = len(word) // 2
        self._halves.setdefault(word[:middle], []).append((word, True))
        self._halves.setdefault(word[middle:], []).append((word, False))

    def exact(self, text: str, *, lenient: bool) -> list[Hit]:
        """Names and aliases as written. The longest wins where they overlap: a road inside an estate's name is not the road.

        `text` is normalised. `lenient` (an address) lets short names stand among other words.
        """
        text = text[:SEARCHED]
        found = [(end + 1 - len(word), end + 1, word) for end, word in self._automaton.iter(text)] if self._meaning else []
        found.sort(key=lambda hit: (hit[0] - hit[1], hit[0]))
        covered = bytearray(len(text))
        taken: list[tuple[int, int, str]] = []
        for start, end, word in found:
            if not any(covered[start:end]):
                covered[start:end] = b"\1" * (end - start)
                taken.append((start, end, word))
        ends = {end for _, end, _ in taken}
        hits: list[Hit] = []
        for start, end, word in sorted(taken):
            if stands_alone(text, start, end, after_place=start in ends, lenient=lenient):
                meant = self._meaning[word]
                how = EXACT if EXACT in meant.values() else ALIAS
                hits.append(Hit(start, end, tuple(name for name, by in meant.items() if by == how), SCORE[how], how))
        return hits

    def fuzzy(self, text: str, min_score: float) -> list[Hit]:
        """Names with one slip: a character taken for another, left out, put in, or two changed about. Best first."""
        text = text[:FUZZY_WITHIN]
        best: dict[tuple[int, int], Hit] = {}
        for last, half in self._half_automaton.iter(text) if self._halves else ():
            for word, is_first in self._halves[half]:
                for length in (len(word), len(word) - 1, len(word) + 1):
                    start = last + 1 - len(half) if is_first else last + 1 - length
                    window = text[start : start + length] if start >= 0 else ""
                    if len(window) != length or OSA.distance(window, word, score_cutoff=1) != 1:
                        continue
                    score, key = slip_score(window, word), (start, start + length)
                    if score >= min_score and (key not in best or score > best[key].score):
                        best[key] = Hit(*key, tuple(self._meaning[word]), score, FUZZY)
        taken: list[Hit] = []
        for hit in sorted(best.values(), key=lambda hit: (-hit.score, hit.start - hit.end, hit.start)):
            if all(hit.end <= other.start or hit.start >= other.end for other in taken):
                taken.append(hit)
        return taken


def may_slip(word: str, area: str) -> bool:
    """True for names that are looked for with a slip: long enough, told apart by more than a common word, and the place's own.

    A market or a hospital that stands for its village does not count: 区人民法院 is no slip for 区人民医院.
    """
    if not SHORTEST_FUZZY <= len(word) <= LONGEST_FUZZY or word.startswith(COMMON_STARTS):
        return False
    return word == normalise.text(area) or distinguishing(normalise.text(area)) in word


def slip_score(written: str, name: str) -> float:
    """How likely `written` means `name`, 0 to 100; they differ by one slip.

    A character that sounds like the right one, or two changed about, costs half an edit. Any other slip costs a whole one, by
    RapidFuzz's ratio, and counts only after the first character and where the part that tells this name from others is long enough to survive it: 江岸花园
    is another place than 水岸花园.
    """
    differing = [place for place, (one, other) in enumerate(zip(written, name, strict=False)) if one != other]
    if len(written) == len(name):
        sounds_alike = len(differing) == 1 and alike(written[differing[0]], name[differing[0]])
        if sounds_alike or (len(differing) == 2 and sorted(written) == sorted(name)):
            return 100.0 - 50.0 / len(name)
    first = differing[0] if differing else min(len(written), len(name))
    stem = distinguishing(name) if len(written) == len(name) else without_ending(name)
    if len(stem) >= SHORTEST_FUZZY and 0 < first < len(stem) and written.isalnum():
        return float(fuzz.ratio(written, name))
    return 0.0
