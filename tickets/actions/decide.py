"""Asks one rule set one question about a ticket, and keeps the answer with everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.decision import Decision
from engine.facts import FactValue
from engine.hit import Disagreement
from engine.ruleset import Action
from tickets.ports import Desk, RulesThen
from tickets.store import course
from tickets.store.alarms import raise_alarm
from tickets.store.models import Ticket

Asked = tuple[tuple[str, Action], ...]  # (rule id or "else", action)


@dataclass(frozen=True)
class Ruling:
    """What the rules want. With `trouble` set nobody may be assigned by it: `actions` are then the set's `else`, so that a clock still runs.

    `title` is the winning rule's; empty for `else`.
    """

    ruleset: str
    decision: Decision | None
    actions: Asked
    trouble: str = ""
    title: str = ""

    def of(self, kind: str) -> Asked:
        """The actions of that kind, in order."""
        return tuple((rule, action) for rule, action in self.actions if action.kind == kind)

    @property
    def rule(self) -> str:
        """The rule that won, or "else"."""
        return self.actions[0][0] if self.actions else "else"


def decide(desk: Desk, ticket: Ticket, ruleset: str, event: str, facts: Mapping[str, FactValue], at: datetime) -> Ruling:
    """The rule set's answer, kept as an Evaluation that `course.write` writes.

    When durable-rules and its atoms differ, rules that must be one are two, or the set is not in force, the answer carries `trouble`
    and an alarm is raised. What is published meanwhile has no say in it: the answer, its words and its keeping are of one version.
    """
    ruling, then = weigh(desk, ruleset, event, facts, at)
    if ruling.decision is not None and then is not None:
        course.keep(ticket, ruling.decision, then, at)
    if ruling.trouble:
        raise_alarm("规则判定", f"工单 {ticket.number}：{ruling.trouble}", at, ticket.id)
    return ruling


def weigh(desk: Desk, ruleset: str, event: str, facts: Mapping[str, FactValue], at: datetime) -> tuple[Ruling, RulesThen | None]:
    """The same answer and the rules that gave it, with nothing written: what a rehearsal asks."""
    known = {name: value for name, value in facts.items() if name in desk.rules.facts}
    try:
        decision, then = desk.rules.asked(ruleset, event, known, at)
    except Disagreement as clash:
        return _troubled(desk, ruleset, None, f"规则集「{ruleset}」的规则互相冲突（{'、'.join(clash.rules)}）：{clash.zh}"), None
    if not decision.agreed:
        return _troubled(desk, ruleset, decision, f"规则集「{ruleset}」没有可靠的判定：{decision.reason}"), then
    asked = then.ruleset(ruleset)
    if not asked.effective.holds(at):
        return _troubled(desk, ruleset, decision, f"规则集「{ruleset}」此时未生效"), then
    first = decision.actions[0][0] if decision.actions else "else"
    return Ruling(ruleset, decision, decision.actions, title="" if first == "else" else asked.rule(first).title.zh), then


def _troubled(desk: Desk, ruleset: str, decision: Decision | None, why: str) -> Ruling:
    otherwise = tuple(("else", action) for action in desk.rules.ruleset(ruleset).otherwise)
    return Ruling(ruleset, decision, otherwise, why)
