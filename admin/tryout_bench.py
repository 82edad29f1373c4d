"""A rule set ready to be asked what if: its own book inside the engine, kept while pages ask the same version again and again."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from engine import canonical, context
from engine.book import RuleBook
from engine.facts import Fact
from engine.names import Names
from engine.ruleset import RuleSet
from engine.smallest_questions import Questions

KEPT = 8  # rule sets; a book of a thousand rules has some ten megabytes


@dataclass
class Bench:
    """One version of one rule set with the facts and names it was read with. `book` holds this set alone."""

    ruleset: RuleSet
    facts: Mapping[str, Fact]
    names: Names
    book: RuleBook
    users: int = field(default=0)

    @cached_property
    def questions(self) -> Questions:
        """The set's questions, numbered once for every search of a smallest change."""
        return Questions(self.ruleset, self.facts, context.trees(self.names))


class Benches:
    """The benches asked last. Safe for many threads; one that is in use is not closed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Bench] = OrderedDict()

    @contextmanager
    def using(self, ruleset: RuleSet, facts: Mapping[str, Fact], names: Names) -> Iterator[Bench]:
        """The bench of this set. Its own tests and titles may be another state's: only what decides is compared.

        Raises CompileRefused, LimitExceeded or HostFailed where the engine cannot take the set.
        """
        key = (sense(ruleset.canonical) if ruleset.canonical else ruleset.version, _context(facts, names))
        with self._lock:
            bench = self._kept.get(key)
            if bench is None:
                bench = self._kept[key] = Bench(ruleset, facts, names, RuleBook([ruleset], facts, names))
            self._kept.move_to_end(key)
            bench.users += 1
        try:
            yield bench
        finally:
            with self._lock:
                bench.users -= 1
                self._shrink()

    def _shrink(self) -> None:
        for key in [key for key, bench in self._kept.items() if not bench.users][: max(len(self._kept) - KEPT, 0)]:
            self._kept.pop(key).book.close()


@lru_cache(maxsize=64)
def sense(text: str) -> str:
    """The fingerprint of what a set decides: its canonical JSON without tests. Adding an example does not make another rule."""
    data = json.loads(text)
    data.pop("tests", None)
    for rule in data.get("rules", ()):
        if isinstance(rule, dict):
            rule.pop("tests", None)
    return canonical.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True))


_marks: OrderedDict[tuple[int, int], tuple[Mapping[str, Fact], Names, str]] = OrderedDict()


def _context(facts: Mapping[str, Fact], names: Names) -> str:
    """The fingerprint of facts and names; remembered by identity, since the same objects come with every request."""
    key = (id(facts), id(names))
    held = _marks.get(key)
    if held is None or held[0] is not facts or held[1] is not names:
        held = (facts, names, canonical.sha256(context.dumps(facts, names)))
        _marks[key] = held
        while len(_marks) > 2 * KEPT:
            _marks.popitem(last=False)
    return held[2]
