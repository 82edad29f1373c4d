"""Stand-ins with which a test says exactly what it means: a clock that stands still, a library and places that know a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.decision import Decision
from engine.facts import Fact, Facts
from engine.names import Names
from engine.ruleset import RuleSet
from tickets.ports import PlaceFound, Rules, RulesThen, Suggestion


@dataclass
class FixedClock:
    """Stands still until moved on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> datetime:
        """Moves on, e.g. on(minutes=5), and answers the new time."""
        self.now += timedelta(**span)
        return self.now


@dataclass
class WordLibrary:
    """Knows a category by a word in the text: sure, unless the word is listed as unsure."""

    words: Mapping[str, str]
    unsure: tuple[str, ...] = ()
    asked: int = 0

    def suggest(self, text: str) -> Suggestion:
        self.asked += 1
        for word, category in self.words.items():
            if word in text:
                return Suggestion(category, 0.4 if word in self.unsure else 0.93, "model", (("照明", 0.03),), (word,), word in self.unsure)
        return Suggestion("", 0.0, "none", unsure=True)


@dataclass
class WordPlaces:
    """Knows a place by its own name."""

    names: Sequence[str]

    def find(self, text: str, address: str = "") -> PlaceFound | None:
        found = next((name for name in self.names if name in address + text), None)
        return None if found is None else PlaceFound(found, 100.0, found, "exact")


@dataclass
class Nudges:
    """Keeps what it was nudged with; raises when told to."""

    ids: list[int] = field(default_factory=list)
    broken: bool = False

    def nudge(self, outbox_ids: Sequence[int]) -> None:
        if self.broken:
            raise ConnectionError("the queue is away")
        self.ids.extend(outbox_ids)


@dataclass
class Overruled:
    """The real rules, but for the sets named in `changed`, whose decision a test alters."""

    rules: Rules
    changed: dict[str, Callable[[Decision], Decision]] = field(default_factory=dict)

    @property
    def names(self) -> Names:
        return self.rules.names

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.rules.facts

    @property
    def context(self) -> str:
        return self.rules.context

    @property
    def context_hash(self) -> str:
        return self.rules.context_hash

    def decide(self, ruleset: str, event: str, facts: Facts, at: datetime) -> Decision:
        return self.asked(ruleset, event, facts, at)[0]

    def asked(self, ruleset: str, event: str, facts: Facts, at: datetime) -> tuple[Decision, RulesThen]:
        decision, then = self.rules.asked(ruleset, event, facts, at)
        return (self.changed[ruleset](decision) if ruleset in self.changed else decision), then

    def ruleset(self, name: str) -> RuleSet:
        return self.rules.ruleset(name)

    def rulesets(self) -> tuple[RuleSet, ...]:
        return self.rules.rulesets()


def disagreed(decision: Decision) -> Decision:
    """As durable-rules answers when its atoms differ: nothing decided."""
    return replace(decision, agreed=False, winners=(), actions=(), reason="规则引擎与逐条核对结果不一致")
