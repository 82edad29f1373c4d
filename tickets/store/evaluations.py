"""Keeps every decision, with the rules it was made by, so that it can be explained and re-run years later."""

from __future__ import annotations

from datetime import datetime

from engine import decision_json
from engine.decision import Decision
from tickets.domain.times import stored
from tickets.ports import Rules
from tickets.store.models import Evaluation, RuleSetVersion


def keep(ticket_id: int, decision: Decision, rules: Rules, at: datetime) -> None:
    """Stores the decision whole, and, the first time it is used, the rule set's version with what it was read with."""
    _keep_version(decision, rules, at)
    Evaluation.insert(
        ticket=ticket_id,
        at=stored(at),
        ruleset=decision.ruleset,
        version=decision.version,
        context_hash=rules.context_hash,
        event=decision.event,
        fired=",".join(decision.fired)[:400],
        by_else=decision.by_else,
        agreed=decision.agreed,
        micros=decision.micros,
        decision=decision_json.dumps(decision),
    ).execute()


def _keep_version(decision: Decision, rules: Rules, at: datetime) -> None:
    key = {"name": decision.ruleset, "version": decision.version, "context_hash": rules.context_hash}
    conditions = [getattr(RuleSetVersion, name) == value for name, value in key.items()]
    if RuleSetVersion.select(RuleSetVersion.id).where(*conditions).exists():
        return
    text = rules.ruleset(decision.ruleset).canonical
    RuleSetVersion.insert(**key, canonical=text, context=rules.context, first_used=stored(at)).on_conflict_ignore().execute()
