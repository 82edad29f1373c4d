"""Runs other rules over past tickets: each is decided twice on the facts of its day, by the rules in force and by the draft, and the two compared.

Only the engine speaks here; people and units are found in insights/replay_people.py, cases read in insights/replay_cases.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine import hit
from engine.book import RuleBook
from engine.facts import FactValue
from engine.folder import Loaded
from engine.hit import Disagreement
from engine.ruleset import Action, RuleSet

URGENCY = "urgency"  # decided first; what it says is a fact for whatever is decided later
REGISTERED = "ticket.registered"
Asked = tuple[tuple[str, Action], ...]


@dataclass(frozen=True)
class Moment:
    """One question a ticket once raised: the event, when (aware), and every fact known then. `about` tells several of one event apart."""

    event: str
    at: datetime
    facts: Mapping[str, FactValue]
    about: str = ""  # of deadline.started: the deadline's name


@dataclass(frozen=True)
class Answered:
    """What a rule set says at a moment: the rules that won, what they ask for, or why the rules contradict each other."""

    ruleset: str
    winners: tuple[str, ...]
    actions: Asked
    clash: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for answers that ask for the same, whichever rule asked."""
        return (self.clash, tuple((action.kind, _frozen(action.args)) for _, action in self.actions))

    def of(self, kind: str) -> Asked:
        return tuple((rule, action) for rule, action in self.actions if action.kind == kind)


@dataclass(frozen=True)
class Difference:
    """One question answered otherwise. Either side may be None: the set is only in the draft, or only in force."""

    ruleset: str
    moment: Moment
    before: Answered | None
    after: Answered | None
    facts_after: Mapping[str, FactValue] = field(default_factory=dict)  # as the draft saw them: its own urgency


class Side:
    """One of the two rule books, with what it was read with. Close it at the end."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.book = RuleBook(loaded.sets, loaded.facts, loaded.names)
        self._by_event: dict[str, list[RuleSet]] = {}
        for ruleset in loaded.sets.values():
            for event in ruleset.events:
                self._by_event.setdefault(event, []).append(ruleset)

    def sets(self, event: str) -> list[RuleSet]:
        """The rule sets that listen to an event."""
        return self._by_event.get(event, [])

    def answer(self, ruleset: RuleSet, facts: Mapping[str, FactValue], at: datetime) -> Answered:
        """What the set says; rules that must be one and are two give a clash instead of actions."""
        known = {name: value for name, value in facts.items() if name in self.loaded.facts}
        fired = [ruleset.rule(name) for name in self.book.match(ruleset.name, known, at)]
        if not ruleset.effective.holds(at):
            return Answered(ruleset.name, (), (), "")
        try:
            picked = hit.apply(ruleset, fired)
        except Disagreement as clash:
            return Answered(ruleset.name, (), (), clash.zh)
        return Answered(ruleset.name, picked.winners, picked.actions)

    def close(self) -> None:
        """Gives the engine's memory back."""
        self.book.close()


class Comparison:
    """Asks both sides. Sets that are the same on both sides, read with the same words, are asked only when their facts may differ."""

    def __init__(self, before: Side, after: Side) -> None:
        self.before, self.after = before, after
        self._same_words = before.book.context_hash == after.book.context_hash
        names = {*before.loaded.sets, *after.loaded.sets}
        self.changed = frozenset(name for name in names if not self._same(name))

    def differences(self, moments: tuple[Moment, ...]) -> tuple[Difference, ...]:
        """The questions of one ticket that the draft answers otherwise, in their order."""
        found: list[Difference] = []
        urgency: tuple[object, object] | None = None
        for moment in moments:
            mine, theirs = moment.facts, moment.facts
            if urgency is not None:
                mine, theirs = _with(mine, urgency[0]), _with(theirs, urgency[1])
            apart = mine is not theirs and urgency is not None and urgency[0] != urgency[1]
            for name in self._asked(moment.event, apart):
                old, new = self._answer(self.before, name, moment, mine), self._answer(self.after, name, moment, theirs)
                if name == URGENCY and moment.event == REGISTERED:
                    urgency = (_urgency(old), _urgency(new))
                if (old.key if old else None) != (new.key if new else None) or self._moved(name, old, new, theirs):
                    found.append(Difference(name, moment, old, new, theirs))
        return tuple(found)

    def _asked(self, event: str, apart: bool) -> list[str]:
        names = dict.fromkeys(one.name for side in (self.before, self.after) for one in side.sets(event))
        return [name for name in names if apart or name in self.changed]

    def _answer(self, side: Side, name: str, moment: Moment, facts: Mapping[str, FactValue]) -> Answered | None:
        for ruleset in side.sets(moment.event):
            if ruleset.name == name:
                return side.answer(ruleset, facts, moment.at)
        return None

    def _same(self, name: str) -> bool:
        old, new = self.before.loaded.sets.get(name), self.after.loaded.sets.get(name)
        if old is None or new is None or old.version != new.version or not self._same_words:
            return False
        return name != "dispatch" or self._same_catalogue()

    def _same_catalogue(self) -> bool:
        """Where the ordinary case goes is the catalogue's to say: 归口科室 of each category."""
        old, new = self.before.loaded, self.after.loaded
        return old.names.section_of == new.names.section_of and old.names.reserved == new.names.reserved and old.roles == new.roles

    def _moved(self, name: str, old: Answered | None, new: Answered | None, facts: Mapping[str, FactValue]) -> bool:
        """The same role in the rule, another section behind it."""
        if name != "dispatch" or old is None or new is None:
            return False
        category = facts.get("category")
        sides = (self.before.loaded.names, self.after.loaded.names)
        sections = {names.section_of.get(str(category)) for names in sides}
        reserved = {any(names.categories.holds(node, str(category)) for node in names.reserved) for names in sides} if category else {False}
        return len(sections) > 1 or len(reserved) > 1


def _urgency(answered: Answered | None) -> object:
    actions = answered.of(URGENCY) if answered is not None else ()
    return actions[0][1].args.get("value") if actions else None


def _with(facts: Mapping[str, FactValue], urgency: object) -> Mapping[str, FactValue]:
    if not isinstance(urgency, str) or facts.get(URGENCY) == urgency:
        return facts
    return {**facts, URGENCY: urgency}


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), _frozen(one)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_frozen(one) for one in value)
    return value if isinstance(value, str | bool | int) else str(value)
