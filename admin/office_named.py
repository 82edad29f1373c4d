"""What names a unit, a post or an area: rules in force, the catalogue, config.yaml. It may not be taken away or renamed under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.condition import All, AnyOf, Condition, NoneOf, Test
from engine.ruleset import Action, RuleSet
from tickets.ports import Desk
from wiring.settings import Settings

WORDS = ("has_any", "has_all", "similar")  # ask about the citizen's text: a name among them is a keyword, not a reference


@dataclass(frozen=True)
class Naming:
    """The ids of rules, the categories and the settings that name it, each in order."""

    rules: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.categories or self.settings)


def naming(desk: Desk, settings: Settings, word: str) -> Naming:
    """Everything in force that names the address or the area `word`."""
    rules: list[str] = []
    for ruleset in desk.rules.rulesets():
        rules += [rule for rule, named in _named_in(ruleset) if word in named]
    categories = tuple(name for name, section in desk.rules.names.section_of.items() if section == word)
    kept = tuple(name for name in ("manual_desk", "last_resort") if getattr(settings, name) == word)
    return Naming(tuple(dict.fromkeys(rules)), categories, kept)


def _named_in(ruleset: RuleSet) -> Iterator[tuple[str, frozenset[str]]]:
    for rule in ruleset.rules:
        sides = [rule.when] if rule.unless is None else [rule.when, rule.unless]
        yield rule.id, frozenset((*(word for side in sides for word in _asked(side)), *_done(rule.then)))
    yield f"{ruleset.name} else", frozenset(_done(ruleset.otherwise))


def _asked(condition: Condition) -> Iterator[str]:
    if isinstance(condition, All | AnyOf | NoneOf):
        for part in condition.parts:
            yield from _asked(part)
    elif isinstance(condition, Test) and condition.op not in WORDS:
        yield from _texts(condition.value)


def _done(actions: tuple[Action, ...]) -> Iterator[str]:
    for action in actions:
        yield from _texts(action.args)


def _texts(value: object) -> Iterator[str]:
    """Every text in plain data, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple | frozenset):
        for part in value:
            yield from _texts(part)
