"""A ticket's state, made again from its history alone: what the tables say of it must be what its course says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tickets.domain.status import CLOSED, MOVES, REGISTERED

ON_REGISTRATION, TO_DESK = "登记", "转人工"
SENT = ("派单", "转派", "维持", "指定")  # moves that give a ticket to somebody anew


@dataclass(frozen=True)
class Line:
    """A line of history as far as it matters here: `at` is stored UTC, `note` its details as plain data."""

    what: str
    from_status: str
    to_status: str
    at: datetime
    holder_id: int | None
    note: Mapping[str, object]


@dataclass(frozen=True)
class State:
    """Where a ticket stands: its status, how many moves it has made, who has it and in which unit (its address), and the three moments
    that rates are counted from."""

    status: str = ""
    step_seq: int = 0
    holder_id: int | None = None
    unit: str = ""
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    closed_at: datetime | None = None


class BrokenCourse(Exception):
    """The lines do not follow from one another; says which one."""

    permanent = True


def rebuilt(lines: Iterable[Line]) -> State:
    """The state that these lines (in order) lead to. Raises BrokenCourse for a move the table does not have, or one from elsewhere."""
    state = State()
    for number, line in enumerate(lines, 1):
        if line.what == ON_REGISTRATION:
            state = replace(state, status=REGISTERED)
        elif line.what == TO_DESK:
            state = _held(state, line)
        elif line.to_status:
            state = _moved(state, line, number)
    return state


def _moved(state: State, line: Line, number: int) -> State:
    sources, target = MOVES.get(line.what, ((), ""))
    if line.from_status != state.status or state.status not in sources or line.to_status != target:
        raise BrokenCourse(f"第 {number} 行「{line.what}」从「{line.from_status}」到「{line.to_status}」，而此前是「{state.status}」 (it does not follow)")
    state = replace(_held(state, line), status=target, step_seq=state.step_seq + 1)
    if line.what in SENT:
        state = replace(state, dispatched_at=line.at, signed_at=None)
    if line.what == "签收":
        state = replace(state, signed_at=line.at)
    return replace(state, closed_at=line.at) if target == CLOSED else state


def _held(state: State, line: Line) -> State:
    unit = line.note.get("to")
    return replace(state, holder_id=line.holder_id, unit=str(unit) if unit is not None else state.unit)
