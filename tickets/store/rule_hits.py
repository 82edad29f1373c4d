"""How often each rule has decided lately: what the rule workbench shows beside it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from peewee import fn

from tickets.domain.times import stored
from tickets.store.log_models import EvaluationHit

WEEK = timedelta(days=7)
AT_ONCE = 500  # ids in one question; SQLite takes no more than some thousand


def hits_of_a_week(ruleset: str, rules: Iterable[str], at: datetime) -> dict[str, int]:
    """How many evaluations each of these rules decided in the seven days before `at` (aware); rules without one are left out."""
    since, until = stored(at - WEEK), stored(at)
    found: dict[str, int] = {}
    ids = list(dict.fromkeys(rules))
    for start in range(0, len(ids), AT_ONCE):
        rows = (
            EvaluationHit.select(EvaluationHit.rule, fn.COUNT(EvaluationHit.id))
            .where(EvaluationHit.rule.in_(ids[start : start + AT_ONCE]), EvaluationHit.at >= since, EvaluationHit.at < until, EvaluationHit.ruleset == ruleset)
            .group_by(EvaluationHit.rule)
            .tuples()
        )
        found.update(rows)
    return found
