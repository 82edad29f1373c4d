"""The value nearest to the one a fact has that answers its questions as wanted: the next number over a threshold, the sibling in the tree."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from engine import reference
from engine.dnf import Literal
from engine.facts import Fact, FactValue
from engine.smallest_questions import Questions
from engine.smallest_text import rewrite

# What a change costs, within the same number of changed facts: fill what is unknown before changing what is known, leave alone what the
# system itself counts as long as something else would do, and forget a known fact only where nothing else helps.
FILL, CHANGE, COUNTED, FORGET = 10, 100, 300, 1000
FARTHEST = 89  # how far the new value lies never outweighs the kind of change


@dataclass(frozen=True)
class Edit:
    """One fact's new value. `swaps` are the pieces of a text that changed, each (old, new); `cost` orders what is equally many changes.
    `any` says that every known value would do and this is an example."""

    value: FactValue | None
    cost: int
    swaps: tuple[tuple[str, str], ...] = ()
    any: bool = False

    @property
    def manner(self) -> str:
        """What kind of change it is: two of the same kind on the same fact are one suggestion to a reader."""
        if self.value is None:
            return "forget"
        return "set" if not self.swaps else "+".join(sorted({"cut" if not new else "add" if not old else "swap" for old, new in self.swaps}))


def closest(questions: Questions, fact: Fact, wishes: Collection[Literal], now: FactValue | None) -> Edit | None:
    """The least change after which every wish about this fact holds: no cost when they hold already, None when no value can do it."""

    def holds(value: FactValue | None) -> bool:
        return all(questions.holds(wish, value) for wish in wishes)

    if holds(now):
        return Edit(now, 0)
    base = (FILL if now is None else CHANGE) + (COUNTED if fact.derived is not None else 0)
    if fact.type == "text":
        written = rewrite(None if now is None else str(now), wishes, holds)
        if written is not None:
            return Edit(written.text, base + min(FARTHEST, written.length), written.swaps)
    else:
        for distance, value in sorted(_candidates(questions, fact, wishes, now), key=lambda one: one[0]):
            if holds(value):
                return Edit(value, base + min(FARTHEST, max(0, int(distance))), any=now is None and _any_would_do(wishes))
    return Edit(None, FORGET) if now is not None and holds(None) else None


def _candidates(questions: Questions, fact: Fact, wishes: Collection[Literal], now: FactValue | None) -> Iterator[tuple[Decimal, FactValue]]:
    """Values worth trying, each with its distance from the one there is (or from what is asked for)."""
    if fact.type == "yesno":
        yield from ((Decimal(0), True), (Decimal(1), False))
    elif fact.type == "number":
        yield from _numbers(fact, wishes, now)
    elif fact.type == "tree":
        tree = questions.tree(fact)
        here = tree.path(str(now)) if now is not None and str(now) in tree else ()
        for place, name in enumerate(tree.nodes):
            path = tree.path(name)
            shared = sum(1 for one, other in zip(here, path, strict=False) if one == other)
            example = -len(path) if _any_would_do(wishes) else 0  # 小区 rather than the whole district
            yield Decimal(len(here) + len(path) - 2 * shared + 2 * example) + Decimal(place) / 1_000_000, name
    else:
        asked = [value for wish in wishes for value in (wish.value if isinstance(wish.value, tuple) else (wish.value,)) if isinstance(value, str)]
        for place, name in enumerate(dict.fromkeys((*fact.options, *asked))):
            yield Decimal(place), name


def _any_would_do(wishes: Collection[Literal]) -> bool:
    """Nothing is asked but that the fact be known."""
    return all(wish.op == "missing" for wish in wishes)


def _numbers(fact: Fact, wishes: Collection[Literal], now: FactValue | None) -> Iterator[tuple[Decimal, Decimal]]:
    """The numbers at and just beside every threshold, with the decimals this fact has."""
    limits = [reference.decimal(wish.value) for wish in wishes if wish.op != "missing"]
    places = max([fact.places, *(-int(limit.as_tuple().exponent) for limit in limits)])
    step = Decimal(1).scaleb(-places)
    near = limits or [fact.min or Decimal(0)]
    start = None if now is None else reference.decimal(now)
    for limit in near:
        for rounding in (ROUND_FLOOR, ROUND_CEILING):
            base = limit.quantize(step, rounding=rounding)
            for value in (base - step, base, base + step):
                if (fact.min is None or value >= fact.min) and (fact.max is None or value <= fact.max):
                    yield abs(value - start) if start is not None else min(abs(value - one) for one in near), value
