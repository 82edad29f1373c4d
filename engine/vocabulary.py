"""The words rules are written in: the facts they may ask about and the names they may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from engine.facts import Fact
from engine.names import Names
from engine.tree import Tree


@dataclass(frozen=True)
class Vocabulary:
    """Facts by name, and names. A folder with its own facts.yaml, library.yaml or directory.yaml gets its own vocabulary."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def tree(self, fact: Fact) -> Tree:
        """The tree a tree fact's values come from."""
        return self.names.areas if fact.options_from == "areas" else self.names.categories

    def resolved(self) -> Vocabulary:
        """The same with `options_from` looked up afresh in these names."""
        return replace(self, facts={name: resolve(fact, self.names) for name, fact in self.facts.items()})


def resolve(fact: Fact, names: Names) -> Fact:
    """The fact with the options its `options_from` stands for."""
    if fact.options_from is None:
        return fact
    sources: dict[str, tuple[str, ...]] = {
        "library": tuple(names.categories.nodes),
        "areas": tuple(names.areas.nodes),
        "statuses": names.statuses,
        "deadlines": names.deadlines,
    }
    return replace(fact, options=sources[fact.options_from])
