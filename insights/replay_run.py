"""The whole replay: every past ticket of a window under both rule books, what changes with its reason, totals, and one hash for the result."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from engine import canonical
from engine.facts import FactValue
from engine.folder import Loaded
from engine.hit import Disagreement
from insights.replay import REGISTERED, URGENCY, Comparison, Difference, Moment, Side
from insights.replay_people import MANUAL, Change, Seat, change_of
from tickets.ports import Desk
from tickets.store import replay_cases
from tickets.store.runs import ChangedTicket

STEP = 200  # tickets between two signs of progress
Window = tuple[datetime, datetime]
Progress = Callable[[int, int], None]
Sink = Callable[[Sequence[ChangedTicket]], None]


@dataclass
class Result:
    """Totals of a replay. `flows` counts tickets by (unit now, unit by the draft); `load` is per whole unit: tickets now, tickets then."""

    total: int = 0
    changed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    shorter: int = 0
    late: int = 0
    incidents: int = 0  # changed tickets that were returned, transferred or reworked when they went the old way
    load: dict[str, int] = field(default_factory=dict)
    moved: Counter[str] = field(default_factory=Counter)  # whole unit -> gain or loss
    digest: str = ""

    def summary(self) -> dict[str, object]:
        """As a page and an export read it; JSON."""
        load = {**self.load, MANUAL: self.load.get("", 0)}  # what nobody has lies with the manual desk
        units = sorted((unit for unit in self.moved if self.moved[unit]), key=lambda unit: (-self.moved[unit], unit))
        return {
            "total": self.total,
            "changed": self.changed,
            "kinds": dict(sorted(self.kinds.items())),
            "flows": [[old, new, count] for (old, new), count in sorted(self.flows.items(), key=lambda item: (-item[1], item[0]))],
            "rules": dict(sorted(self.rules.items(), key=lambda item: (-item[1], item[0]))),
            "load": [[unit, load.get(unit, 0), load.get(unit, 0) + self.moved[unit]] for unit in units],
            "shorter": self.shorter,
            "late": self.late,
            "incidents": self.incidents,
        }


def nothing(_done: int, _total: int) -> None:
    """Nobody watches."""


def forget(_changes: Sequence[ChangedTicket]) -> None:
    """Nobody keeps them."""


def replay(desk: Desk, before: Loaded, after: Loaded, window: Window, *, progress: Progress = nothing, sink: Sink = forget) -> Result:
    """Every ticket registered in the window (aware, half open), compared. `sink` is given the changed ones in order, some at a time.

    Memory stays flat: tickets are read, decided and forgotten. Raises CompileRefused or HostFailed when a side cannot be built.
    """
    ids = replay_cases.tickets_between(*window)
    return over(desk, before, after, ids, load=replay_cases.load_by_unit(*window), progress=progress, sink=sink)


def over(
    desk: Desk, before: Loaded, after: Loaded, ids: Sequence[int], *, load: Mapping[str, int] | None = None, progress: Progress = nothing, sink: Sink = forget
) -> Result:
    """The same for the tickets of these ids."""
    sides = (Side(before), Side(after))
    try:
        comparison = Comparison(*sides)
        seats = (Seat.at(sides[0], desk), Seat.at(sides[1], desk))
        result, digest = Result(total=len(ids), load=dict(load or {})), sha256()
        events = _events(comparison)
        for start in range(0, len(ids), STEP):
            progress(start, len(ids))
            part = ids[start : start + STEP]
            found = _part(comparison, seats, part, events, result) if comparison.changed else []
            for one in found:
                digest.update(_line(one))
            sink(found)
        progress(len(ids), len(ids))
        digest.update(canonical.dumps({"total": result.total, "changed": result.changed}).encode())
        result.digest = digest.hexdigest()
        return result
    finally:
        for side in sides:
            side.close()


def _part(comparison: Comparison, seats: tuple[Seat, Seat], ids: Sequence[int], events: frozenset[str], result: Result) -> list[ChangedTicket]:
    apart: dict[int, tuple[Difference, ...]] = {}
    for ticket_id, moments in moments_of(ids, events):
        differences = comparison.differences(moments)
        if differences:
            apart[ticket_id] = differences
    if not apart:
        return []
    rows, told = replay_cases.ticket_rows(list(apart)), replay_cases.aftermaths(list(apart))
    found: list[ChangedTicket] = []
    for ticket_id in ids:
        differences = apart.get(ticket_id, ())
        if not differences or ticket_id not in rows:
            continue
        ran = replay_cases.clocks_ran(ticket_id) if any(_has(one, "deadline") for one in differences) else ()
        change = change_of(differences, seats, rows[ticket_id], ran)
        if change is not None:
            zh, en = _reason(differences, comparison.after, change)
            found.append(ChangedTicket(ticket_id, rows[ticket_id].number, change.kinds, change.before, change.after, zh, en, told.get(ticket_id, "")))
            _count(result, change, found[-1])
    return found


def moments_of(ids: Sequence[int], events: frozenset[str]) -> Iterator[tuple[int, tuple[Moment, ...]]]:
    """The questions each ticket raised, the first of each kind: (ticket id, its moments in order)."""
    current, moments, seen = 0, list[Moment](), set[tuple[str, str]]()
    for question in replay_cases.questions(ids, events):
        if question.ticket_id != current:
            if moments:
                yield current, tuple(moments)
            current, moments, seen = question.ticket_id, [], set()
        facts = facts_in(question.decision)
        about = str(facts.get("deadline", "")) if question.event == "deadline.started" else ""
        if (question.event, about) not in seen:
            seen.add((question.event, about))
            moments.append(Moment(question.event, question.at, facts, about))
    if moments:
        yield current, tuple(moments)


def facts_in(decision: str) -> dict[str, FactValue]:
    """The facts a stored decision rested on."""
    facts: dict[str, FactValue] = json.loads(decision, parse_float=Decimal)["facts"]
    return facts


def _events(comparison: Comparison) -> frozenset[str]:
    """The events whose questions must be read: those of changed sets, and all after an urgency that may change."""
    sets = [one for side in (comparison.before, comparison.after) for one in side.loaded.sets.values()]
    if URGENCY in comparison.changed:
        return frozenset({REGISTERED, *(event for one in sets for event in one.events)})
    return frozenset(event for one in sets if one.name in comparison.changed for event in one.events)


def _has(one: Difference, kind: str) -> bool:
    return any(answered is not None and answered.of(kind) for answered in (one.before, one.after))


def _reason(differences: Sequence[Difference], after: Side, change: Change) -> tuple[str, str]:
    """Why the draft decides so, in the engine's own sentence for the first thing that changes."""
    first = next((one for one in differences if one.ruleset == "dispatch" and change.flow is not None), differences[0])
    if first.after is None:
        return f"草稿里没有规则集「{first.ruleset}」", f"the draft has no rule set {first.ruleset}"
    if first.after.clash:
        return first.after.clash, first.after.clash
    known = {name: value for name, value in first.facts_after.items() if name in after.loaded.facts}
    try:
        decision = after.book.decide(first.ruleset, first.moment.event, known, first.moment.at)
    except Disagreement as clash:
        return clash.zh, clash.en
    return decision.reason, decision.reason_en


def _count(result: Result, change: Change, one: ChangedTicket) -> None:
    result.changed += 1
    result.kinds.update(change.kinds)
    result.shorter += change.shorter
    result.late += change.late
    result.incidents += bool(one.aftermath)
    if change.flow is not None:
        result.flows[change.flow] += 1
        result.rules[str(change.after.get("rule", "else"))] += 1
        result.moved[str(change.before.get("unit", ""))] -= 1
        result.moved[str(change.after.get("unit", ""))] += 1


def _line(one: ChangedTicket) -> bytes:
    return canonical.dumps({"number": one.number, "kinds": list(one.kinds), "before": dict(one.before), "after": dict(one.after)}).encode() + b"\n"
