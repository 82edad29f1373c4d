"""The rule sets in force: ask it for a decision, give it newer versions while tickets keep coming, close it at the end."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from engine import canonical, context
from engine.decision import Decision
from engine.durable_host import HostClosed
from engine.evaluate import Judge
from engine.facts import Fact, FactValue
from engine.names import Names
from engine.ruleset import RuleSet


class BookError(ValueError):
    """The book was asked for a rule set or an event that it does not have."""

    permanent = True


class BookClosed(RuntimeError):
    """The book was closed; nothing is decided any more."""

    permanent = True


@dataclass(frozen=True)
class Edition:
    """What belongs together: the facts and names, and the rule sets read with them. It stays as it is when the book is given newer ones."""

    facts: Mapping[str, Fact]
    names: Names
    judges: Mapping[str, Judge]
    context: str
    context_hash: str

    def ruleset(self, name: str) -> RuleSet:
        """The version of this edition. BookError when there is no such set."""
        return self.judge(name).ruleset

    def judge(self, name: str) -> Judge:
        """What decides by that set. BookError when there is no such set."""
        if name not in self.judges:
            raise BookError(f"没有规则集「{name}」，现有 {'、'.join(sorted(self.judges)) or '无'} (no such rule set)")
        return self.judges[name]


class RuleBook:
    """Rule sets inside durable-rules, ready to decide. Safe for many threads; every answer belongs to exactly one version.

    `sets` are RuleSets by name, or just the RuleSets. Raises CompileRefused, LimitExceeded or HostFailed when one cannot be
    built; nothing stays behind then.
    """

    def __init__(self, sets: Mapping[str, RuleSet] | Iterable[RuleSet], facts: Mapping[str, Fact], names: Names) -> None:
        self._swap = threading.Lock()
        self._closed = False
        self._edition = _edition(_listed(sets), facts, names, {})

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The facts rules may ask about, by name."""
        return self._edition.facts

    @property
    def names(self) -> Names:
        """The names the rule sets were checked with."""
        return self._edition.names

    @property
    def context(self) -> str:
        """Canonical JSON of the facts and trees a decision depends on: kept beside it, so that it can be re-run."""
        return self._edition.context

    @property
    def context_hash(self) -> str:
        """SHA-256 of `context`, in hex."""
        return self._edition.context_hash

    def ruleset(self, name: str) -> RuleSet:
        """The version in force. BookError when there is no such set."""
        return self._edition.ruleset(name)

    def rulesets(self) -> tuple[RuleSet, ...]:
        """Every set in force, by name."""
        judges = self._edition.judges
        return tuple(judges[name].ruleset for name in sorted(judges))

    def decide(self, ruleset: str, event: str, facts: Mapping[str, FactValue | None], at: datetime, trace: bool = True) -> Decision:
        """One rule set's answer to one event at one instant (aware). Facts that are not declared are left out; None is unknown.

        Raises FactRefused for a value of the wrong type, BookError for an unknown set or an event it does not listen to,
        BookClosed after close().
        """
        return self.asked(ruleset, event, facts, at, trace)[0]

    def asked(self, ruleset: str, event: str, facts: Mapping[str, FactValue | None], at: datetime, trace: bool = True) -> tuple[Decision, Edition]:
        """The same with the edition that answered: whoever keeps the decision keeps it with these, whatever is in force by then."""
        if at.tzinfo is None:
            raise BookError(f"时间 {at} 没有时区 (the time has no zone)")
        while True:
            edition = self._edition
            if self._closed:
                raise BookClosed("规则库已关闭 (the rule book is closed)")
            judge = edition.judge(ruleset)
            if event not in judge.ruleset.events:
                raise BookError(f"规则集「{ruleset}」不处理事件「{event}」，只处理 {'、'.join(judge.ruleset.events)} (does not listen to this event)")
            try:
                return judge.decide(event, facts, at, trace=trace), edition
            except HostClosed:
                continue  # replaced between the look and the question: ask the newer version

    def match(self, ruleset: str, facts: Mapping[str, FactValue | None], at: datetime) -> tuple[str, ...]:
        """Matching alone: the ids of the rules that fire, in rank order. For benchmarks and replays; raises HostClosed once replaced."""
        return self._edition.judge(ruleset).match(facts, at)

    def replace(self, sets: Mapping[str, RuleSet] | Iterable[RuleSet], *, facts: Mapping[str, Fact] | None = None, names: Names | None = None) -> None:
        """Puts newer rule sets in force, all or none: sets not named any more are gone, unchanged ones are kept as they are.

        The new ones are built first, then swapped in, then the old ones closed; a question under way is answered by the old
        or asked again of the new, never by both.
        """
        with self._swap:
            if self._closed:
                raise BookClosed("规则库已关闭 (the rule book is closed)")
            old = self._edition
            self._edition = _edition(_listed(sets), facts if facts is not None else old.facts, names if names is not None else old.names, old)
            kept = {id(judge) for judge in self._edition.judges.values()}
            for judge in old.judges.values():
                if id(judge) not in kept:
                    judge.close()

    def close(self) -> None:
        """Gives the engine's memory back; a second close does nothing."""
        with self._swap:
            self._closed = True
            for judge in self._edition.judges.values():
                judge.close()


def _listed(sets: Mapping[str, RuleSet] | Iterable[RuleSet]) -> tuple[RuleSet, ...]:
    return tuple(sets.values() if isinstance(sets, Mapping) else sets)


def _edition(sets: Iterable[RuleSet], facts: Mapping[str, Fact], names: Names, old: Edition | Mapping[str, Judge]) -> Edition:
    text = context.dumps(facts, names)
    fingerprint = canonical.sha256(text)
    reusable = old.judges if isinstance(old, Edition) and old.context_hash == fingerprint else {}
    judges: dict[str, Judge] = {}
    made: list[Judge] = []
    try:
        for ruleset in sets:
            before = reusable.get(ruleset.name)
            if before is not None and ruleset.version and before.ruleset == ruleset:
                judges[ruleset.name] = before
                continue
            judges[ruleset.name] = Judge(ruleset, facts, context.trees(names))
            made.append(judges[ruleset.name])
    except BaseException:
        for judge in made:
            judge.close()
        raise
    return Edition(facts, names, judges, text, fingerprint)
