"""What an evaluation answers: what was decided, by which rule of which version, and why. Plain data, storable as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.facts import FactValue
from engine.ruleset import Action

Verdict = bool | None  # None is unknown


@dataclass(frozen=True)
class Line:
    """One question of a rule with its answer, or a box (`op` all, any, none) with its `parts`.

    `asked` is the value asked for, in plain JSON; `actual` the fact's value or None when unknown; `words` the keywords found
    in the text (empty for other facts).
    """

    op: str
    verdict: Verdict
    fact: str = ""
    asked: object = None
    actual: FactValue | None = None
    words: tuple[str, ...] = ()
    line: int = 0
    parts: tuple[Line, ...] = ()


@dataclass(frozen=True)
class RuleVerdict:
    """One rule on one set of facts. `outcome`: won · lost (fired, but the hit policy chose another) · unmet · unknown · stopped (by unless)
    · out_of_date."""

    rule: str
    title: str
    outcome: str
    when: Line | None = None
    unless: Line | None = None


@dataclass(frozen=True)
class Decision:
    """One rule set's answer to one event.

    `fired` holds the ids of every rule whose condition is true, in rank order; `winners` those the hit policy kept;
    `actions` what they (or `else`) ask for. `agreed` is False when durable-rules and its atoms differed: then `winners` and
    `actions` are empty and the ticket belongs to the manual desk. `micros` is wall time in microseconds, and is not part of
    the bytes that a re-run compares.
    """

    ruleset: str
    version: str
    event: str
    at: str  # ISO 8601, UTC
    fired: tuple[str, ...]
    winners: tuple[str, ...]
    actions: tuple[tuple[str, Action], ...]  # (rule id or "else", action)
    by_else: bool
    agreed: bool
    reason: str  # a Chinese sentence
    reason_en: str
    basis: str
    facts: tuple[tuple[str, FactValue], ...]  # sorted by name
    trace: Sequence[RuleVerdict] = ()  # of every rule, in rank order; laid out when it is read (engine/trace.py)
    micros: int = 0
