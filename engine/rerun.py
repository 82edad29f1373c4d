"""Decides a stored case once more, from what was stored with it, for auditors and for "why not": same rules, same facts, same bytes."""

from __future__ import annotations

from datetime import datetime

from engine import canonical, context, decision_json
from engine.book import RuleBook
from engine.decision import Decision
from engine.expect import Scope
from engine.facts import Fact
from engine.findings import Report, RulesRefused
from engine.load_ruleset import Part, load_ruleset, name_of
from engine.names import Names
from engine.nodes import Fields
from engine.ruleset import RuleSet
from engine.vocabulary import Vocabulary


def from_canonical(text: str, facts: dict[str, Fact], names: Names) -> RuleSet:
    """The rule set of a stored canonical JSON, with the version it had. RulesRefused when it does not fit these facts and names."""
    content = canonical.loads(text)
    report = Report()
    if not isinstance(content, Fields):
        raise ValueError("不是规则集的规范 JSON (not the canonical JSON of a rule set)")
    ruleset = load_ruleset([Part(content, Scope(report, f"{name_of(content)}.json", name_of(content), Vocabulary(facts, names)))])
    if ruleset is None:
        raise RulesRefused(report.findings)
    return ruleset


class Archive:
    """Rule sets as they were, one book for each version and context, kept for the next question. Close it at the end."""

    def __init__(self, most: int = 16) -> None:
        self._most = most
        self._books: dict[tuple[str, str], RuleBook] = {}

    def again(self, canonical_text: str, context_text: str, decision_text: str) -> Decision:
        """The stored decision decided once more, with the whole trace: every question of every rule."""
        stored = decision_json.loads(decision_text)
        book = self._book(canonical_text, context_text)
        return book.decide(stored.ruleset, stored.event, dict(stored.facts), datetime.fromisoformat(stored.at))

    def rerun(self, canonical_text: str, context_text: str, decision_text: str) -> bytes:
        """The bytes the decision has when it is decided once more; equal to the stored ones unless something was tampered with."""
        return decision_json.dumps(self.again(canonical_text, context_text, decision_text)).encode()

    def close(self) -> None:
        """Gives the engine's memory back."""
        for book in self._books.values():
            book.close()
        self._books.clear()

    def _book(self, canonical_text: str, context_text: str) -> RuleBook:
        key = (canonical.sha256(canonical_text), canonical.sha256(context_text))
        if key not in self._books:
            if len(self._books) >= self._most:
                self._books.pop(next(iter(self._books))).close()
            facts, names = context.loads(context_text)
            self._books[key] = RuleBook([from_canonical(canonical_text, facts, names)], facts, names)
        return self._books[key]


def rerun(canonical_text: str, context_text: str, decision_text: str) -> bytes:
    """One stored decision decided once more: the rule set's canonical JSON, the context it was read with, and the decision's JSON."""
    archive = Archive(1)
    try:
        return archive.rerun(canonical_text, context_text, decision_text)
    finally:
        archive.close()


def again(canonical_text: str, context_text: str, decision_text: str) -> Decision:
    """The same as a Decision whose trace has every question of every rule."""
    archive = Archive(1)
    try:
        return archive.again(canonical_text, context_text, decision_text)
    finally:
        archive.close()
