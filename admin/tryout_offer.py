"""What a typed appeal suggests while its category or place is not filled in: the library's and the place finder's best guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.facts import Fact, FactValue
from engine.names import Names
from web.hall import hall


@dataclass(frozen=True)
class Offer:
    """A fact that can be filled in at a press. `sure` is 0 to 100; `apply` is what the button sends."""

    fact: str
    value: str
    sure: int
    apply: str


def offers(facts: Mapping[str, FactValue], factbook: Mapping[str, Fact], names: Names) -> tuple[Offer, ...]:
    """At most one category and one place, only for facts that are not known and only names the rules know."""
    text = facts.get("text")
    if not isinstance(text, str) or not text.strip():
        return ()
    found: list[Offer] = []
    if "category" in factbook and "category" not in facts:
        suggestion = hall().desk.library.suggest(text)
        if suggestion.category and suggestion.category in names.categories:
            found.append(_offer("category", suggestion.category, suggestion.confidence * 100))
    if "area" in factbook and "area" not in facts:
        place = hall().desk.places.find(text)
        if place is not None and place.area in names.areas:
            found.append(_offer("area", place.area, place.score))
    return tuple(found)


def _offer(fact: str, value: str, sure: float) -> Offer:
    return Offer(fact, value, round(sure), json.dumps([[fact, value]], ensure_ascii=False))
