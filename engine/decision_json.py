"""A Decision as canonical JSON and back: what is stored beside a ticket, compared byte for byte by a re-run.

Every rule's outcome is kept; the questions with their answers only of the rules that fired or were stopped, since a re-run
(engine/rerun.py `again`) lays out the rest. Wall time and line numbers are left out: they do not belong to the decision.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from engine import canonical
from engine.decision import Decision, Line, RuleVerdict
from engine.facts import FactValue
from engine.ruleset import Action
from engine.trace import Trace

TOLD = ("won", "lost", "stopped")  # outcomes whose lines are stored
_PLAIN = ("ruleset", "version", "event", "at", "by_else", "agreed", "reason", "reason_en", "basis")


def dumps(decision: Decision) -> str:
    """The decision as one line of canonical JSON; the same decision always gives the same text."""
    data: dict[str, object] = {key: getattr(decision, key) for key in _PLAIN}
    data["fired"] = decision.fired
    data["winners"] = decision.winners
    data["actions"] = [[rule, action.kind, canonical.plain_data(action.args)] for rule, action in decision.actions]
    data["facts"] = dict(decision.facts)
    data["trace"] = _trace(decision.trace)
    return canonical.dumps(data)


def loads(text: str) -> Decision:
    """The reverse. Rules that were unmet, unknown or out of date come back without title and lines. ValueError when it is no decision."""
    data = json.loads(text, parse_float=Decimal)
    if not isinstance(data, dict) or any(key not in data for key in (*_PLAIN, "fired", "winners", "actions", "facts", "trace")):
        raise ValueError("不是决定的 JSON (not a stored decision)")
    facts: dict[str, FactValue] = data["facts"]
    return Decision(
        **{key: data[key] for key in _PLAIN},
        fired=tuple(data["fired"]),
        winners=tuple(data["winners"]),
        actions=tuple((rule, Action(kind, args)) for rule, kind, args in data["actions"]),
        facts=tuple(sorted(facts.items())),
        trace=tuple(_read_verdict(entry, facts) for entry in data["trace"]),
    )


def _trace(trace: Sequence[RuleVerdict]) -> list[list[object]]:
    outcomes = trace.outcomes() if isinstance(trace, Trace) else tuple((one.rule, one.outcome) for one in trace)
    return [[rule, outcome] if outcome not in TOLD else _verdict(trace[place]) for place, (rule, outcome) in enumerate(outcomes)]


def _verdict(one: RuleVerdict) -> list[object]:
    return [one.rule, one.outcome, one.title, None if one.when is None else _line(one.when), None if one.unless is None else _line(one.unless)]


def _line(line: Line) -> list[object]:
    """A box as [op, verdict, parts], a question as [op, verdict, fact, asked, words]; the actual value stands among the facts."""
    if not line.fact:
        return [line.op, line.verdict, [_line(part) for part in line.parts]]
    return [line.op, line.verdict, line.fact, line.asked, line.words]


def _read_verdict(entry: list[Any], facts: Mapping[str, FactValue]) -> RuleVerdict:
    if len(entry) == 2:
        return RuleVerdict(entry[0], "", entry[1])
    rule, outcome, title, when, unless = entry
    return RuleVerdict(rule, title, outcome, when and _read_line(when, facts), unless and _read_line(unless, facts))


def _read_line(entry: list[Any], facts: Mapping[str, FactValue]) -> Line:
    if len(entry) == 3:
        return Line(entry[0], entry[1], parts=tuple(_read_line(part, facts) for part in entry[2]))
    op, verdict, fact, asked, words = entry
    return Line(op, verdict, fact, asked, facts.get(fact), tuple(words))
