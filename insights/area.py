"""From one case to the area: what else of its kind came from the same place in a year, since when, from whom, and which units have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.names import Names
from insights.nearby import BRANCH, NEIGHBOURHOOD, beneath
from insights.similar import Question, ranked
from tickets.domain.status import OPEN
from tickets.domain.times import local
from tickets.store import similar as index
from tickets.store.scope import Viewer
from tickets.store.similar_area import Here, here

DAYS = 365
MONTHS = 12
UNITS = 8  # warned at most


@dataclass(frozen=True)
class Caller:
    """A caller by his masked number, with how often he called and when last."""

    phone: str
    times: int
    last: datetime


@dataclass(frozen=True)
class Unit:
    """A unit with how many of the appeals it has or had, and how many are still open. `held`: it has some; else the catalogue names it."""

    address: str
    count: int
    open: int


@dataclass(frozen=True)
class Line:
    """One appeal of the area. `likeness` to the case is 0 to 100, `mine` says that it is the case itself, `again` that the caller called before."""

    one: Here
    likeness: int
    mine: bool
    again: bool


@dataclass(frozen=True)
class Area:
    """The area of a case. `place` is what is looked at, `wider` the village or community around it ("" when that is the place itself)."""

    place: str
    level: str
    wider: str
    branch: str
    lines: tuple[Line, ...]
    since: datetime | None
    callers: tuple[Caller, ...]
    nameless: int  # appeals without a number
    units: tuple[Unit, ...]
    places: tuple[tuple[str, int], ...]
    months: tuple[tuple[str, int], ...]  # 2026-11 -> appeals, the last twelve, the oldest first

    @property
    def open(self) -> int:
        """How many are still being worked on."""
        return sum(line.one.status in OPEN for line in self.lines)


def area_of(viewer: Viewer, names: Names, question: Question, *, wide: bool = False) -> Area | None:
    """The area of the case `question.ticket`, as far as the viewer may see it; None where its category or place is not known.

    It is the place the case names, with all beneath it; `wide` looks at the whole village or community.
    """
    if question.category not in names.categories or question.area not in names.areas:
        return None
    around = names.areas.at_level(question.area, NEIGHBOURHOOD) or question.area
    place = around if wide else question.area
    branch = names.categories.at_depth(question.category, BRANCH)
    found = here(viewer, beneath(names.categories, branch), beneath(names.areas, place), question.at - timedelta(days=DAYS))
    likeness = _likeness(names, question, found)
    return Area(
        place=place,
        level=names.areas.nodes[place].level,
        wider=around if around != question.area else "",
        branch=branch,
        lines=_lines(found, question.ticket, likeness),
        since=min((one.at for one in found), default=None),
        callers=_callers(found),
        nameless=sum(not one.who for one in found),
        units=_units(found, names.section_of.get(question.category, "")),
        places=tuple(Counter(one.area for one in found).most_common()),
        months=_months(found, question.at),
    )


def _likeness(names: Names, question: Question, found: Sequence[Here]) -> Mapping[int, float]:
    rows = index.kept([one.id for one in found])
    scored = ranked(index.newest_weights(), names, question, index.terms_of(question.title, question.text), rows, len(rows)) if rows else []
    return {one.ticket: one.parts.whole for one in scored}


def _lines(found: Sequence[Here], mine: int, likeness: Mapping[int, float]) -> tuple[Line, ...]:
    first = {one.who: one.id for one in found if one.who}  # newest first, so the last kept is the earliest
    return tuple(Line(one, round(likeness.get(one.id, 0.0)), one.id == mine, bool(one.who) and first[one.who] != one.id) for one in found)


def _callers(found: Sequence[Here]) -> tuple[Caller, ...]:
    times = Counter(one.who for one in found if one.who)
    newest = {one.who: one for one in reversed(found) if one.who}
    return tuple(Caller(newest[who].caller, count, newest[who].at) for who, count in sorted(times.items(), key=lambda one: (-one[1], one[0])))


def _units(found: Sequence[Here], section: str) -> tuple[Unit, ...]:
    """Who has them, most first, and the section the catalogue names, even if it has none of them yet."""
    every = Counter(one.unit for one in found if one.unit)
    still = Counter(one.unit for one in found if one.unit and one.status in OPEN)
    if section:
        every.setdefault(section, 0)
    return tuple(Unit(address, count, still[address]) for address, count in sorted(every.items(), key=lambda one: (-one[1], one[0]))[:UNITS])


def _months(found: Sequence[Here], now: datetime) -> tuple[tuple[str, int], ...]:
    counted = Counter(f"{local(one.at):%Y-%m}" for one in found)
    year, month = local(now).year, local(now).month
    names = [f"{year + (month - 1 - back) // 12}-{(month - 1 - back) % 12 + 1:02d}" for back in range(MONTHS - 1, -1, -1)]
    return tuple((name, counted[name]) for name in names)
