"""Keeps and finds frozen months, tickets left out of a period, and appeals against a score."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.domain.score_sheet import Drawn
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.insert import insert
from tickets.store.models import RuleSetVersion
from tickets.store.score_models import Exclusion, ScoreAppeal, ScoreMonth
from tickets.store.tickets import canonical

COUNTS, ASKED, GRANTED, REFUSED = "counts", "asked", "granted", "refused"
HOLDS = (COUNTS, GRANTED)


@dataclass(frozen=True)
class Edition:
    """A frozen edition without its long texts."""

    id: int
    period: str
    edition: int
    at: datetime
    actor: str
    why: str
    sha256: str


def editions(period: str) -> list[Edition]:
    """Every frozen edition of the period, the oldest first; none before it is frozen."""
    sql = "SELECT id, period, edition, at, actor, why, sha256 FROM score_month WHERE period = ? ORDER BY edition"
    return [Edition(row[0], row[1], row[2], statements.moment(row[3]), *row[4:]) for row in statements.execute(sql, (period,)).fetchall()]


def frozen(period: str, edition: int | None = None) -> ScoreMonth | None:
    """An edition whole, the newest when none is named; None when there is none."""
    if edition is None:
        return statements.first(ScoreMonth, "period = ? ORDER BY edition DESC LIMIT 1", (period,))
    return statements.first(ScoreMonth, "period = ? AND edition = ?", (period, edition))


def frozen_months() -> list[str]:
    """The months that are frozen, the newest first."""
    return statements.column("SELECT DISTINCT period FROM score_month ORDER BY period DESC")


def rules_of(month: ScoreMonth) -> tuple[str, str]:
    """The rule set's canonical text and what it was read with; LookupError when they are gone."""
    sql = "SELECT canonical, context FROM rule_set_version WHERE name = ? AND version = ? AND context_hash = ?"
    found = statements.execute(sql, (month.ruleset, month.version, month.context_hash)).fetchone()
    if found is None:
        raise LookupError(f"规则版本 {month.version[:12]} 不在库里，无法重算 (the rules of that version are gone)")
    return str(found[0]), str(found[1])


def keep(drawn: Drawn, edition: int, actor: str, why: str, basic: bool, at: datetime) -> None:
    """Freezes a drawn-up period inside the caller's transaction, and at its first use the version of the rules. `at` is aware."""
    version = {"name": drawn.ruleset, "version": drawn.version, "context_hash": drawn.context_hash}
    RuleSetVersion.insert(**version, canonical=drawn.canonical, context=drawn.context, first_used=stored(at)).on_conflict_ignore().execute()
    row = {"period": drawn.period, "edition": edition, "at": stored(at), "actor": actor, "why": why, "basic": basic}
    texts = {"facts": drawn.facts, "result": drawn.result, "sha256": drawn.digest}
    insert(ScoreMonth, [{**row, "ruleset": drawn.ruleset, "version": drawn.version, "context_hash": drawn.context_hash, **texts}])


# ---- 剔除 --------------------------------------------------------------------------------------------------------------
def exclude(values: Mapping[str, object], rates: Sequence[str], facts: Mapping[str, object], at: datetime) -> int | None:
    """A ticket left out, or asked to be; None when that rule has spoken of it in this period already. `at` is aware."""
    known = (values["period"], values["ticket"], values["rule"])
    if statements.scalar("SELECT id FROM exclusion WHERE period = ? AND ticket = ? AND rule = ?", known) is not None:
        return None
    return insert(Exclusion, [{**values, "rates": canonical(list(rates)), "facts": canonical(dict(facts)), "at": stored(at)}])[0]


def exclusion(key: int) -> Exclusion | None:
    """That exclusion; None for a number nobody gave."""
    return statements.first(Exclusion, "id = ?", (key,))


def exclusions(period: str) -> list[Exclusion]:
    """Everything left out of the period or asked to be, in the order it was found."""
    return statements.rows(Exclusion, "period = ? ORDER BY id", (period,))


def left_out(period: str) -> dict[str, set[int]]:
    """The tickets that count for nothing in this period, by the figure's name or `all`: those no approval is needed for, and the approved ones."""
    found: dict[str, set[int]] = defaultdict(set)
    for ticket, rates in statements.execute("SELECT ticket, rates FROM exclusion WHERE period = ? AND state IN ('counts', 'granted')", (period,)).fetchall():
        for rate in json.loads(rates):
            found[rate].add(ticket)
    return dict(found)


def settle_exclusion(key: int, state: str, actor: str, person_id: int | None, opinion: str, at: datetime) -> bool:
    """Writes the decision; False when somebody decided before. `at` is aware."""
    changes = {"state": state, "decided_by": actor, "decider": person_id, "opinion": opinion, "decided_at": stored(at)}
    return statements.update(Exclusion, changes, "id = ? AND state = 'asked'", (key,)) == 1


# ---- 申诉 --------------------------------------------------------------------------------------------------------------
def appeal(values: Mapping[str, object], rates: Sequence[str], at: datetime, due: datetime) -> int:
    """A new appeal, its number. `at` and `due` are aware."""
    return insert(ScoreAppeal, [{**values, "rates": canonical(list(rates)), "at": stored(at), "due_at": stored(due)}])[0]


def appeal_of(key: int) -> ScoreAppeal | None:
    """That appeal; None for a number nobody gave."""
    return statements.first(ScoreAppeal, "id = ?", (key,))


def appeals(period: str) -> list[ScoreAppeal]:
    """The appeals against a period's scores, the oldest first."""
    return statements.rows(ScoreAppeal, "period = ? ORDER BY id", (period,))


def settle_appeal(key: int, state: str, actor: str, person_id: int | None, opinion: str, at: datetime, new_edition: int | None = None) -> bool:
    """Writes the decision; False when somebody decided before. `at` is aware."""
    changes = {"state": state, "decided_by": actor, "decider": person_id, "opinion": opinion, "decided_at": stored(at), "new_edition": new_edition}
    return statements.update(ScoreAppeal, changes, "id = ? AND state = 'asked'", (key,)) == 1


def rates_of(row: Exclusion | ScoreAppeal) -> tuple[str, ...]:
    """The figures it is about, or ("all",)."""
    return tuple(json.loads(row.rates))
