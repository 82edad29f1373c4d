"""What the rules may know of a ticket: its own words and answers, and what is derived from the clock, the calendar and earlier appeals."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from engine.facts import Fact, FactValue
from engine.spans import Span
from engine.tree import Tree
from tickets.domain.appeal import whole_text
from tickets.domain.times import local
from tickets.ports import Desk
from tickets.store import counts
from tickets.store.directory import kind_of, role_of
from tickets.store.last_answer import last_result
from tickets.store.models import Ticket

GRID, GRID_ROLES = "网格", ("网格员",)  # in a village's unit the officer of a grid is one level below its secretary
YES, NO = ("是", "有", "true", "yes", "1"), ("否", "无", "false", "no", "0")


def facts_of(desk: Desk, ticket: Ticket, at: datetime, only: Collection[str] | None = None) -> dict[str, FactValue]:
    """Every declared fact that is known of the ticket at `at` (aware); a fact that is not known is left out.

    An answer that does not fit its declaration (a word that is no option, a number outside its limits) is unknown too: the ticket
    keeps it, but no rule may act on it. Counts include the ticket itself and stop at 1,000. `only`: no other facts
    are looked up, for whoever judges thousands of tickets by a few of them.
    """
    raw: dict[str, object] = dict(json.loads(ticket.extra).get("answers", {}))
    raw.update(
        text=whole_text(ticket.title, ticket.text), kind=ticket.kind, category=ticket.category, area=ticket.area, urgency=ticket.urgency, source=ticket.source
    )
    found: dict[str, FactValue] = {}
    for name, fact in desk.rules.facts.items():
        value: FactValue | None
        if fact.personal or (only is not None and name not in only):
            continue  # the evaluation log must not hold it
        if fact.derived is None:
            value = typed(fact, raw[name], desk.rules.names.areas if fact.options_from == "areas" else desk.rules.names.categories) if name in raw else None
        else:
            value = _derived(desk, fact, ticket, at)
        if value is not None:
            found[name] = value
    return found


def facts_with_itself(desk: Desk, ticket: Ticket, facts: Mapping[str, FactValue], at: datetime) -> dict[str, FactValue]:
    """The same facts with the ticket itself counted, for one that is only rehearsed: counting finds it nowhere yet."""
    found = dict(facts)
    for name, value in facts.items():
        spec = desk.rules.facts[name].derived
        what = str(spec.get("count")) if isinstance(spec, Mapping) else ""
        if what == "appeals" or (what == "callers" and isinstance(spec, Mapping) and _new_caller(desk, spec, ticket, at)):
            found[name] = min(Decimal(str(value)) + 1, Decimal(counts.COUNTED_AT_MOST))
    return found


def _new_caller(desk: Desk, spec: Mapping[str, object], ticket: Ticket, at: datetime) -> bool:
    same = _same(desk, spec, ticket)
    return bool(ticket.caller_phone) and same is not None and counts.appeals(_since(desk, spec, at), **{**same, "caller": ticket.caller_phone}) == 0  # type: ignore[arg-type]


def typed(fact: Fact, value: object, tree: Tree) -> FactValue | None:
    """The value as the fact's type wants it, or None when it cannot be one."""
    if value is None or value == "":
        return None
    if fact.type == "yesno":
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        return True if word in YES else False if word in NO else None
    if fact.type == "number":
        return _number(fact, value)
    word = str(value)
    if fact.type == "tree":
        return word if word in tree else None
    if fact.type == "choice":
        return word if word in fact.options else None
    return word


def _number(fact: Fact, value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or (fact.min is not None and number < fact.min) or (fact.max is not None and number > fact.max):
        return None
    return number


def _derived(desk: Desk, fact: Fact, ticket: Ticket, at: datetime) -> FactValue | None:
    spec = fact.derived
    if spec == "ticket":
        return _FROM_TICKET[fact.name](fact, ticket) if fact.name in _FROM_TICKET else None
    if not isinstance(spec, Mapping):
        return None  # event and period facts come with their event
    if "days_to" in spec:
        days = desk.calendar.days_to(str(spec["days_to"]), local(at).date())
        return None if days is None else Decimal(days)
    count = _COUNTS.get(str(spec.get("count")))
    number = count(desk, spec, ticket, at) if count is not None else None
    return None if number is None else Decimal(number)


def _handled_by(fact: Fact, ticket: Ticket) -> FactValue | None:
    """The kind of the unit that has the ticket, for a grid officer 网格; None while nobody has it."""
    if ticket.unit_id is None:
        return None
    kind = GRID if ticket.post_id is not None and role_of(ticket.post_id) in GRID_ROLES else kind_of(ticket.unit_id)
    return kind if kind in fact.options else None


def _appeals(desk: Desk, spec: Mapping[str, object], ticket: Ticket, at: datetime) -> int | None:
    same = _same(desk, spec, ticket)
    return None if same is None else counts.appeals(_since(desk, spec, at), **same)  # type: ignore[arg-type]


def _callers(desk: Desk, spec: Mapping[str, object], ticket: Ticket, at: datetime) -> int | None:
    same = _same(desk, spec, ticket)
    if same is None or "caller" in same:
        return None
    return counts.callers(_since(desk, spec, at), **same)  # type: ignore[arg-type]


def _moves(_desk: Desk, spec: Mapping[str, object], ticket: Ticket, _at: datetime) -> int:
    return counts.moves(ticket.id, str(spec.get("to"))) if ticket.step_seq else 0


def _calls(_desk: Desk, spec: Mapping[str, object], ticket: Ticket, _at: datetime) -> int:
    return counts.calls(ticket.id, str(spec.get("of"))) if ticket.step_seq else 0


_FROM_TICKET: dict[str, Callable[[Fact, Ticket], FactValue | None]] = {
    "step": lambda _fact, ticket: str(ticket.status),
    "handled_by": _handled_by,
    "callback_result": lambda _fact, ticket: (last_result(ticket.id) or None) if ticket.step_seq else None,
}
_COUNTS: dict[str, Callable[[Desk, Mapping[str, object], Ticket, datetime], int | None]] = {
    "appeals": _appeals,
    "callers": _callers,
    "moves": _moves,
    "calls": _calls,
}


def _since(desk: Desk, spec: Mapping[str, object], at: datetime) -> datetime:
    return at - desk.calendar.length(Span.parse(spec.get("within", "30d")), "自然时")


def _same(desk: Desk, spec: Mapping[str, object], ticket: Ticket) -> dict[str, object] | None:
    """What the counted appeals share with this one; None when this one does not have it (no estate known, no phone left)."""
    wanted = spec.get("same")
    same: dict[str, object] = {}
    for key, value in (wanted if isinstance(wanted, Mapping) else {}).items():
        if key == "category":
            tree = desk.rules.names.categories
            if ticket.category not in tree:
                return None
            same["categories"] = tuple(_beneath(tree, tree.at_depth(ticket.category, int(str(value)))))
        elif key == "area":
            areas = desk.rules.names.areas
            top = areas.at_level(ticket.area, str(value))
            if top is None:
                return None
            same["areas"] = tuple(_beneath(areas, top))
        elif key == "caller":
            if not ticket.caller_phone:
                return None
            same["caller"] = ticket.caller_phone
        else:
            return None
    return same


def _beneath(tree: Tree, name: str) -> Iterable[str]:
    yield name
    for child in tree.children(name):
        yield from _beneath(tree, child)
