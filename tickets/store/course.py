"""What one action has decided and done to a ticket, gathered while it works and written together at its end.

A dispatch makes some thirty rows; written one by one they cost more than deciding does. Everything here belongs to the action's own
transaction: `write` must be called before it ends (tickets/actions/moves.py: finish), and an action that fails writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine import decision_json
from engine.decision import Decision
from engine.ruleset import RuleSet
from tickets.domain.outcome import outcome
from tickets.domain.times import stored
from tickets.store import statements
from tickets.store.connect import after_commit
from tickets.store.insert import insert
from tickets.store.log_models import EvaluationHit
from tickets.store.models import Deadline, Evaluation, History, RuleSetVersion, Ticket, database
from tickets.store.tickets import canonical


class Book(Protocol):
    """The rule sets a decision came from, with what they were read with."""

    @property
    def context(self) -> str: ...

    @property
    def context_hash(self) -> str: ...

    def ruleset(self, name: str) -> RuleSet: ...


@dataclass
class _Unwritten:
    """The rows gathered for one ticket. `last` is the number of its last history line, None when it has to be looked up."""

    lines: list[dict[str, object]] = field(default_factory=list)
    decisions: list[tuple[Decision, dict[str, object]]] = field(default_factory=list)
    clocks: list[Deadline] | None = None
    last: int | None = None


def _of(ticket: Ticket) -> _Unwritten:
    return ticket.__dict__.setdefault("_unwritten", _Unwritten())  # type: ignore[no-any-return]


def begin(ticket: Ticket) -> None:
    """Says that the ticket was made just now, in this transaction: it has no history and no clocks to look up."""
    ticket.__dict__["_unwritten"] = _Unwritten(clocks=[], last=0)


def save(clock: Deadline) -> None:
    """Writes a clock: a new one whole, a known one where it changed."""
    if clock.id is None:
        clock.id = insert(Deadline, [{name: value for name, value in clock.__data__.items() if name != "id"}])[0]
        clock._dirty.clear()
    else:
        changed = {field.name: clock.__data__[field.name] for field in clock.dirty_fields}
        if changed:
            statements.update(Deadline, changed, "id = ?", (clock.id,))
        clock._dirty.clear()


def clocks_of(ticket: Ticket) -> list[Deadline]:
    """All clocks of the ticket, oldest first; read once for an action, then kept as the action changes them."""
    course = _of(ticket)
    if course.clocks is None:
        course.clocks = statements.rows(Deadline, "ticket_id = ? ORDER BY id", (ticket.id,))
    return course.clocks


def note(
    ticket: Ticket,
    *,
    at: datetime,
    actor: str,
    what: str,
    from_status: str = "",
    to_status: str = "",
    holder_id: int | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Adds a line to the ticket's history, to be written with the rest. `at` is aware; `details` is plain data."""
    line = {"ticket": ticket.id, "at": stored(at), "actor": actor, "what": what, "from_status": from_status, "to_status": to_status}
    _of(ticket).lines.append({**line, "holder": holder_id, "note": canonical(dict(details or {}))})


def keep(ticket: Ticket, decision: Decision, rules: Book, at: datetime) -> None:
    """Keeps a decision whole, to be written with the rest, and at its first use the version of the rule set that made it."""
    _keep_version(decision, rules, at)
    row: dict[str, object] = {
        "ticket": ticket.id,
        "at": stored(at),
        "ruleset": decision.ruleset,
        "version": decision.version,
        "context_hash": rules.context_hash,
        "event": decision.event,
        "fired": ",".join(decision.fired)[:400],
        "by_else": decision.by_else,
        "agreed": decision.agreed,
        "micros": decision.micros,
        "decision": decision_json.dumps(decision),
    }
    _of(ticket).decisions.append((decision, row))


def write(ticket: Ticket) -> None:
    """Writes what was gathered: decisions with what came of them, then history lines numbered on from the last."""
    course = _of(ticket)
    if course.decisions:
        _write_decisions(ticket, course.decisions)
    if course.lines:
        last = course.last if course.last is not None else statements.scalar("SELECT MAX(seq) FROM history WHERE ticket_id = ?", (ticket.id,)) or 0
        insert(History, [{**line, "seq": seq} for seq, line in enumerate(course.lines, last + 1)])
        course.last = last + len(course.lines)
    course.decisions, course.lines = [], []


def _write_decisions(ticket: Ticket, decisions: list[tuple[Decision, dict[str, object]]]) -> None:
    """Who has the ticket now, at the end of the action, is where these decisions sent it."""
    rows, hits = [], []
    for decision, row in decisions:
        done = outcome(decision.ruleset, decision.agreed, {action.kind: action.args for _, action in decision.actions}, bool(ticket.manual))
        rows.append({**row, "outcome": done, "unit": ticket.unit_id, "person": ticket.person_id})
    for key, (decision, row) in zip(insert(Evaluation, rows), decisions, strict=True):
        hits += [
            {"rule": rule, "ruleset": decision.ruleset, "at": row["at"], "evaluation": key}
            for rule in decision.winners or (("else",) if decision.by_else else ())
        ]
    insert(EvaluationHit, hits)


def _keep_version(decision: Decision, rules: Book, at: datetime) -> None:
    key = (decision.ruleset, decision.version, rules.context_hash)
    known: set[tuple[str, str, str]] = database.obj.__dict__.setdefault("suda_versions_kept", set())
    if key in known:
        return
    row = dict(zip(("name", "version", "context_hash"), key, strict=True))
    if not RuleSetVersion.select(RuleSetVersion.id).where(*[getattr(RuleSetVersion, name) == value for name, value in row.items()]).exists():
        text = rules.ruleset(decision.ruleset).canonical
        RuleSetVersion.insert(**row, canonical=text, context=rules.context, first_used=stored(at)).on_conflict_ignore().execute()
    after_commit(lambda: known.add(key))  # only what is durable may be remembered
