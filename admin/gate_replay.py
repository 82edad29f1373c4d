"""拿过去 90 天回放: a replay's totals, pictures and changed tickets in the reader's words, on the page and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from peewee import Case

from admin.gate_flow import Load, Picture, loads, picture
from engine.compare_versions_actions import spoken
from insights.replay_people import UNIT
from tickets.domain.mask import in_text
from tickets.store import runs
from tickets.store.draft_models import ReplayChange
from tickets.store.models import Ticket
from tickets.store.runs import ChangedTicket, ReplayInfo

KINDS = ("unit", "person", "assist", "urgency", "deadline", "chain", "other")
SIDES = ("unit", "section", "person", "urgency", "deadline", "chain", "assist")


@dataclass(frozen=True)
class Told:
    """A replay's totals. `kinds` are (kind, tickets) that occur, in the order of their weight."""

    run: ReplayInfo
    kinds: tuple[tuple[str, int], ...]
    flow: Picture
    load: tuple[Load, ...]
    shorter: int
    late: int
    incidents: int


@dataclass(frozen=True)
class Row:
    """One changed ticket: every change as (kind, before, after)."""

    number: str
    words: str
    kinds: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    reason: str
    aftermath: str
    rule: str


def told(run: ReplayInfo, rest: str) -> Told:
    """The totals of a finished replay, ready to draw."""
    summary = run.summary
    kinds = summary.get("kinds")
    counted = kinds if isinstance(kinds, Mapping) else {}
    flows = [(str(old), str(new), _count(count)) for old, new, count in _rows(summary.get("flows"))]
    load = [(str(unit), _count(before), _count(after)) for unit, before, after in _rows(summary.get("load"))]
    return Told(
        run, tuple((kind, int(counted[kind])) for kind in KINDS if counted.get(kind)), picture(flows, rest), loads(load),
        _count(summary.get("shorter")), _count(summary.get("late")), _count(summary.get("incidents")),
    )  # fmt: skip


def worth_seeing(run: ReplayInfo, few: int) -> tuple[ChangedTicket, ...]:
    """The few shown first: those that went wrong the old way, then those that change unit, in the order they were found."""
    went_wrong, moves = Case(None, [(ReplayChange.aftermath != "", 0)], 1), Case(None, [(ReplayChange.kinds.startswith(UNIT), 0)], 1)
    rows = ReplayChange.select(ReplayChange.id).where(ReplayChange.run == run.id).order_by(moves, went_wrong, ReplayChange.id).limit(few).tuples()
    return runs.changed_by_id([number for (number,) in rows])


def rows_of(changed: Sequence[ChangedTicket], lang: str) -> tuple[Row, ...]:
    """Changed tickets with the citizen's words; numbers of telephones in them are masked."""
    texts = {number: title or text for number, title, text in Ticket.select(Ticket.number, Ticket.title, Ticket.text).where(Ticket.number.in_([one.number for one in changed])).tuples()}  # fmt: skip
    return tuple(
        Row(
            one.number, in_text(texts.get(one.number, "")), one.kinds, tuple(_changes(one, lang)), in_text(one.reason_en if lang == "en" else one.reason_zh),
            one.aftermath, _rule(one.after),
        )
        for one in changed
    )  # fmt: skip


def _changes(one: ChangedTicket, lang: str) -> list[tuple[str, str, str]]:
    found = []
    for kind in one.kinds:
        boxes = _apart(one.before, one.after, kind) if kind in ("deadline", "chain") else (one.before, one.after)
        before, after = (_side(box, kind, lang) for box in boxes)
        found.append((kind, before, after))
    return found


def _rule(box: Mapping[str, object]) -> str:
    """The dispatch rule that would decide; "" where the catalogue does, or where another set changed."""
    rule = str(box.get("rule") or "")
    return "" if rule == "else" else rule


def _apart(before: Mapping[str, object], after: Mapping[str, object], kind: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Both sides with the limits or reminders that differ alone; of a limit whose clock stays, without the clock."""
    old, new = before.get(kind), after.get(kind)
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return before, after
    left: dict[str, object] = {}
    right: dict[str, object] = {}
    for name in {**old, **new}:
        was, now = old.get(name), new.get(name)
        if was == now:
            continue
        if isinstance(was, Mapping) and isinstance(now, Mapping) and was.get("clock") == now.get("clock") and was.get("within") != now.get("within"):
            was, now = {"within": was.get("within")}, {"within": now.get("within")}
        left |= {} if was is None else {name: was}
        right |= {} if now is None else {name: now}
    return {kind: left}, {kind: right}


def _side(box: Mapping[str, object], kind: str, lang: str) -> str:
    """One side of one kind of change in words; — for none."""
    if kind in ("unit", "person"):
        place = " · ".join(str(box[key]) for key in ("unit", "section") if box.get(key))
        if kind == "person":
            return str(box.get("person") or "") or place or "—"
        return place or "—"
    if kind == "other":
        return "—"
    value = box.get(kind)
    if kind == "deadline" and isinstance(value, Mapping):
        return "；".join(f"{name} {_limit(asked, lang)}" for name, asked in sorted(value.items())) or "—"
    if kind == "chain" and isinstance(value, Mapping):
        return "；".join(spoken(part, lang, "chain") for part in value.values()) or "—"
    return spoken(value, lang) or "—"


def _limit(asked: object, lang: str) -> str:
    if not isinstance(asked, Mapping):
        return spoken(asked, lang)
    return " ".join(spoken(asked[key], lang) for key in ("within", "clock") if asked.get(key))


def _rows(value: object) -> list[list[object]]:
    return [row for row in value if isinstance(row, list)] if isinstance(value, list) else []  # type: ignore[misc]


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0
