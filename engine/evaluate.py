"""Turns facts into a Decision: what was decided, by which rule of which version, and why."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from engine import hit, words
from engine.atoms import Atoms, Verdicts
from engine.compile_facts import Coded, checked
from engine.compile_limits import LimitExceeded
from engine.compile_ruleset import Coding, Trees, compile_rules
from engine.compile_shards import Network
from engine.decision import Decision, RuleVerdict
from engine.durable_host import HostFailed
from engine.facts import Fact, FactValue
from engine.ruleset import Rule, RuleSet
from engine.trace import Answers, Trace

log = logging.getLogger("suda.engine")


class Judge:
    """One version of one rule set inside durable-rules, with its atoms beside it. Safe for many threads.

    Raises CompileRefused, LimitExceeded or HostFailed when the set cannot be built; HostClosed from `decide` once closed.
    """

    def __init__(self, ruleset: RuleSet, facts: Mapping[str, Fact], trees: Trees) -> None:
        self.ruleset = ruleset
        self._facts = facts
        self._coding = Coding(ruleset, facts, trees)
        rules = compile_rules(ruleset, self._coding)
        self._atoms = Atoms(ruleset, self._coding)
        self._coding.ready()
        self._by_rank = {rule.rank: rule for rule in ruleset.rules}
        self._rules = Network("rules", rules)
        try:
            self._questions = Network("atoms", self._atoms.alternatives)
        except BaseException:
            self._rules.close()
            raise

    def match(self, facts: Mapping[str, FactValue | None], at: datetime) -> tuple[str, ...]:
        """Matching alone: the ids of the rules that fire, in rank order, without atoms, hit policy or trace. FactRefused on a bad fact."""
        coded = self._coding.encode(checked(facts, self._facts), at)
        return tuple(rule.id for rule in self._ranked(self._fired(coded))) if self.ruleset.effective.holds(at) else ()

    def decide(self, event: str, facts: Mapping[str, FactValue | None], at: datetime, *, trace: bool = True) -> Decision:
        """The whole answer. FactRefused when a fact is not of its type; a fault or disagreement of the engine gives `agreed` False."""
        begun = time.perf_counter_ns()
        known = checked(facts, self._facts)
        coded = self._coding.encode(known, at)
        try:
            fired = self._fired(coded) if self.ruleset.effective.holds(at) else set()
            verdicts = self._atoms.verdicts(self._questions.fire(coded))
        except (HostFailed, LimitExceeded) as failed:
            log.error("engine failed: ruleset=%s version=%s %s", self.ruleset.name, self.ruleset.version[:12], failed)
            return self._decision(event, known, at, (), _apart("规则引擎出错，转人工派单", "The engine failed: left to the manual desk"), begun, ())
        answers = Answers(self.ruleset, self._atoms, verdicts, known, coded, at, fired)
        ranked = self._ranked(fired)
        if self._again(verdicts, at) != fired:
            log.error("engine and atoms disagree: ruleset=%s version=%s fired=%s", self.ruleset.name, self.ruleset.version[:12], sorted(fired))
            apart = _apart("规则引擎与逐条核对结果不一致，转人工派单", "The engine and its cross-check disagree: left to the manual desk")
            return self._decision(event, known, at, ranked, apart, begun, Trace(answers, ()) if trace else ())
        outcome = self._pick(ranked, answers, at)
        return self._decision(event, known, at, ranked, outcome, begun, Trace(answers, outcome[0].winners) if trace else ())

    def close(self) -> None:
        """Gives the engine's memory back."""
        self._rules.close()
        self._questions.close()

    def _fired(self, coded: Coded) -> set[int]:
        return {int(name[1:]) for name in self._rules.fire(coded)}

    def _ranked(self, fired: Iterable[int]) -> tuple[Rule, ...]:
        return tuple(self._by_rank[rank] for rank in sorted(fired))

    def _again(self, verdicts: Verdicts, at: datetime) -> set[int]:
        """The ranks that fire by the atoms' verdicts, put together in Python with and, or and not."""
        if not self.ruleset.effective.holds(at):
            return set()
        return {rule.rank for rule in self._atoms.candidates(verdicts) if rule.effective.holds(at) and self._atoms.fires(rule, verdicts)}

    def _pick(self, fired: Sequence[Rule], answers: Answers, at: datetime) -> tuple[hit.Picked, str, str, bool]:
        if not self.ruleset.effective.holds(at):
            return hit.Picked((), (), False), "规则集在此时未生效", "The rule set is not in force at this time", True
        try:
            picked = hit.apply(self.ruleset, fired)
        except hit.Disagreement as apart:
            log.error("hit policy: ruleset=%s version=%s %s", self.ruleset.name, self.ruleset.version[:12], apart)
            return _apart(f"{apart.zh}，转人工派单", f"{apart.en}: left to the manual desk")
        told = [answers.of(rule, picked.winners) for rule in fired if rule.id in picked.winners]
        return (picked, *words.reason(self.ruleset, picked, told, self._facts), True)

    def _decision(
        self,
        event: str,
        facts: Mapping[str, FactValue],
        at: datetime,
        fired: Sequence[Rule],
        outcome: tuple[hit.Picked, str, str, bool],
        begun: int,
        trace: Sequence[RuleVerdict],
    ) -> Decision:
        picked, reason, reason_en, agreed = outcome
        won = set(picked.winners)
        basis = dict.fromkeys(rule.basis or self.ruleset.basis for rule in fired if rule.id in won) if won else {self.ruleset.basis: None}
        return Decision(
            ruleset=self.ruleset.name,
            version=self.ruleset.version,
            event=event,
            at=at.astimezone(UTC).isoformat(),
            fired=tuple(rule.id for rule in fired),
            winners=picked.winners,
            actions=picked.actions,
            by_else=picked.by_else,
            agreed=agreed,
            reason=reason,
            reason_en=reason_en,
            basis="；".join(one for one in basis if one),
            facts=tuple(facts.items()),
            trace=trace,
            micros=(time.perf_counter_ns() - begun) // 1000,
        )


def _apart(zh: str, en: str) -> tuple[hit.Picked, str, str, bool]:
    """No winner and no action: the ticket belongs to the manual desk."""
    return hit.Picked((), (), False), zh, en, False
