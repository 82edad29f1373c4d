"""A model of a district's year: who calls when, where and about what. Plain Python, the same for the same seed; `seed --history` plays it.

It knows a catalogue and the places of a district, and neither a database nor a clock: times are handed in and handed out (aware).
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from tickets.domain.times import SHANGHAI, local
from worker import year_seasons as seasons
from worker.year_words import AGAIN, SURNAMES, sentence

CALLERS = 10_000  # telephone numbers nobody can own: 154-0001-0000 to 9999 (demo/README.md)
REPEATED, GATHERED = 0.07, 0.05  # shares of appeals that are a repeat, or one of many about the same outage
REPEATED_WITHIN = timedelta(days=20)


@dataclass(frozen=True)
class Matter:
    """A last category of the catalogue: its top branch, the branch right above it, its keywords and sample sentences."""

    name: str
    top: str
    branch: str
    words: tuple[str, ...] = ()
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """What can be called about and where: area names by what they are. Each list may be empty but `matters`."""

    matters: tuple[Matter, ...]
    estates: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    roads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """One appeal of the modelled year. `index` counts from 0 in order of time; `given` says whether the source names the category."""

    index: int
    at: datetime
    category: str
    place: str
    kind: str
    source: str
    title: str
    text: str
    phone: str
    name: str
    given: bool
    answers: Mapping[str, object] = field(default_factory=dict)


class _Year:
    def __init__(self, world: World, start: datetime, end: datetime, seed: int) -> None:
        self.world, self.start, self.end, self.dice = world, local(start), local(end), Random(seed)
        rank = list(range(len(world.matters)))
        self.dice.shuffle(rank)
        self.shares = [seasons.COMMON.get(matter.name, 6 / (1 + rank[index] * 0.05)) for index, matter in enumerate(world.matters)]
        self.pools = tuple(self._shuffled(names) for names in (world.estates, world.villages, world.roads))
        self.days = [self.start.date() + timedelta(days=number) for number in range((self.end.date() - self.start.date()).days + 1)]
        self._weights: dict[str, list[float]] = {}

    def _shuffled(self, names: Sequence[str]) -> list[str]:
        found = list(names)
        self.dice.shuffle(found)
        return found

    def weights(self, day: date) -> list[float]:
        """Running totals of the shares of all matters on that day."""
        key = day.strftime("%m-%d")
        if key not in self._weights:
            self._weights[key] = list(accumulate(share * seasons.factor(m.name, key) for m, share in zip(self.world.matters, self.shares, strict=True)))
        return self._weights[key]

    def busy(self, day: date) -> float:
        """How much is called on that day, as far as it lies within the window."""
        opens, closes = (datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=more) for more in (0, 1))
        part = (min(closes, self.end) - max(opens, self.start)) / timedelta(days=1)
        return max(part, 0.0) * seasons.WEEKDAYS[day.weekday()] * math.sqrt(self.weights(day)[-1]) * self.dice.lognormvariate(0, 0.12)

    def moment(self, day: date) -> datetime:
        """A time of that day within the window, by the hours at which people call."""
        for _ in range(60):
            hour = self.dice.choices(range(24), seasons.HOURS)[0]
            at = datetime(day.year, day.month, day.day, hour, self.dice.randrange(60), self.dice.randrange(60), tzinfo=SHANGHAI)
            if self.start <= at < self.end:
                return at
        return max(self.start, self.end - timedelta(seconds=self.dice.randrange(1, 60)))

    def matter(self, day: date) -> Matter:
        totals = self.weights(day)
        return self.world.matters[min(bisect(totals, self.dice.random() * totals[-1]), len(totals) - 1)]

    def place(self, matter: Matter) -> str:
        """Where it happens: an estate, a village or a road as fits the matter, the well-known ones more often; one in eight says no place."""
        estates, villages, roads = self.pools
        if self.dice.random() < 0.12:
            return ""
        if matter.top in seasons.RURAL_BRANCHES or matter.name.startswith("农村"):
            pool = villages
        elif matter.branch in seasons.ON_ROADS:
            pool = roads if self.dice.random() < 0.7 else estates
        elif matter.branch in seasons.IN_ESTATES:
            pool = estates if self.dice.random() < 0.85 else villages
        else:
            pool = self.dice.choice((estates, estates, roads, villages))
        pool = pool or estates or villages or roads
        return pool[int(len(pool) * self.dice.random() ** 1.7)] if pool else ""

    def caller(self) -> tuple[str, str]:
        """Number and name of a caller; some call again and again."""
        number = int(CALLERS * self.dice.random() ** 1.5)
        return f"1540001{number:04d}", f"{SURNAMES[number % len(SURNAMES)]}{'女士' if number % 2 else '先生'}"

    def appeal(self, at: datetime, matter: Matter, place: str, answers: Mapping[str, object] | None = None) -> Incoming:
        dice = self.dice
        kinds = seasons.ASKING if matter.top in seasons.ASKING_BRANCHES else seasons.KINDS
        kind = "求助" if answers else dice.choices([one for one, _ in kinds], [share for _, share in kinds])[0]
        source = dice.choices([one for one, _ in seasons.CHANNELS], [share for _, share in seasons.CHANNELS])[0]
        title, text = sentence(dice, kind, place, matter.words or (matter.name,), matter.samples)
        phone, name = self.caller()
        found = dict(answers or self._answers(matter))
        return Incoming(0, at, matter.name, place, kind, source, title, text, phone, name, dice.random() < 0.93, found)

    def _answers(self, matter: Matter) -> dict[str, object]:
        dice, found = self.dice, dict[str, object]()
        if matter.name in seasons.CUT_OFF:
            found["outage"] = dice.random() < 0.7
        if matter.name in seasons.DANGER:
            found["danger"] = dice.random() < 0.5
        if matter.name == "欠薪":
            found["wage_workers"] = int(dice.lognormvariate(1.3, 1.0)) + 1
        if dice.random() < 0.03:
            found["vulnerable"] = True
        return found

    def gathered(self, count: int) -> list[Incoming]:
        """Outages: many call about one thing at one place within hours, until `count` appeals have come of it."""
        broken = [matter for matter in self.world.matters if matter.name in seasons.OUTAGES]
        found: list[Incoming] = []
        while broken and len(found) < count:
            day = self.dice.choice(self.days)
            matter = self.dice.choices(broken, [seasons.factor(one.name, day.strftime("%m-%d")) for one in broken])[0]
            at, place = self.moment(day), self.place(matter)
            told: dict[str, object] = {"households": self.dice.choice((24, 60, 120, 300))}
            if matter.name in seasons.CUT_OFF:
                told["outage"] = True
            for _ in range(min(self.dice.randint(4, 22), count - len(found))):
                when = at + timedelta(minutes=self.dice.expovariate(1 / 50))
                if when < self.end:
                    found.append(self.appeal(when, matter, place, told))
        return found

    def again(self, earlier: Sequence[Incoming], count: int) -> list[Incoming]:
        """Repeats of these by the same callers, some days later."""
        found: list[Incoming] = []
        for first in self.dice.choices(earlier, k=count) if earlier else ():
            at = first.at + REPEATED_WITHIN * self.dice.uniform(0.05, 1)
            if at < self.end:
                found.append(replace(first, at=at, text=self.dice.choice(AGAIN) + first.text, kind="投诉" if first.kind == "表扬" else first.kind))
        return found


def year(world: World, count: int, start: datetime, end: datetime, seed: int) -> tuple[Incoming, ...]:
    """`count` appeals between `start` and `end` (aware), in order of time; the same for the same arguments, the newest close to `end`."""
    model = _Year(world, start, end, seed)
    many = model.gathered(round(count * GATHERED))
    single = count - len(many) - round(count * REPEATED)
    busy = [model.busy(day) for day in model.days]
    for day in sorted(model.dice.choices(model.days, busy, k=single)):
        matter = model.matter(day)
        many.append(model.appeal(model.moment(day), matter, model.place(matter)))
    many += model.again(many, round(count * REPEATED))
    while len(many) < count:  # repeats that would have come after the end
        day = model.dice.choices(model.days, busy)[0]
        matter = model.matter(day)
        many.append(model.appeal(model.moment(day), matter, model.place(matter)))
    many.sort(key=lambda one: (one.at, one.phone, one.text))
    return tuple(replace(one, index=index) for index, one in enumerate(many))
